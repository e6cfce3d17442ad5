import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aStep, aStructure, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, holiday, stage, stageTemplate, step } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { enterStage, openPathway } from './commands.ts';
import { getStep, pathwayOf, stuckSteps } from './queries.ts';
import { addStep, askHelpOnStep, changeStep, proposeStep, tickStep, untickStep } from './steps.ts';

const actorOf = (row: {
	id: string;
	role: 'referent' | 'beneficiary' | 'coordinator' | 'coparent' | 'operator';
	structureId: string | null;
}) => ({
	accountId: row.id,
	role: row.role,
	structureId: row.structureId,
});

async function aTemplate(db: Db, territoryId: string, stages: [string, number, 'calendar' | 'ouvrable' | 'ouvre'][]) {
	for (const [index, [name, targetDays, dayType]] of stages.entries())
		await insertOne(db, stageTemplate, {
			id: newId(),
			territoryId,
			position: index + 1,
			name: { fr: name, en: `${name} (en)` },
			targetDays,
			dayType,
		});
}

async function followed(zone = 'Europe/Paris') {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone });
	const structure = await aStructure(db, { territoryId: territory.id });
	const referent = await aReferent(db, { structureId: structure.id });
	const person = await aPerson(db, { referent });
	return { db, territory, person, referent, by: actorOf(referent), own: actorOf(person.account) };
}

describe('opening a pathway', () => {
	test('copies the territory’s stages; the first begins today and its target skips the holidays', async () => {
		const { db, territory, person, by } = await followed();
		await aTemplate(db, territory.id, [
			['Premier contact', 3, 'ouvre'],
			['Diagnostic', 30, 'calendar'],
		]);
		await insertOne(db, holiday, { zone: 'metropole', day: '2026-03-04', name: 'Fermé' });
		await db.write((tx) =>
			openPathway(tx, { personId: person.id, territoryId: territory.id, kind: 'social', by, now: NOW }),
		);
		const view = await pathwayOf(db.read, person.id, 'en');
		expect(view!.stages).toMatchObject([
			{ name: 'Premier contact (en)', state: 'current', targetOn: '2026-03-06', plannedOn: '2026-03-06' },
			{ name: 'Diagnostic (en)', state: 'upcoming', targetOn: null, plannedOn: '2026-04-05' },
		]);
	});

	test('counts from the day of the territory, not of the server', async () => {
		const { db, territory, person, by } = await followed('America/Cayenne');
		await aTemplate(db, territory.id, [['Premier contact', 7, 'calendar']]);
		// 23:30 on 1 March in Cayenne.
		const now = new Date('2026-03-02T02:30:00Z');
		await db.write((tx) => openPathway(tx, { personId: person.id, territoryId: territory.id, kind: 'pro', by, now }));
		expect((await pathwayOf(db.read, person.id, 'fr'))!.stages[0]!.targetOn).toBe('2026-03-08');
	});

	test('is refused while another is open', async () => {
		const { db, territory, person, by } = await followed();
		const open = () =>
			db.write((tx) => openPathway(tx, { personId: person.id, territoryId: territory.id, kind: 'pro', by, now: NOW }));
		await open();
		await expect(open()).rejects.toThrow('pathway_already_open');
	});
});

describe('entering a stage', () => {
	async function atSecond() {
		const all = await followed();
		const pathway = await aPathway(all.db, { personId: all.person.id, current: 2, stages: ['A', 'B', 'C', 'D'] });
		const enter = (position: number, reason?: string) =>
			all.db.write((tx) =>
				enterStage(tx, {
					personId: all.person.id,
					stageId: pathway.stages[position - 1]!.id,
					reason,
					by: all.by,
					now: NOW,
				}),
			);
		const states = async () => (await pathwayOf(all.db.read, all.person.id, 'fr'))!.stages.map(({ state }) => state);
		return { ...all, pathway, enter, states };
	}

	test('the next one is a dated decision kept in the history', async () => {
		const { db, enter, states, pathway, person } = await atSecond();
		await enter(3);
		expect(await states()).toEqual(['done', 'done', 'current', 'upcoming']);
		const [entered] = await db.read.select().from(stage).where(eq(stage.id, pathway.stages[2]!.id));
		expect(entered).toMatchObject({ enteredAt: NOW, targetOn: '2026-04-01' });
		const entries = await db.read.select().from(auditEntry).where(eq(auditEntry.personId, person.id));
		expect(entries).toMatchObject([{ action: 'stage.entered', detail: { position: 3, explained: false } }]);
	});

	test('skipping needs a reason, kept sealed on the stage passed over', async () => {
		const { db, enter, states, person } = await atSecond();
		await expect(enter(4)).rejects.toThrow('stage_reason_missing');
		await expect(enter(4, '   ')).rejects.toThrow('stage_reason_missing');
		expect(await states()).toEqual(['done', 'current', 'upcoming', 'upcoming']);
		await enter(4, 'Déjà fait ailleurs');
		expect(await states()).toEqual(['done', 'done', 'skipped', 'current']);
		const view = await pathwayOf(db.read, person.id, 'fr');
		expect(view!.stages[2]!.reason).toBe('Déjà fait ailleurs');
		const [stored] = await db.read.select().from(stage).where(eq(stage.state, 'skipped'));
		expect(stored!.reasonSealed).not.toContain('ailleurs');
	});

	test('going back needs a reason and makes the later ones wait again', async () => {
		const { enter, states } = await atSecond();
		await expect(enter(1)).rejects.toThrow('stage_reason_missing');
		await enter(1, 'La situation a changé');
		expect(await states()).toEqual(['current', 'upcoming', 'upcoming', 'upcoming']);
	});

	test('a second tap on the same stage changes nothing', async () => {
		const { db, enter } = await atSecond();
		await enter(3);
		await expect(enter(3)).resolves.toEqual({ changed: false });
		expect(await db.read.select().from(auditEntry)).toHaveLength(1);
	});

	test('a stage of somebody else is not found', async () => {
		const { db, by, person } = await atSecond();
		const elsewhere = await aPathway(db);
		await expect(
			db.write((tx) => enterStage(tx, { personId: person.id, stageId: elsewhere.stages[1]!.id, by, now: NOW })),
		).rejects.toThrow('not_found');
	});
});

describe('own steps', () => {
	async function withStep(overrides: Parameters<typeof aStep>[1] = {}) {
		const all = await followed();
		const pathway = await aPathway(all.db, { personId: all.person.id });
		const row = await aStep(all.db, { pathwayId: pathway.id, personId: all.person.id, ...overrides });
		const input = { stepId: row.id, personId: all.person.id, by: all.own, now: NOW };
		return { ...all, pathway, row, input };
	}

	test('a tick is kept once, however often it is sent', async () => {
		const { db, input, person, row } = await withStep();
		expect(await db.write((tx) => tickStep(tx, input))).toEqual({ changed: true });
		expect(await db.write((tx) => tickStep(tx, input))).toEqual({ changed: false });
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ state: 'done', doneAt: NOW, version: 2 });
		expect(await db.read.select().from(auditEntry)).toHaveLength(1);
	});

	test('another person’s step is not found', async () => {
		const { db, input } = await withStep();
		const stranger = await aPerson(db);
		const forged = { ...input, personId: stranger.id };
		await expect(db.write((tx) => tickStep(tx, forged))).rejects.toThrow('not_found');
		await expect(db.write((tx) => untickStep(tx, forged))).rejects.toThrow('not_found');
		await expect(db.write((tx) => askHelpOnStep(tx, forged))).rejects.toThrow('not_found');
	});

	test('a step that is the referent’s to do is not found', async () => {
		const { db, input } = await withStep({ owner: 'referent' });
		await expect(db.write((tx) => tickStep(tx, input))).rejects.toThrow('not_found');
	});

	test('a step given up is not ticked', async () => {
		const { db, input } = await withStep({ state: 'given_up' });
		await expect(db.write((tx) => tickStep(tx, input))).rejects.toThrow('step_refused');
	});

	test('a tick is taken back until midnight in the territory', async () => {
		const { db, input, person, row } = await withStep();
		await db.write((tx) => tickStep(tx, input));
		const lastMinute = new Date('2026-03-02T22:59:00Z');
		const midnight = new Date('2026-03-02T23:00:00Z');
		await expect(db.write((tx) => untickStep(tx, { ...input, now: midnight }))).rejects.toThrow('untick_too_late');
		await db.write((tx) => untickStep(tx, { ...input, now: lastMinute }));
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ state: 'planned', doneAt: null });
	});

	test('« je n’y arrive pas » makes the step wait and reaches those who follow the person', async () => {
		const { db, input, person, referent, row } = await withStep();
		await db.write((tx) => askHelpOnStep(tx, { ...input, note: 'Je n’ai pas d’imprimante' }));
		expect(await stuckSteps(db.read, referent.id)).toEqual([
			expect.objectContaining({ id: row.id, personId: person.id, note: 'Je n’ai pas d’imprimante' }),
		]);
		expect(await stuckSteps(db.read, (await aReferent(db)).id)).toEqual([]);
		const [stored] = await db.read.select().from(step);
		expect(stored!.personNoteSealed).not.toContain('imprimante');
		expect(await db.write((tx) => askHelpOnStep(tx, input))).toEqual({ changed: false });
	});

	test('a step proposed by the person is theirs, and says who had the idea', async () => {
		const { db, person, own } = await withStep();
		const { id } = await db.write((tx) =>
			proposeStep(tx, { formId: '', personId: person.id, title: 'Visiter la crèche', by: own, now: NOW }),
		);
		expect(await getStep(db.read, person.id, id)).toMatchObject({ owner: 'person', proposed: true, state: 'planned' });
	});

	test('a proposal whose answer was lost is sent again and is one step; other words, or another person, are another', async () => {
		const { db, person, own } = await withStep();
		const propose = (title: string, formId = 'form') =>
			db.write((tx) => proposeStep(tx, { formId, personId: person.id, title, by: own, now: NOW }));
		const { id } = await propose('Visiter la crèche');
		expect(await propose('Visiter la crèche')).toEqual({ id });
		expect((await propose('Appeler la crèche')).id).not.toBe(id);
		expect((await propose('Visiter la crèche', 'other')).id).not.toBe(id);
		expect((await propose('Visiter la crèche', '')).id).not.toBe(id);
		const rows = await db.read.select({ id: step.id }).from(step).where(eq(step.createdById, own.accountId));
		expect(rows).toHaveLength(4);
	});
});

describe('steps set by professionals', () => {
	test('need an open pathway', async () => {
		const { db, person, by } = await followed();
		await expect(
			db.write((tx) => addStep(tx, { personId: person.id, title: 'CV', owner: 'person', by, now: NOW })),
		).rejects.toThrow('no_pathway');
	});

	test('a second editor is told, and nothing is overwritten', async () => {
		const { db, person, by } = await followed();
		await aPathway(db, { personId: person.id });
		const { id } = await db.write((tx) =>
			addStep(tx, { personId: person.id, title: 'CV', owner: 'structure', by, now: NOW }),
		);
		const change = (title: string, state: 'in_progress' | 'planned') =>
			db.write((tx) =>
				changeStep(tx, { stepId: id, personId: person.id, version: 1, title, owner: 'structure', state, by, now: NOW }),
			);
		await change('CV et lettre', 'in_progress');
		await expect(change('CV court', 'planned')).rejects.toThrow('step_changed');
		expect(await getStep(db.read, person.id, id)).toMatchObject({
			title: 'CV et lettre',
			state: 'in_progress',
			version: 2,
		});
	});

	test('a change the table does not know is refused', async () => {
		const { db, person, by } = await followed();
		const pathway = await aPathway(db, { personId: person.id });
		const row = await aStep(db, { pathwayId: pathway.id, personId: person.id, state: 'cancelled' });
		const change = {
			stepId: row.id,
			personId: person.id,
			version: 1,
			title: 'CV',
			owner: 'person' as const,
			by,
			now: NOW,
		};
		await expect(db.write((tx) => changeStep(tx, { ...change, state: 'done' }))).rejects.toThrow('step_refused');
	});

	test('a step of another person is not found', async () => {
		const { db, person, by } = await followed();
		const row = await aStep(db);
		const change = {
			stepId: row.id,
			personId: person.id,
			version: 1,
			title: 'CV',
			owner: 'person' as const,
			by,
			now: NOW,
		};
		await expect(db.write((tx) => changeStep(tx, { ...change, state: 'done' }))).rejects.toThrow('not_found');
	});
});

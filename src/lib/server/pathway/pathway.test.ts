import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
	aCoordinator,
	aFollowUp,
	aPathway,
	aPerson,
	aReferent,
	aStep,
	aStructure,
	aTerritory,
	NOW,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import {
	account,
	auditEntry,
	caseGroup,
	caseGroupMember,
	holiday,
	pathway,
	stage,
	stageTemplate,
	step,
} from '../db/schema/index.ts';
import { forgetPast } from '../forget.ts';
import { transferLead } from '../people/commands.ts';
import { endMember, objectToMember } from '../people/sharing.ts';
import { peopleToday } from '../people/today.ts';
import { newId } from '../platform/ids.ts';
import { getTerritory } from '../territories/queries.ts';
import { historyOf } from '../audit/queries.ts';
import { enterStage, openPathway } from './commands.ts';
import { finishStep, handOverSteps, returnPromises, returnSteps, stepsToDo } from './own-steps.ts';
import { getStep, pathwayOf } from './queries.ts';
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

	test('each reason stays in the history, where a later one does not erase it', async () => {
		const { db, enter, person } = await atSecond();
		await enter(1, 'La situation a changé');
		await enter(4, 'Déjà fait ailleurs');
		await enter(1, 'Un nouveau logement');
		const reasons = (await historyOf(db.read, person.id, 10)).map(({ reason }) => reason);
		expect(reasons.sort()).toEqual(['Déjà fait ailleurs', 'La situation a changé', 'Un nouveau logement']);
	});

	test('a second tap on the same stage changes nothing', async () => {
		const { db, enter } = await atSecond();
		await enter(3);
		await expect(enter(3)).resolves.toMatchObject({ changed: false });
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
		const { id: territoryId, zone, settings } = await getTerritory(all.db.read, all.person.territoryId);
		/** What the referent's first page says the person cannot manage. */
		const told = async () =>
			(await peopleToday(all.db.read, all.referent.id, { territoryId, zone, settings, now: NOW })).flatMap(
				({ personId, reasons }) =>
					reasons.filter(({ reason }) => reason === 'stuck').map((why) => ({ ...why, personId })),
			);
		return { ...all, pathway, row, input, told };
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

	test('a tick is not taken back once the pathway ended: what it had left to do was called off', async () => {
		const { db, input, person, referent, row } = await withStep();
		await db.write((tx) => tickStep(tx, input));
		await db.write((tx) => tx.update(pathway).set({ endedAt: NOW }).where(eq(pathway.id, row.pathwayId)));
		await expect(db.write((tx) => untickStep(tx, input))).rejects.toThrow('untick_too_late');
		const { title, owner, version } = await getStep(db.read, person.id, row.id);
		const change = {
			...{ stepId: row.id, personId: person.id, title, owner, version },
			by: actorOf(referent),
			now: NOW,
		};
		await expect(db.write((tx) => changeStep(tx, { ...change, state: 'planned' }))).rejects.toThrow('step_refused');
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ state: 'done' });
	});

	test('« je n’y arrive pas » makes the step wait and reaches those who follow the person, since it was said', async () => {
		const { db, input, person, told } = await withStep();
		const later = new Date('2026-03-05T09:00:00Z');
		await db.write((tx) => askHelpOnStep(tx, { ...input, note: 'Je n’ai pas d’imprimante', now: later }));
		expect(await told()).toEqual([
			expect.objectContaining({ personId: person.id, note: 'Je n’ai pas d’imprimante', since: later }),
		]);
		const [stored] = await db.read.select().from(step);
		expect(stored!.personNoteSealed).not.toContain('imprimante');
		expect(await db.write((tx) => askHelpOnStep(tx, input))).toEqual({ changed: false });
	});

	test('a step a professional put to wait says nothing in the person’s name; they may still say it', async () => {
		const { db, input, person, referent, row, told } = await withStep();
		const by = actorOf(referent);
		const change = async (state: 'waiting' | 'in_progress') => {
			const { version } = await getStep(db.read, person.id, row.id);
			const values = { title: 'Refaire mon CV', owner: 'person' as const, state };
			await db.write((tx) => changeStep(tx, { ...values, stepId: row.id, personId: person.id, version, by, now: NOW }));
		};
		await change('waiting');
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ state: 'waiting', stuckAt: null });
		expect(await told()).toEqual([]);
		expect(await db.write((tx) => askHelpOnStep(tx, input))).toEqual({ changed: true });
		expect(await told()).toHaveLength(1);
		// Seen and kept waiting, it is still said; moved on, it is answered.
		await change('waiting');
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ stuckAt: NOW });
		await db.write((tx) => askHelpOnStep(tx, { ...input, note: 'Toujours pas' }));
		await change('in_progress');
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ stuckAt: null, personNote: null });
		expect(await told()).toEqual([]);
	});

	test('what is done at last is no longer what the person cannot manage', async () => {
		const { db, input, person, row } = await withStep();
		await db.write((tx) => askHelpOnStep(tx, input));
		await db.write((tx) => tickStep(tx, input));
		expect(await getStep(db.read, person.id, row.id)).toMatchObject({ state: 'done', stuckAt: null });
	});

	test('what is said of a step later does not erase what was said first; the same words count once', async () => {
		const { db, input, person, row } = await withStep();
		const say = (note: string) => db.write((tx) => askHelpOnStep(tx, { ...input, note }));
		await say('Je n’ai pas d’imprimante');
		expect(await say('Je n’ai pas d’imprimante')).toEqual({ changed: false });
		await say('Et le bureau est fermé');
		expect((await historyOf(db.read, person.id, 10)).map(({ action, reason }) => [action, reason])).toEqual(
			expect.arrayContaining([
				['step.changed', 'Je n’ai pas d’imprimante'],
				['step.changed', 'Et le bureau est fermé'],
			]),
		);
		expect((await getStep(db.read, person.id, row.id)).version).toBe(3);
		expect(JSON.stringify(await db.read.select().from(auditEntry))).not.toContain('imprimante');
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

describe('what a professional said they would do', () => {
	async function promised() {
		const all = await followed();
		const { db, person, referent } = all;
		const { id: territoryId } = await getTerritory(db.read, person.territoryId);
		const expert = await aReferent(db, { territoryId });
		const way = await aPathway(db, { personId: person.id });
		const mine = (owner: { id: string }, values: Parameters<typeof aStep>[1] = {}) =>
			aStep(db, { pathwayId: way.id, personId: person.id, owner: 'referent', ownerAccountId: owner.id, ...values });
		const toDo = (who: { id: string }) => stepsToDo(db.read, who.id, NOW);
		const finish = (who: Parameters<typeof actorOf>[0], stepId: string) =>
			db.write((tx) => finishStep(tx, { stepId, by: actorOf(who), now: NOW }));
		return { ...all, way, person, referent, expert, mine, toDo, finish };
	}

	test('is on their page by last day, until they say it is done', async () => {
		const { referent, person, mine, toDo, finish } = await promised();
		await mine(referent, { title: 'Sans date' });
		const late = await mine(referent, { title: 'Appeler le bailleur', dueOn: '2026-02-20' });
		await mine(referent, { title: 'Déjà fait', dueOn: '2026-02-01', state: 'done' });
		const { id, firstName, lastName } = person;
		expect(await toDo(referent)).toMatchObject([
			{ title: 'Appeler le bailleur', dueOn: '2026-02-20', person: { id, firstName, lastName } },
			{ title: 'Sans date', dueOn: null },
		]);
		expect(await finish(referent, late.id)).toEqual({ changed: true });
		expect(await finish(referent, late.id)).toEqual({ changed: false });
		expect(await toDo(referent)).toMatchObject([{ title: 'Sans date' }]);
	});

	test('decided in a group, its owner from outside reads the title and the day alone, and ticks it', async () => {
		const { db, person, expert, mine, toDo, finish } = await promised();
		const group = await insertOne(db, caseGroup, {
			id: newId(),
			personId: person.id,
			territoryId: person.territoryId,
			proposedById: expert.id,
			state: 'held',
			whySealed: 'x',
			startsAt: NOW,
			endsAt: NOW,
			zone: 'Europe/Paris',
			createdAt: NOW,
		});
		await insertOne(db, caseGroupMember, { groupId: group.id, accountId: expert.id });
		const step = await mine(expert, { title: 'Écrire au bailleur', dueOn: '2026-03-20', decidedInId: group.id });
		expect(await toDo(expert)).toEqual([
			{ id: step.id, title: 'Écrire au bailleur', dueOn: '2026-03-20', person: null },
		]);
		await finish(expert, step.id);
		expect(await getStep(db.read, person.id, step.id)).toMatchObject({ state: 'done', doneAt: NOW });
	});

	test('goes to who leads from now on when they leave, in the same write; what others promised stays theirs', async () => {
		const { db, person, referent, expert, way, mine, toDo } = await promised();
		const coordinator = await aCoordinator(db, { territoryId: person.territoryId });
		const by = actorOf(coordinator);
		await aFollowUp(db, { personId: person.id, member: coordinator, part: 'second' });
		await mine(referent, { title: 'Appeler le bailleur' });
		await mine(referent, { title: 'Déjà fait', state: 'done' });
		await mine(coordinator, { title: 'Écrire à la mairie' });
		await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
		await db.write(async (tx) => {
			const about = { personId: person.id, by, now: NOW };
			const { from } = await transferLead(tx, { ...about, accountId: expert.id, reason: 'Elle part' });
			await handOverSteps(tx, { ...about, from, to: expert.id });
		});
		expect(await toDo(expert)).toMatchObject([{ title: 'Appeler le bailleur', person: { id: person.id } }]);
		expect(await toDo(coordinator)).toMatchObject([{ title: 'Écrire à la mairie' }]);
		const { steps } = (await pathwayOf(db.read, person.id, 'fr'))!;
		expect(steps.find(({ title }) => title === 'Appeler le bailleur')).toMatchObject({
			...{ pathwayId: way.id, ownerName: expert.displayName, version: 2 },
		});
		expect(steps.find(({ title }) => title === 'Déjà fait')!.ownerName).toBe(referent.displayName);
	});

	test('goes back to the lead once a guest’s part is over, however it ended; what a meeting decided stays', async () => {
		const { db, person, referent, mine, toDo, own, by } = await promised();
		const { territoryId, id: personId } = person;
		const guest = () => aReferent(db, { territoryId });
		const [taken, refused, past] = [await guest(), await guest(), await guest()];
		const dayAfter = new Date(NOW.getTime() + 86_400_000);
		const line = (member: typeof taken, more: object = {}) =>
			aFollowUp(db, { personId, member, part: 'member', themes: ['housing'], ...more });
		const [first, second] = [await line(taken), await line(refused)];
		await line(past, { endsAt: dayAfter });
		for (const who of [taken, refused, past]) await mine(who, { title: `Promis par ${who.id}` });
		const group = await insertOne(db, caseGroup, {
			...{ id: newId(), personId, territoryId, proposedById: referent.id, state: 'held', whySealed: 'x' },
			...{ startsAt: NOW, endsAt: NOW, zone: 'Europe/Paris', createdAt: NOW },
		});
		await insertOne(db, caseGroupMember, { groupId: group.id, accountId: taken.id });
		await mine(taken, { title: 'Décidé ensemble', decidedInId: group.id });
		const titles = async (who: { id: string }) => (await toDo(who)).map(({ title }) => title);
		await db.write(async (tx) => {
			await endMember(tx, { personId, memberId: first.id, by, now: NOW });
			await returnSteps(tx, { personId, by, now: NOW });
		});
		expect(await titles(referent)).toEqual([`Promis par ${taken.id}`]);
		expect(await titles(taken)).toEqual(['Décidé ensemble']);
		await db.write(async (tx) => {
			await objectToMember(tx, { personId, memberId: second.id, by: own, now: NOW });
			await returnSteps(tx, { personId, by: own, now: NOW });
		});
		expect(await titles(referent)).toHaveLength(2);
		await db.write((tx) => forgetPast(tx, dayAfter));
		expect(await titles(referent)).toHaveLength(3);
	});

	test('goes back to the lead when who promised it works here no more; of the lead, it waits for who leads next', async () => {
		const { db, person, referent, expert, mine, toDo, by } = await promised();
		const { territoryId, id: personId } = person;
		const guest = await aReferent(db, { territoryId });
		await aFollowUp(db, { personId, member: guest, part: 'member', themes: ['housing'] });
		await aFollowUp(db, { personId, member: expert, part: 'second' });
		await mine(guest, { title: 'Appeler le bailleur' });
		await mine(guest, { title: 'Déjà fait', state: 'done' });
		await mine(expert, { title: 'Écrire à la mairie' });
		await mine(referent, { title: 'Rappeler lundi' });
		const leaves = ({ id: accountId }: { id: string }) =>
			db.write(async (tx) => {
				await tx.update(account).set({ status: 'disabled' }).where(eq(account.id, accountId));
				await returnPromises(tx, { accountId, by, now: NOW });
			});
		const titles = async (who: { id: string }) => (await toDo(who)).map(({ title }) => title).sort();
		await leaves(guest);
		expect(await titles(referent)).toEqual(['Appeler le bailleur', 'Rappeler lundi']);
		expect(await titles(expert)).toEqual(['Écrire à la mairie']);
		await leaves(referent);
		expect(await titles(expert)).toEqual(['Écrire à la mairie']);
	});

	test('of a guest whose part ended while nobody led, is for who leads next', async () => {
		const { db, person, referent, expert, mine, toDo, by } = await promised();
		const { territoryId, id: personId } = person;
		const guest = await aReferent(db, { territoryId });
		await aFollowUp(db, { personId, member: guest, part: 'member', themes: ['housing'], endsAt: NOW });
		await mine(guest, { title: 'Appeler le bailleur' });
		await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
		await db.write((tx) => forgetPast(tx, NOW));
		expect(await toDo(expert)).toEqual([]);
		await db.write(async (tx) => {
			const { from } = await transferLead(tx, { personId, accountId: expert.id, by, now: NOW });
			await handOverSteps(tx, { personId, from, to: expert.id, by, now: NOW });
		});
		expect(await toDo(expert)).toMatchObject([{ title: 'Appeler le bailleur' }]);
	});

	test('is nobody else’s, nor theirs once they follow the person no more or the pathway ended', async () => {
		const { db, referent, expert, way, mine, toDo, finish } = await promised();
		const own = await mine(referent);
		const gone = await mine(expert);
		await expect(finish(expert, own.id)).rejects.toThrow('not_found');
		expect(await toDo(expert)).toEqual([]);
		await expect(finish(expert, gone.id)).rejects.toThrow('not_found');
		await db.write((tx) => tx.update(pathway).set({ endedAt: NOW }).where(eq(pathway.id, way.id)));
		expect(await toDo(referent)).toEqual([]);
	});
});

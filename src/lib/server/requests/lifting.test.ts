import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	aCoordinator,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aTerritory,
	NOW,
	theTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { NEED_STATUSES, type NeedStatus } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { historyOf } from '../audit/queries.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, need, structure } from '../db/schema/index.ts';
import { addStep } from '../pathway/steps.ts';
import { liftNeed, resumeNeed, sendNeed, takeNeed, takeRequest, withdrawNeed, withdrawRequest } from './commands.ts';
import { needsSentTo } from './inbox.ts';
import { needMayMove, needStatesBefore, type NeedMover } from './need-rules.ts';
import { progressMessage } from './progress.ts';
import { orientationsOf } from './reading.ts';

const as = (account: object & { id: string }) => ({ ...account, accountId: account.id }) as unknown as SignedIn;

let db: Db;
let lead: Awaited<ReturnType<typeof aReferent>>;
let other: Awaited<ReturnType<typeof aReferent>>;
let coordinator: Awaited<ReturnType<typeof aCoordinator>>;
let sent: Awaited<ReturnType<typeof aRequest>>;
let housing: string;

beforeEach(async () => {
	db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	[lead, other] = [await aReferent(db, { territoryId }), await aReferent(db, { territoryId })];
	coordinator = await aCoordinator(db, { territoryId });
	const { id: personId } = await aPerson(db, { territoryId });
	sent = await aRequest(db, { personId, themes: ['housing', 'mobility'] });
	housing = sent.needs[0]!.id;
});

const taken = () => db.write((tx) => takeRequest(tx, { reference: sent.reference!, account: as(lead), now: NOW }));
const lift = (by = lead, needId = housing) => db.write((tx) => liftNeed(tx, { needId, by: as(by), now: NOW }));
const resume = (by = lead) => db.write((tx) => resumeNeed(tx, { needId: housing, by: as(by), now: NOW }));
const row = async () => (await db.read.select().from(need).where(eq(need.id, housing)).limit(1))[0]!;

test('a need moves along the table, and along nothing else', () => {
	const allowed: [NeedStatus, NeedStatus, NeedMover][] = [
		['open', 'in_progress', 'structure'],
		['in_progress', 'open', 'structure'],
		['open', 'lifted', 'follower'],
		['in_progress', 'lifted', 'follower'],
		['open', 'in_progress', 'follower'],
		['lifted', 'in_progress', 'follower'],
		['open', 'dropped', 'person'],
		['in_progress', 'dropped', 'person'],
		['lifted', 'open', 'person'],
		['dropped', 'open', 'person'],
	];
	for (const from of NEED_STATUSES)
		for (const to of NEED_STATUSES)
			for (const mover of ['person', 'structure', 'follower'] as const)
				expect([from, to, mover, needMayMove(from, to, mover)]).toEqual([
					from,
					to,
					mover,
					allowed.some(([a, b, who]) => a === from && b === to && who === mover),
				]);
	expect(needStatesBefore('lifted', 'follower')).toEqual(['open', 'in_progress']);
});

describe('a need that is settled', () => {
	test('is said by who leads, once, and is in the journal', async () => {
		await taken();
		expect(await lift()).toMatchObject({ requestId: sent.id, reference: sent.reference });
		expect(await row()).toMatchObject({ status: 'lifted', closedAt: NOW });
		expect(await lift()).toBeNull();
		const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, housing));
		expect(journal.map(({ action }) => action)).toEqual(['need.lifted']);
	});

	test('is in the person’s own history, by its name, and so is the one that is taken up again', async () => {
		await taken();
		await lift();
		await resume();
		const { personId } = await row();
		const told = (await historyOf(db.read, personId, 10)).filter(({ subjectId }) => subjectId === housing);
		expect(told.map(({ action }) => action).sort()).toEqual(['need.lifted', 'need.resumed']);
	});

	test('may be taken up again', async () => {
		await taken();
		await lift();
		await resume();
		expect(await row()).toMatchObject({ status: 'in_progress', closedAt: null });
		expect(await resume()).toBeNull();
	});

	test('waits at a structure no more, nor when it is taken up again', async () => {
		await taken();
		const send = { needId: housing, structureId: other.structureId!, by: as(lead), now: NOW };
		await db.write((tx) => sendNeed(tx, send));
		expect(await needsSentTo(db.read, other.structureId!)).toHaveLength(1);
		await lift();
		const at = () => orientationsOf(db.read, sent, NOW).then((found) => found.get(housing));
		expect(await at()).toBeUndefined();
		expect(await row()).toMatchObject({ status: 'lifted', structureId: lead.structureId });
		await resume();
		expect(await needsSentTo(db.read, other.structureId!)).toEqual([]);
		const late = db.write((tx) => takeNeed(tx, { needId: housing, by: as(other), now: NOW }));
		await expect(late).rejects.toThrow('not_found');
	});

	test('is nobody else’s to say: not a colleague’s, not the coordinator’s, not before somebody follows the person', async () => {
		await expect(lift()).rejects.toThrow('not_found');
		await taken();
		await expect(lift(other)).rejects.toThrow('not_found');
		await expect(lift(coordinator)).rejects.toThrow('not_found');
		const elsewhere = await aReferent(db, { territoryId: (await aTerritory(db)).id });
		await expect(lift(elsewhere)).rejects.toThrow('not_found');
		expect((await row()).status).toBe('open');
	});

	test('a structure says it of the need it took, not of the others', async () => {
		await taken();
		const send = { needId: housing, structureId: other.structureId!, by: as(lead), now: NOW };
		await db.write((tx) => sendNeed(tx, send));
		await expect(lift(other)).rejects.toThrow('not_found');
		await db.write((tx) => takeNeed(tx, { needId: housing, by: as(other), now: NOW }));
		await expect(lift(other, sent.needs[1]!.id)).rejects.toThrow('not_found');
		await lift(other);
		expect((await row()).status).toBe('lifted');
	});

	test('withdrawn by the person, it is not settled by anybody', async () => {
		await taken();
		const own = { personId: sent.personId, reference: sent.reference!, now: NOW };
		await db.write((tx) => withdrawNeed(tx, { ...own, needId: housing }));
		await expect(lift()).rejects.toThrow('need_dropped');
		await db.write((tx) => withdrawRequest(tx, own));
		await expect(lift()).rejects.toThrow('not_found');
	});

	test('is read in plain words by the person', async () => {
		await taken();
		await lift();
		const lines = await progressMessage(db.read, sent.id, 'fr', NOW);
		const at = lines.indexOf('Logement');
		expect(lines.slice(at, at + 3)).toEqual(['Logement', 'Réglé', 'C’est réglé. Vous pouvez le redemander.']);
	});
});

describe('a need the lead deals with', () => {
	const words = async (now = NOW) => {
		const lines = await progressMessage(db.read, sent.id, 'fr', now);
		const at = lines.indexOf('Logement');
		return lines.slice(at + 1, at + 4);
	};
	const structureName = async ({ structureId }: typeof lead) =>
		(await db.read.select().from(structure).where(eq(structure.id, structureId)).limit(1))[0]!.name;

	test('is the lead’s structure’s as soon as the request is taken, with a day', async () => {
		await taken();
		expect(await row()).toMatchObject({ status: 'open', structureId: lead.structureId, expectedOn: '2026-03-17' });
		expect(await words()).toEqual([
			'En attente',
			'prévu pour le mardi 17 mars',
			`Suivi par\u00a0: ${await structureName(lead)}.`,
		]);
	});

	test('is begun by them, and the person reads it', async () => {
		await taken();
		expect(await resume()).toMatchObject({ requestId: sent.id });
		expect((await words())[0]).toBe('En cours');
		const told = await historyOf(db.read, sent.personId, 10);
		expect(told.filter(({ subjectId }) => subjectId === housing).map(({ action }) => action)).toEqual(['need.taken']);
		await expect(resume(other)).rejects.toThrow('not_found');
	});

	test('is begun by a step that they decide about it, and only by them', async () => {
		await taken();
		await aPathway(db, { personId: sent.personId });
		const { personId } = sent;
		const decide = (by: typeof lead, theme: Theme) =>
			db.write((tx) => addStep(tx, { personId, title: 'Appeler', theme, owner: 'referent', by: as(by), now: NOW }));
		await decide(lead, 'mobility');
		expect((await row()).status).toBe('open');
		await decide(other, 'housing');
		expect((await row()).status).toBe('open');
		await decide(lead, 'housing');
		expect(await row()).toMatchObject({ status: 'in_progress', structureId: lead.structureId });
		await lift();
		await decide(lead, 'housing');
		expect((await row()).status).toBe('lifted');
	});

	test('begun by them, it is called back from where it was sent', async () => {
		await taken();
		const send = { needId: housing, structureId: other.structureId, by: as(lead), now: NOW };
		await db.write((tx) => sendNeed(tx, send));
		await resume();
		expect(await row()).toMatchObject({ status: 'in_progress', structureId: lead.structureId });
		await expect(db.write((tx) => takeNeed(tx, { needId: housing, by: as(other), now: NOW }))).rejects.toThrow();
	});

	test('late, it is said to be', async () => {
		await taken();
		expect((await words(new Date('2026-03-18T09:00:00Z')))[1]).toBe(
			'Prévu pour le mardi 17 mars : c’est en retard. Vous pouvez appeler.',
		);
		// Somebody answered: the day has served.
		await resume();
		expect((await words(new Date('2026-03-18T09:00:00Z')))[1]).toMatch(/^Suivi par/);
		await lift();
		expect((await words(new Date('2026-03-18T09:00:00Z')))[1]).toBe('C’est réglé. Vous pouvez le redemander.');
	});

	test('sent once its day is over, it is late still; a refusal moves no day either', async () => {
		await taken();
		const later = new Date('2026-03-20T09:00:00Z');
		const send = (structureId: string, now: Date) =>
			db.write((tx) => sendNeed(tx, { needId: housing, structureId, by: as(lead), now }));
		await send(other.structureId, later);
		expect((await row()).expectedOn).toBe('2026-03-17');
		expect((await words(later)).join(' ')).toContain('c’est en retard');
		await send(lead.structureId, new Date('2026-03-25T09:00:00Z'));
		expect((await row()).expectedOn).toBe('2026-03-17');
	});
});

test('somebody known is told of the structure of their own basin', async () => {
	const doubs = await theTerritory(db, 'doubs');
	const known = async (inseeCode: string) => {
		const { id: personId } = await aPerson(db, { territoryId: doubs.id, inseeCode });
		const { id } = await aRequest(db, { personId, themes: ['housing', 'employment'] });
		return (await progressMessage(db.read, id, 'fr', NOW)).join('\n');
	};
	// Two basins, each with own teams.
	expect(await known('25056')).toContain('de Besançon');
	expect(await known('25388')).toContain('de Montbéliard');
	expect(await known('25388')).not.toContain('de Besançon');
});

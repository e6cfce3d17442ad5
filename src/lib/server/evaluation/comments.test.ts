import { beforeEach, expect, test } from 'vitest';
import { aCoordinator, aPathway, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, callback, step } from '../db/schema/index.ts';
import { closeMonths, drop } from './box.ts';
import { callsToMake, markCalled, requestCall } from './callbacks.ts';
import { commentsOf, MASK, masked, tagComment, unmask } from './comments.ts';
import type { Coordinator } from './improvements.ts';
import { resultsOf } from './results.ts';
import { keepPaperAnswers } from './workshop.ts';

const NOW = new Date('2026-03-10T16:00:00Z');
const MARCH = { from: '2026-03', to: '2026-03', page: 1 };
let db: Db;
let territoryId: string;
let by: Coordinator;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	const { id, role, structureId } = await aCoordinator(db, { territoryId });
	by = { accountId: id, role, structureId, territoryId };
});

async function said(...comments: string[]) {
	await db.write(async (tx) => {
		for (const comment of comments)
			await drop(tx, territoryId, { areaId: '', moment: 'stage_left', levels: {}, comment }, '2026-03');
		await closeMonths(tx, new Date('2026-04-02T12:00:00Z'));
	});
}

test.each([
	['Mme Durand m’a aidée', `${MASK} m’a aidée`],
	['je m’appelle Alix Martin, merci', `je m’appelle ${MASK}, merci`],
	['on m’a dit que Camille rappelle', `on m’a dit que ${MASK} rappelle`],
	['écrivez à alix@example.fr', `écrivez à ${MASK}`],
	['au 06 39 98 00 01', `au ${MASK}`],
	['le 12/03 au matin', `le ${MASK} au matin`],
	['Le bus est rare. On attend.', 'Le bus est rare. On attend.'],
])('« %s » is shown as « %s »', (text, shown) => {
	expect(masked(text)).toBe(shown);
});

test('sentences are searched as they are shown: a masked name finds nothing; the journal keeps who unmasked', async () => {
	await said('Mme Durand est à l’écoute', 'le bus est rare', 'le bus passe tôt', 'on attend', 'merci');
	const find = async (q: string) => (await commentsOf(db.read, territoryId, { ...MARCH, q })).total;
	expect([await find('BUS'), await find('écoute'), await find('durand'), await find('')]).toEqual([2, 1, 0, 5]);
	const { rows } = await commentsOf(db.read, territoryId, { ...MARCH, q: 'ecoute' });
	expect(rows[0]).toMatchObject({ text: `${MASK} est à l’écoute`, isMasked: true });
	const { id } = rows[0]!;
	const elsewhere = { ...by, territoryId: (await aTerritory(db)).id };
	await expect(db.write((tx) => unmask(tx, { id, by: elsewhere, now: NOW }))).rejects.toThrow('not_found');
	expect(await db.write((tx) => unmask(tx, { id, by, now: NOW }))).toEqual({ id, text: 'Mme Durand est à l’écoute' });
	const journal = await db.read.select().from(auditEntry);
	expect(journal.map(({ action, actorId, subjectId }) => [action, actorId, subjectId])).toEqual([
		['comment.unmasked', by.accountId, String(id)],
	]);
	await db.write((tx) => tagComment(tx, { id, themes: ['health', 'nonsense'], by }));
	expect((await commentsOf(db.read, territoryId, { ...MARCH, theme: 'health' })).rows.map((row) => row.id)).toEqual([
		id,
	]);
});

test('fewer than five sentences are not shown yet', async () => {
	await said('un', 'deux', 'trois', 'quatre');
	expect((await commentsOf(db.read, territoryId, MARCH)).total).toBe(0);
});

test('« rappelez-moi » is a task of the referent, or a line of the coordinator: said, or when there is nobody else', async () => {
	const followed = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
	await aPathway(db, { personId: followed.id });
	const alone = await aPerson(db, { territoryId });
	const ask = (personId: string, to: 'referent' | 'coordinator') =>
		db.write((tx) => requestCall(tx, { personId, to, now: NOW }));
	expect(await ask(followed.id, 'referent')).toBe('referent');
	expect(await ask(followed.id, 'coordinator')).toBe('coordinator');
	expect(await ask(alone.id, 'referent')).toBe('coordinator');
	expect((await db.read.select().from(step)).filter(({ dueOn }) => dueOn === '2026-03-12')).toHaveLength(1);
	const calls = await callsToMake(db.read, territoryId);
	expect(calls.map(({ dueOn }) => dueOn)).toEqual(['2026-03-12', '2026-03-12']);
	const { id } = calls[0]!;
	const elsewhere = { ...by, territoryId: (await aTerritory(db)).id };
	await expect(db.write((tx) => markCalled(tx, { id, by: elsewhere, now: NOW }))).rejects.toThrow('not_found');
	await db.write((tx) => markCalled(tx, { id, by, now: NOW }));
	await expect(db.write((tx) => markCalled(tx, { id, by, now: NOW }))).rejects.toThrow('not_found');
	expect(await callsToMake(db.read, territoryId)).toHaveLength(1);
	expect(await db.read.select().from(callback)).toHaveLength(2);
});

test('sheets of a workshop are counted with the others, marked as paper', async () => {
	const sheet = (face: 'good' | 'bad') => ({ face, levels: { listened: 'yes' }, comment: null });
	const sheets = [...Array.from({ length: 6 }, () => sheet('good')), ...Array.from({ length: 6 }, () => sheet('bad'))];
	await db.write((tx) => keepPaperAnswers(tx, { sheets, moment: 'stage_left', by, now: NOW }));
	const levels = (face: string) => ({ face, origin: 'portal', listened: 'no' });
	await db.write(async (tx) => {
		for (let index = 0; index < 6; index += 1)
			await drop(
				tx,
				territoryId,
				{ areaId: '', moment: 'stage_left', levels: levels('good'), comment: null },
				'2026-03',
			);
		await closeMonths(tx, new Date('2026-04-02T12:00:00Z'));
	});
	const { origins, faces } = await resultsOf(db.read, territoryId, { from: '2026-03', to: '2026-03' });
	expect(origins!.counts).toEqual({ paper: 12, portal: 6 });
	expect(faces.counts).toEqual({ good: 12, bad: 6 });
});

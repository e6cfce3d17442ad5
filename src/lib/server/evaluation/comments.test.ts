import { beforeEach, expect, test } from 'vitest';
import { aCoordinator, aPathway, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { historyOf } from '../audit/queries.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, callback, pathway, step } from '../db/schema/index.ts';
import { closeMonths, drop } from './box.ts';
import { callsToMake, markCalled, requestCall } from './callbacks.ts';
import { commentsOf, tagComment, unmask } from './comments.ts';
import { parseSheets } from './forms.ts';
import type { Coordinator } from './improvements.ts';
import { MASK } from './masking.ts';
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

test('who asks for a call and waits for something waits still: nobody did anything, nor is it said that they did', async () => {
	const { id: personId } = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
	await aPathway(db, { personId });
	await db.write((tx) => tx.update(pathway).set({ stillWaitingAt: NOW }));
	await db.write((tx) => requestCall(tx, { personId, to: 'referent', now: NOW }));
	expect(await db.read.select().from(pathway)).toMatchObject([{ stillWaitingAt: NOW }]);
	const added = (await historyOf(db.read, personId, 10)).filter(({ action }) => action === 'step.added');
	expect(added).toMatchObject([{ actorId: null }]);
});

test('sheets of a workshop are counted with the others, marked as paper, once however often the form is sent', async () => {
	const sheet = (face: 'good' | 'bad' | null) => ({ face, levels: { listened: 'yes' }, comment: null });
	const six = (face: 'good' | 'bad' | null) => Array.from({ length: 6 }, () => sheet(face));
	const sheets = [...six('good'), ...six('bad'), ...six(null)];
	for (let sent = 0; sent < 2; sent += 1)
		await db.write((tx) => keepPaperAnswers(tx, { formId: 'form', sheets, moment: 'stage_left', by, now: NOW }));
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
	expect(origins!.counts).toEqual({ paper: 18, portal: 6 });
	expect(faces.counts).toEqual({ good: 12, bad: 6 });
});

test('a form of the workshop sent again after its month was counted counts once; another one is counted', async () => {
	const sheets = Array.from({ length: 12 }, (_, index) => ({
		face: index < 6 ? ('good' as const) : ('bad' as const),
		levels: {},
		comment: null,
	}));
	const send = (formId: string, day: string) =>
		db.write((tx) =>
			keepPaperAnswers(tx, { formId, sheets, moment: 'stage_left', by, now: new Date(`${day}T16:00:00Z`) }),
		);
	await send('form', '2026-03-31');
	// The first of April to be heard is what closes March.
	await send('form', '2026-04-01');
	await send('form', '2026-05-02');
	await send('other', '2026-05-02');
	await db.write((tx) => closeMonths(tx, new Date('2026-06-02T12:00:00Z')));
	const { faces } = await resultsOf(db.read, territoryId, { from: '2026-03', to: '2026-06' });
	expect(faces.counts).toEqual({ good: 12, bad: 12 });
});

test('sentences of sheets are screened as those of the portal, and never cut; what was typed comes back', () => {
	const form = new FormData();
	const typed = {
		s1_comment: 'écrire à x@example.fr',
		s2_comment: 'x'.repeat(301),
		s3_comment: 'merci',
		s4_face: 'good',
	};
	for (const [name, value] of Object.entries(typed)) form.set(name, value);
	expect(parseSheets(form, [], 8)).toMatchObject({
		ok: false,
		errors: { s1_comment: expect.stringMatching(/^1 – /), s2_comment: expect.stringMatching(/^2 – /) },
		values: typed,
	});
	form.set('s1_comment', '');
	form.set('s2_comment', ' ');
	expect(parseSheets(form, [], 8)).toEqual({
		ok: true,
		value: [
			{ face: null, levels: {}, comment: 'merci' },
			{ face: 'good', levels: {}, comment: null },
		],
	});
});

import { beforeEach, describe, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Rating } from '../../shared/codes.ts';
import { addMonths } from '../territories/calendar.ts';
import type { Db } from '../db/client.ts';
import {
	evaluationPool,
	panelQuestion,
	panelVoter,
	ratingBox,
	ratingComment,
	ratingInvitation,
	tally,
} from '../db/schema/index.ts';
import { unseal } from '../platform/sealing.ts';
import { closeMonths } from './box.ts';
import { answerRating, askRating } from './commands.ts';
import { commentsOf } from './comments.ts';
import { moderate, panelOf, proposeQuestion, vote } from './panel.ts';

const NOW = new Date('2026-03-10T16:00:00Z');
const NEXT_MONTH = new Date('2026-04-01T05:00:00Z');
let db: Db;
let referent: Awaited<ReturnType<typeof aReferent>>;

beforeEach(async () => {
	db = await testDatabase();
	referent = await aReferent(db, { territoryId: (await aTerritory(db)).id });
});

/** Somebody asked after an appointment. */
async function invited(now = NOW) {
	const person = await aPerson(db, { referent });
	const { id: appointmentId } = await anAppointment(db, {
		personId: person.id,
		referentId: referent.id,
		state: 'seen',
	});
	const invitation = await db.write((tx) => askRating(tx, { appointmentId, personId: person.id, now }));
	return { person, appointmentId, invitationId: invitation!.id };
}
const answer = (who: Awaited<ReturnType<typeof invited>>, face: Rating, comment: string | null = null, now = NOW) =>
	db.write((tx) => answerRating(tx, { invitationId: who.invitationId, personId: who.person.id, face, comment, now }));

/** Every row of every table, as a thief of the file reads them, in the order of the disk. */
function dump(): Map<string, string[]> {
	const tables = db.raw
		.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
		.all();
	return new Map(
		(tables as { name: string }[]).map(({ name }) => [
			name,
			db.raw
				.prepare(`SELECT rowid, * FROM "${name}"`)
				.all()
				.map((row) => JSON.stringify(row)),
		]),
	);
}
/** What one copy has that the other has not, by table. */
const added = (before: Map<string, string[]>, after: Map<string, string[]>) =>
	Object.fromEntries(
		[...after]
			.map(([table, rows]) => [table, rows.filter((row) => !before.get(table)!.includes(row))] as const)
			.filter(([, rows]) => rows.length > 0),
	);

describe('whoever holds the database', () => {
	test('sees of one answer a sealed line of the usual length, and « answered » on the invitation: nothing else, no date', async () => {
		const [plain, wordy] = [await invited(), await invited()];
		const start = dump();
		await answer(plain, 'good', null, new Date('2026-03-11T07:12:13Z'));
		const once = dump();
		await answer(wordy, 'bad', 'Une longue phrase, '.repeat(15), new Date('2026-03-12T07:12:13Z'));
		const lines = [added(start, once), added(once, dump())];
		for (const line of lines) {
			expect(
				Object.keys(line)
					.filter((name) => name !== 'evaluation_pool')
					.sort(),
			).toEqual(['rating_box', 'rating_invitation']);
			expect(line.rating_box).toHaveLength(1);
		}
		const boxed = lines.map((line) => JSON.parse(line.rating_box![0]!) as Record<string, string>);
		expect(Object.keys(boxed[0]!).sort()).toEqual(['answer_sealed', 'id', 'territory_id']);
		expect(boxed[0]!.answer_sealed!.length).toBe(boxed[1]!.answer_sealed!.length);
		const row = JSON.parse(lines[0]!.rating_invitation![0]!) as Record<string, unknown>;
		const former = start.get('rating_invitation')!.map((text) => JSON.parse(text) as Record<string, unknown>);
		expect({ ...row, outcome: null }).toEqual(former.find(({ id }) => id === row.id));
	});

	test('sees nothing come out before a month ends, and then eleven answers at least of each group, or none', async () => {
		for (let turn = 0; turn < 12; turn += 1)
			await answer(await invited(), turn < 6 ? 'medium' : 'good', `Phrase ${turn}`);
		expect(await db.read.select().from(tally)).toEqual([]);
		expect(await db.read.select().from(ratingBox)).toHaveLength(12);
		const before = dump();
		await db.write((tx) => closeMonths(tx, NEXT_MONTH));
		const after = dump();
		expect(Object.keys(added(before, after)).sort()).toEqual(['evaluation_pool', 'rating_comment', 'tally']);
		expect(after.get('rating_box')).toEqual([]);
		const rows = await db.read.select().from(tally);
		expect(rows.map(({ level, answers }) => [level, answers]).sort()).toEqual([
			['good', 6],
			['medium', 6],
		]);
		expect(rows.every(({ areaId, month }) => areaId === '' && month === '2026-03')).toBe(true);
	});

	test('sees eleven answers or more at a time, month after month, whenever the copies are taken', async () => {
		let month = '2026-03-10';
		let shown = 0;
		for (let turn = 0; turn < 9; turn += 1) {
			for (let index = 0; index < 4; index += 1) {
				const now = new Date(`${month}T16:00:00Z`);
				await answer(await invited(now), index % 2 ? 'bad' : 'good', null, now);
			}
			month = addMonths(month, 1);
			await db.write((tx) => closeMonths(tx, new Date(`${month}T16:00:00Z`)));
			const rows = await db.read.select().from(tally);
			const out = rows.filter(({ measure }) => measure === 'face').reduce((sum, row) => sum + row.answers, 0);
			expect(out === shown || out - shown >= 11).toBe(true);
			shown = out;
		}
		expect(shown).toBeGreaterThan(0);
	});

	test('finds no id of a person, an account, an appointment or an invitation beside an answer', async () => {
		const everybody = [];
		for (let turn = 0; turn < 7; turn += 1) {
			const who = await invited();
			everybody.push(who);
			await answer(who, 'good', `Phrase ${turn}`);
		}
		const boxed = dump();
		await db.write((tx) => closeMonths(tx, NEXT_MONTH));
		const counted = dump();
		const kept = ['rating_box', 'evaluation_pool', 'tally', 'rating_comment'];
		const answers = [boxed, counted].flatMap((tables) => kept.flatMap((name) => tables.get(name)!)).join('\n');
		for (const { person, appointmentId, invitationId } of everybody)
			for (const id of [person.id, person.account.id, appointmentId, invitationId, referent.id])
				expect(answers).not.toContain(id);
		const columns = (name: string) => Object.keys(JSON.parse(counted.get(name)![0]!) as object).sort();
		expect(columns('rating_comment')).toEqual(['id', 'month', 'territory_id', 'text_sealed', 'themes']);
		expect(columns('evaluation_pool')).toEqual(['month', 'pool_sealed', 'rowid', 'territory_id']);
		expect((counted.get('audit_entry') ?? []).join('\n')).not.toMatch(/rating/);
	});

	test('cannot tell from its length how much waits', async () => {
		const lengthOf = async () => (await db.read.select().from(evaluationPool))[0]!.poolSealed.length;
		await answer(await invited(), 'good');
		const empty = await lengthOf();
		await db.write((tx) => closeMonths(tx, NEXT_MONTH));
		expect(await lengthOf()).toBe(empty);
	});

	test('cannot read the order of the answers from the order of the rows', async () => {
		const order: string[] = [];
		for (let turn = 0; turn < 40; turn += 1) {
			order.push(`phrase ${turn}`);
			await answer(await invited(), 'good', `phrase ${turn}`);
		}
		await db.write((tx) => closeMonths(tx, NEXT_MONTH));
		const period = { from: '2026-03', to: '2026-03' };
		const pages = await Promise.all(
			[1, 2].map((page) => commentsOf(db.read, referent.territoryId, { ...period, page })),
		);
		const stored = pages.flatMap(({ rows }) => rows.map(({ text }) => text));
		expect([...stored].sort()).toEqual([...order].sort());
		// Kendall's tau of a random order of 40 stays within a half but once in a million.
		const at = stored.map((text) => order.indexOf(text));
		let agree = 0;
		for (let i = 0; i < at.length; i += 1) for (let j = 0; j < i; j += 1) agree += Math.sign(at[i]! - at[j]!);
		expect(Math.abs(agree / ((40 * 39) / 2))).toBeLessThan(0.54);
	});

	test('sees of a vote a sealed line and « has voted », and of a proposal no name', async () => {
		const { person } = await invited();
		const { territoryId } = referent;
		const start = dump();
		await db.write((tx) => proposeQuestion(tx, { territoryId, text: 'Le bus passe-t-il ?', now: NOW }));
		const proposed = added(start, dump());
		expect(Object.keys(proposed)).toEqual(['panel_question']);
		expect(proposed.panel_question!.join('')).not.toContain(person.id);
		const [question] = await panelOf(db.read, territoryId);
		const by = { accountId: referent.id, role: 'coordinator' as const, structureId: referent.structureId, territoryId };
		await db.write((tx) => moderate(tx, { id: question!.id, words: { fr: question!.text }, by, now: NOW }));
		const offered = dump();
		await db.write((tx) => vote(tx, { personId: person.id, questions: [question!.id], now: NOW }));
		const voted = added(offered, dump());
		expect(Object.keys(voted).sort()).toEqual(['evaluation_pool', 'panel_voter', 'rating_box']);
		expect(voted.rating_box!.join('') + voted.evaluation_pool!.join('')).not.toContain(question!.id);
		expect(await db.read.select().from(panelVoter)).toEqual([{ personId: person.id, season: '2026-1' }]);
		expect((await db.read.select().from(panelQuestion))[0]!.votes).toBe(0);
	});

	test('cannot move a sealed answer under another row to have it opened there', async () => {
		await answer(await invited(), 'bad', 'Secret');
		const [row] = await db.read.select().from(ratingBox);
		expect(() => unseal(`rating_box.answer_sealed:${row!.id + 1}`, row!.answerSealed)).toThrow();
	});
});

test('answers of two territories are never counted together', async () => {
	for (let turn = 0; turn < 8; turn += 1) await answer(await invited(), turn < 4 ? 'good' : 'bad', 'Une phrase');
	referent = await aReferent(db, { territoryId: (await aTerritory(db)).id });
	for (let turn = 0; turn < 4; turn += 1) await answer(await invited(), 'bad', 'Une phrase');
	await db.write((tx) => closeMonths(tx, NEXT_MONTH));
	expect(await db.read.select().from(tally)).toEqual([]);
	expect(await db.read.select().from(ratingBox)).toEqual([]);
	const comments = await db.read.select().from(ratingComment);
	expect(comments).toHaveLength(8);
	expect(comments.every(({ territoryId }) => territoryId !== referent.territoryId)).toBe(true);
	expect((await db.read.select().from(ratingInvitation)).every(({ outcome }) => outcome === 'answered')).toBe(true);
});

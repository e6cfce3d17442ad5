import { beforeEach, describe, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Rating } from '../../shared/codes.ts';
import type { Db } from '../db/client.ts';
import { rating, ratingBox, ratingInvitation } from '../db/schema/index.ts';
import { unseal } from '../platform/sealing.ts';
import { BATCH } from './box.ts';
import { answerRating, askRating } from './commands.ts';
import { commentsOf } from './queries.ts';

const NOW = new Date('2026-03-10T16:00:00Z');
let db: Db;
let referent: Awaited<ReturnType<typeof aReferent>>;

beforeEach(async () => {
	db = await testDatabase();
	referent = await aReferent(db, { territoryId: (await aTerritory(db)).id });
});

/** Somebody asked after an appointment. */
async function invited() {
	const person = await aPerson(db, { referent });
	const { id: appointmentId } = await anAppointment(db, {
		personId: person.id,
		referentId: referent.id,
		state: 'seen',
	});
	const invitation = await db.write((tx) => askRating(tx, { appointmentId, personId: person.id, now: NOW }));
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
			expect(Object.keys(line).sort()).toEqual(['rating_box', 'rating_invitation']);
			expect(line.rating_box).toHaveLength(1);
		}
		const boxed = lines.map((line) => JSON.parse(line.rating_box![0]!) as Record<string, string>);
		expect(Object.keys(boxed[0]!).sort()).toEqual(['answer_sealed', 'id', 'territory_id']);
		expect(boxed[0]!.answer_sealed!.length).toBe(boxed[1]!.answer_sealed!.length);
		const row = JSON.parse(lines[0]!.rating_invitation![0]!) as Record<string, unknown>;
		const former = start.get('rating_invitation')!.map((text) => JSON.parse(text) as Record<string, unknown>);
		expect({ ...row, outcome: null }).toEqual(former.find(({ id }) => id === row.id));
	});

	test('never sees fewer than five answers come out at once, whenever the copies are taken', async () => {
		for (let turn = 1; turn <= 12; turn += 1) {
			const who = await invited();
			const before = (await db.read.select().from(rating)).length;
			await answer(who, 'medium');
			const [out, waiting] = [await db.read.select().from(rating), await db.read.select().from(ratingBox)];
			expect([0, BATCH]).toContain(out.length - before);
			expect(out.length + waiting.length).toBe(turn);
		}
	});

	test('finds no id of a person, an account, an appointment or an invitation beside an answer', async () => {
		const everybody = [];
		for (let turn = 0; turn < 7; turn += 1) {
			const who = await invited();
			everybody.push(who);
			await answer(who, 'good', `Phrase ${turn}`);
		}
		const tables = dump();
		const answers = [...tables.get('rating')!, ...tables.get('rating_box')!].join('\n');
		for (const { person, appointmentId, invitationId } of everybody)
			for (const id of [person.id, person.account.id, appointmentId, invitationId, referent.id])
				expect(answers).not.toContain(id);
		for (const text of tables.get('rating')!)
			expect(Object.keys(JSON.parse(text) as object).sort()).toEqual([
				'comment_sealed',
				'id',
				'month',
				'score',
				'territory_id',
			]);
		expect((tables.get('audit_entry') ?? []).join('\n')).not.toMatch(/rating/);
	});

	test('cannot read the order of the answers from the order of the rows', async () => {
		const order: string[] = [];
		for (let turn = 0; turn < 40; turn += 1) {
			order.push(`Phrase ${turn}`);
			await answer(await invited(), 'good', `Phrase ${turn}`);
		}
		const { territoryId } = referent;
		const stored = await commentsOf(db.read, territoryId, { from: '2026-03', to: '2026-03' });
		expect([...stored].sort()).toEqual([...order].sort());
		// Kendall's tau of a random order of 40 stays within a half but once in a million.
		const at = stored.map((text) => order.indexOf(text));
		let agree = 0;
		for (let i = 0; i < at.length; i += 1) for (let j = 0; j < i; j += 1) agree += Math.sign(at[i]! - at[j]!);
		expect(Math.abs(agree / ((40 * 39) / 2))).toBeLessThan(0.54);
	});

	test('cannot move a sealed answer under another row to have it opened there', async () => {
		await answer(await invited(), 'bad', 'Secret');
		const [row] = await db.read.select().from(ratingBox);
		expect(() => unseal(`rating_box.answer_sealed:${row!.id + 1}`, row!.answerSealed)).toThrow();
	});
});

test('answers of two territories never leave the box together', async () => {
	for (let turn = 0; turn < 4; turn += 1) await answer(await invited(), 'good');
	referent = await aReferent(db, { territoryId: (await aTerritory(db)).id });
	await answer(await invited(), 'bad');
	expect(await db.read.select().from(rating)).toEqual([]);
	expect(await db.read.select().from(ratingBox)).toHaveLength(5);
	expect((await db.read.select().from(ratingInvitation)).every(({ outcome }) => outcome === 'answered')).toBe(true);
});

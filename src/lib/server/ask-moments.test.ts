import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { anAidSetting, on } from '../../../tests/support/aids.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { aDevice, anOutside, tickAt } from '../../../tests/support/reminders.ts';
import type { Locale } from '../paraglide/runtime.js';
import { askMoments } from './ask-moments.ts';
import { pathway, ratingInvitation, stage } from './db/schema/index.ts';
import { momentsDue } from './evaluation/moments.ts';
import { askAbout, invitationOf } from './evaluation/commands.ts';

/** Monday 30 November 2026, 10:00 in Paris. */
const MONDAY = new Date('2026-11-30T09:00:00Z');
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(MONDAY.getTime() - days * DAY_MS);

test('a stage left, three months of support and the end of the first months at work are asked about, once', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const ask = () => db.write((tx) => askMoments(tx, MONDAY));
	const somebody = async (startedAt: Date) => {
		const person = await aPerson(db, { referent });
		return { person, file: await aPathway(db, { personId: person.id, current: 2, startedAt }) };
	};
	const left = await somebody(daysAgo(10));
	const three = await somebody(daysAgo(92));
	const work = await somebody(daysAgo(10));
	const late = await somebody(daysAgo(115));
	const leave = (id: string, change: Partial<typeof stage.$inferInsert>) =>
		db.write((tx) => tx.update(stage).set(change).where(eq(stage.id, id)));
	const firstOf = ({ file }: Awaited<ReturnType<typeof somebody>>) => file.stages[0]!.id;
	await leave(firstOf(left), { leftAt: daysAgo(2) });
	await leave(firstOf(three), { leftAt: daysAgo(60) });
	await leave(firstOf(work), { leftAt: daysAgo(1), inWork: true });
	await leave(firstOf(late), { leftAt: daysAgo(22) });
	expect(await ask()).toBe(3);
	const rows = await db.read.select().from(ratingInvitation);
	expect(new Map(rows.map(({ personId, moment }) => [personId, moment]))).toEqual(
		new Map([
			[left.person.id, 'stage_left'],
			[three.person.id, 'three_months'],
			[work.person.id, 'in_work_end'],
		]),
	);
	expect(await ask()).toBe(0);
	await db.write((tx) => tx.update(pathway).set({ endedAt: MONDAY }).where(eq(pathway.id, late.file.id)));
	expect(await fullScans(db, () => momentsDue(db.read, MONDAY))).toEqual([]);
});

test('an aid paid soon after its decision is asked about; one decided long before its payment is not', async () => {
	const { db, change, open, territoryId } = await anAidSetting();
	const decided = async (personId: string, day: string) => {
		const { id } = (await open({ personId }))!;
		await change(id, 'under_review', { now: on(day) });
		await change(id, 'granted', { amountCents: 10_000, now: on(day) });
		await change(id, 'paid', { now: on('2026-04-20') });
		return id;
	};
	const [recent, old] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
	const paid = await decided(recent.id, '2026-04-10');
	await decided(old.id, '2026-03-20');
	expect(await momentsDue(db.read, on('2026-04-21'))).toEqual([
		{ moment: 'aid_decided', personId: recent.id, subjectId: paid },
	]);
});

test('a stage left on the day of an appointment that was asked about is asked about after the fortnight', async () => {
	const db = await testDatabase();
	const person = await aPerson(db, { referent: await aReferent(db) });
	const file = await aPathway(db, { personId: person.id, current: 2, startedAt: daysAgo(20) });
	await db.write(async (tx) => {
		await tx
			.update(stage)
			.set({ leftAt: daysAgo(15) })
			.where(eq(stage.id, file.stages[0]!.id));
		await askAbout(tx, { personId: person.id, moment: 'aid_decided', subjectId: 'x', now: daysAgo(15) });
	});
	const ask = (now: Date) => db.write((tx) => askMoments(tx, now));
	expect(await ask(daysAgo(8))).toBe(0);
	expect(await momentsDue(db.read, daysAgo(8))).toEqual([]);
	expect(await ask(MONDAY)).toBe(1);
});

test('the message opens the question itself, without signing in', async () => {
	const db = await testDatabase();
	const outside = await anOutside();
	const person = await aPerson(db, { referent: await aReferent(db) });
	await aDevice(db, outside, { accountId: person.account.id, now: MONDAY });
	await aPathway(db, { personId: person.id, startedAt: daysAgo(92) });
	await db.write((tx) => askMoments(tx, MONDAY));
	await tickAt(db, outside, MONDAY);
	const [push] = outside.pushes();
	expect(push!.title).toBe('Une question pour vous');
	const token = /^\/avis\/r\/([\w-]{43})$/.exec(push!.path)![1]!;
	expect(await invitationOf(db.read, { token })).toMatchObject({ personId: person.id, moment: 'three_months' });
});

test.each<[Locale, string]>([
	['fr', 'La réponse est anonyme.'],
	['en', 'The answer is anonymous.'],
	['ar', 'الجواب دون اسم.'],
	['uk', 'Відповідь анонімна.'],
])('its detail in %s says of no question that it is about an appointment', async (locale, detail) => {
	const db = await testDatabase();
	const outside = await anOutside();
	const person = await aPerson(db, { referent: await aReferent(db), locale, wording: 'detailed' });
	await aDevice(db, outside, { accountId: person.account.id, now: MONDAY });
	await aPathway(db, { personId: person.id, startedAt: daysAgo(92) });
	await db.write((tx) => askMoments(tx, MONDAY));
	await tickAt(db, outside, MONDAY);
	expect(outside.pushes().map(({ body }) => body.split('\n')[0])).toEqual([detail]);
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { aDevice, anOutside, tickAt } from '../../../tests/support/reminders.ts';
import { askMoments } from './ask-moments.ts';
import { pathway, ratingInvitation, stage } from './db/schema/index.ts';
import { momentsDue } from './evaluation/moments.ts';
import { invitationOf } from './evaluation/commands.ts';

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
	const late = await somebody(daysAgo(110));
	const leave = (id: string, change: Partial<typeof stage.$inferInsert>) =>
		db.write((tx) => tx.update(stage).set(change).where(eq(stage.id, id)));
	const firstOf = ({ file }: Awaited<ReturnType<typeof somebody>>) => file.stages[0]!.id;
	await leave(firstOf(left), { leftAt: daysAgo(2) });
	await leave(firstOf(three), { leftAt: daysAgo(60) });
	await leave(firstOf(work), { leftAt: daysAgo(1), inWork: true });
	await leave(firstOf(late), { leftAt: daysAgo(8) });
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

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent } from '../../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../../tests/support/database.ts';
import { reminder } from '$lib/server/db/schema';
import { tellAgain } from './tell.server';

test('each move of a meeting is told, one back to a former day too; only the latest is still to leave', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db, { referent: await aReferent(db) });
	const { id: subjectId } = await aPathway(db, { personId });
	const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute));
	const told = async () =>
		(await db.read.select().from(reminder).where(eq(reminder.subjectId, subjectId)).orderBy(reminder.createdAt)).map(
			({ state }) => state,
		);
	for (const minute of [0, 1, 2])
		await db.write((tx) => tellAgain(tx, { personId, subjectId, now: at(minute) }, 'moved'));
	expect(await told()).toEqual(['dropped', 'dropped', 'scheduled']);
	await db.write((tx) => tellAgain(tx, { personId, subjectId, now: at(3) }, 'cancelled'));
	expect(await told()).toEqual(['dropped', 'dropped', 'dropped', 'scheduled']);
});

import { beforeEach, expect, test } from 'vitest';
import { aPerson, aRequest, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import type { Db } from '../db/client.ts';
import { recentAnswerDays } from './queries.ts';

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

let db: Db;
let territoryId: string;
beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
});

/** Answered in so many days, closed so many days ago. */
async function closed(days: number, closedDaysAgo: number, where = territoryId) {
	const { id: personId } = await aPerson(db, { territoryId: where });
	const submittedAt = ago(200);
	const assignedAt = new Date(submittedAt.getTime() + days * DAY_MS);
	await aRequest(db, { personId, status: 'closed', submittedAt, assignedAt, closedAt: ago(closedDaysAgo) });
}
const said = () => recentAnswerDays(db.read, territoryId, NOW);

test('the time of an answer is said from eleven requests closed in the last 90 days, in this territory', async () => {
	for (let days = 1; days <= 10; days++) await closed(days, 10);
	// Too long ago, elsewhere, or not closed: none of them is the eleventh.
	await closed(1, 91);
	await closed(1, 10, (await aTerritory(db)).id);
	const { id: personId } = await aPerson(db, { territoryId });
	await aRequest(db, { personId, status: 'in_pathway', submittedAt: ago(20), assignedAt: ago(19) });
	expect(await said()).toBeNull();
	await closed(60, 90);
	expect(await said()).toBe(11);
});

test('what was its lead’s from the start was answered by nobody: it counts for nothing', async () => {
	for (let days = 1; days <= 10; days++) await closed(days, 10);
	for (let led = 0; led < 20; led++) await closed(0, 10);
	expect(await said()).toBeNull();
	await closed(11, 10);
	expect(await said()).toBe(11);
});

test('it reads an index, whatever the number of requests', async () => {
	expect(await fullScans(db, said)).toEqual([]);
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aStep, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { availabilityException, checkIn, followUpMember, step } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { peopleToday } from './today.ts';
import { unheardWhileAway } from './unheard.ts';

test('in work and to be rung while the lead is away: the second has it, else the coordinator, from the first day to the last', async () => {
	const db = await testDatabase();
	const { id: territoryId, zone } = await aTerritory(db);
	const lead = await aReferent(db, { territoryId });
	const second = await aReferent(db, { territoryId });
	const { id: personId } = await aPerson(db, { referent: lead });
	const { id: pathwayId } = await aPathway(db, { personId });
	const asked = { personId, pathwayId, id: newId(), week: 1, dueOn: '2026-02-01', answer: 'call' } as const;
	await insertOne(db, checkIn, { ...asked, answeredAt: NOW });
	const seen = async (now = NOW) =>
		(await unheardWhileAway(db.read, { territoryId, zone, now })).map(({ id, until }) => [id, until]);
	const away = (accountId: string, fromDay: string, toDay: string) =>
		insertOne(db, availabilityException, { id: newId(), accountId, fromDay, toDay, createdAt: NOW });
	const today = localDay(NOW, zone);
	const day = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
	expect(await seen()).toEqual([]);
	await away(lead.id, today, localDay(day(2), zone));
	const until = localDay(day(2), zone);
	expect(await seen()).toEqual([[personId, until]]);
	expect([await seen(day(-1)), await seen(day(2)), await seen(day(3))]).toEqual([[], [[personId, until]], []]);
	// Whoever is there reads it on their first page.
	const line = { id: newId(), personId, accountId: second.id, structureId: second.structureId!, startedAt: NOW };
	await insertOne(db, followUpMember, { ...line, part: 'second' });
	expect(await seen()).toEqual([]);
	const { settings } = await getTerritory(db.read, territoryId);
	const ofSecond = await peopleToday(db.read, second.id, { territoryId, zone, settings, now: NOW });
	expect(ofSecond.map((row) => row.reasons.map(({ reason }) => reason))).toContainEqual(
		expect.arrayContaining(['check_in']),
	);
	await away(second.id, today, today);
	expect(await seen()).toEqual([[personId, until]]);
	expect(await seen(day(1))).toEqual([]);
	expect(await fullScans(db, () => unheardWhileAway(db.read, { territoryId, zone, now: NOW }))).toEqual([]);
	await db.write((tx) => tx.update(checkIn).set({ handledAt: NOW }));
	expect(await seen()).toEqual([]);
});

test('« je n’y arrive pas » while the lead is away: the coordinator has it when no second is there, and until somebody moves the step on', async () => {
	const db = await testDatabase();
	const { id: territoryId, zone } = await aTerritory(db);
	const lead = await aReferent(db, { territoryId });
	const second = await aReferent(db, { territoryId });
	const today = localDay(NOW, zone);
	await insertOne(db, availabilityException, {
		...{ id: newId(), accountId: lead.id, fromDay: today, toDay: today, createdAt: NOW },
	});
	const led = async (lastName: string, values: Partial<typeof step.$inferSelect>) => {
		const { id: personId } = await aPerson(db, { referent: lead, lastName });
		const { id: pathwayId } = await aPathway(db, { personId });
		await aStep(db, { personId, pathwayId, owner: 'person', ...values });
		return personId;
	};
	const stuck = await led('Bloquée', { state: 'waiting', stuckAt: NOW });
	await led('En cours', { state: 'in_progress' });
	await led('Mise en attente', { state: 'waiting', stuckAt: null });
	const seen = async (now = NOW) =>
		(await unheardWhileAway(db.read, { territoryId, zone, now })).map(({ lastName }) => lastName);
	expect(await seen()).toEqual(['Bloquée']);
	expect(await seen(new Date(NOW.getTime() + 86_400_000))).toEqual([]);
	expect(await fullScans(db, () => unheardWhileAway(db.read, { territoryId, zone, now: NOW }))).toEqual([]);
	const line = { id: newId(), personId: stuck, accountId: second.id, structureId: second.structureId!, startedAt: NOW };
	await insertOne(db, followUpMember, { ...line, part: 'second' });
	expect(await seen()).toEqual([]);
	await db.write((tx) => tx.update(followUpMember).set({ endedAt: NOW }).where(eq(followUpMember.id, line.id)));
	expect(await seen()).toEqual(['Bloquée']);
	await db.write((tx) => tx.update(step).set({ state: 'in_progress', stuckAt: null }));
	expect(await seen()).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { aCoordinator, aFollowUp, anAppointment, aPerson, aReferent, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { followedByName } from '../people/caseload.ts';
import {
	agenda,
	bookedWhileAway,
	getAppointmentFor,
	getAppointmentToSettle,
	heldByNobody,
	listAppointments,
	listToRearrange,
	listUnsettled,
	nextAppointment,
} from './queries.ts';

const viewerOf = (row: {
	id: string;
	role: Parameters<typeof getAppointmentFor>[1]['role'];
	territoryId: string | null;
	personId: string | null;
}) => ({
	accountId: row.id,
	role: row.role,
	territoryId: row.territoryId,
	personId: row.personId,
});

test('the next appointment is the first that has not ended and still stands', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent });
	await anAppointment(db, { personId, day: '2026-03-03', state: 'revoked' });
	const going = await anAppointment(db, { personId, day: '2026-03-04' });
	const later = await anAppointment(db, { personId, day: '2026-03-05' });
	const next = async (now: string) => (await nextAppointment(db.read, personId, new Date(now)))?.id;
	expect(await next('2026-03-04T13:59:59Z')).toBe(going.id);
	expect(await next('2026-03-04T14:00:00Z')).toBe(later.id);
	expect(await next('2026-03-05T14:00:00Z')).toBeUndefined();
});

describe('who may see an appointment', () => {
	test('the person, the lead, and a member who holds it; nobody else', async () => {
		const db = await testDatabase();
		const lead = await aReferent(db);
		const colleague = await aReferent(db, { structureId: lead.structureId });
		const member = await aReferent(db, { territoryId: lead.territoryId });
		const coordinator = await aCoordinator(db, { territoryId: lead.territoryId });
		const person = await aPerson(db, { referent: lead });
		const stranger = await aPerson(db);
		await aFollowUp(db, { personId: person.id, member, part: 'member', themes: ['housing'] });
		const { id } = await anAppointment(db, { personId: person.id });
		const held = await anAppointment(db, { personId: person.id, referentId: member.id, day: '2026-03-12' });
		const see = (who: Parameters<typeof viewerOf>[0], what = id) => getAppointmentFor(db.read, viewerOf(who), what);
		await expect(see(person.account)).resolves.toMatchObject({ id });
		await expect(see(lead)).resolves.toMatchObject({ id });
		await expect(see(member, held.id)).resolves.toMatchObject({ id: held.id });
		for (const who of [stranger.account, colleague, member, coordinator])
			await expect(see(who)).rejects.toThrow('not_found');
		await expect(see(person.account, 'forged')).rejects.toThrow('not_found');
	});

	test('who held it says how it ended after leaving the follow-up, and reads nothing more', async () => {
		const db = await testDatabase();
		const lead = await aReferent(db);
		const { territoryId } = lead;
		const [left, other] = [await aReferent(db, { territoryId }), await aReferent(db, { territoryId })];
		const { id: personId } = await aPerson(db, { referent: lead });
		for (const member of [left, other])
			await aFollowUp(db, { personId, member, part: 'member', themes: ['housing'], endedAt: NOW });
		const held = await anAppointment(db, { personId, referentId: left.id, day: '2026-03-12' });
		const settle = (who: typeof left, now: string) =>
			getAppointmentToSettle(db.read, viewerOf(who), held.id, new Date(now));
		const [before, after] = ['2026-03-12T08:00:00Z', '2026-03-12T18:00:00Z'];
		expect(Object.keys(await settle(left, after)).sort()).toEqual(['id', 'personId', 'sequence', 'startsAt']);
		await expect(settle(left, before)).rejects.toThrow('not_found');
		await expect(settle(other, after)).rejects.toThrow('not_found');
		await expect(settle(lead, after)).resolves.toMatchObject({ id: held.id });
		await expect(getAppointmentFor(db.read, viewerOf(left), held.id)).rejects.toThrow('not_found');
		expect(await followedByName(db.read, lead.id, [personId], NOW)).toMatchObject([{ id: personId }]);
		expect(await followedByName(db.read, left.id, [personId], NOW)).toEqual([]);
	});
});

test('a professional finds what is to be settled and what is to be arranged anew', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent });
	const past = await anAppointment(db, { personId, day: '2026-02-27' });
	await anAppointment(db, { personId, day: '2026-02-26', state: 'seen' });
	const cannot = await anAppointment(db, { personId, day: '2026-03-05', answer: 'cannot' });
	await anAppointment(db, { personId, day: '2026-03-06', answer: 'coming' });
	expect((await listUnsettled(db.read, referent.id, NOW)).map(({ id }) => id)).toEqual([past.id]);
	expect((await listToRearrange(db.read, referent.id, NOW)).map(({ id }) => id)).toEqual([cannot.id]);
});

test('an invitation none of whose times suit stays to be arranged after its first hour passed', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent });
	const asked = await anAppointment(db, { personId, state: 'invited', answer: 'cannot', day: '2026-02-20' });
	await anAppointment(db, { personId, state: 'invited', day: '2026-03-09' });
	await anAppointment(db, { personId, state: 'revoked', answer: 'cannot', day: '2026-03-11' });
	expect((await listToRearrange(db.read, referent.id, NOW)).map(({ id }) => id)).toEqual([asked.id]);
});

test('while other times wait to be chosen, a booked hour the person cannot keep is theirs to settle', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent });
	const chooseBy = new Date('2026-03-08T09:00:00Z');
	const offeredAt = chooseBy.getTime() - 10 * 86_400_000;
	const said = { personId, answer: 'cannot', answeredAt: new Date(offeredAt - 1), chooseBy } as const;
	const { id } = await anAppointment(db, { ...said, day: '2026-03-20' });
	const listed = async (now: Date) => (await listToRearrange(db.read, referent.id, now)).map((each) => each.id);
	expect(await listed(NOW)).toEqual([]);
	expect(await listed(chooseBy)).toEqual([id]);
	// Said after the times were offered: none of them suits. Help to come is no matter of times.
	const after = await anAppointment(db, { ...said, day: '2026-03-21', answeredAt: new Date(offeredAt) });
	const help = await anAppointment(db, { ...said, day: '2026-03-22', answer: 'needs_help' });
	expect(await listed(NOW)).toEqual([after.id, help.id]);
});

test('what is booked on days away is named, the first and the last of them included', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId } = await aPerson(db, { referent });
	const book = (day: string, values: object = {}) => anAppointment(db, { personId, day, ...values });
	await book('2026-03-09');
	const kept = [await book('2026-03-10'), await book('2026-03-12', { time: '20:00' }), await book('2026-03-20')];
	await book('2026-03-11', { state: 'revoked' });
	await book('2026-03-13');
	const away = [
		{ fromDay: '2026-03-10', toDay: '2026-03-12' },
		{ fromDay: '2026-03-20', toDay: '2026-03-20' },
	];
	const found = await bookedWhileAway(db.read, referent.id, away, NOW);
	expect(found.map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
	expect(await bookedWhileAway(db.read, referent.id, [], NOW)).toEqual([]);
});

test('every list reads an index, whatever the number of appointments', async () => {
	const db = await testDatabase();
	const now = NOW;
	const plans: string[] = [];
	const statements = await statementsOf(db.raw, async () => {
		await nextAppointment(db.read, 'p', now);
		await listAppointments(db.read, 'p');
		await agenda(db.read, 'a', now, now);
		await listUnsettled(db.read, 'a', now);
		await listToRearrange(db.read, 'a', now);
	});
	for (const sql of statements) {
		const rows = db.raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array(sql.split('?').length - 1).fill(1)) as {
			detail: string;
		}[];
		plans.push(...rows.map(({ detail }) => detail));
	}
	expect(statements).toHaveLength(10);
	expect(plans.filter((detail) => /^SCAN|TEMP B-TREE/.test(detail))).toEqual([]);
	expect(plans.filter((detail) => /SEARCH appointment/.test(detail))).toHaveLength(10);
});

async function statementsOf(raw: import('better-sqlite3').Database, work: () => Promise<void>): Promise<string[]> {
	const seen: string[] = [];
	const prepare = raw.prepare.bind(raw);
	raw.prepare = ((sql: string) => (seen.push(sql), prepare(sql))) as typeof raw.prepare;
	try {
		await work();
	} finally {
		raw.prepare = prepare;
	}
	return seen;
}

test('the coordinator sees the hours to come of who works here no more, led or seconded', async () => {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const { territoryId } = lead;
	const gone = await aReferent(db, { territoryId, status: 'disabled' });
	const far = await aReferent(db, { status: 'disabled' });
	const { id: personId } = await aPerson(db, { referent: lead });
	const elsewhere = await aPerson(db, { referent: far });
	const led = await anAppointment(db, { personId, referentId: gone.id, day: '2026-03-12' });
	const seconded = await anAppointment(db, {
		...{ personId, referentId: lead.id, secondReferentId: gone.id },
		day: '2026-03-11',
	});
	await anAppointment(db, { personId, referentId: lead.id, day: '2026-03-10' });
	await anAppointment(db, { personId, referentId: gone.id, day: '2026-03-13', state: 'revoked' });
	await anAppointment(db, { personId, referentId: gone.id, day: '2026-03-01' });
	await anAppointment(db, { personId: elsewhere.id, referentId: far.id, day: '2026-03-12' });
	const found = await heldByNobody(db.read, territoryId, NOW);
	expect(found.map(({ id, withName }) => ({ id, withName }))).toEqual([
		{ id: seconded.id, withName: gone.displayName },
		{ id: led.id, withName: gone.displayName },
	]);
	expect(await fullScans(db, () => heldByNobody(db.read, territoryId, NOW))).toEqual([]);
});

import { and, eq, isNull } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aCoordinator, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { account, auditEntry, followUpMember } from '../db/schema/index.ts';
import { unseal } from '../platform/sealing.ts';
import {
	assignLead,
	assignSecond,
	changeSecond,
	endFollowUp,
	giveLead,
	transferLead,
	type Assignment,
} from './commands.ts';
import { caseloadCount, followUpOf, leadOf } from './queries.ts';

async function aTeam(caseloadLimit: number | null = null) {
	const db = await testDatabase();
	const territory = await aTerritory(db, { settings: { caseloadLimit } });
	const here = { territoryId: territory.id };
	const [one, two, coordinator] = [await aReferent(db, here), await aReferent(db, here), await aCoordinator(db, here)];
	const person = await aPerson(db, here);
	const input = (who: Professional, more: Partial<Assignment> = {}): Assignment => ({
		personId: person.id,
		accountId: who.id,
		by: signedIn(who),
		now: NOW,
		...more,
	});
	const lead = (who: Professional, more?: Partial<Assignment>) => db.write((tx) => assignLead(tx, input(who, more)));
	return { db, here, one, two, coordinator, person, input, lead };
}

test('when two referents take the same person at once, one wins and the other is told', async () => {
	const { db, one, two, person, lead } = await aTeam();
	const results = await Promise.allSettled([lead(one), lead(two)]);
	expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
	expect(results[1]).toMatchObject({ reason: { code: 'already_assigned', kind: 'conflict' } });
	expect(await leadOf(db.read, person.id)).toMatchObject({ accountId: one.id });
});

test('taking somebody twice changes nothing', async () => {
	const { one, lead } = await aTeam();
	expect(await lead(one)).toEqual(await lead(one));
});

test('the second referent who takes the lead has one open line', async () => {
	const { db, one, two, person, lead, input } = await aTeam();
	await db.write((tx) => assignSecond(tx, input(two)));
	await lead(two);
	expect(await followUpOf(db.read, person.id)).toMatchObject([{ accountId: two.id, part: 'lead' }]);
	await db.write((tx) => assignSecond(tx, input(one)));
	expect((await followUpOf(db.read, person.id)).map(({ part }) => part)).toEqual(['lead', 'second']);
	await expect(db.write((tx) => assignSecond(tx, input(two)))).rejects.toThrow('already_assigned');
});

test('a referent at the limit of the territory takes nobody more; one place freed is enough', async () => {
	const { db, here, one, person, lead } = await aTeam(2);
	await aPerson(db, { ...here, referent: one });
	const leaving = await aPerson(db, { ...here, referent: one });
	await expect(lead(one)).rejects.toMatchObject({ code: 'caseload_full', kind: 'conflict' });
	expect(await leadOf(db.read, person.id)).toBeUndefined();
	await db.write((tx) => endFollowUp(tx, { personId: leaving.id, accountId: one.id, by: signedIn(one), now: NOW }));
	await lead(one);
	expect(await caseloadCount(db.read, one.id)).toBe(2);
});

test('only a coordinator goes past the limit, with a reason that is kept sealed', async () => {
	const { db, here, one, coordinator, lead, person } = await aTeam(1);
	await aPerson(db, { ...here, referent: one });
	await expect(lead(one, { reason: 'je la connais' })).rejects.toThrow('caseload_full');
	await expect(lead(one, { by: signedIn(coordinator), reason: ' ' })).rejects.toThrow('caseload_full');
	await lead(one, { by: signedIn(coordinator), reason: 'Seule à parler sa langue' });
	const [line] = await db.read.select().from(followUpMember).where(eq(followUpMember.personId, person.id));
	expect(unseal(`follow_up_member.reason_sealed:${line!.id}`, line!.reasonSealed!)).toBe('Seule à parler sa langue');
	const [entry] = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'person.assigned'));
	expect(entry!.detail).toEqual({ part: 'lead', accountId: one.id, overLimit: true });
});

test('the limit counts people led, not seconded', async () => {
	const { db, here, one, two, lead } = await aTeam(1);
	await aPerson(db, { ...here, referent: two, second: one });
	await lead(one);
	expect(await caseloadCount(db.read, one.id)).toBe(1);
});

test('nobody is given to a disabled account, to another territory or to a beneficiary', async () => {
	const { db, one, person, lead } = await aTeam();
	await expect(lead(await aReferent(db))).rejects.toMatchObject({ code: 'not_a_referent' });
	await expect(lead(one, { accountId: person.account.id })).rejects.toMatchObject({ code: 'not_a_referent' });
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, one.id)));
	await expect(lead(one)).rejects.toMatchObject({ code: 'not_a_referent' });
});

test('a transfer ends one lead and opens the next, and changes nothing when the next is full', async () => {
	const { db, here, one, two, coordinator, person, lead, input } = await aTeam(1);
	await lead(one);
	const busy = await aPerson(db, { ...here, referent: two });
	const transfer = () => db.write((tx) => transferLead(tx, { ...input(two), by: signedIn(coordinator) }));
	await expect(transfer()).rejects.toThrow('caseload_full');
	expect(await leadOf(db.read, person.id)).toMatchObject({ accountId: one.id });
	await db.write((tx) =>
		endFollowUp(tx, { personId: busy.id, accountId: two.id, by: signedIn(coordinator), now: NOW }),
	);
	await transfer();
	expect(await leadOf(db.read, person.id)).toMatchObject({ accountId: two.id });
	const closed = await db.read
		.select()
		.from(followUpMember)
		.where(and(eq(followUpMember.accountId, one.id), eq(followUpMember.personId, person.id)));
	expect(closed).toMatchObject([{ part: 'lead', endedAt: NOW }]);
	expect(await db.read.select().from(followUpMember).where(isNull(followUpMember.endedAt))).toHaveLength(1);
});

test('whom nobody led is given once: from a page of before, nobody takes them from who leads since', async () => {
	const { db, one, two, coordinator, person, lead, input } = await aTeam();
	await lead(one);
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, one.id)));
	const give = (who: Professional) =>
		db.write((tx) => giveLead(tx, { ...input(who), by: signedIn(coordinator), reason: 'Elle part' }));
	const { id, from } = await give(two);
	expect(from).toBe(one.id);
	// Another coordinator, whose page still shows them without a referent.
	await expect(give(coordinator)).rejects.toMatchObject({ code: 'already_assigned', kind: 'conflict' });
	expect(await leadOf(db.read, person.id)).toMatchObject({ accountId: two.id });
	// The same, sent again.
	expect(await give(two)).toMatchObject({ id });
	expect(await followUpOf(db.read, person.id)).toHaveLength(1);
});

test('a second whose account is disabled gives way to the next one', async () => {
	const { db, here, one, two, person, lead, input } = await aTeam();
	const next = await aReferent(db, here);
	await lead(one);
	await db.write((tx) => assignSecond(tx, input(two)));
	await expect(db.write((tx) => assignSecond(tx, input(next)))).rejects.toThrow('already_assigned');
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, two.id)));
	await db.write((tx) => assignSecond(tx, input(next)));
	const team = await followUpOf(db.read, person.id);
	expect(team.map(({ part, accountId }) => [part, accountId])).toEqual([
		['lead', one.id],
		['second', next.id],
	]);
});

test('a second is named, replaced and taken off, with why; from a page that shows who it is', async () => {
	const { db, one, two, coordinator, person, lead } = await aTeam();
	await lead(one);
	const change = (accountId: string | null, shown: string) =>
		db.write((tx) =>
			changeSecond(tx, {
				...{ personId: person.id, accountId, shown, reason: 'Elle part' },
				...{ by: signedIn(coordinator), now: NOW },
			}),
		);
	const seconds = async () => (await followUpOf(db.read, person.id)).filter(({ part }) => part === 'second');
	expect(await change(two.id, '')).toMatchObject({ from: null });
	const [first] = await seconds();
	expect(first).toMatchObject({ accountId: two.id });
	// A page of before: somebody was named since.
	await expect(change(coordinator.id, '')).rejects.toMatchObject({ code: 'second_changed', kind: 'conflict' });
	// The lead is not both halves.
	await expect(change(one.id, first!.id)).rejects.toThrow('already_assigned');
	expect(await change(coordinator.id, first!.id)).toMatchObject({ from: two.id });
	const [next] = await seconds();
	expect(next).toMatchObject({ accountId: coordinator.id });
	const [line] = await db.read.select().from(followUpMember).where(eq(followUpMember.id, next!.id));
	expect(unseal(`follow_up_member.reason_sealed:${next!.id}`, line!.reasonSealed!)).toBe('Elle part');
	expect(await change(null, next!.id)).toEqual({ id: null, from: coordinator.id });
	expect(await seconds()).toEqual([]);
	const told = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'person.follow_up_ended'));
	expect(told).toHaveLength(2);
});

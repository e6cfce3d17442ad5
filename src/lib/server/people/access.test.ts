import { expect, test } from 'vitest';
import { aCoordinator, aFollowUp, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { historyOf, listOpenings } from '../audit/queries.ts';
import { auditEntry, followUpMember } from '../db/schema/index.ts';
import type { FilePart } from './commands.ts';
import { caseload, followedByName } from './caseload.ts';
import { endPastMembers, endMember, inviteMember, objectToMember } from './sharing.ts';
import { openFile } from './opening.ts';
import { followersNow, followUpOf, getFollowedPerson, getPersonFor, reasonsToFollow } from './queries.ts';
import { seesTheme } from './rules.ts';

async function aFollowedPerson() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const [lead, second, member, ended, colleague] = [
		await aReferent(db, here),
		await aReferent(db, here),
		await aReferent(db, here),
		await aReferent(db, here),
		await aReferent(db, here),
	];
	const person = await aPerson(db, { referent: lead, second, firstName: 'Canari', phone: '+33639980012' });
	await aFollowUp(db, { personId: person.id, member, part: 'member', themes: ['housing'] });
	await aFollowUp(db, { personId: person.id, member: ended, part: 'member', endedAt: NOW });
	const open = (who: Professional) => getPersonFor(db.read, signedIn(who), person.id);
	return { db, territory, person, lead, second, member, ended, colleague, open };
}

test('lead and second see the whole file', async () => {
	const { open, lead, second } = await aFollowedPerson();
	expect(await open(lead)).toMatchObject({ access: 'lead', themes: null, person: { phone: '+33639980012' } });
	expect(await open(second)).toMatchObject({ access: 'second', themes: null });
});

test('a member sees who it is and the themes they were invited for, no other', async () => {
	const { open, member } = await aFollowedPerson();
	const file = await open(member);
	expect(file).toMatchObject({ access: 'member', themes: ['housing'] });
	expect(seesTheme(file.themes, 'housing')).toBe(true);
	expect(seesTheme(file.themes, 'health')).toBe(false);
	expect(seesTheme(file.themes, null)).toBe(false);
});

test('a member whose follow-up ended, and a colleague outside it, are told the file does not exist', async () => {
	const { open, ended, colleague } = await aFollowedPerson();
	await expect(open(ended)).rejects.toMatchObject({ code: 'not_found', kind: 'not_found' });
	await expect(open(colleague)).rejects.toMatchObject({ code: 'not_found' });
});

test('the coordinator of the territory sees who it is, not how to reach them nor what they need', async () => {
	const { db, open, territory, person } = await aFollowedPerson();
	const coordinator = await aCoordinator(db, { territoryId: territory.id });
	const file = await open(coordinator);
	expect(file).toMatchObject({
		access: 'coordinator',
		themes: [],
		person: { firstName: 'Canari', phone: null, email: null, birthDate: null, household: null },
	});
	await expect(getFollowedPerson(db.read, signedIn(coordinator), person.id)).rejects.toMatchObject({
		code: 'not_found',
	});
});

test('referents and coordinators of another territory see nothing', async () => {
	const { db, open } = await aFollowedPerson();
	await expect(open(await aReferent(db))).rejects.toMatchObject({ code: 'not_found' });
	await expect(open(await aCoordinator(db))).rejects.toMatchObject({ code: 'not_found' });
});

test('a follow-up left open in a territory the professional no longer works for gives nothing', async () => {
	const { db, person, lead } = await aFollowedPerson();
	const elsewhere = await aTerritory(db);
	const viewer = { ...signedIn(lead), territoryId: elsewhere.id };
	await expect(getPersonFor(db.read, viewer, person.id)).rejects.toMatchObject({ code: 'not_found' });
});

test('a beneficiary account opens no file by this door, not even their own', async () => {
	const { db, person, lead } = await aFollowedPerson();
	const viewer = { ...signedIn(lead), accountId: person.account.id, role: 'beneficiary' as const };
	await expect(getPersonFor(db.read, viewer, person.id)).rejects.toMatchObject({ code: 'not_found' });
});

test('a file that does not exist looks like one that is not shared', async () => {
	const { db, lead } = await aFollowedPerson();
	await expect(getPersonFor(db.read, signedIn(lead), 'nobody')).rejects.toMatchObject({ code: 'not_found' });
});

test('opening a file is written for the person once an hour, and not at all when refused', async () => {
	const { db, person, lead, colleague } = await aFollowedPerson();
	const open = (who: Professional, minutes: number) =>
		openFile(db, {
			viewer: signedIn(who),
			personId: person.id,
			part: 'overview',
			now: new Date(NOW.getTime() + minutes * 60_000),
		});
	await open(lead, 0);
	await open(lead, 59);
	expect(await listOpenings(db.read, person.id, 10)).toHaveLength(1);
	await open(lead, 60);
	await expect(open(colleague, 60)).rejects.toThrow('not_found');
	expect(await listOpenings(db.read, person.id, 10)).toMatchObject([
		{ actorName: lead.displayName },
		{ actorName: lead.displayName },
	]);
});

test('each part of a file that is opened is written, once an hour for each', async () => {
	const { db, person, lead } = await aFollowedPerson();
	const open = (part: FilePart, minutes: number) =>
		openFile(db, {
			viewer: signedIn(lead),
			personId: person.id,
			part,
			now: new Date(NOW.getTime() + minutes * 60_000),
		});
	await open('overview', 0);
	await open('diagnosis', 1);
	await open('overview', 2);
	await open('diagnosis', 3);
	await open('aids', 4);
	expect((await listOpenings(db.read, person.id, 10)).map(({ part }) => part)).toEqual([
		'aids',
		'diagnosis',
		'overview',
	]);
});

async function anInvitation() {
	const world = await aFollowedPerson();
	const { db, person, lead, colleague } = world;
	const personId = person.id;
	const invite = (by: Professional, values: Partial<Parameters<typeof inviteMember>[1]> = {}, now = NOW) =>
		db.write((tx) =>
			inviteMember(tx, {
				personId,
				accountId: colleague.id,
				themes: ['mobility'],
				reason: 'Pour le permis',
				by: signedIn(by),
				now,
				...values,
			}),
		);
	const seen = (now = NOW) => getPersonFor(db.read, signedIn(colleague), personId, now);
	return { ...world, personId, invite, seen, by: signedIn(lead) };
}

test('the lead alone invites; a guest sees the themes of the invitation until the end of its last day in the zone', async () => {
	const { invite, seen, lead, second, member } = await anInvitation();
	for (const other of [second, member]) await expect(invite(other)).rejects.toThrow('not_found');
	await expect(seen()).rejects.toThrow('not_found');
	await expect(invite(lead, { untilDay: '2026-03-01' })).rejects.toThrow('day_past');
	await invite(lead, { untilDay: '2026-03-02' });
	expect(await seen(new Date('2026-03-02T22:59:59Z'))).toMatchObject({ access: 'member', themes: ['mobility'] });
	await expect(seen(new Date('2026-03-02T23:00:00Z'))).rejects.toThrow('not_found');
});

test('nobody is invited twice at once, and again once their day has come', async () => {
	const { db, invite, lead, seen } = await anInvitation();
	await invite(lead, { untilDay: '2026-03-02' });
	await expect(invite(lead)).rejects.toThrow('already_assigned');
	const next = new Date('2026-03-03T09:00:00Z');
	await invite(lead, { themes: ['housing'] }, next);
	expect(await seen(next)).toMatchObject({ themes: ['housing'] });
	await db.write((tx) => endPastMembers(tx, new Date('2030-01-01T00:00:00Z')));
	expect(await seen(next)).toMatchObject({ themes: ['housing'] });
});

test('why a guest is invited is kept sealed, and stands on their line and in the history; so does why they left', async () => {
	const { db, invite, lead, personId, by } = await anInvitation();
	const { id } = await invite(lead);
	expect(await reasonsToFollow(db.read, personId)).toEqual(new Map([[id, 'Pour le permis']]));
	await db.write((tx) => endMember(tx, { personId, memberId: id, reason: 'Permis obtenu', by, now: NOW }));
	expect(await reasonsToFollow(db.read, personId)).toEqual(new Map());
	const told = (await historyOf(db.read, personId, 10)).map(({ action, reason }) => [action, reason]);
	expect(told).toEqual(
		expect.arrayContaining([
			['person.member_invited', 'Pour le permis'],
			['person.member_ended', 'Permis obtenu'],
		]),
	);
	for (const table of [auditEntry, followUpMember])
		expect(JSON.stringify(await db.read.select().from(table))).not.toContain('ermis');
});

test('a guest whose last day is over leaves an entry in the person’s history', async () => {
	const { db, invite, lead, personId } = await anInvitation();
	const { id } = await invite(lead, { untilDay: '2026-03-02' });
	await db.write((tx) => endPastMembers(tx, new Date('2026-03-03T00:30:00Z')));
	expect((await historyOf(db.read, personId, 1))[0]).toMatchObject({
		action: 'person.member_ended',
		subjectId: id,
		actorName: null,
		at: new Date('2026-03-02T23:00:00Z'),
	});
});

test('lists drop a guest on the very instant they no longer see the file, before anything was tidied up', async () => {
	const { db, invite, lead, colleague, personId } = await anInvitation();
	await invite(lead, { untilDay: '2026-03-02' });
	const ends = new Date('2026-03-02T23:00:00Z');
	const listed = async (now: Date) => [
		(await caseload(db.read, colleague.id, { today: '2026-03-02', now })).rows.length,
		(await followedByName(db.read, colleague.id, [personId], now)).length,
	];
	expect(await listed(new Date(ends.getTime() - 1))).toEqual([1, 1]);
	expect(await listed(ends)).toEqual([0, 0]);
});

test('a disabled account, one of another territory and a beneficiary are not invited', async () => {
	const { db, invite, lead, person, territory } = await anInvitation();
	const disabled = await aReferent(db, { territoryId: territory.id, status: 'disabled' });
	for (const accountId of [disabled.id, (await aReferent(db)).id, person.account.id, 'nobody'])
		await expect(invite(lead, { accountId })).rejects.toThrow('not_a_referent');
});

test('the person objects, or the lead ends it: the guest sees nothing from then on, and the history says who', async () => {
	const { db, person, personId, invite, seen, lead, second, by } = await anInvitation();
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const first = await invite(lead);
	// Tapped twice, or sent again because the answer was lost.
	for (let taps = 0; taps < 2; taps += 1)
		await db.write((tx) => objectToMember(tx, { personId, memberId: first.id, by: self, now: NOW }));
	await expect(seen()).rejects.toThrow('not_found');
	const again = await invite(lead);
	const end = (who: typeof by) => db.write((tx) => endMember(tx, { personId, memberId: again.id, by: who, now: NOW }));
	await expect(end(signedIn(second))).rejects.toThrow('not_found');
	await end(by);
	// Sent again by who heard no answer, or by the other of the two: it is over already.
	await end(by);
	await db.write((tx) => objectToMember(tx, { personId, memberId: again.id, by: self, now: NOW }));
	await expect(seen()).rejects.toThrow('not_found');
	const actions = (await db.read.select().from(auditEntry)).map(({ action }) => action);
	expect(actions.filter((action) => action.startsWith('person.member'))).toEqual([
		'person.member_invited',
		'person.member_refused',
		'person.member_invited',
		'person.member_ended',
	]);
});

test('a guest whose last day is over is named on no page, even before the hourly round takes them off', async () => {
	const { db, personId, invite, lead } = await anInvitation();
	await invite(lead, { untilDay: '2026-03-02' });
	const ends = new Date('2026-03-02T23:00:00Z');
	const open = (await followUpOf(db.read, personId)).map(({ id }) => id);
	const guest = (await followUpOf(db.read, personId)).find(({ endsAt }) => endsAt !== null)!;
	const named = async (now: Date) => (await followersNow(db.read, personId, now)).map(({ id }) => id);
	expect(await named(new Date(ends.getTime() - 1))).toEqual(open);
	expect(await named(ends)).toEqual(open.filter((id) => id !== guest.id));
	expect((await followUpOf(db.read, personId)).length, 'still to be ended').toBe(open.length);
});

test('nobody objects to a lead that way, nor to a member of somebody else’s file', async () => {
	const { db, person, personId, invite, lead, seen } = await anInvitation();
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const { id: memberId } = await invite(lead);
	const [leadLine] = await followUpOf(db.read, personId);
	const object = (personId: string, memberId: string) =>
		db.write((tx) => objectToMember(tx, { personId, memberId, by: self, now: NOW }));
	await expect(object(personId, leadLine!.id)).rejects.toThrow('not_found');
	await expect(object((await aPerson(db)).id, memberId)).rejects.toThrow('not_found');
	expect(await seen()).toMatchObject({ access: 'member' });
});

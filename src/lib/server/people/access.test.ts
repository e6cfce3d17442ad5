import { expect, test } from 'vitest';
import { aCoordinator, aFollowUp, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { listOpenings } from '../audit/queries.ts';
import { openFile } from './opening.ts';
import { getFollowedPerson, getPersonFor } from './queries.ts';
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

import { expect, test } from 'vitest';
import { aCoordinator, aFollowUp, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { listOpenings } from '../audit/queries.ts';
import { exceptionalOpening } from '../db/schema/index.ts';
import { listExceptional, OPEN_MINUTES, openExceptionally } from './exceptional.ts';
import { getFollowedPerson, getPersonFor } from './queries.ts';

const WHO = { firstName: 'Zoé', lastName: 'Le Goff-Martin', birthDate: '1988-02-29' };
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

async function aFileElsewhere() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const lead = await aReferent(db, here);
	const colleague = await aReferent(db, here);
	const person = await aPerson(db, { ...WHO, referent: lead, phone: '+33639980031' });
	const reason = 'Elle est à l’accueil, son référent est absent';
	const open = (by: Professional, values: Partial<typeof WHO> = {}, now = NOW) =>
		db.write((tx) => openExceptionally(tx, { ...WHO, ...values, reason, by: signedIn(by), now }));
	const see = (who: Professional, now = NOW) => getPersonFor(db.read, signedIn(who), person.id, now);
	return { db, territory, lead, colleague, person, reason, open, see };
}

test('a stated reason opens the file of a person of the territory for an hour, not a second more', async () => {
	const { open, see, colleague } = await aFileElsewhere();
	await expect(see(colleague)).rejects.toThrow('not_found');
	expect(await open(colleague)).toMatchObject({ outcome: 'opened' });
	const end = later(OPEN_MINUTES);
	expect(await see(colleague, new Date(end.getTime() - 1))).toMatchObject({
		access: 'exceptional',
		until: end,
		person: { phone: '+33639980031', household: null, childrenCount: null },
	});
	await expect(see(colleague, end)).rejects.toThrow('not_found');
});

test('what is for those who follow stays closed: the other pages and all acts', async () => {
	const { db, open, colleague, person } = await aFileElsewhere();
	await open(colleague);
	await expect(getFollowedPerson(db.read, signedIn(colleague), person.id, NOW)).rejects.toThrow('not_found');
});

test('the name is exact but for accents, case and order of words inside it, and so is the birth date', async () => {
	const { open, colleague } = await aFileElsewhere();
	expect(await open(colleague, { firstName: 'ZOE', lastName: 'le goff martin' })).toMatchObject({ outcome: 'opened' });
	for (const wrong of [{ firstName: 'Zo' }, { lastName: 'Le Goff' }, { birthDate: '1988-03-01' }])
		expect(await open(colleague, wrong)).toBeNull();
});

test('a birth date of which the day is unknown is found by its year', async () => {
	const { db, open, colleague, territory } = await aFileElsewhere();
	await aPerson(db, { territoryId: territory.id, firstName: 'Idris', lastName: 'Ba', birthDate: '1979-00-00' });
	expect(await open(colleague, { firstName: 'Idris', lastName: 'Ba', birthDate: '1979-01-01' })).toMatchObject({
		outcome: 'opened',
	});
	expect(await open(colleague, { firstName: 'Idris', lastName: 'Ba', birthDate: '1980-01-01' })).toBeNull();
});

test('nobody of another territory is found, whoever asks', async () => {
	const { db, open } = await aFileElsewhere();
	for (const stranger of [await aReferent(db), await aCoordinator(db)]) expect(await open(stranger)).toBeNull();
});

test('a beneficiary opens nothing that way', async () => {
	const { db, person, reason } = await aFileElsewhere();
	const by = { ...signedIn(await aReferent(db)), role: 'beneficiary' as const, personId: person.id };
	await expect(db.write((tx) => openExceptionally(tx, { ...WHO, reason, by, now: NOW }))).rejects.toThrow('not_found');
});

test('who follows the person is led to the file, and nothing exceptional is written', async () => {
	const { db, open, lead, person } = await aFileElsewhere();
	expect(await open(lead)).toEqual({ outcome: 'followed', personId: person.id });
	expect(await db.read.select().from(exceptionalOpening)).toEqual([]);
});

test('a member whose follow-up is over goes through the reason like anybody else', async () => {
	const { db, open, see, colleague, person } = await aFileElsewhere();
	await aFollowUp(db, { personId: person.id, member: colleague, part: 'member', themes: ['housing'], endsAt: NOW });
	await expect(see(colleague, NOW)).rejects.toThrow('not_found');
	expect(await open(colleague)).toMatchObject({ outcome: 'opened' });
	expect(await see(colleague)).toMatchObject({ access: 'exceptional' });
});

test('five names tried in vain within an hour, and the sixth is not looked for', async () => {
	const { open, colleague, lead } = await aFileElsewhere();
	for (let minute = 0; minute < 5; minute++)
		expect(await open(colleague, { firstName: 'Eva' }, later(minute))).toBeNull();
	await expect(open(colleague, {}, later(5))).rejects.toMatchObject({ code: 'too_many_misses', kind: 'too_many' });
	expect(await open(lead, {}, later(5))).toMatchObject({ outcome: 'followed' });
	expect(await open(colleague, {}, later(61))).toMatchObject({ outcome: 'opened' });
});

test('the person and the coordinator read who, when and why; the reason is sealed in its place', async () => {
	const { db, open, colleague, person, territory, reason } = await aFileElsewhere();
	await open(colleague);
	const seen = { byName: colleague.displayName, reason, openedAt: NOW, endsAt: later(OPEN_MINUTES) };
	expect(await listExceptional(db.read, { personId: person.id }, 10)).toMatchObject([seen]);
	expect(await listExceptional(db.read, { territoryId: territory.id }, 10)).toMatchObject([seen]);
	expect(await listExceptional(db.read, { territoryId: (await aTerritory(db)).id }, 10)).toEqual([]);
	expect(await listOpenings(db.read, person.id)).toMatchObject([
		{ action: 'exception.opened', actorName: colleague.displayName },
	]);
	const [row] = await db.read.select().from(exceptionalOpening);
	expect(row!.reasonSealed).not.toContain('accueil');
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	aFollowUp,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aStructure,
	aTerritory,
	NOW,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import type { Theme } from '../../shared/themes.ts';
import { account, checkIn, followUpMember, orientation, pathway, person } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { leadOf } from './queries.ts';
import { peopleWithoutLead } from './without-lead.ts';

test('when a professional is disabled or leaves, their people show as having nobody', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent });
	await aRequest(db, { personId: person.id, status: 'assigned', assignedToId: referent.id });
	const waiting = await aPerson(db, { territoryId: territory.id });
	await aRequest(db, { personId: waiting.id });
	const without = async () => (await peopleWithoutLead(db.read, territory.id)).people.map(({ id }) => id);
	expect(await without()).toEqual([]);
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
	expect(await without()).toEqual([person.id]);
	await db.write((tx) => tx.update(account).set({ status: 'active' }).where(eq(account.id, referent.id)));
	await db.write((tx) => tx.update(followUpMember).set({ endedAt: NOW }));
	expect(await without()).toEqual([person.id]);
});

test('a pathway that goes on counts as help, even with the request closed; who moved is the other territory’s', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const followed = await aPerson(db, { referent });
	await aPathway(db, { personId: followed.id });
	const over = await aPerson(db, { referent });
	await aPathway(db, { personId: over.id, endedAt: NOW });
	const without = async () => (await peopleWithoutLead(db.read, territory.id)).people.map(({ id }) => id);
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
	expect(await without()).toEqual([followed.id]);
	await db.write((tx) => tx.update(followUpMember).set({ endedAt: NOW }));
	expect(await without()).toEqual([followed.id]);
	const elsewhere = (await aTerritory(db)).id;
	await db.write((tx) => tx.update(person).set({ territoryId: elsewhere }).where(eq(person.id, followed.id)));
	expect(await without()).toEqual([]);
});

test('whom nobody leads and who asks for something comes first, without what it is about', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id, status: 'disabled' });
	const follow = async (lastName: string, day: number) => {
		const { id: personId } = await aPerson(db, { referent, lastName, lastContactAt: new Date(Date.UTC(2026, 0, day)) });
		const { id: pathwayId } = await aPathway(db, { personId });
		return { personId, pathwayId };
	};
	await follow('Calme', 1);
	await aStep(db, { ...(await follow('Mise en attente', 2)), state: 'waiting' });
	await aStep(db, { ...(await follow('Bloquée', 3)), state: 'waiting', stuckAt: NOW });
	const asked = { week: 1, dueOn: '2026-02-01', answer: 'hard', answeredAt: NOW } as const;
	await insertOne(db, checkIn, { ...asked, ...(await follow('Au travail', 4)), id: newId() });
	await insertOne(db, checkIn, { ...asked, ...(await follow('Rappelée', 5)), id: newId(), handledAt: NOW });
	const { pathwayId } = await follow('Attend', 6);
	await db.write((tx) => tx.update(pathway).set({ stillWaitingAt: NOW }).where(eq(pathway.id, pathwayId)));
	const filed = async (lastName: string, day: number, themes: Theme[]) =>
		aRequest(db, { personId: (await follow(lastName, day)).personId, status: 'assigned', themes });
	await filed('A besoin', 7, ['housing']);
	const sent = await filed('Envoyée', 8, ['housing']);
	const structure = await aStructure(db, { territoryId: territory.id });
	const at = { requestId: sent.id, needId: sent.needs[0]!.id, territoryId: territory.id, structureId: structure.id };
	await insertOne(db, orientation, { ...at, id: newId(), state: 'sent', present: true, byId: referent.id, at: NOW });
	const theirs = { owner: 'referent', ownerAccountId: referent.id } as const;
	await aStep(db, { ...(await follow('À rappeler', 9)), ...theirs });
	await aStep(db, { ...(await follow('Rappel fait', 10)), ...theirs, state: 'done' });
	// Somebody else is there to do it.
	const second = await aReferent(db, { territoryId: territory.id });
	const helped = await follow('Aidée', 11);
	await aFollowUp(db, { personId: helped.personId, member: second, part: 'second' });
	await aStep(db, { ...helped, owner: 'referent', ownerAccountId: second.id });
	// First: what was found is kept until something is written.
	expect(await fullScans(db, () => peopleWithoutLead(db.read, territory.id))).toEqual([]);
	const { people: found } = await peopleWithoutLead(db.read, territory.id);
	expect(found.map(({ lastName, asks }) => `${lastName} ${asks}`)).toEqual([
		'Bloquée true',
		'Au travail true',
		'Attend true',
		'A besoin true',
		'À rappeler true',
		'Calme false',
		'Mise en attente false',
		'Rappelée false',
		'Envoyée false',
		'Rappel fait false',
		'Aidée false',
	]);
	expect(Object.keys(found[0]!)).toEqual(['id', 'firstName', 'lastName', 'commune', 'lastContactAt', 'asks']);
});

test('all of them are counted, however many are shown; who was led twice counts once', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const [gone, former] = [await aReferent(db, { ...here, status: 'disabled' }), await aReferent(db, here)];
	for (let count = 0; count < 49; count++) {
		const { id: personId } = await aPerson(db, { referent: gone });
		await aPathway(db, { personId });
	}
	const { id: personId } = await aPerson(db, here);
	await aPathway(db, { personId });
	for (const member of [gone, former]) await aFollowUp(db, { personId, member, part: 'lead', endedAt: NOW });
	const found = async () => {
		const { people, total } = await peopleWithoutLead(db.read, territory.id);
		return [people.length, total];
	};
	expect(await found()).toEqual([50, 50]);
	const { id } = await aPerson(db, { referent: gone });
	await aPathway(db, { personId: id });
	expect(await found()).toEqual([50, 51]);
});

test('a professional who left leads nobody', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id } = await aPerson(db, { referent });
	expect(await leadOf(db.read, id)).toMatchObject({ accountId: referent.id });
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, referent.id)));
	expect(await leadOf(db.read, id)).toBeUndefined();
});

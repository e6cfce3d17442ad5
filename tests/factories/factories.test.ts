import { expect, test } from 'vitest';
import { appointment, followUpMember } from '../../src/lib/server/db/schema/index.ts';
import { unseal } from '../../src/lib/server/platform/sealing.ts';
import { testDatabase } from '../support/database.ts';
import {
	aCoordinator,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aStructure,
	aTerritory,
} from './index.ts';

test('two test databases know nothing of each other', async () => {
	const one = await testDatabase();
	const other = await testDatabase();
	await aTerritory(one, { id: 'ardennes', code: '08' });
	await expect(aTerritory(other, { id: 'ardennes', code: '08' })).resolves.toMatchObject({ id: 'ardennes' });
});

test('a referent lives in the territory of the structure that is given', async () => {
	const db = await testDatabase();
	const structure = await aStructure(db);
	const referent = await aReferent(db, { structureId: structure.id });
	expect(referent).toMatchObject({ structureId: structure.id, territoryId: structure.territoryId });
	expect(await aCoordinator(db, { territoryId: structure.territoryId })).toMatchObject({ role: 'coordinator' });
});

test('a person comes with an account, and with the lead referent that is given', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const person = await aPerson(db, { referent, firstName: 'Zoé', lastName: 'Œuvrard' });
	expect(person).toMatchObject({ territoryId: referent.territoryId, searchName: 'oeuvrard zoe' });
	expect(person.account).toMatchObject({ role: 'beneficiary', personId: person.id });
	expect(await db.read.select().from(followUpMember)).toMatchObject([{ accountId: referent.id, part: 'lead' }]);
});

test('a request carries one need per theme, in the territory of its person', async () => {
	const db = await testDatabase();
	const person = await aPerson(db);
	const request = await aRequest(db, { personId: person.id, themes: ['housing', 'mobility'] });
	expect(request.territoryId).toBe(person.territoryId);
	expect(request.needs.map((need) => need.theme)).toEqual(['housing', 'mobility']);
});

test('a pathway at its second stage has done the first; its steps open with their own seal', async () => {
	const db = await testDatabase();
	const pathway = await aPathway(db, { current: 2 });
	expect(pathway.stages.map((stage) => stage.state)).toEqual(['done', 'current', 'upcoming']);
	const step = await aStep(db, { pathwayId: pathway.id, personId: pathway.personId, title: 'Appeler la crèche' });
	expect(unseal(`step.title_sealed:${step.id}`, step.titleSealed)).toBe('Appeler la crèche');
});

test('an appointment keeps the hour on the wall of its zone', async () => {
	const db = await testDatabase();
	const guyane = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	const person = await aPerson(db, { territoryId: guyane.id });
	await anAppointment(db, { personId: person.id, day: '2026-06-11', time: '09:30' });
	const [row] = await db.read.select().from(appointment);
	expect(row).toMatchObject({ localTime: '09:30', zone: 'America/Cayenne', territoryId: guyane.id });
	expect(row!.startsAt.toISOString()).toBe('2026-06-11T12:30:00.000Z');
	expect(row!.endsAt.toISOString()).toBe('2026-06-11T13:30:00.000Z');
});

import { expect, test } from 'vitest';
import { aPathway, aPerson, aRequest, aStep } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { namesInPathway } from './history.ts';

test('the history names the needs of a person in their language, with a pathway or without', async () => {
	const db = await testDatabase();
	const person = await aPerson(db);
	const { needs } = await aRequest(db, { personId: person.id, themes: ['housing'] });
	const needId = needs[0]!.id;
	expect((await namesInPathway(db.read, person.id, 'fr')).get(needId)).toBe('Logement');
	const pathway = await aPathway(db, { personId: person.id });
	const step = await aStep(db, { pathwayId: pathway.id, personId: person.id, title: 'Appeler le bailleur' });
	const names = await namesInPathway(db.read, person.id, 'en');
	expect(names.get(needId)).toBe('Housing');
	expect(names.get(step.id)).toBe('Appeler le bailleur');
});

import { expect, test } from 'vitest';
import {
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aStep,
	aTerritory,
	NOW,
} from '../../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../../tests/support/database.ts';
import { agendaOf } from './agenda.server.ts';

test('what a phone keeps can be answered and ticked, and says in which language each thing is written', async () => {
	const db = await testDatabase();
	const territoryId = (await aTerritory(db)).id;
	const lead = await aReferent(db, { territoryId });
	const person = await aPerson(db, { referent: lead });
	const pathway = await aPathway(db, { personId: person.id });
	const { id: stepId } = await aStep(db, { pathwayId: pathway.id, personId: person.id, owner: 'person' });
	const { id } = await anAppointment(db, { personId: person.id });
	const account = { accountId: person.account.id, personId: person.id, territoryId };
	const agenda = await agendaOf(db.read, account, 'ar', NOW);
	expect(agenda.appointments).toMatchObject([{ id, sequence: 0, said: null, whereLang: 'fr' }]);
	expect(agenda.step).toMatchObject({ id: stepId, title: 'Refaire mon CV', lang: 'fr' });
	expect(agenda.stages.every(({ name, lang }) => lang === 'fr' || /\p{Script=Arabic}/u.test(name))).toBe(true);
});

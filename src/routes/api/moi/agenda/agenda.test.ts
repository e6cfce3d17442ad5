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
import { anAidSetting, SENT } from '../../../../../tests/support/aids.ts';
import { testDatabase } from '../../../../../tests/support/database.ts';
import { inviteGuest } from '$lib/server/childcare/guests';
import { useInvitation } from '$lib/server/accounts/commands';
import { agendaOf, guestAgendaOf } from './agenda.server.ts';

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

test('an adult an aid names keeps where it stands, in the words of the family, and nothing else of it', async () => {
	const { db, person, territoryId, open, change, as } = await anAidSetting();
	const { id: aidId, reference } = (await open())!;
	const by = as({ ...person.account, structureId: null });
	const { token } = await db.write((tx) =>
		inviteGuest(tx, {
			...{ personId: person.id, reference, by, now: SENT },
			...{ firstName: 'Sam', contact: 'sam@example.fr', locale: 'fr' },
		}),
	);
	const { id: accountId } = await db.write((tx) => useInvitation(tx, { token, now: SENT }));
	await anAppointment(db, { personId: person.id });
	// A file that does not name them.
	await open({ kind: 'vehicle_repair' });
	const own = { accountId: person.account.id, personId: person.id, territoryId };
	const family = await agendaOf(db.read, own, 'fr', SENT);
	const guest = await guestAgendaOf(db.read, { accountId, territoryId }, 'fr', SENT);
	expect(guest).toMatchObject({ isGuest: true, appointments: [], stages: [], step: null, referent: null });
	expect(guest.aid).toContain('Aide pour la garde');
	expect(guest).toMatchObject({ seen: family.seen, territory: family.territory });
	expect(guest.userKey).not.toBe(family.userKey);
	await change(aidId, 'under_review');
	await change(aidId, 'granted', { amountCents: 41_600 });
	expect((await agendaOf(db.read, own, 'fr', SENT)).aid).toContain('416');
	const granted = (await guestAgendaOf(db.read, { accountId, territoryId }, 'fr', SENT)).aid;
	expect(granted).toContain('L’aide est accordée');
	expect(granted).not.toContain('416');
});

import { expect, test } from 'vitest';
import {
	aFollowUp,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	NOW,
} from '../../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../../tests/support/database.ts';
import { openSession } from '../../../../lib/server/accounts/sessions.ts';
import { recordAudit } from '../../../../lib/server/audit/commands.ts';
import type { Db } from '../../../../lib/server/db/client.ts';
import { ownFile } from './own-file.ts';

/** Somebody with something of everything, each text carrying the mark. */
async function aFullFile(db: Db, mark: string) {
	const referent = await aReferent(db, { displayName: `Référent ${mark}`, email: `secret-${mark}@example.fr` });
	const person = await aPerson(db, { referent, firstName: `Prénom-${mark}`, email: `${mark}@example.fr` });
	const { personId, territoryId } = { personId: person.id, territoryId: person.territoryId };
	await aRequest(db, { personId, territoryId });
	const pathway = await aPathway(db, { personId, territoryId });
	await aStep(db, { pathwayId: pathway.id, personId });
	await anAppointment(db, { personId, referentId: referent.id, placeName: `Lieu ${mark}` });
	const token = await db.write((tx) =>
		openSession(tx, { accountId: person.account.id, kind: 'own_phone', device: 'android', now: NOW }),
	);
	await db.write((tx) =>
		recordAudit(tx, {
			action: 'person.opened',
			actor: { accountId: referent.id, role: 'referent' },
			personId,
			at: NOW,
		}),
	);
	return { person, referent, token };
}

const read = (db: Db, { person }: Awaited<ReturnType<typeof aFullFile>>) =>
	ownFile(db.read, { personId: person.id, accountId: person.account.id, locale: 'fr', now: NOW });

test('the export of one’s data holds each part of one’s file, and nothing of anybody else’s', async () => {
	const db = await testDatabase();
	const [alix, sami] = [await aFullFile(db, 'ALIX'), await aFullFile(db, 'SAMI')];
	const file = await read(db, alix);
	expect(file.identity.firstName).toBe('Prénom-ALIX');
	for (const part of ['followUp', 'requests', 'appointments', 'sessions', 'openings'] as const)
		expect(file[part], part).toHaveLength(1);
	expect(file.pathway!.steps.length).toBeGreaterThan(0);
	const text = JSON.stringify(file);
	expect(text).not.toContain('SAMI');
	expect(text).not.toContain(sami.person.id);
});

test('the export holds no key, no hash, no sealed text, and no private contact of a professional', async () => {
	const db = await testDatabase();
	const alix = await aFullFile(db, 'ALIX');
	const text = JSON.stringify(await read(db, alix));
	for (const word of ['Sealed', 'Hash', 'searchName', 'p256dh', alix.token, 'secret-ALIX@example.fr'])
		expect(text, word).not.toContain(word);
});

test('somebody who follows the person no longer is not in the list of who does', async () => {
	const db = await testDatabase();
	const person = await aPerson(db);
	const member = await aReferent(db);
	await aFollowUp(db, { personId: person.id, member, part: 'lead', endedAt: NOW });
	const file = await ownFile(db.read, { personId: person.id, accountId: person.account.id, locale: 'fr', now: NOW });
	expect(file.followUp).toEqual([]);
});

import { recordAudit } from '../../src/lib/server/audit/commands.ts';
import { openAid } from '../../src/lib/server/childcare/commands.ts';
import type { Db } from '../../src/lib/server/db/client.ts';
import * as tables from '../../src/lib/server/db/schema/index.ts';
import { sayDifferent } from '../../src/lib/server/people/identity.ts';
import { proposeMove } from '../../src/lib/server/people/moves.ts';
import { keepNote } from '../../src/lib/server/people/working-notes.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { anAppointment, aPathway, aPerson, aRequest, aStep, NOW } from '../factories/index.ts';
import { insertOne } from '../factories/insert.ts';
import type { Professional } from '../factories/people.ts';

/**
 * A person with something in every table that names one. `number`: their own among those of a test, as one referent meets one
 * person at a time. The commune 99001 is there.
 */
export async function aWholeFile(
	db: Db,
	{ territoryId, referent, number }: { territoryId: string; referent: Professional; number: number },
	more: Parameters<typeof aPerson>[1] = {},
) {
	const by = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
	const person = await aPerson(db, { territoryId, referent, ...more });
	const personId = person.id;
	const request = await aRequest(db, { personId, themes: ['housing', 'childcare'], status: 'assigned' });
	const pathway = await aPathway(db, { personId });
	await aStep(db, { personId, pathwayId: pathway.id });
	await insertOne(db, tables.checkIn, { id: newId(), pathwayId: pathway.id, personId, week: 1, dueOn: '2026-03-09' });
	const [review, group, opening] = [newId(), newId(), newId()];
	await insertOne(db, tables.situationReview, {
		id: review,
		pathwayId: pathway.id,
		personId,
		heldAt: NOW,
		heldById: referent.id,
		lookedSealed: seal(`situation_review.looked_sealed:${review}`, 'Le logement'),
	});
	await insertOne(db, tables.caseGroup, {
		id: group,
		personId,
		territoryId,
		proposedById: referent.id,
		state: 'planned',
		whySealed: seal(`case_group.why_sealed:${group}`, 'Le loyer'),
		startsAt: NOW,
		endsAt: NOW,
		zone: 'Europe/Paris',
		createdAt: NOW,
	});
	await insertOne(db, tables.exceptionalOpening, {
		id: opening,
		personId,
		territoryId,
		accountId: referent.id,
		structureId: referent.structureId,
		reasonSealed: seal(`exceptional_opening.reason_sealed:${opening}`, 'Absence'),
		openedAt: NOW,
		endsAt: NOW,
	});
	await db.write((tx) => keepNote(tx, { personId, text: 'À rappeler', by, now: NOW }));
	await insertOne(db, tables.deadAddress, { personId, addressHash: 'hash', since: NOW });
	await insertOne(db, tables.callback, { id: newId(), personId, territoryId, dueOn: '2026-03-09' });
	// A season of their own: of two votes in one, one is left.
	await insertOne(db, tables.panelVoter, { personId, season: `season ${number}` });
	await insertOne(db, tables.diagnosis, {
		id: newId(),
		personId,
		territoryId,
		state: 'self_started',
		createdAt: NOW,
	});
	// Each on a day of its own: one referent meets one person at a time.
	const day = `2026-04-${String(number).padStart(2, '0')}`;
	const meeting = await anAppointment(db, { personId, day, time: '10:00' });
	await insertOne(db, tables.ratingInvitation, {
		id: newId(),
		personId,
		appointmentId: meeting.id,
		askedAt: NOW,
		expiresAt: NOW,
	});
	await insertOne(db, tables.reminder, {
		id: newId(),
		onceKey: `manual:${personId}`,
		kind: 'manual',
		personId,
		path: '/accueil',
		dueAt: NOW,
		usefulUntil: NOW,
		state: 'scheduled',
		attempts: 0,
		createdAt: NOW,
	});
	await insertOne(db, tables.pushSubscription, {
		id: newId(),
		accountId: person.account.id,
		endpoint: `https://push.example/${personId}`,
		p256dh: 'key',
		auth: 'auth',
		label: 'Téléphone',
		createdAt: NOW,
		lastAliveAt: NOW,
	});
	await db.write(async (tx) => {
		await openAid(tx, { personId, territoryId, requestId: request.id, sent: true, now: NOW });
		await proposeMove(tx, { personId, inseeCode: '99001', by, now: NOW });
		await sayDifferent(tx, { one: personId, other: 'somebody-else', by, now: NOW });
		await recordAudit(tx, { action: 'person.opened', actor: by, personId, at: NOW });
	});
	return person;
}

import { eq, ne } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	aCoordinator,
	anAppointment,
	aNeed,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aStructure,
	aTerritory,
	aFollowUp,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { listOpenings } from '../audit/queries.ts';
import {
	appointment,
	caseGroup,
	deadAddress,
	delivery,
	diagnosis,
	need,
	orientation,
	person,
	reminder,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import { withDefaults } from '../territories/settings.ts';
import { noteSpokenWith, recordOpening } from './commands.ts';
import { correctPerson, identityVersion } from './contacts.ts';
import { addressHash } from './signing-in.ts';
import { unreachable } from './today-appointments.ts';
import { mergeAlerts, type Alert } from './today-rules.ts';
import { peopleToday } from './today.ts';

const now = new Date('2026-03-10T09:00:00Z');
const HOUR_MS = 3_600_000;
const lately = new Date('2026-03-09T09:00:00Z');

async function aMorning() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const context = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now };
	const follow = (lastName: string) => aPerson(db, { referent, lastName, lastContactAt: lately });
	const list = () => peopleToday(db.read, referent.id, context);
	const reasons = async () =>
		(await list()).map((row) => [row.lastName, ...row.reasons.map(({ reason }) => reason)].join(' '));
	return { db, territory, referent, follow, list, reasons };
}

/** A message planned a month ahead, as those of an appointment are, that failed at an instant. */
async function aFailedMessage(
	db: Awaited<ReturnType<typeof testDatabase>>,
	personId: string,
	failedAt: Date,
	reason = 'unreachable',
) {
	const row = await insertOne(db, reminder, {
		id: newId(),
		onceKey: newId(),
		kind: 'appointment_2d',
		personId,
		path: '/accueil',
		dueAt: new Date(failedAt.getTime() - HOUR_MS),
		usefulUntil: now,
		state: 'failed',
		reason,
		attempts: 3,
		createdAt: new Date(failedAt.getTime() - 30 * 24 * HOUR_MS),
	});
	for (const channel of ['push', 'email', 'sms'] as const)
		await insertOne(db, delivery, {
			id: newId(),
			reminderId: row.id,
			channel,
			outcome: 'permanent_failure',
			reason: '410',
			at: failedAt,
		});
	return row;
}

test('a quiet day is empty', async () => {
	const { follow, list } = await aMorning();
	await follow('Calme');
	expect(await list()).toEqual([]);
});

test('the most pressing come first: out of reach, missed, needs help, cannot, stuck, late, waiting, to write down', async () => {
	const { db, territory, referent, follow, reasons } = await aMorning();
	const outcome = await follow('Issue');
	await anAppointment(db, { personId: outcome.id, referentId: referent.id, day: '2026-03-09', time: '10:00' });
	const waiting = await aPerson(db, { territoryId: territory.id, lastName: 'Nouvelle' });
	await aRequest(db, { personId: waiting.id, respondBy: '2026-03-16', submittedAt: lately });
	const forgotten = await aPerson(db, { territoryId: territory.id, lastName: 'Oubliée' });
	await aRequest(db, { personId: forgotten.id, respondBy: '2026-03-09' });
	const late = await follow('Retard');
	await aPathway(db, { personId: late.id, startedAt: lately });
	const stuck = await follow('Bloquée');
	const pathway = await aPathway(db, { personId: stuck.id });
	await aStep(db, { personId: stuck.id, pathwayId: pathway.id, state: 'waiting', stuckAt: lately, owner: 'person' });
	const answers = { cannot: await follow('Empêchée'), needs_help: await follow('Aide') };
	for (const [index, [answer, person]] of Object.entries(answers).entries())
		await anAppointment(db, {
			personId: person.id,
			referentId: referent.id,
			day: '2026-03-12',
			time: `1${index}:00`,
			answer: answer as 'cannot',
			answeredAt: lately,
		});
	const missed = await follow('Absente');
	await anAppointment(db, { personId: missed.id, referentId: referent.id, day: '2026-03-05', state: 'noshow' });
	const unreachable = await follow('Injoignable');
	await aFailedMessage(db, unreachable.id, lately);
	expect(await reasons()).toEqual([
		'Injoignable unreachable',
		'Absente noshow',
		'Aide needs_help',
		'Empêchée cannot',
		'Bloquée stuck',
		'Oubliée request_late',
		'Nouvelle request_waiting',
		'Issue outcome',
	]);
});

test('a target is passed the day after its last day, and each person stands once with all reasons', async () => {
	const { db, referent, follow, list } = await aMorning();
	const person = await follow('Retard');
	const other = await follow('À temps');
	const late = { settings: withDefaults({}), zone: 'Europe/Paris', territoryId: person.territoryId };
	await aPathway(db, { personId: person.id });
	await aPathway(db, { personId: other.id });
	await anAppointment(db, { personId: person.id, referentId: referent.id, day: '2026-03-05', state: 'noshow' });
	const on = async (day: string) =>
		(await peopleToday(db.read, referent.id, { ...late, now: new Date(`${day}T09:00:00Z`) })).map((row) => [
			row.lastName,
			...row.reasons.map(({ reason, detail }) => `${reason} ${detail.daysLate ?? ''}`.trim()),
		]);
	expect((await list())[0]).toMatchObject({ lastName: 'Retard', reasons: [{ reason: 'noshow' }] });
	expect(await on('2026-04-01')).toEqual([['Retard', 'noshow']]);
	expect(await on('2026-04-02')).toEqual([
		['Retard', 'noshow', 'delay 1'],
		['À temps', 'delay 1'],
	]);
});

/** Another message, taken by one channel an hour after the failed one. */
async function aLaterMessage(
	db: Awaited<ReturnType<typeof testDatabase>>,
	personId: string,
	channel: 'push' | 'email',
	values: Partial<typeof reminder.$inferSelect> = {},
) {
	const at = new Date(lately.getTime() + HOUR_MS);
	const row = await insertOne(db, reminder, {
		id: newId(),
		onceKey: newId(),
		kind: 'appointment_evening',
		personId,
		path: '/accueil',
		dueAt: at,
		usefulUntil: now,
		state: 'sent',
		attempts: 0,
		sentAt: at,
		// Planned together with the one that failed.
		createdAt: new Date(lately.getTime() - 30 * 24 * HOUR_MS),
		...values,
	});
	await insertOne(db, delivery, {
		id: newId(),
		reminderId: row.id,
		channel,
		outcome: 'accepted',
		reason: 'http_201',
		at,
	});
}

test('a failed message counts, though the person was in touch after it was planned', async () => {
	const { db, follow, list } = await aMorning();
	const person = await follow('Injoignable');
	await aFailedMessage(db, person.id, new Date(lately.getTime() + 1));
	expect(await list()).toMatchObject([
		{ reasons: [{ reason: 'unreachable', since: new Date(lately.getTime() + 1), detail: { channels: 3 } }] },
	]);
});

test('a failed message stops counting once the person was in touch', async () => {
	const { db, follow, list } = await aMorning();
	const person = await follow('Injoignable');
	await aFailedMessage(db, person.id, new Date(lately.getTime() - 1));
	expect(await list()).toEqual([]);
});

test('a failed message stops counting once another arrived, not once a push service took one', async () => {
	const { db, follow, list } = await aMorning();
	const person = await follow('Injoignable');
	await aFailedMessage(db, person.id, lately);
	await aLaterMessage(db, person.id, 'push');
	expect(await list()).toHaveLength(1);
	await aLaterMessage(db, person.id, 'email');
	expect(await list()).toEqual([]);
});

test('a failed message stops counting once another was seen on the phone', async () => {
	const { db, follow, list } = await aMorning();
	const person = await follow('Injoignable');
	await aFailedMessage(db, person.id, lately);
	await aLaterMessage(db, person.id, 'push', { state: 'shown', shownAt: now });
	expect(await list()).toEqual([]);
});

test('the call to make is settled by who says that they spoke with the person, until another message fails', async () => {
	const { db, referent, follow, reasons } = await aMorning();
	const person = await follow('Injoignable');
	const other = await follow('Autre');
	for (const { id } of [person, other]) await aFailedMessage(db, id, lately);
	const owed = async () => (await unreachable(db.read, referent.id, now, person.id)).map(({ lastName }) => lastName);
	expect(await owed()).toEqual(['Injoignable']);
	const by = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
	const spokeAt = new Date(now.getTime() - HOUR_MS);
	await db.write((tx) => noteSpokenWith(tx, { personId: person.id, by, now: spokeAt }));
	expect([await owed(), await reasons()]).toEqual([[], ['Autre unreachable']]);
	expect(await listOpenings(db.read, person.id)).toMatchObject([
		{ action: 'person.spoken_with', at: spokeAt, actorName: referent.displayName },
	]);
	expect(await listOpenings(db.read, person.id, 50, now)).toEqual([]);
	await aFailedMessage(db, person.id, new Date(now.getTime() - 60_000));
	expect(await owed()).toEqual(['Injoignable']);
});

test('a notification nobody has seen yet is less pressing than a refusal, and called so', async () => {
	const { db, referent, follow, reasons } = await aMorning();
	const unseen = await follow('Éteint');
	await aFailedMessage(db, unseen.id, lately, 'unseen');
	const missed = await follow('Absente');
	await anAppointment(db, { personId: missed.id, referentId: referent.id, day: '2026-03-05', state: 'noshow' });
	expect(await reasons()).toEqual(['Absente noshow', 'Éteint unseen']);
});

test('a message that did not leave by our own fault does not say that the person is out of reach', async () => {
	const { db, follow, reasons } = await aMorning();
	await aFailedMessage(db, (await follow('Jointe')).id, lately, 'technical');
	expect(await reasons()).toEqual(['Jointe unsent']);
});

test('a message that failed more than sixty days ago is a matter for the delays, whenever it was planned', async () => {
	const { db, referent, list } = await aMorning();
	const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * HOUR_MS);
	const follow = (lastName: string) => aPerson(db, { referent, lastName, lastContactAt: daysAgo(90) });
	await aFailedMessage(db, (await follow('Ancienne')).id, daysAgo(61));
	await aFailedMessage(db, (await follow('Récente')).id, daysAgo(59));
	const unreachable = (await list()).filter(({ reasons }) => reasons.some(({ reason }) => reason === 'unreachable'));
	expect(unreachable.map(({ lastName }) => lastName)).toEqual(['Récente']);
});

test('somebody who missed an appointment leaves the list when another is agreed', async () => {
	const { db, referent, follow, list } = await aMorning();
	const person = await follow('Absente');
	await anAppointment(db, { personId: person.id, referentId: referent.id, day: '2026-03-05', state: 'noshow' });
	expect(await list()).toHaveLength(1);
	// A choice is something agreed as long as it may be made.
	const choice = { personId: person.id, referentId: referent.id, day: '2026-03-19', state: 'invited' } as const;
	const { id } = await anAppointment(db, { ...choice, chooseBy: new Date(now.getTime() + 1) });
	expect(await list()).toEqual([]);
	await db.write((tx) => tx.update(appointment).set({ chooseBy: now }).where(eq(appointment.id, id)));
	expect(await list()).toHaveLength(1);
	await anAppointment(db, { personId: person.id, referentId: referent.id, day: '2026-03-20' });
	expect(await list()).toEqual([]);
});

test('an invitation none of whose times suit is on the page until others are offered, its hour unsaid', async () => {
	const { db, referent, follow, list } = await aMorning();
	const person = await follow('Autrement');
	const { id } = await anAppointment(db, {
		personId: person.id,
		referentId: referent.id,
		// The first hour that was offered is past.
		day: '2026-03-06',
		state: 'invited',
		answer: 'cannot',
		answeredAt: lately,
	});
	expect(await list()).toMatchObject([{ lastName: 'Autrement', reasons: [{ reason: 'other_times', detail: {} }] }]);
	expect((await list())[0]!.reasons[0].detail.appointmentAt).toBeUndefined();
	const offer = (values: Partial<typeof appointment.$inferInsert>) =>
		db.write((tx) => tx.update(appointment).set(values).where(eq(appointment.id, id)));
	await offer({ answer: 'none' });
	expect(await list()).toEqual([]);
	// A booked hour they cannot keep: on the page, until other times wait for them.
	const booked = { state: 'booked', answer: 'cannot', startsAt: new Date('2026-03-12T09:00:00Z') } as const;
	await offer(booked);
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'cannot' }] }]);
	const chooseBy = new Date(now.getTime() + 10 * 86_400_000);
	await offer({ chooseBy });
	expect(await list()).toEqual([]);
	await offer({ answeredAt: now });
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'cannot' }] }]);
});

test('the words of an answer are shown to the lead and the second, and to no member', async () => {
	const { db, territory, referent, follow, list } = await aMorning();
	const person = await follow('Empêchée');
	const id = newId();
	await anAppointment(db, {
		id,
		personId: person.id,
		referentId: referent.id,
		day: '2026-03-12',
		answer: 'cannot',
		answeredAt: lately,
		answerNoteSealed: seal(
			`appointment.answer_note_sealed:${id}`,
			JSON.stringify({ text: 'pas de garde jeudi matin', reason: 'childcare' }),
		),
	});
	expect(await list()).toMatchObject([
		{
			reasons: [{ note: 'pas de garde jeudi matin', detail: { reason: 'childcare' } }],
			channels: ['email', 'sms'],
			nextAppointment: { zone: 'Europe/Paris' },
		},
	]);
	const member = await aReferent(db, { territoryId: territory.id });
	await aFollowUp(db, { personId: person.id, member, part: 'member', themes: ['housing'] });
	const context = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now };
	expect(await peopleToday(db.read, member.id, context)).toEqual([]);
});

test('an address that mails come back from is a task, until it is another one', async () => {
	const { db, referent, follow, list } = await aMorning();
	const person = await follow('Revenu');
	await insertOne(db, deadAddress, { personId: person.id, addressHash: addressHash(person.email!), since: lately });
	expect(await list()).toMatchObject([{ lastName: 'Revenu', reasons: [{ reason: 'dead_address', since: lately }] }]);
	const { firstName, lastName } = person;
	const by = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
	const input = { personId: person.id, version: identityVersion(person), isLost: false, by, now };
	const correction = { firstName, lastName, email: 'nouvelle@example.fr' };
	await db.write((tx) => correctPerson(tx, { ...input, correction }));
	expect(await list()).toEqual([]);
});

test('among the same reason, what has lasted longest comes first', () => {
	const alert = (personId: string, reason: Alert['reason'], since: Date): Alert => ({
		personId,
		firstName: personId,
		lastName: personId,
		commune: null,
		birthDate: null,
		phone: null,
		email: null,
		reason,
		since,
		note: null,
		detail: {},
		reference: null,
	});
	const rows = mergeAlerts([
		alert('recent', 'noshow', now),
		alert('old', 'noshow', lately),
		alert('recent', 'unreachable', now),
		alert('old', 'noshow', now),
	]);
	expect(rows.map(({ personId, reasons }) => [personId, reasons.length])).toEqual([
		['recent', 2],
		['old', 1],
	]);
});

test('a request sent to another structure is not theirs to take; what cannot wait comes first', async () => {
	const { db, territory, referent, reasons } = await aMorning();
	const wait = async (lastName: string, more: Partial<Parameters<typeof aRequest>[1]> = {}) => {
		const person = await aPerson(db, { territoryId: territory.id, lastName, lastContactAt: lately });
		return aRequest(db, { personId: person.id, respondBy: '2026-03-20', ...more });
	};
	await wait('Ancienne', { submittedAt: new Date('2026-03-01T09:00:00Z') });
	await wait('Urgente', { urgent: true, submittedAt: lately });
	const send = async (requestId: string, structureId: string) =>
		insertOne(db, orientation, {
			id: newId(),
			requestId,
			territoryId: territory.id,
			structureId,
			state: 'sent',
			present: true,
			byId: referent.id,
			at: lately,
		});
	await send((await wait('Ailleurs')).id, (await aStructure(db, { territoryId: territory.id })).id);
	await send((await wait('Ici')).id, referent.structureId);
	const shown = async () => (await reasons()).filter((line) => line.includes('request'));
	expect((await shown()).map((line) => line.split(' ')[0])).toEqual(['Urgente', 'Ancienne', 'Ici']);
	// More than the first page shows: urgent ones are among them, however late they came.
	for (const name of ['A', 'B', 'C', 'D', 'E']) await wait(name, { submittedAt: new Date('2026-02-20T09:00:00Z') });
	expect((await shown())[0]).toBe('Urgente request_waiting');
	const coordinator = await aCoordinator(db, { territoryId: territory.id });
	const context = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now };
	await db.write((tx) => tx.delete(supportRequest).where(ne(supportRequest.urgent, true)));
	await send((await wait('Partout')).id, referent.structureId);
	expect((await peopleToday(db.read, coordinator.id, context)).map(({ lastName }) => lastName)).toContain('Partout');
});

test('a need asked for since the request was taken is for who leads, until somebody begins or sends it', async () => {
	const { db, territory, referent, follow, list } = await aMorning();
	const person = await follow('Encore');
	const request = await aRequest(db, {
		personId: person.id,
		status: 'in_pathway',
		assignedAt: new Date('2026-03-05T09:00:00Z'),
		assignedToId: referent.id,
		themes: ['housing'],
	});
	const asked = async () =>
		(await list())
			.filter(({ reasons }) => reasons.some(({ reason }) => reason === 'new_need'))
			.map((row) => row.reasons);
	expect(await asked()).toEqual([]);
	const added = await aNeed(db, { requestId: request.id, personId: person.id, theme: 'health', createdAt: lately });
	expect(await asked()).toMatchObject([[{ reason: 'new_need', reference: request.reference, since: lately }]]);
	const second = await aReferent(db, { territoryId: territory.id });
	await aFollowUp(db, { personId: person.id, member: second, part: 'second' });
	const context = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now };
	expect(await peopleToday(db.read, second.id, context)).toEqual([]);
	await db.write((tx) => tx.update(need).set({ status: 'in_progress' }).where(eq(need.id, added.id)));
	expect(await asked()).toEqual([]);
});

test('« j’attends toujours » is shown while a delay it was said of lasts, even when silence is the only one', async () => {
	const { db, follow, reasons } = await aMorning();
	const { id: personId } = await follow('Attend');
	const saidOn = new Date('2026-03-05T09:00:00Z');
	await aPathway(db, { personId, stages: [], startedAt: lately, stillWaitingAt: saidOn });
	// What was late is no longer.
	expect(await reasons()).toEqual([]);
	const contact = (lastContactAt: Date) =>
		db.write((tx) => tx.update(person).set({ lastContactAt }).where(eq(person.id, personId)));
	await contact(new Date('2026-02-02T09:00:00Z'));
	expect(await reasons()).toEqual(['Attend waiting delay']);
	await contact(lately);
	expect(await reasons()).toEqual([]);
	// 30 days end on 6 March: passed since it was said, and not what it was said of.
	await contact(new Date('2026-02-04T09:00:00Z'));
	expect(await reasons()).toEqual(['Attend delay']);
});

test('a contested diagnosis reaches lead and second, in the person’s words, until it is shared again', async () => {
	const { db, territory, referent, reasons, list } = await aMorning();
	const second = await aReferent(db, { territoryId: territory.id });
	const { id: personId } = await aPerson(db, { referent, second, lastName: 'Conteste', lastContactAt: lately });
	const id = newId();
	const saidAt = new Date('2026-03-09T08:00:00Z');
	const answers = [{ at: saidAt.toISOString(), agrees: false, point: 'housing', why: 'Je ne suis pas hébergée' }];
	await insertOne(db, diagnosis, {
		...{ id, personId, territoryId: territory.id, state: 'contested', createdAt: lately, sharedAt: lately },
		answersSealed: seal(`diagnosis.answers_sealed:${id}`, JSON.stringify(answers)),
	});
	const why = { reason: 'contested', since: saidAt, note: 'Je ne suis pas hébergée' };
	expect(await list()).toMatchObject([{ personId, reasons: [why] }]);
	const context = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now };
	expect(await peopleToday(db.read, second.id, context)).toMatchObject([{ personId, reasons: [why] }]);
	expect(await fullScans(db, list)).toEqual([]);
	await db.write((tx) => tx.update(diagnosis).set({ state: 'shared' }).where(eq(diagnosis.id, id)));
	expect(await reasons()).toEqual([]);
});

test('a step that the person proposes is shown until somebody of the pair opened the pathway, or changed it', async () => {
	const { db, referent, follow, reasons, list } = await aMorning();
	const own = await follow('Propose');
	const way = await aPathway(db, { personId: own.id, stages: [], startedAt: lately });
	const propose = () =>
		aStep(db, {
			...{ personId: own.id, pathwayId: way.id, title: 'Passer le permis' },
			...{ createdById: own.account.id, createdAt: lately },
		});
	const first = await propose();
	await aStep(db, { personId: own.id, pathwayId: way.id, createdById: referent.id, createdAt: lately });
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'proposed', note: 'Passer le permis', since: lately }] }]);
	expect(await fullScans(db, list)).toEqual([]);
	await db.write((tx) => tx.update(step).set({ version: 2 }).where(eq(step.id, first.id)));
	expect(await reasons()).toEqual([]);
	await propose();
	const viewer = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
	const opens = (part: 'aids' | 'pathway', at: Date) =>
		db.write((tx) => recordOpening(tx, { viewer, personId: own.id, part, now: at }));
	await opens('pathway', new Date(lately.getTime() - HOUR_MS));
	await opens('aids', now);
	expect(await reasons()).toEqual(['Propose proposed']);
	await opens('pathway', now);
	expect(await reasons()).toEqual([]);
});

test('a meeting that the person refused is said for a week', async () => {
	const { db, territory, referent, follow, reasons, list } = await aMorning();
	const { id: personId } = await follow('Refuse');
	const id = newId();
	const group = await insertOne(db, caseGroup, {
		...{ id, personId, territoryId: territory.id, proposedById: referent.id, state: 'refused', zone: territory.zone },
		whySealed: seal(`case_group.why_sealed:${id}`, 'Le loyer'),
		wordSealed: seal(`case_group.word_sealed:${id}`, 'Pas sans moi'),
		...{ startsAt: now, endsAt: now, createdAt: lately, closedAt: lately },
	});
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'group_refused', note: 'Pas sans moi', since: lately }] }]);
	const closed = (days: number) =>
		db.write((tx) =>
			tx
				.update(caseGroup)
				.set({ closedAt: new Date(now.getTime() - days * 24 * HOUR_MS) })
				.where(eq(caseGroup.id, group.id)),
		);
	await closed(6.9);
	expect(await reasons()).toEqual(['Refuse group_refused']);
	await closed(7);
	expect(await reasons()).toEqual([]);
	expect(await fullScans(db, list)).toEqual([]);
});

test('a meeting that is over without written decisions is said until they are', async () => {
	const { db, territory, referent, follow, reasons, list } = await aMorning();
	const { id: personId } = await follow('Attend une réponse');
	const id = newId();
	const soon = new Date(now.getTime() + HOUR_MS);
	await insertOne(db, caseGroup, {
		...{ id, personId, territoryId: territory.id, proposedById: referent.id, state: 'planned', zone: territory.zone },
		whySealed: seal(`case_group.why_sealed:${id}`, 'Le loyer'),
		...{ startsAt: lately, endsAt: soon, createdAt: lately },
	});
	const set = (values: Partial<typeof caseGroup.$inferInsert>) =>
		db.write((tx) => tx.update(caseGroup).set(values).where(eq(caseGroup.id, id)));
	expect(await reasons()).toEqual([]);
	await set({ endsAt: lately });
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'group_unwritten', since: lately }] }]);
	expect(await fullScans(db, list)).toEqual([]);
	await set({ state: 'held', closedAt: now });
	expect(await reasons()).toEqual([]);
});

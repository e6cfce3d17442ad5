import { expect, test } from 'vitest';
import {
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aTerritory,
	aFollowUp,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import { withDefaults } from '../territories/settings.ts';
import { mergeAlerts, type Alert } from './today-rules.ts';
import { peopleToday } from './today.ts';

const now = new Date('2026-03-10T09:00:00Z');
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

async function aFailedMessage(db: Awaited<ReturnType<typeof testDatabase>>, personId: string, createdAt: Date) {
	const row = await insertOne(db, reminder, {
		id: newId(),
		onceKey: newId(),
		kind: 'manual',
		personId,
		path: '/accueil',
		dueAt: createdAt,
		usefulUntil: now,
		state: 'failed',
		attempts: 3,
		createdAt,
	});
	for (const channel of ['push', 'email', 'sms'] as const)
		await insertOne(db, delivery, {
			id: newId(),
			reminderId: row.id,
			channel,
			outcome: 'permanent_failure',
			reason: '410',
			at: createdAt,
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
	await aStep(db, { personId: stuck.id, pathwayId: pathway.id, state: 'waiting', owner: 'person' });
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

test('a failed message stops counting once another arrived or the person was in touch', async () => {
	const { db, follow, list } = await aMorning();
	const person = await follow('Injoignable');
	await aFailedMessage(db, person.id, lately);
	expect(await list()).toMatchObject([{ reasons: [{ reason: 'unreachable', detail: { channels: 3 } }] }]);
	await insertOne(db, reminder, {
		id: newId(),
		onceKey: newId(),
		kind: 'manual',
		personId: person.id,
		path: '/accueil',
		dueAt: now,
		usefulUntil: now,
		state: 'sent',
		attempts: 1,
		createdAt: new Date(lately.getTime() + 1),
	});
	expect(await list()).toEqual([]);
});

test('somebody who missed an appointment leaves the list when another is agreed', async () => {
	const { db, referent, follow, list } = await aMorning();
	const person = await follow('Absente');
	await anAppointment(db, { personId: person.id, referentId: referent.id, day: '2026-03-05', state: 'noshow' });
	expect(await list()).toHaveLength(1);
	await anAppointment(db, { personId: person.id, referentId: referent.id, day: '2026-03-20' });
	expect(await list()).toEqual([]);
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

import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
	actorOf,
	aPathway,
	aPerson,
	aReferent,
	anAppointment,
	aStep,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import { addDaysAway } from '../appointments/availability.ts';
import { cancelAppointment, moveAppointment } from '../appointments/commands.ts';
import { wantEarlier } from '../appointments/earlier.ts';
import { inviteToChoose, chooseSlot } from '../appointments/slots.ts';
import { createWorkshops, inviteToWorkshop, moveWorkshop } from '../appointments/workshops.ts';
import { answerCheckIn, closePathway, startInWork } from '../pathway/closing.ts';
import { instantOf, USUAL_HOURS } from '../territories/calendar.ts';
import {
	appointmentSlot,
	availabilityException,
	childcareAid,
	holiday,
	person,
	ratingInvitation,
	step,
	supportingDocument,
	supportRequest,
} from '../db/schema/index.ts';
import { remindedLately } from './recipients.ts';
import { planNotice } from './commands.ts';
import { lastDayZones } from './last-days.ts';
import { planPrompts } from './prompts.ts';
import { messagesOf } from './queries.ts';
import { hourOf } from './prompt-rules.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** Monday 30 November 2026, 8:00 in Paris. */
const MONDAY = new Date('2026-11-30T07:00:00Z');
const later = (from: Date, ms: number) => new Date(from.getTime() + ms);

async function setting() {
	const db = await testDatabase();
	const outside = await anOutside();
	const referent = await aReferent(db);
	const who = await aPerson(db, { referent });
	await aDevice(db, outside, { accountId: who.account.id, now: MONDAY });
	const at = (now: Date) => tickAt(db, outside, now);
	const all = async () => (await remindersIn(db)).map(({ kind, state, reason, dueAt }) => [kind, state, reason, dueAt]);
	const titles = () => outside.pushes().map(({ title }) => title);
	return { db, outside, referent, who, at, all, titles };
}

describe('a step of their own', () => {
	async function withStep(dueOn: string) {
		const given = await setting();
		const { id: pathwayId } = await aPathway(given.db, { personId: given.who.id });
		const own = { pathwayId, personId: given.who.id, owner: 'person', state: 'planned', dueOn } as const;
		const { id } = await aStep(given.db, { ...own, title: 'Canari' });
		return { ...given, own, stepId: id };
	}

	test('is reminded of three days before its last day, at 9:30, without saying what it is', async () => {
		const { at, all, titles } = await withStep('2026-12-04');
		await at(MONDAY);
		const due = new Date('2026-12-01T08:30:00Z');
		expect(await all()).toEqual([['step_due', 'scheduled', null, due]]);
		await at(due);
		await at(later(due, HOUR));
		expect(titles()).toEqual(['Une action est à faire au plus tard vendredi']);
	});

	test('on a Sunday, the evening before; set late, at once; over, never', async () => {
		const quiet = { zone: 'Europe/Paris', holidays: new Set<string>(), hours: USUAL_HOURS };
		const sunday = new Date('2026-11-29T08:30:00Z');
		const usefulUntil = new Date('2026-12-02T19:00:00Z');
		const hour = (now: Date) => hourOf({ dueAt: sunday, usefulUntil }, quiet, now);
		expect(hour(later(sunday, -2 * DAY))).toEqual(new Date('2026-11-28T18:45:00Z'));
		expect(hour(later(MONDAY, HOUR))).toEqual(later(MONDAY, HOUR));
		expect(hour(usefulUntil)).toBeNull();
	});

	test('done before the hour, nothing is sent; moved, its new day is told', async () => {
		const { db, at, all, titles, stepId } = await withStep('2026-12-04');
		await at(MONDAY);
		await db.write((tx) => tx.update(step).set({ dueOn: '2026-12-05' }).where(eq(step.id, stepId)));
		await at(new Date('2026-12-01T08:30:00Z'));
		expect((await all()).map(([, state, reason]) => [state, reason])).toEqual([
			['dropped', 'done'],
			['scheduled', null],
		]);
		await db.write((tx) => tx.update(step).set({ state: 'done' }).where(eq(step.id, stepId)));
		await at(new Date('2026-12-02T08:30:00Z'));
		expect(titles()).toEqual([]);
	});

	type Own = Partial<typeof step.$inferInsert>;
	const DUE = new Date('2026-12-01T08:30:00Z');

	test.each<[string, Own, Own]>([
		['« je n’y arrive pas », then taken up again', { state: 'waiting' }, { state: 'planned' }],
		['ticked by a slip', { state: 'done' }, { state: 'planned' }],
		['put off, then back to its day', { dueOn: '2026-12-20' }, { dueOn: '2026-12-04' }],
		['taken in hand by the referent, then given back', { owner: 'referent' }, { owner: 'person' }],
	])('asked for nothing when its hour came, it is told as soon as it asks again: %s', async (_, gone, back) => {
		const { db, at, all, titles, stepId } = await withStep('2026-12-04');
		const becomes = (own: Own) => db.write((tx) => tx.update(step).set(own).where(eq(step.id, stepId)));
		await at(MONDAY);
		await becomes(gone);
		await at(DUE);
		await at(later(DUE, HOUR));
		expect(await all()).toEqual([['step_due', 'dropped', 'done', DUE]]);
		await becomes(back);
		const again = later(DUE, DAY);
		await at(again);
		expect([await all(), titles().length]).toEqual([[['step_due', 'sent', null, again]], 1]);
		// Once told, it is not told again.
		await becomes(gone);
		await at(later(again, 5 * HOUR));
		await becomes(back);
		await at(later(again, DAY));
		expect(titles()).toHaveLength(1);
	});

	test('asked for again when it would no longer be useful, it stays unsaid', async () => {
		const { db, at, all, titles, stepId } = await withStep('2026-12-04');
		const becomes = (own: Own) => db.write((tx) => tx.update(step).set(own).where(eq(step.id, stepId)));
		await at(MONDAY);
		await becomes({ state: 'done' });
		await at(DUE);
		await becomes({ state: 'planned' });
		await at(new Date('2026-12-04T19:00:00Z'));
		expect([await all(), titles()]).toEqual([[['step_due', 'dropped', 'done', DUE]], []]);
	});

	test('of a professional, or muted, it is not told', async () => {
		const { db, at, own, titles } = await withStep('2026-12-04');
		await aStep(db, { ...own, owner: 'referent' });
		await db.write((tx) => tx.update(person).set({ mutedKinds: ['step_due'] }));
		await at(new Date('2026-12-01T08:30:00Z'));
		expect([(await remindersIn(db)).map(({ reason }) => reason), titles()]).toEqual([['muted'], []]);
	});
});

async function withPapers(dueOn: string) {
	const given = await setting();
	const { db, who } = given;
	await db.write(async (tx) => {
		const aid = { id: 'aid', reference: '08-AAAA-BBBB', personId: who.id, territoryId: who.territoryId };
		const since = { statusSince: MONDAY, asOf: MONDAY, createdAt: MONDAY, version: 1 };
		await tx
			.insert(childcareAid)
			.values({ ...aid, ...since, kind: 'childcare', status: 'incomplete', nextActor: 'person', source: 'portal' });
		for (const kind of ['a', 'b'])
			await tx.insert(supportingDocument).values({ id: kind, aidId: 'aid', kind, askedAt: MONDAY, dueOn });
	});
	return given;
}

test('a paper whose last day is a Sunday is asked for on the Saturday evening, by a worker that looks a little later', async () => {
	const { at, titles } = await withPapers('2026-12-06');
	await at(new Date('2026-12-05T18:44:00Z'));
	expect(titles()).toHaveLength(1);
	await at(new Date('2026-12-05T18:45:02Z'));
	expect(titles()).toHaveLength(2);
});

test('a missing paper: three days before, and on its last day; once for all those of a day; not once it was sent', async () => {
	const { db, at, titles } = await withPapers('2026-12-04');
	for (const day of ['2026-12-01', '2026-12-04']) await at(new Date(`${day}T08:30:00Z`));
	const sentence = 'Un document est attendu au plus tard vendredi';
	expect(titles()).toEqual([sentence, sentence]);
	await db.write((tx) => tx.update(supportingDocument).set({ declaredAt: MONDAY, dueOn: '2026-12-08' }));
	await at(new Date('2026-12-08T08:30:00Z'));
	expect(titles()).toHaveLength(2);
});

test('a paper of a file that silence refused is no longer asked for once the person asked again', async () => {
	const { db, at, titles } = await withPapers('2026-12-04');
	await db.write((tx) => tx.update(childcareAid).set({ replacedAt: MONDAY }));
	await at(new Date('2026-12-04T08:30:00Z'));
	expect(titles()).toEqual([]);
});

test('a missing paper is told to be for an aid, whichever it is, to who lets it be said', async () => {
	const { db, who, outside, at } = await withPapers('2026-12-04');
	await db.write(async (tx) => {
		await tx.update(childcareAid).set({ kind: 'vehicle_repair' });
		await tx.update(person).set({ wording: 'detailed' }).where(eq(person.id, who.id));
	});
	await at(new Date('2026-12-04T08:30:00Z'));
	expect(outside.pushes().map(({ body }) => body)).toEqual([expect.stringMatching(/aide/)]);
	expect(outside.pushes()[0]!.body).not.toMatch(/garde|enfant/);
});

test('of an aid that is decided in Guyane, the last day is one of there, also for who lives in Paris by now', async () => {
	const { db, who, at, titles } = await withPapers('2026-12-04');
	const { id: territoryId } = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	await db.write((tx) => tx.update(childcareAid).set({ territoryId }));
	await at(new Date('2026-12-04T12:30:00Z'));
	expect(titles()).toEqual(['Un document est attendu au plus tard vendredi']);
	const received = await messagesOf(db.read, who.id);
	expect([...(await lastDayZones(db.read, received)).values()]).toEqual(['America/Cayenne']);
});

test('a last day of Paris that is a holiday in Guyane is told before it to who lives there by now, not too late', async () => {
	const { db, who, at, titles } = await withPapers('2026-12-04');
	const { id: territoryId } = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	await db.write(async (tx) => {
		await tx.update(person).set({ territoryId }).where(eq(person.id, who.id));
		await tx.insert(holiday).values({ zone: 'guyane', day: '2026-12-04', name: 'Fictif' });
	});
	await at(new Date('2026-12-01T12:30:00Z'));
	expect(titles()).toHaveLength(1);
	// 19:45 in Cayenne, the evening before.
	await at(new Date('2026-12-03T22:45:02Z'));
	expect(titles()).toHaveLength(2);
});

test('a draft is told of two days before it closes, not when it was taken up again', async () => {
	const { db, who, at, titles } = await setting();
	const updatedAt = later(MONDAY, -28 * DAY);
	const draft = { status: 'draft', wantsCall: false, channel: 'self', locale: 'fr', createdAt: updatedAt } as const;
	await db.write((tx) =>
		tx.insert(supportRequest).values([
			{ ...draft, id: 'theirs', personId: who.id, updatedAt },
			{ ...draft, id: 'nobody', updatedAt },
		]),
	);
	await at(MONDAY);
	await db.write((tx) => tx.update(supportRequest).set({ updatedAt: MONDAY }));
	await at(later(MONDAY, 2 * HOUR));
	expect(titles()).toEqual([]);
	await at(later(MONDAY, 28 * DAY + 2 * HOUR));
	expect(titles()).toEqual(['La demande commencée s’efface mercredi']);
});

test('a draft that waits is spoken of once after three days and once after six, unless it is taken up again', async () => {
	const { db, who, at, titles } = await setting();
	const draft = { status: 'draft', wantsCall: false, channel: 'self', locale: 'fr', createdAt: MONDAY } as const;
	await db.write((tx) =>
		tx.insert(supportRequest).values({ ...draft, id: 'theirs', personId: who.id, updatedAt: MONDAY }),
	);
	const sentence = 'Votre demande n’est pas encore envoyée';
	const morning = (days: number) => later(MONDAY, days * DAY + 2 * HOUR);
	for (const days of [1, 2]) await at(morning(days));
	expect(titles()).toEqual([]);
	for (const days of [3, 3.1, 4, 5]) await at(morning(days));
	expect(titles()).toEqual([sentence]);
	// Day 6 is a Sunday: said the evening before; and never a third time.
	for (const days of [6, 6.1, 7, 12]) await at(morning(days));
	expect(titles()).toEqual([sentence, sentence]);
	await db.write((tx) => tx.update(supportRequest).set({ updatedAt: morning(12) }));
	for (const days of [13, 14]) await at(morning(days));
	expect(titles()).toHaveLength(2);
	await at(morning(15));
	expect(titles()).toHaveLength(3);
	// Sent: nothing more.
	await db.write((tx) => tx.update(supportRequest).set({ status: 'submitted' }));
	await at(morning(18));
	expect(titles()).toHaveLength(3);
});

test('a question left without an answer is asked once more', async () => {
	const { db, who, referent, at, titles } = await setting();
	const { id: appointmentId } = await anAppointment(db, {
		personId: who.id,
		referentId: referent.id,
		day: '2026-11-25',
		state: 'seen',
	});
	const row = { id: 'asked', personId: who.id, appointmentId, askedAt: later(MONDAY, -5 * DAY) };
	await db.write((tx) => tx.insert(ratingInvitation).values({ ...row, expiresAt: later(MONDAY, 25 * DAY) }));
	for (const days of [0, 1, 8]) await at(later(MONDAY, days * DAY + 2 * HOUR));
	expect(titles()).toEqual(['Une question pour vous']);
});

describe('times to choose', () => {
	async function invited() {
		const given = await setting();
		const { db, referent, who } = given;
		const { id, structureId } = referent;
		const slots = ['10:00', '11:00', '14:00'].map((time) => ({ day: '2026-12-21', time }));
		const meeting = { type: 'follow_up', mode: 'on_site', zone: 'Europe/Paris', durationMinutes: 60 } as const;
		const invitation = await db.write(async (tx) => {
			const by = { accountId: id, role: 'referent' as const, structureId };
			const made = await inviteToChoose(tx, { ...meeting, personId: who.id, referent: by, slots, now: MONDAY });
			await planNotice(tx, {
				kind: 'invitation',
				personId: who.id,
				subjectId: made.id,
				path: `/rendez-vous/${made.id}/choisir`,
				onceKey: `invitation:${made.id}:0`,
				now: MONDAY,
			});
			return made;
		});
		return { ...given, invitation };
	}
	const NUDGE = new Date('2026-12-03T08:30:00Z');

	test('are announced, then said once more on day 3; a message by hand stays possible', async () => {
		const { db, at, titles, who } = await invited();
		await at(MONDAY);
		await at(NUDGE);
		await at(later(NUDGE, DAY));
		const sentence = 'Choisissez l’heure de votre rendez-vous';
		expect(titles()).toEqual([sentence, sentence]);
		expect(await remindedLately(db.read, [who.id], NUDGE)).toEqual(new Map());
	});

	test('chosen, nothing more is said of the choice', async () => {
		const { db, who, at, titles } = await invited();
		await at(MONDAY);
		const [slot] = await db.read.select().from(appointmentSlot).limit(1);
		const by = { accountId: who.account.id, role: 'beneficiary' as const, structureId: null };
		await db.write((tx) => chooseSlot(tx, { slotId: slot!.id, personId: who.id, by, now: later(MONDAY, HOUR) }));
		await at(NUDGE);
		expect(titles()).toHaveLength(1);
	});

	test('are not said again when less than two days are left', async () => {
		const { at, titles } = await invited();
		await at(later(MONDAY, 8 * DAY + HOUR));
		expect(titles()).toEqual([]);
	});
});

describe('a seat in a workshop that begins in six days', () => {
	async function proposed() {
		const given = await setting();
		const { db, referent, who } = given;
		const by = actorOf(referent);
		const hour = { day: '2026-12-06', time: '10:00', zone: 'Europe/Paris', durationMinutes: 120 };
		const made = { ...hour, type: 'workshop', title: 'CV', mode: 'on_site', placeName: 'Salle', seats: 3 } as const;
		const { ids } = await db.write((tx) => createWorkshops(tx, { ...made, host: by, now: MONDAY }));
		const workshopId = ids[0]!;
		await db.write(async (tx) => {
			const { id } = await inviteToWorkshop(tx, { workshopId, personId: who.id, by, now: MONDAY });
			const about = { personId: who.id, subjectId: id, path: `/rendez-vous/${id}/choisir` };
			await planNotice(tx, { kind: 'invitation', ...about, onceKey: `invitation:${id}:0`, now: MONDAY });
		});
		return { ...given, by, workshopId };
	}

	test('is said when it is proposed, and once more on day 3', async () => {
		const { at, titles } = await proposed();
		await at(MONDAY);
		await at(later(MONDAY, HOUR));
		expect(titles()).toHaveLength(1);
		await at(new Date('2026-12-03T08:30:00Z'));
		expect(titles()).toHaveLength(2);
	});

	test('moved to an earlier hour, and begun before a worker looks, it is not said', async () => {
		const { db, at, all, titles, by, workshopId } = await proposed();
		const moved = { day: '2026-12-01', time: '10:00', zone: 'Europe/Paris', durationMinutes: 120 };
		await db.write((tx) => moveWorkshop(tx, { ...moved, workshopId, by, now: MONDAY }));
		await at(new Date('2026-12-01T09:30:00Z'));
		expect([await all(), titles()]).toEqual([[['invitation', 'dropped', 'done', MONDAY]], []]);
	});

	test('moved to the day after tomorrow, it is not said again at once', async () => {
		const { db, at, titles, by, workshopId } = await proposed();
		await at(MONDAY);
		const moved = { day: '2026-12-07', time: '10:00', zone: 'Europe/Paris', durationMinutes: 120 };
		const now = new Date('2026-12-03T08:00:00Z');
		await db.write((tx) => moveWorkshop(tx, { ...moved, workshopId, by, now }));
		await at(later(now, HOUR));
		expect(titles()).toHaveLength(1);
	});
});

describe('an earlier hour, proposed at nine in the evening', () => {
	const EVENING = new Date('2026-11-30T20:00:00Z');
	const MORNING = new Date('2026-12-01T07:00:00Z');
	const FREED = { day: '2026-12-10', time: '10:00' };

	async function proposed() {
		const given = await setting();
		const { db, who, referent, at, all } = given;
		const own = await anAppointment(db, { personId: who.id, day: '2026-12-21', time: '10:00' });
		const by = actorOf(who.account);
		const waits = { appointmentId: own.id, personId: who.id, wanted: true, by, now: MONDAY };
		await db.write((tx) => wantEarlier(tx, waits));
		const other = await aPerson(db, { referent });
		const theirs = await anAppointment(db, { personId: other.id, ...FREED });
		const cancel = { appointmentId: theirs.id, personId: other.id, by: actorOf(other.account), now: EVENING };
		await db.write((tx) => cancelAppointment(tx, cancel));
		await at(EVENING);
		const said = async () => (await all()).filter(([kind]) => kind === 'earlier_hour');
		return { ...given, own, other, said };
	}
	type Proposed = Awaited<ReturnType<typeof proposed>>;
	const SENTENCE = 'Une heure plus tôt est libre pour vous';

	test('is said in the morning', async () => {
		const { at, said, titles } = await proposed();
		expect(await said()).toEqual([['earlier_hour', 'scheduled', null, MORNING]]);
		await at(MORNING);
		expect(titles()).toEqual([SENTENCE]);
	});

	const closeDay = ({ db, referent: { id } }: Proposed) =>
		db.write((tx) => addDaysAway(tx, { accountId: id, fromDay: FREED.day, toDay: FREED.day, now: EVENING }));

	test.each<[string, (given: Proposed) => Promise<unknown>]>([
		['somebody else was given it', ({ db, other }) => anAppointment(db, { personId: other.id, ...FREED })],
		[
			'their own was moved before it',
			async ({ db, own, referent }) => {
				const to = { day: '2026-12-08', time: '10:00', zone: 'Europe/Paris', durationMinutes: 60 };
				const move = { appointmentId: own.id, ...to, by: actorOf(referent), now: EVENING };
				await db.write((tx) => moveAppointment(tx, move));
			},
		],
		['the professional is away that day', closeDay],
	])('is not said any more: %s', async (_, change) => {
		const given = await proposed();
		await change(given);
		await given.at(MORNING);
		await given.at(later(MORNING, HOUR));
		expect([await given.said(), given.titles()]).toEqual([[['earlier_hour', 'dropped', 'done', MORNING]], []]);
	});

	test('closed by mistake, it is said once it is open again', async () => {
		const given = await proposed();
		await closeDay(given);
		await given.at(MORNING);
		await given.db.write((tx) => tx.delete(availabilityException));
		await given.at(later(MORNING, HOUR));
		expect(given.titles()).toEqual([SENTENCE]);
	});
});

describe('a question of the first months at work', () => {
	async function asked() {
		const given = await setting();
		const { db, who, referent } = given;
		const by = actorOf(referent);
		const { id: pathwayId } = await aPathway(db, { personId: who.id });
		const { checkIns } = await db.write((tx) => startInWork(tx, { personId: who.id, by, now: MONDAY }));
		const [{ id, dueOn }] = checkIns as [{ id: string; dueOn: string }];
		const dueAt = instantOf(dueOn, '10:00', 'Europe/Paris');
		await db.write((tx) =>
			planNotice(tx, {
				kind: 'check_in',
				personId: who.id,
				subjectId: pathwayId,
				path: '/parcours',
				onceKey: `check_in:${id}`,
				dueAt,
				now: MONDAY,
			}),
		);
		const answer = (now: Date) =>
			db.write((tx) =>
				answerCheckIn(tx, { personId: who.id, checkInId: id, answer: 'fine', by: actorOf(who.account), now }),
			);
		const end = (now: Date) =>
			db.write((tx) => closePathway(tx, { personId: who.id, reason: 'moved', note: '', by, now }));
		const states = async () => (await remindersIn(db)).map(({ state, reason }) => [state, reason]);
		return { ...given, dueAt, answer, end, states };
	}

	test('is not asked of who has answered', async () => {
		const { at, answer, dueAt, states, titles } = await asked();
		await answer(later(dueAt, -HOUR));
		await at(dueAt);
		expect([await states(), titles()]).toEqual([[['dropped', 'done']], []]);
	});

	test.each(['answer', 'end'] as const)('pushed, it does not climb to the e-mail after: %s', async (what) => {
		const { at, dueAt, outside, states, titles, ...given } = await asked();
		await at(dueAt);
		await given[what](later(dueAt, HOUR));
		await at(later(dueAt, 5 * HOUR));
		expect([await states(), titles().length, outside.mailbox]).toEqual([[['sent', null]], 1, []]);
	});

	test('left unanswered, it climbs', async () => {
		const { at, dueAt, outside } = await asked();
		await at(dueAt);
		await at(later(dueAt, 5 * HOUR));
		expect(outside.mailbox).toHaveLength(1);
	});
});

test('a new appointment is told as new, a moved one as changed', async () => {
	const { db, who, at, titles } = await setting();
	const { id: appointmentId } = await anAppointment(db, { personId: who.id, day: '2026-12-21', time: '10:00' });
	const notice = { kind: 'appointment_changed', personId: who.id, path: '/rendez-vous', appointmentId } as const;
	await db.write((tx) => planNotice(tx, { ...notice, onceKey: 'new', now: MONDAY }));
	await at(MONDAY);
	expect(titles()).toEqual(['Vous avez un nouveau rendez-vous lundi 21 décembre à 10\u00a0h']);
});

test('what is to be said soon is found by an index, however many people there are', async () => {
	const db = await testDatabase();
	expect(await fullScans(db, () => planPrompts(db, MONDAY))).toEqual([]);
});

describe('more things than are read at once', () => {
	async function manyThings() {
		const { db, who } = await setting();
		const { id: pathwayId } = await aPathway(db, { personId: who.id });
		// Several share a day: a page may end in the middle of it.
		for (const dueOn of ['2026-12-02', '2026-12-03', '2026-12-03', '2026-12-03', '2026-12-04'])
			await aStep(db, { pathwayId, personId: who.id, owner: 'person', state: 'planned', dueOn });
		const families = [await aPerson(db), await aPerson(db), await aPerson(db)];
		await db.write(async (tx) => {
			for (const { id, territoryId } of families) {
				const aid = { id, reference: id, personId: id, territoryId };
				const since = { statusSince: MONDAY, asOf: MONDAY, createdAt: MONDAY, version: 1 };
				await tx
					.insert(childcareAid)
					.values({ ...aid, ...since, kind: 'childcare', status: 'incomplete', nextActor: 'person', source: 'portal' });
				for (const kind of ['x', 'y'])
					await tx
						.insert(supportingDocument)
						.values({ id: `${id}${kind}`, aidId: id, kind, askedAt: MONDAY, dueOn: '2026-12-04' });
			}
			for (const id of ['one', 'two', 'three']) {
				const asked = { askedAt: later(MONDAY, -4 * DAY), expiresAt: later(MONDAY, 25 * DAY) };
				await tx.insert(ratingInvitation).values({ id, personId: who.id, ...asked, ...RATED, aboutKey: id });
			}
		});
		return db;
	}
	const RATED = { appointmentId: null, moment: 'stage_left' } as const;

	test('are all planned, page after page, and once', async () => {
		for (const most of [1, 2, 3]) {
			const db = await manyThings();
			await planPrompts(db, MONDAY, most);
			const kinds = (await remindersIn(db)).map(({ kind }) => kind);
			const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
			expect([count('step_due'), count('paper_due'), count('rating')]).toEqual([5, 6, 3]);
			expect(await planPrompts(db, MONDAY, most)).toBe(0);
		}
	});

	test('each page is found by an index', async () => {
		const db = await manyThings();
		expect(await fullScans(db, () => planPrompts(db, MONDAY, 1))).toEqual([]);
	});
});

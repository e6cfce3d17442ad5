import { and, asc, eq, gt, inArray, isNotNull, isNull, ne, not, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Db, Queries, Tx } from '../db/client.ts';
import { PLAN_IS_STALE } from '../db/schema/appointments.ts';
import { appointment, person, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { listTerritories, type Territory } from '../territories/queries.ts';
import { wasSent } from './commands.ts';
import { APPOINTMENT_PLAN } from './kinds.ts';
import { quietRuleOf, type QuietRule } from './quiet.ts';
import { planFrom, wholePlan, type PlannedReminder } from './rules.ts';

/** One write holds the database for a fraction of a second, not for the whole backlog. */
const BATCH = 1_000;
/** Looked up at once. */
const ROUND = 20_000;
const isStale = sql.raw(PLAN_IS_STALE);

/**
 * Brings the plans of reminders up to date with what was agreed: booked, moved, answered, cancelled or over since. Asks
 * what is not done, so that a missed tick is caught up by the next.
 * @returns how many appointments were looked at
 */
export async function planAppointments(db: Db, now: Date): Promise<number> {
	let total = 0;
	for (;;) {
		const ids = await staleIds(db.read);
		let done = 0;
		for (let at = 0; at < ids.length; at += BATCH)
			done += await db.write((tx) => planBatch(tx, ids.slice(at, at + BATCH), now));
		if (done === 0) return total;
		total += done;
	}
}

/**
 * The soonest first, then in the order of their ids: neighbours in the indexes of the reminders too, so that a batch
 * writes the same few pages of them. In the order of time, a large backlog writes half of the indexes again with each.
 */
async function staleIds(q: Queries): Promise<string[]> {
	const rows = await q
		.select({ id: appointment.id })
		.from(appointment)
		.where(isStale)
		.orderBy(asc(appointment.startsAt))
		.limit(ROUND);
	return idsOf(rows).sort();
}

const columns = {
	id: appointment.id,
	personId: appointment.personId,
	territoryId: appointment.territoryId,
	localDay: appointment.localDay,
	localTime: appointment.localTime,
	zone: appointment.zone,
	mode: appointment.mode,
	startsAt: appointment.startsAt,
	state: appointment.state,
	answer: appointment.answer,
	sequence: appointment.sequence,
	plannedSequence: appointment.plannedSequence,
};
type Stale = Awaited<ReturnType<typeof staleOnes>>[number];

/** Those that nobody else has planned since they were looked up. */
const staleOnes = (tx: Tx, ids: string[]) =>
	tx
		.select(columns)
		.from(appointment)
		.where(and(inArray(appointment.id, ids), sql`(${isStale})`))
		.orderBy(asc(appointment.id))
		.limit(BATCH);

async function planBatch(tx: Tx, ids: string[], now: Date): Promise<number> {
	const stale = await staleOnes(tx, ids);
	if (stale.length === 0) return 0;
	const answered = stale.filter((row) => row.answer !== 'none');
	await closeAnswered(tx, answered, now);
	await dropOutdated(tx, stale);
	const fresh = stale.filter((row) => row.state === 'booked' && row.plannedSequence !== row.sequence);
	await insertPlans(tx, fresh, now);
	await tx
		.update(appointment)
		.set({
			plannedSequence: sql`CASE WHEN ${appointment.state} = 'booked' THEN ${appointment.sequence} END`,
			plannedAnswer: sql`${appointment.answer}`,
		})
		.where(inArray(appointment.id, idsOf(stale)));
	return stale.length;
}

const idsOf = (rows: { id: string }[]) => rows.map((row) => row.id);

/**
 * What was sent is answered. The evening's question, and after a « je ne peux pas » all the rest but what a professional wrote
 * since, is not needed any more; after another answer, what that one had silenced is of use again.
 */
async function closeAnswered(tx: Tx, rows: Stale[], now: Date) {
	if (rows.length === 0) return;
	const theirs = inArray(reminder.appointmentId, idsOf(rows));
	const answeredAt = sql`(SELECT a.answered_at FROM appointment a WHERE a.id = ${reminder.appointmentId})`;
	await tx
		.update(reminder)
		.set({ state: 'answered', answeredAt: sql`coalesce(${answeredAt}, ${now.getTime()})`, reason: null, actAt: null })
		.where(and(theirs, wasSent, sql`${reminder.sentAt} <= ${answeredAt}`));
	const isQuestion = eq(reminder.kind, 'appointment_evening');
	const declined = idsOf(rows.filter((row) => row.answer === 'cannot'));
	const isWrittenSince = sql`(${eq(reminder.kind, 'manual')} AND ${reminder.createdAt} > coalesce(${answeredAt}, ${now.getTime()}))`;
	const isDeclined = declined.length > 0 ? inArray(reminder.appointmentId, declined) : sql`0 = 1`;
	await tx
		.update(reminder)
		.set({ state: 'dropped', reason: 'answered', actAt: null })
		.where(
			and(
				theirs,
				eq(reminder.state, 'scheduled'),
				ne(reminder.kind, 'appointment_changed'),
				or(isQuestion, and(isDeclined, not(isWrittenSince))),
			),
		);
	await bringBack(
		tx,
		rows.filter((row) => row.state === 'booked' && row.answer !== 'cannot'),
		now,
	);
}

const coming = alias(reminder, 'coming');

/** As when a plan is made: what is still to come, else the nearest of the past, while it is useful. */
async function bringBack(tx: Tx, rows: Stale[], now: Date) {
	if (rows.length === 0) return;
	const current = sql`(SELECT a.sequence FROM appointment a WHERE a.id = ${reminder.appointmentId})`;
	const toCome = tx
		.select({ one: sql`1` })
		.from(coming)
		.where(
			and(
				eq(coming.appointmentId, reminder.appointmentId),
				eq(coming.appointmentSequence, reminder.appointmentSequence),
				inArray(coming.kind, ['appointment_7d', 'appointment_2d', 'appointment_2h']),
				gt(coming.dueAt, now),
			),
		);
	await tx
		.update(reminder)
		.set({ state: 'scheduled', reason: null, actAt: sql`${reminder.dueAt}` })
		.where(
			and(
				inArray(reminder.appointmentId, idsOf(rows)),
				eq(reminder.state, 'dropped'),
				eq(reminder.reason, 'answered'),
				ne(reminder.kind, 'appointment_evening'),
				gt(reminder.usefulUntil, now),
				sql`${reminder.appointmentSequence} = ${current}`,
				or(gt(reminder.dueAt, now), eq(reminder.kind, 'manual'), notExists(toCome)),
			),
		);
}

/** Reminders of another version of the appointment, or of one that is no longer booked. */
async function dropOutdated(tx: Tx, rows: Stale[]) {
	const drop = async (ids: string[], reason: string, extra = sql`1 = 1`) => {
		if (ids.length === 0) return;
		const waiting = and(inArray(reminder.appointmentId, ids), isNotNull(reminder.actAt), extra);
		await tx
			.update(reminder)
			.set({ state: 'dropped', reason, actAt: null })
			.where(and(waiting, eq(reminder.state, 'scheduled'), isNull(reminder.sentAt)));
		await tx
			.update(reminder)
			.set({ actAt: null })
			.where(and(waiting, eq(reminder.state, 'sent')));
	};
	const booked = rows.filter((row) => row.state === 'booked');
	const current = sql`(SELECT a.sequence FROM appointment a WHERE a.id = ${reminder.appointmentId})`;
	await drop(idsOf(booked), 'superseded', sql`${reminder.appointmentSequence} <> ${current}`);
	const over = rows.filter((row) => row.state !== 'booked');
	await drop(idsOf(over), 'cancelled', ne(reminder.kind, 'appointment_changed'));
}

/** Many appointments of a territory share a day and an hour: each pair is reckoned once. `home`: where the person lives. */
function planner(now: Date) {
	const plans = new Map<string, PlannedReminder[]>();
	return (row: Stale & { isTold: boolean }, place: Territory, home: { id: string; quiet: QuietRule }) => {
		const isRemote = row.mode === 'phone' || row.mode === 'video';
		const key = [row.startsAt.getTime(), row.zone, place.id, home.id, isRemote].join(' ');
		let plan = plans.get(key);
		if (!plan) plans.set(key, (plan = wholePlan(row, home.quiet, place.settings)));
		return planFrom(plan, row, home.quiet, now);
	};
}

async function insertPlans(tx: Tx, rows: Stale[], now: Date) {
	const future = rows.filter((row) => row.startsAt > now);
	if (future.length === 0) return;
	const planOf = planner(now);
	const insert = preparedInsert(tx);
	const announced = await announcedAmong(tx, idsOf(future));
	const places = new Map((await listTerritories(tx)).map((place) => [place.id, place]));
	const homes = await homesOf(tx, future);
	for (const row of future) {
		const home = places.get(homes.get(row.personId)!)!;
		const lives = { id: home.id, quiet: await quietRuleOf(tx, home) };
		for (const planned of planOf({ ...row, isTold: announced.has(row.id) }, places.get(row.territoryId)!, lives))
			await insert.execute(newReminder(row, planned, now));
	}
}

/** The territory where each person lives: not always that of their appointment. */
async function homesOf(tx: Tx, rows: Stale[]): Promise<Map<string, string>> {
	const personIds = [...new Set(rows.map(({ personId }) => personId))];
	const found = await tx
		.select({ id: person.id, territoryId: person.territoryId })
		.from(person)
		.where(inArray(person.id, personIds));
	return new Map(found.map(({ id, territoryId }) => [id, territoryId]));
}

/** Those whose hour, as it is now, a notice has told: set or moved by a professional, not chosen by the person. */
async function announcedAmong(tx: Tx, ids: string[]): Promise<Set<string>> {
	const rows = await tx
		.select({ id: reminder.appointmentId })
		.from(reminder)
		.innerJoin(
			appointment,
			and(eq(appointment.id, reminder.appointmentId), eq(appointment.sequence, reminder.appointmentSequence)),
		)
		.where(and(inArray(reminder.appointmentId, ids), eq(reminder.kind, 'appointment_changed')));
	return new Set(rows.flatMap(({ id }) => id ?? []));
}

/** Prepared once per batch: written as one long statement, the same rows take four times as long to put into words. */
function preparedInsert(tx: Tx) {
	const given = sql.placeholder;
	return tx
		.insert(reminder)
		.values({
			id: given('id'),
			onceKey: given('onceKey'),
			kind: given('kind'),
			personId: given('personId'),
			appointmentId: given('appointmentId'),
			appointmentSequence: given('appointmentSequence'),
			path: given('path'),
			dueAt: given('dueAt'),
			usefulUntil: given('usefulUntil'),
			state: 'scheduled',
			actAt: given('dueAt'),
			attempts: 0,
			createdAt: given('createdAt'),
		})
		.onConflictDoNothing({ target: reminder.onceKey })
		.prepare();
}

/**
 * The hours of a territory changed: what was planned by the former ones, and was not tried yet, is planned again at the next look.
 * What has left, or was silenced by an answer, keeps its `onceKey`, and is not said twice.
 */
export async function planAgain(tx: Tx, { territoryId, now }: { territoryId: string; now: Date }): Promise<void> {
	const theirs = and(
		eq(appointment.territoryId, territoryId),
		eq(appointment.state, 'booked'),
		gt(appointment.startsAt, now),
	);
	await tx
		.delete(reminder)
		.where(
			and(
				inArray(reminder.appointmentId, tx.select({ id: appointment.id }).from(appointment).where(theirs)),
				inArray(reminder.kind, [...APPOINTMENT_PLAN]),
				eq(reminder.state, 'scheduled'),
				isNull(reminder.ladder),
				gt(reminder.dueAt, now),
			),
		);
	await tx.update(appointment).set({ plannedSequence: null }).where(theirs);
}

/**
 * The clock went back: what was dropped as too late while it is of use, or put off to another day while its hour is still to come, was
 * so by a clock that was wrong; what a quiet night dropped is so again at once (`nextMove`). Any process may look, any number of times.
 * Rare enough for one look at all of them.
 */
export async function reopenAfterJump(db: Db, now: Date): Promise<void> {
	const wasDropped = and(
		eq(reminder.state, 'dropped'),
		inArray(reminder.reason, ['quiet', 'too_late']),
		gt(reminder.usefulUntil, now),
	);
	const wasPutOff = and(
		eq(reminder.state, 'scheduled'),
		gt(reminder.actAt, reminder.dueAt),
		eq(reminder.attempts, 0),
		gt(reminder.dueAt, now),
	);
	const isToReopen = and(isNull(reminder.sentAt), or(wasDropped, wasPutOff));
	const [one] = await db.read.select({ id: reminder.id }).from(reminder).where(isToReopen).limit(1);
	if (!one) return;
	const asPlanned = { state: 'scheduled', reason: null, actAt: sql`${reminder.dueAt}` } as const;
	await db.write((tx) => tx.update(reminder).set(asPlanned).where(isToReopen));
}

const newReminder = (row: Stale, { kind, dueAt, usefulUntil }: PlannedReminder, now: Date) => ({
	id: newId(),
	onceKey: `${kind}:${row.id}:${row.sequence}`,
	kind,
	personId: row.personId,
	appointmentId: row.id,
	appointmentSequence: row.sequence,
	path: `/rendez-vous/${row.id}`,
	dueAt,
	usefulUntil,
	createdAt: now,
});

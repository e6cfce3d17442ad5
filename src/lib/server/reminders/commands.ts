import { and, between, eq, inArray, isNotNull, isNull, or, sql, type AnyColumn, type SQL } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { appointment, person, reminder } from '../db/schema/index.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import { notFound } from '../platform/errors.ts';
import { hashToken, newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import type { ReminderState } from '../../shared/codes.ts';
import { isAtOnce, isMuted, isOwedACall } from './kinds.ts';
import { allowedFrom, findQuietRule } from './quiet.ts';
import { registerLife } from './subscriptions.ts';

const DAY_MS = 24 * 60 * 60_000;
/** How long a notice is worth sending when nobody says otherwise. */
const USEFUL_MS = 5 * DAY_MS;

export interface Notice {
	kind: Exclude<ReminderKind, 'appointment_7d' | 'appointment_2d' | 'appointment_evening' | 'appointment_2h'>;
	personId: string;
	/** Path opened by the message, without language: `/rendez-vous/…`. */
	path: string;
	/** Same key, same notice: planned twice, it exists once. E.g. `aid_changed:<aid>:<event>`. */
	onceKey: string;
	now: Date;
	/** `now` by default; moved to the next allowed hour when it falls in a quiet one, unless it is said at once. */
	dueAt?: Date;
	/** Start of the appointment when there is one, else five days after it is due. */
	usefulUntil?: Date;
	appointmentId?: string;
	subjectId?: string;
	/** Code of a fixed sentence (manual notices). */
	template?: string;
	/** The territory's wording of it. */
	templateVersionId?: string;
	/** Free text of a referent, sealed here. */
	text?: string;
	createdById?: string;
}

/**
 * Plans one notice decided by an action; the worker sends it. Call it in the action's own `db.write`. A change of an appointment
 * decided when no message may leave before it begins is written as `unreachable`: somebody must call.
 * @returns null when it exists already, when it is for now and the person muted its kind, or when it would come too late
 */
export async function planNotice(tx: Tx, notice: Notice): Promise<{ id: string } | null> {
	const [who] = await tx
		.select({ mutedKinds: person.mutedKinds })
		.from(person)
		.where(eq(person.id, notice.personId))
		.limit(1);
	const quiet = await findQuietRule(tx, notice.personId);
	if (!who || !quiet) throw notFound();
	const wanted = notice.dueAt ?? notice.now;
	// What is for later may be wanted again by then: `nextMove` decides.
	if (wanted <= notice.now && isMuted(notice.kind, who.mutedKinds)) return null;
	const dueAt = isAtOnce(notice.kind) ? wanted : allowedFrom(wanted, quiet);
	const about = notice.appointmentId ? await appointmentOf(tx, notice.appointmentId) : undefined;
	const usefulUntil = notice.usefulUntil ?? about?.startsAt ?? new Date(dueAt.getTime() + USEFUL_MS);
	const isLate = dueAt >= usefulUntil;
	if (isLate && !(wanted < usefulUntil && isOwedACall(notice.kind, about?.state))) return null;
	const fate = isLate
		? ({ dueAt: wanted, state: 'failed', reason: 'unreachable', actAt: null } as const)
		: ({ dueAt, state: 'scheduled', actAt: dueAt } as const);
	const id = newId();
	const written = await tx
		.insert(reminder)
		.values({
			id,
			onceKey: notice.onceKey,
			kind: notice.kind,
			personId: notice.personId,
			appointmentId: notice.appointmentId ?? null,
			appointmentSequence: about?.sequence ?? null,
			subjectId: notice.subjectId ?? null,
			path: notice.path,
			template: notice.template ?? null,
			templateVersionId: notice.templateVersionId ?? null,
			textSealed: notice.text ? seal(`reminder.text_sealed:${id}`, notice.text) : null,
			...fate,
			usefulUntil,
			attempts: 0,
			createdById: notice.createdById ?? null,
			createdAt: notice.now,
		})
		.onConflictDoNothing({ target: reminder.onceKey })
		.returning({ id: reminder.id });
	return written[0] ?? null;
}

/**
 * What is over sends nothing more: notices about it, of one kind or all, that have not left are dropped, those that nobody has seen
 * climb no further. One that a worker holds may leave in this very instant: it is decided by whoever holds it (`stillStands`).
 */
export async function dropNotices(
	tx: Tx,
	{ personId, subjectId, kind }: { personId: string; subjectId: string; kind?: ReminderKind },
): Promise<void> {
	const about = and(
		eq(reminder.personId, personId),
		eq(reminder.subjectId, subjectId),
		kind && eq(reminder.kind, kind),
		isNotNull(reminder.actAt),
	);
	const becomes = (state: ReminderState, values: object) =>
		tx
			.update(reminder)
			.set(values)
			.where(and(about, eq(reminder.state, state)));
	await becomes('scheduled', { state: 'dropped', reason: 'cancelled', actAt: null });
	await becomes('sent', { actAt: null });
	await becomes('sending', { reason: 'cancelled' });
}

/** News of the results (`onceKey` `results_news:<subject>:<person>`) that has not left is as if it had not been planned: it may be later. */
export async function takeBackNews(tx: Tx, subjectId: string): Promise<void> {
	const ofSubject = between(reminder.onceKey, `results_news:${subjectId}:`, `results_news:${subjectId};`);
	await tx.delete(reminder).where(and(ofSubject, eq(reminder.state, 'scheduled'), isNull(reminder.sentAt)));
}

/** Whether a message about it has left, or may be leaving in this very instant. */
export async function wasTold(q: Queries, { personId, subjectId }: { personId: string; subjectId: string }) {
	const about = and(eq(reminder.personId, personId), eq(reminder.subjectId, subjectId));
	const hasLeft = or(isNotNull(reminder.sentAt), eq(reminder.state, 'sending'));
	const rows = await q.select({ id: reminder.id }).from(reminder).where(and(about, hasLeft)).limit(1);
	return rows.length > 0;
}

async function appointmentOf(tx: Tx, id: string) {
	const [row] = await tx
		.select({ startsAt: appointment.startsAt, sequence: appointment.sequence, state: appointment.state })
		.from(appointment)
		.where(eq(appointment.id, id))
		.limit(1);
	return row;
}

/** Whether a beacon may be ours: asked before a write is opened, since anybody can send forged ones. */
export async function isBeacon(q: Queries, beacon: string): Promise<boolean> {
	const [token = ''] = beacon.split('.');
	const rows = await q
		.select({ id: reminder.id })
		.from(reminder)
		.where(eq(reminder.beaconHash, hashToken(token)))
		.limit(1);
	return rows.length > 0;
}

/**
 * The phone says that a reminder is on its screen: the ladder stops there. `beacon` is `<token>.<subscription id>`; an
 * unknown one changes nothing, and nobody can tell.
 */
export async function markShown(tx: Tx, { beacon, now }: { beacon: string; now: Date }): Promise<boolean> {
	const [token = '', subscriptionId = ''] = beacon.split('.');
	// While a worker still holds it (the phone is faster than our record), the worker's own record concludes.
	const isHeld = inArray(reminder.state, ['sending', 'answered']);
	const unlessHeld = (held: AnyColumn, value: SQL) => sql`CASE WHEN ${isHeld} THEN ${held} ELSE ${value} END`;
	const [row] = await tx
		.update(reminder)
		.set({
			shownAt: sql`coalesce(${reminder.shownAt}, ${now.getTime()})`,
			// Whatever the push service said, or did not say: it waits for no other try, and « not seen yet » is over.
			state: unlessHeld(reminder.state, sql`'shown'`),
			actAt: unlessHeld(reminder.actAt, sql`NULL`),
			reason: unlessHeld(reminder.reason, sql`NULL`),
			sentAt: sql`coalesce(${reminder.sentAt}, ${now.getTime()})`,
		})
		.where(eq(reminder.beaconHash, hashToken(token)))
		.returning({ personId: reminder.personId });
	if (row) await registerLife(tx, { subscriptionId, personId: row.personId, now });
	return row !== undefined;
}

/** What left and can still be answered, also when nobody had seen it yet. */
export const wasSent = or(
	inArray(reminder.state, ['sent', 'shown']),
	and(eq(reminder.state, 'failed'), eq(reminder.reason, 'unseen')),
);

/**
 * The person answered about an appointment, wherever: what was sent is `answered`, no further rung is climbed. The
 * planner does the same at its next tick for answers it was not told about.
 */
export async function markAnswered(tx: Tx, { appointmentId, now }: { appointmentId: string; now: Date }) {
	await tx
		.update(reminder)
		.set({ state: 'answered', answeredAt: now, reason: null, actAt: null, leaseUntil: null })
		.where(and(eq(reminder.appointmentId, appointmentId), wasSent));
	await tx
		.update(reminder)
		.set({ answeredAt: now })
		.where(and(eq(reminder.appointmentId, appointmentId), eq(reminder.state, 'sending'), isNull(reminder.answeredAt)));
}

import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm';
import { isUnavailable, type Db, type Queries, type Tx } from '../db/client.ts';
import { among, is, prepared } from '../db/prepared.ts';
import { account, appointment, delivery, person, pushSubscription, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import type { AppointmentAnswer, AppointmentState } from '../../shared/codes.ts';
import { isMuted } from './kinds.ts';
import { nextMove, type Move } from './ladder.ts';
import { orderFor } from './preferences.ts';
import { jobOf, surroundingsOf, worldOf, type Around, type Job, type ReminderRow } from './preparing.ts';

/** Longer than the longest wait for a turn (60 s), the longest exchange (30 s for a mail) and its record; a worker killed meanwhile gives way after it. */
export const LEASE_MS = 120_000;

/** `leavesHeld`: not what a worker holds, even when its lease is over by this clock. */
const isDue = (now: Date, leavesHeld = false) =>
	and(lte(reminder.actAt, now), leavesHeld ? ne(reminder.state, 'sending') : undefined);

export async function hasDue(q: Queries, now: Date, leavesHeld: boolean): Promise<boolean> {
	const rows = await q.select({ id: reminder.id }).from(reminder).where(isDue(now, leavesHeld)).limit(1);
	return rows.length > 0;
}

/** No lease that was taken by this clock lasts so long: it was ahead when whoever holds it took it. */
const isHeldTooLong = (now: Date) =>
	and(eq(reminder.state, 'sending'), gt(reminder.actAt, new Date(now.getTime() + LEASE_MS)));

/**
 * A worker that was killed while the clock was a day ahead left a lease that ends in a day. Who holds one and lives keeps it, and has
 * the usual time to record: only the moment at which it is due again comes back.
 */
export async function shortenLeases(db: Db, now: Date): Promise<void> {
	const [one] = await db.read.select({ id: reminder.id }).from(reminder).where(isHeldTooLong(now)).limit(1);
	if (!one) return;
	const actAt = new Date(now.getTime() + LEASE_MS);
	await db.write((tx) => tx.update(reminder).set({ actAt }).where(isHeldTooLong(now)));
}

/** Still held under this lease: another worker may have taken it over since. */
export const isHeldBy = (id: string, leaseUntil: Date) =>
	and(eq(reminder.id, id), eq(reminder.state, 'sending'), eq(reminder.leaseUntil, leaseUntil));

const nowOf = prepared((q) =>
	q
		.select({
			state: reminder.state,
			leaseUntil: reminder.leaseUntil,
			reason: reminder.reason,
			shownAt: reminder.shownAt,
			answeredAt: reminder.answeredAt,
			sequence: appointment.sequence,
			answer: appointment.answer,
			appointmentState: appointment.state,
			mutedKinds: person.mutedKinds,
			channelOrder: person.channelOrder,
			kindChannels: person.kindChannels,
			reader: {
				id: person.id,
				wording: person.wording,
				email: person.email,
				phone: person.phone,
				accountEmail: account.email,
				accountPhone: account.phone,
			},
		})
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.leftJoin(account, and(eq(account.personId, person.id), is(account.status, 'active')))
		.leftJoin(appointment, eq(appointment.id, reminder.appointmentId))
		.where(eq(reminder.id, sql.placeholder('id')))
		.limit(1)
		.prepare(),
);

const dueFirst = (q: Queries, { now, limit, leavesHeld }: Claim) =>
	q.select({ id: reminder.id }).from(reminder).where(isDue(now, leavesHeld)).orderBy(asc(reminder.actAt)).limit(limit);

interface Claim {
	now: Date;
	limit: number;
	pushClosedForMs: number;
	/** The clock went ahead a moment ago: what a worker holds is left to it. */
	leavesHeld?: boolean;
	/** This one alone. */
	id?: string;
}

/**
 * Takes what is due (`claimDue`) in one write; when one of them cannot even be read, each in a write of its own, and that one is marked:
 * it would otherwise end every tick.
 */
export async function claim(db: Db, claim: Claim): Promise<{ claimed: number; jobs: Job[] }> {
	try {
		return await db.write((tx) => claimDue(tx, claim));
	} catch (error) {
		if (isUnavailable(error)) throw error;
		log.error({ err: error }, 'reminders could not be claimed together');
	}
	const jobs: Job[] = [];
	const due = await dueFirst(db.read, claim);
	try {
		for (const { id } of due) jobs.push(...(await claimAlone(db, { ...claim, id })));
	} catch (error) {
		// What was claimed until then leaves.
		if (jobs.length === 0) throw error;
	}
	return { claimed: due.length, jobs };
}

async function claimAlone(db: Db, alone: Claim & { id: string }): Promise<Job[]> {
	try {
		return (await db.write((tx) => claimDue(tx, alone))).jobs;
	} catch (error) {
		if (isUnavailable(error)) throw error;
		log.error({ err: error, reminder: alone.id }, 'a reminder could not be read');
		const failed = { state: 'failed', reason: 'technical', actAt: null, leaseUntil: null } as const;
		await db.write((tx) =>
			tx
				.update(reminder)
				.set(failed)
				.where(and(eq(reminder.id, alone.id), isDue(alone.now, alone.leavesHeld))),
		);
		return [];
	}
}

/**
 * Takes what is due, under a lease, and decides each again from what is true now. What needs no sending is concluded here.
 * One statement claims, so that two workers never hold the same one.
 */
export async function claimDue(tx: Tx, claim: Claim): Promise<{ claimed: number; jobs: Job[] }> {
	const { now, pushClosedForMs, leavesHeld, id } = claim;
	const leaseUntil = new Date(now.getTime() + LEASE_MS);
	const chosen = id ? eq(reminder.id, id) : inArray(reminder.id, dueFirst(tx, claim));
	const rows = await tx
		.update(reminder)
		.set({ state: 'sending', leaseUntil, actAt: leaseUntil })
		.where(and(chosen, isDue(now, leavesHeld)))
		.returning();
	if (rows.length === 0) return { claimed: 0, jobs: [] };
	const surroundings = await surroundingsOf(tx, rows, now);
	const jobs: Job[] = [];
	for (const row of rows) {
		try {
			const around = surroundings.of(row);
			const move = nextMove(row, worldOf(row, around, { now, pushClosedForMs }));
			await noteSkipped(tx, row, { around, move, now });
			if (move.do === 'send') jobs.push(await jobOf(tx, row, around, { move, leaseUntil, now }));
			else await conclude(tx, row, move);
		} catch (error) {
			// One that cannot be read (sealed under another key) must not hold the others back.
			log.error({ err: error, reminder: row.id }, 'a reminder could not be prepared');
			await conclude(tx, row, { do: 'conclude', state: 'failed', reason: 'technical' });
		}
	}
	return { claimed: rows.length, jobs };
}

/** Decided for the first time without an address that is known to be dead: said as the refusal it would have been. */
async function noteSkipped(tx: Tx, row: ReminderRow, { around, move, now }: { around: Around; move: Move; now: Date }) {
	const isFirst = row.ladder === null && orderFor(row.kind, around.person).includes('email');
	const isDecided = move.do === 'send' || (move.do === 'conclude' && move.reason === 'unreachable');
	if (!around.isMailDead || !isFirst || !isDecided) return;
	// Given back before it left, it is decided once more.
	const isEarlier = and(eq(delivery.reminderId, row.id), eq(delivery.channel, 'email'));
	if ((await tx.select({ id: delivery.id }).from(delivery).where(isEarlier).limit(1)).length > 0) return;
	const skipped = { channel: 'email', outcome: 'permanent_failure', reason: 'dead_address' } as const;
	await tx.insert(delivery).values({ id: newId(), reminderId: row.id, ...skipped, at: now });
}

async function conclude(tx: Tx, row: ReminderRow, move: Exclude<Move, { do: 'send' }>) {
	const waiting = row.sentAt ? ('sent' as const) : ('scheduled' as const);
	await tx
		.update(reminder)
		.set(
			move.do === 'wait'
				? { state: waiting, actAt: move.until, leaseUntil: null }
				: { state: move.state, reason: move.reason, actAt: null, leaseUntil: null },
		)
		.where(eq(reminder.id, row.id));
}

/**
 * Just before it leaves: whether it is still ours to send, and wanted, by this channel and in these words, of the same person at the
 * same address; and whether the appointment and its answer are still what the message says.
 */
export async function stillStands(q: Queries, job: Job): Promise<boolean> {
	const { row, leaseUntil, channel } = job;
	const [found] = await nowOf(q).execute({ id: row.id });
	const isOurs = found?.state === 'sending' && found.leaseUntil?.getTime() === leaseUntil.getTime();
	if (!found || !isOurs || found.reason || found.shownAt || found.answeredAt) return false;
	if (isMuted(row.kind, found.mutedKinds) || !orderFor(row.kind, found).includes(channel)) return false;
	if (!isDeepStrictEqual(found.reader, job.reader)) return false;
	return row.appointmentId === null || isUnchanged(job, found);
}

const theirDevices = prepared((q) =>
	q
		.select({ id: pushSubscription.id })
		.from(pushSubscription)
		.innerJoin(account, eq(account.id, pushSubscription.accountId))
		.where(and(among(pushSubscription.id, 'ids'), eq(account.personId, sql.placeholder('personId'))))
		.prepare(),
);

/** Those of its devices that were not removed, signed out or handed to somebody else since. */
export async function stillHeldDevices(q: Queries, { channel, devices, row }: Job): Promise<Job['devices']> {
	if (channel !== 'push') return devices;
	const ids = JSON.stringify(devices.map(({ id }) => id));
	const held = new Set((await theirDevices(q).execute({ ids, personId: row.personId })).map(({ id }) => id));
	return devices.filter(({ id }) => held.has(id));
}

const isUnchanged = (
	{ row, answer, appointmentState }: Job,
	now: { sequence: number | null; answer: AppointmentAnswer | null; appointmentState: AppointmentState | null },
): boolean =>
	now.sequence === row.appointmentSequence && now.answer === answer && now.appointmentState === appointmentState;

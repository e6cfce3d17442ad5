import { inArray, sql } from 'drizzle-orm';
import { isUnavailable, type Db, type Tx } from '../db/client.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { isOvertaken } from '../platform/outcome.ts';
import { isHeldBy } from './claim.ts';
import { rememberDead } from './dead-addresses.ts';
import { afterAttempt, type Outcome } from './ladder.ts';
import type { Job } from './preparing.ts';
import type { Result } from './sending.ts';
import { deleteGone } from './subscriptions.ts';

/** Between two tries at a database that takes nothing for now; each has already waited its turn (db/client.ts). */
const BETWEEN_TRIES_MS = 100;

interface Sent {
	job: Job;
	results: Result[];
	now: Date;
}

/**
 * Writes what became of each sending, as soon as it is known: those that ended while a write was under way go together
 * in the next one. Never rejects: what cannot be written is said in the log, and is sent again when its lease ends.
 */
export function createRecorder(db: Db, lookingSince: Date) {
	let waiting: Sent[] = [];
	let writing: Promise<void> | undefined;

	async function flush() {
		// The turn of the event loop lets those that ended together be written together.
		await Promise.resolve();
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			await write(batch);
		}
	}

	/** One that cannot be written takes no other with it: they would all be sent again. */
	async function write(batch: Sent[]): Promise<void> {
		try {
			await whenAvailable(() => db.write((tx) => recordAll(tx, batch, lookingSince)));
		} catch (error) {
			if (batch.length > 1) for (const sent of batch) await write([sent]);
			else log.error({ err: error, reminder: batch[0]!.job.row.id }, 'a sending could not be recorded');
		}
	}

	return (sent: Sent): Promise<void> => {
		waiting.push(sent);
		writing ??= flush().finally(() => (writing = undefined));
		return writing;
	};
}

/** What left is worth any patience: not recorded, it leaves again. Whatever holds the database holds up the claims too. */
async function whenAvailable<T>(write: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await write();
		} catch (error) {
			if (!isUnavailable(error)) throw error;
			await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
		}
	}
}

/** Whoever was erased while a message was on its way leaves no trace of it. */
async function recordAll(tx: Tx, batch: Sent[], lookingSince: Date) {
	const ids = batch.map(({ job }) => job.row.id);
	const kept = await tx
		.select({ id: reminder.id, personId: reminder.personId })
		.from(reminder)
		.where(inArray(reminder.id, ids));
	const personOf = new Map(kept.map(({ id, personId }) => [id, personId]));
	for (const sent of batch) {
		const personId = personOf.get(sent.job.row.id);
		if (personId) await record(tx, sent, { personId, lookingSince });
	}
}

async function record(
	tx: Tx,
	{ job, results, now }: Sent,
	{ personId, lookingSince }: { personId: string; lookingSince: Date },
) {
	const { row, channel } = job;
	if (results.some(isOvertaken)) return giveBack(tx, job, now);
	const tried = results.filter(({ unsent }) => !unsent);
	if (tried.length > 0)
		await tx.insert(delivery).values(
			tried.map(({ outcome, reason, deadAddress }) => ({
				id: newId(),
				reminderId: row.id,
				channel,
				outcome,
				reason: deadAddress ? 'dead_address' : reason,
				at: now,
			})),
		);
	if (results.some(({ deadAddress }) => deadAddress)) await rememberDead(tx, { personId, email: job.email, now });
	await deleteGone(
		tx,
		results.flatMap(({ goneId }) => goneId ?? []),
	);
	await tx
		.update(reminder)
		.set(
			columnsOf(
				afterAttempt({ ...row, ladder: job.ladder }, results, {
					now,
					quiet: job.quiet,
					shownWithinHours: job.shownWithinHours,
					lookingSince,
					random: Math.random(),
				}),
			),
		)
		// Under our own lease only: another worker may have taken it over since.
		.where(isHeldBy(row.id, job.leaseUntil));
}

/** Moved, seen, answered or taken back in the last instant: decided again at once, from what is true then. */
async function giveBack(tx: Tx, { row, leaseUntil }: Job, now: Date) {
	const state = row.sentAt ? ('sent' as const) : ('scheduled' as const);
	await tx.update(reminder).set({ state, actAt: now, leaseUntil: null }).where(isHeldBy(row.id, leaseUntil));
}

/** The phone, the person or a professional may have been faster than this record. */
function columnsOf({ state, reason, actAt, sentAt, ...rest }: Outcome) {
	const isOver = sql`${reminder.answeredAt} IS NOT NULL OR ${reminder.shownAt} IS NOT NULL`;
	// Taken back while its last channel refused it, it is no call to make: concluded as `nextMove` would.
	const unlessTakenBack = (taken: unknown, otherwise: unknown) =>
		state === 'failed'
			? sql`CASE WHEN ${reminder.reason} IS NOT NULL THEN ${taken} ELSE ${otherwise} END`
			: sql`${otherwise}`;
	const end = unlessTakenBack(sentAt ? 'sent' : 'dropped', state);
	const why = unlessTakenBack(sentAt ? null : reminder.reason, reason);
	return {
		...rest,
		state: sql`CASE WHEN ${reminder.answeredAt} IS NOT NULL THEN 'answered' WHEN ${reminder.shownAt} IS NOT NULL THEN 'shown' ELSE ${end} END`,
		// With something left to do, it is concluded then, instead of another try.
		reason: sql`CASE WHEN ${isOver} THEN NULL ELSE ${actAt ? reminder.reason : why} END`,
		actAt: actAt ? sql`CASE WHEN ${isOver} THEN NULL ELSE ${actAt.getTime()} END` : null,
		// Shown, it left, although the push service never said so.
		sentAt: sentAt ?? sql`${reminder.sentAt}`,
		leaseUntil: null,
	};
}

import { and, eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '../db/client.ts';
import { delivery, reminder } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import type { Job } from './claim.ts';
import { rememberDead } from './dead-addresses.ts';
import { afterAttempt, type Outcome } from './ladder.ts';
import type { Result } from './sending.ts';
import { deleteGone } from './subscriptions.ts';

/** Each of them has already waited its turn (db/client.ts). */
const MAX_FAILURES = 3;

interface Sent {
	job: Job;
	results: Result[];
	now: Date;
}

/**
 * Writes what became of each sending, as soon as it is known: those that ended while a write was under way go together
 * in the next one.
 */
export function createRecorder(db: Db) {
	let waiting: Sent[] = [];
	let writing: Promise<void> | undefined;

	async function flush() {
		// The turn of the event loop lets those that ended together be written together.
		await Promise.resolve();
		let failures = 0;
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			try {
				await db.write(async (tx) => {
					for (const sent of batch) await record(tx, sent);
				});
			} catch (error) {
				// What is not recorded is sent again when the lease ends: worth some patience with a busy database.
				if (++failures > MAX_FAILURES) throw error;
				waiting = [...batch, ...waiting];
			}
		}
	}

	return (sent: Sent): Promise<void> => {
		waiting.push(sent);
		writing ??= flush().finally(() => (writing = undefined));
		return writing;
	};
}

async function record(tx: Tx, { job, results, now }: Sent) {
	const { row, channel } = job;
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
	if (results.some(({ deadAddress }) => deadAddress))
		await rememberDead(tx, { personId: row.personId, email: job.email, now });
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
					random: Math.random(),
				}),
			),
		)
		// Under our own lease only: another worker may have taken it over since.
		.where(and(eq(reminder.id, row.id), eq(reminder.state, 'sending'), eq(reminder.leaseUntil, job.leaseUntil)));
}

/** The phone, or the person, may have been faster than this record. */
function columnsOf({ state, actAt, ...rest }: Outcome) {
	const isOver = sql`${reminder.answeredAt} IS NOT NULL OR ${reminder.shownAt} IS NOT NULL`;
	return {
		...rest,
		state: sql`CASE WHEN ${reminder.answeredAt} IS NOT NULL THEN 'answered' WHEN ${reminder.shownAt} IS NOT NULL THEN 'shown' ELSE ${state} END`,
		actAt: actAt ? sql`CASE WHEN ${isOver} THEN NULL ELSE ${actAt.getTime()} END` : null,
		leaseUntil: null,
	};
}

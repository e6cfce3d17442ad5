import { proposeEarlier } from '../appointments/earlier.ts';
import { planSilenceNotices, sendAidNotices } from '../childcare/notices.ts';
import { isUnavailable, type Db, type Tx } from '../db/client.ts';
import { reminder } from '../db/schema/index.ts';
import * as clock from '../platform/clock.ts';
import { log } from '../platform/log.ts';
import { sendMail } from '../platform/mail.ts';
import { BUSY, OVERTAKEN } from '../platform/outcome.ts';
import { pushGateway } from '../platform/push-gateway.ts';
import { sendSms } from '../platform/sms.ts';
import { claim, hasDue, isHeldBy, shortenLeases, stillStands } from './claim.ts';
import { countAttempts, countTick } from './metrics.ts';
import { planAppointments, reopenAfterJump } from './planning.ts';
import type { Job } from './preparing.ts';
import { createRecorder } from './recording.ts';
import { isSettled, planPrompts } from './prompts.ts';
import { deliver, type Edges, type Result } from './sending.ts';
import { forgetSilentDevices } from './subscriptions.ts';

const TICK_MS = 2_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What is due in days needs no answer within seconds. */
const PROMPTS_MS = 10 * 60_000;
/** Messages on their way at once (decision 0004); what is claimed leaves at once, so that no lease is spent waiting. */
export const IN_FLIGHT = 512;
/** A claim for fewer than this is not worth a write while others are on their way. */
const CLAIM_FROM = 100;
/** Longest wait for messages on their way when the process is asked to stop. */
const STOP_MS = 8_000;

export interface WorkerSettings {
	db: Db;
	edges?: Edges;
	/** Asked once per tick and claim. */
	now?: () => Date;
	/** Once an hour, each in a write of its own: one that fails holds up no other. */
	hourly?: ((tx: Tx, now: Date) => Promise<unknown>)[];
	/** Once a minute, beside the messages, which do not wait for it. */
	everyMinute?: (now: Date) => Promise<unknown>;
	/** Then, outside any write: what is not in the database. */
	afterHourly?: (db: Db, now: Date) => Promise<unknown>;
}

export interface Worker {
	/** Plans, claims, sends and records until nothing is due. Never rejects because of a message. */
	tick(): Promise<{ planned: number; sent: number }>;
	start(): void;
	/** No more claims; waits for what is on its way. What is left comes back when its lease ends. */
	stop(): Promise<void>;
}

const ownEdges = (): Edges => ({ push: pushGateway(), sendMail, sendSms });

/** Everything it does is « what is due and not done »: nothing depends on a tick having happened. */
export function createWorker({
	db,
	edges = ownEdges(),
	now = clock.now,
	hourly = [forgetSilentDevices],
	everyMinute = async () => {},
	afterHourly,
}: WorkerSettings): Worker {
	const record = createRecorder(db);
	const onTheirWay = new Set<Promise<void>>();
	let stopping = false;
	let timer: NodeJS.Timeout | undefined;
	let running: Promise<unknown> = Promise.resolve();
	let lastCleaning = 0;
	let lastPrompts = 0;
	let lastMinute = 0;
	let lastTick = 0;
	let beside: Promise<unknown> | null = null;
	let notices: Promise<unknown> | null = null;

	async function send(job: Job) {
		if (!(await stillStands(db.read, job))) return giveBack(db, job, now());
		const stillWanted = async () => (await stillStands(db.read, job)) && !(await isSettled(db.read, job.row));
		const results = await deliver(job, edges, { now: now(), stillWanted }).catch(couldNotSend(job));
		if (results.some(({ reason }) => reason === OVERTAKEN.reason)) return giveBack(db, job, now());
		countAttempts(job.channel, results);
		await record({ job, results, now: now() });
	}

	async function sendAllDue(): Promise<number> {
		let sent = 0;
		while (!stopping) {
			const room = IN_FLIGHT - onTheirWay.size;
			if (room >= CLAIM_FROM && (await hasDue(db.read, now()))) {
				const pushClosedForMs = edges.push.channel.closedForMs(now());
				const { claimed, jobs } = await claim(db, { now: now(), limit: room, pushClosedForMs });
				for (const job of jobs) launch(job);
				sent += jobs.length;
				if (claimed > 0) continue;
			}
			if (onTheirWay.size === 0) break;
			await Promise.race(onTheirWay);
		}
		await Promise.all(onTheirWay);
		return sent;
	}

	function launch(job: Job) {
		const way = send(job)
			.catch((error: unknown) => log.error({ err: error, reminder: job.row.id }, 'a reminder could not be handled'))
			.finally(() => onTheirWay.delete(way));
		onTheirWay.add(way);
	}

	async function tick() {
		const started = performance.now();
		startMinute();
		await noticeJump();
		const planned = await plan();
		startNotices();
		const sent = await sendAllDue();
		if (Math.abs(now().getTime() - lastCleaning) > HOUR_MS) {
			lastCleaning = now().getTime();
			for (const job of hourly) await onItsOwn(db.write((tx) => job(tx, now())));
			await onItsOwn(afterHourly?.(db, now()));
		}
		countTick(performance.now() - started);
		return { planned, sent };
	}

	/** Something that cannot be read ends the planning of its own sort, for this time; what is due leaves all the same. */
	async function plan() {
		let planned = (await orNothing(planAppointments(db, now()))) ?? 0;
		const isNews = ((await orNothing(proposeEarlier(db, now()))) ?? 0) > 0;
		if (!isNews && Math.abs(now().getTime() - lastPrompts) < PROMPTS_MS) return planned;
		lastPrompts = now().getTime();
		planned += (await orNothing(planPrompts(db, now()))) ?? 0;
		await orNothing(planSilenceNotices(db, now()));
		return planned;
	}

	const orNothing = async <T>(job: Promise<T>): Promise<T | undefined> =>
		job.catch((error: unknown) => {
			if (isUnavailable(error)) throw error;
			log.error({ err: error }, 'something could not be planned');
			return undefined;
		});

	/** What a clock that was ahead made too late is of use again, and what it held for too long is let go; a worker that starts cannot know. */
	async function noticeJump() {
		const at = now();
		const wentBack = at.getTime() < lastTick - MINUTE_MS;
		if (wentBack) await db.write((tx) => reopenAfterJump(tx, at));
		if (wentBack || lastTick === 0) await shortenLeases(db, at);
		lastTick = at.getTime();
	}

	const onItsOwn = async (job: Promise<unknown> | undefined) =>
		job?.catch((error: unknown) => log.error({ err: error }, 'an hourly job failed'));

	/** One at a time: a slow one is let to end. */
	function startMinute() {
		if (beside || Math.abs(now().getTime() - lastMinute) < MINUTE_MS) return;
		lastMinute = now().getTime();
		beside = everyMinute(now())
			.catch((error: unknown) => log.error({ err: error }, 'the worker missed a minute'))
			.finally(() => (beside = null));
	}

	/** E-mails to services, one run at a time beside the messages: a mail server that hangs holds up no reminder. */
	function startNotices() {
		notices ??= sendAidNotices(db, edges.sendMail, now())
			.catch((error: unknown) => log.error({ err: error }, 'the worker missed e-mails to services'))
			.finally(() => (notices = null));
	}

	function schedule() {
		timer = setTimeout(() => {
			running = tick()
				.catch((error: unknown) => log.error({ err: error }, 'the worker missed a tick'))
				.finally(() => {
					if (!stopping) schedule();
				});
		}, TICK_MS);
	}

	async function stop() {
		stopping = true;
		clearTimeout(timer);
		let patience: NodeJS.Timeout | undefined;
		const enough = new Promise<void>((resolve) => (patience = setTimeout(resolve, STOP_MS)));
		await Promise.race([Promise.all([running, beside, notices, ...onTheirWay]), enough]);
		clearTimeout(patience);
	}

	return { tick, start: schedule, stop };
}

/** A bug of ours in the making of a message: said so, the next channel is tried. A database that is busy is none. */
const couldNotSend =
	({ row }: Job) =>
	(error: unknown): Result[] => {
		if (isUnavailable(error)) return [BUSY];
		log.error({ err: error, reminder: row.id }, 'a reminder could not be sent');
		return [{ outcome: 'technical_failure', reason: 'bug' }];
	};

/** Moved, seen, answered or taken back in the last instant: decided again at once, from what is true then. */
const giveBack = (db: Db, { row, leaseUntil }: Job, now: Date) =>
	db.write(async (tx) => {
		const state = row.sentAt ? ('sent' as const) : ('scheduled' as const);
		await tx.update(reminder).set({ state, actAt: now, leaseUntil: null }).where(isHeldBy(row.id, leaseUntil));
	});

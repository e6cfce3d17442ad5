import { setImmediate as othersTurn } from 'node:timers/promises';
import { proposeEarlier } from '../appointments/earlier.ts';
import { planSilenceNotices, sendAidNotices } from '../childcare/notices.ts';
import { isUnavailable, type Db, type Tx } from '../db/client.ts';
import * as clock from '../platform/clock.ts';
import { log } from '../platform/log.ts';
import { sendMail } from '../platform/mail.ts';
import { BUSY, isOvertaken, OVERTAKEN, type Delivery } from '../platform/outcome.ts';
import { pushGateway } from '../platform/push-gateway.ts';
import { sendSms } from '../platform/sms.ts';
import { CHANNELS, type Channel } from '../../shared/codes.ts';
import { claim, hasDue, LEASE_MS, shortenLeases, stillHeldDevices, stillStands } from './claim.ts';
import { mayLeave } from './ladder.ts';
import { countAttempts, countTick, sayAlive } from './metrics.ts';
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
/** Notifications on their way at once (decision 0004); what is claimed leaves at once, so that no lease is spent waiting. */
export const IN_FLIGHT = 512;
/**
 * The same for mails and for SMS, each on its own: a server that hangs holds up no other channel. All but twenty only wait for their
 * turn, no longer than a minute (platform/gate.ts): as many as a server that answers takes in that time.
 */
const LANES: Record<Channel, number> = { push: IN_FLIGHT, email: 4096, sms: 4096 };
/** Beyond, they are put off for as long. */
const PUT_OFF: Delivery = { ...BUSY, retryAfterMs: 60_000 };
/** A claim for fewer than this is not worth a write while others are on their way. */
const CLAIM_FROM = 100;
/** Decided in one write: it holds the database for a tenth of a second, a whole burst would for half of one. */
const CLAIM_AT_ONCE = 128;
/** Longest wait for messages on their way when the process is asked to stop. */
export const STOP_MS = 8_000;

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
	/** Between two looks at what is due and to be planned, also while messages are on their way. */
	tickMs?: number;
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
	tickMs = TICK_MS,
}: WorkerSettings): Worker {
	const record = createRecorder(db, now());
	const onTheirWay = new Map(CHANNELS.map((channel) => [channel, new Set<Promise<void>>()]));
	const allOnTheirWay = () => [...onTheirWay.values()].flatMap((lane) => [...lane]);
	const watched = watch(now);
	/** Called when a message ends. */
	let wake = () => {};
	let stopping = false;
	let timer: NodeJS.Timeout | undefined;
	let running: Promise<unknown> = Promise.resolve();
	let lastCleaning = 0;
	let lastPrompts = 0;
	let lastMinute = 0;
	let beside: Promise<unknown> | null = null;
	let notices: Promise<unknown> | null = null;

	async function send(job: Job) {
		const results = await attempt(job);
		if (!results.some(isOvertaken)) countAttempts(job.channel, results);
		await record({ job, results, now: now() });
	}

	async function attempt(job: Job): Promise<Result[]> {
		if (stopping || !(await stillStands(db.read, job))) return [OVERTAKEN];
		const devices = await stillHeldDevices(db.read, job);
		if (job.channel === 'push' && devices.length === 0) return [OVERTAKEN];
		const stillWanted = async () =>
			!stopping &&
			mayLeave(job.row, job.channel, { now: now(), quiet: job.quiet }) &&
			(await stillStands(db.read, job)) &&
			!(await isSettled(db.read, job.row, now()));
		return deliver({ ...job, devices }, edges, { now: now(), stillWanted }).catch(couldNotSend(job));
	}

	async function sendAllDue(): Promise<number> {
		let sent = 0;
		let lookedAt = performance.now();
		while (!stopping) {
			if (performance.now() - lookedAt > tickMs) {
				await look();
				await cleanHourly();
				sayAlive();
				lookedAt = performance.now();
			}
			const room = IN_FLIGHT - onTheirWay.get('push')!.size;
			const leavesHeld = watched.hasLeapt();
			if (room >= CLAIM_FROM && (await hasDue(db.read, now(), leavesHeld))) {
				const pushClosedForMs = edges.push.channel.closedForMs(now());
				const limit = Math.min(room, CLAIM_AT_ONCE);
				const { claimed, jobs } = await claim(db, { now: now(), limit, pushClosedForMs, leavesHeld });
				for (const job of jobs) launch(job);
				sent += jobs.length;
				// Mails that leave fast never wait for anything: without a turn of its own, no page would be answered before the last.
				await othersTurn();
				if (claimed > 0) continue;
			}
			if ([...onTheirWay.values()].every(({ size }) => size === 0)) break;
			await oneEnds();
		}
		await Promise.all(allOnTheirWay());
		return sent;
	}

	function launch(job: Job) {
		const lane = onTheirWay.get(job.channel)!;
		const isFull = lane.size >= LANES[job.channel];
		const way = (isFull ? record({ job, results: [PUT_OFF], now: now() }) : send(job))
			.catch((error: unknown) => log.error({ err: error, reminder: job.row.id }, 'a reminder could not be handled'))
			.finally(() => {
				lane.delete(way);
				wake();
			});
		lane.add(way);
	}

	/** Not for long: something may become due, or have to be planned, while a slow server is waited for. */
	const oneEnds = () =>
		new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, tickMs);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});

	async function tick() {
		const started = performance.now();
		const planned = await look();
		const sent = await sendAllDue();
		await cleanHourly();
		countTick(performance.now() - started);
		return { planned, sent };
	}

	async function look(): Promise<number> {
		startMinute();
		await noticeJump();
		const planned = await plan();
		startNotices();
		return planned;
	}

	async function cleanHourly() {
		if (Math.abs(now().getTime() - lastCleaning) <= HOUR_MS) return;
		lastCleaning = now().getTime();
		for (const job of hourly) await onItsOwn(db.write((tx) => job(tx, now())));
		await onItsOwn(afterHourly?.(db, now()));
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

	/** What a clock that was ahead made too late is of use again, and what it held for too long is let go: also when it was before a start. */
	async function noticeJump() {
		const { at, wentBack } = watched.look();
		if (!wentBack) return;
		await reopenAfterJump(db, at);
		await shortenLeases(db, at);
		watched.isPutRight();
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
		}, tickMs);
	}

	async function stop() {
		stopping = true;
		clearTimeout(timer);
		wake();
		let patience: NodeJS.Timeout | undefined;
		const enough = new Promise<void>((resolve) => (patience = setTimeout(resolve, STOP_MS)));
		await Promise.race([Promise.all([running, beside, notices, ...allOnTheirWay()]), enough]);
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

/**
 * The clock of this machine, beside one that never jumps. Gone ahead, it ends all leases at once: what is held is then left for a real
 * lease to whoever holds it, in this process or another.
 */
function watch(now: () => Date) {
	let last: { at: number; steady: number } | null = null;
	/** A worker that starts cannot know what went before. */
	let wentBack = true;
	let leaptAt = -Infinity;

	function look() {
		const [at, steady] = [now(), performance.now()];
		const passed = last ? at.getTime() - last.at : 0;
		if (passed < -MINUTE_MS) wentBack = true;
		if (last && passed - (steady - last.steady) > MINUTE_MS) leaptAt = steady;
		last = { at: at.getTime(), steady };
		return { at, wentBack };
	}

	function hasLeapt(): boolean {
		look();
		return performance.now() - leaptAt < LEASE_MS;
	}

	return { look, hasLeapt, isPutRight: () => (wentBack = false) };
}

import { DEADLINE_MS, MAX_WAIT_MS } from './http-post.ts';

/** How long a refused key silences the channel before it is tried again. */
const STOP_MS = 15 * 60_000;

/** An acceptance as recent as this says that our key is good for that service. */
const TRUST_MS = 60 * 60_000;

/** Refusals to different accounts, without an acceptance in between, that outweigh a trusted key: one account may forge many. */
const REFUSALS_DESPITE_TRUST = 3;

/** Longer than an exchange: a probe whose outcome nobody learned gives way to another. */
const PROBE_MS = DEADLINE_MS + 5_000;

/**
 * What this process knows of the push services: whether our key is refused (then the whole channel stops), and which
 * service asked to wait. Kept in memory: another process, or a restart, learns it again at its first attempt.
 */
export class PushChannel {
	#stoppedUntil = 0;
	/** The key was refused and nothing was accepted since. */
	#isDoubtful = false;
	#probingUntil = 0;
	readonly #pausedUntil = new Map<string, number>();
	readonly #acceptedAt = new Map<string, number>();
	readonly #refused = new Map<string, Set<string>>();

	/** False while our key is refused: nothing may be sent. */
	isOpen(now: Date): boolean {
		return this.closedForMs(now) === 0;
	}

	closedForMs(now: Date): number {
		return timeLeft(this.#stoppedUntil, now, STOP_MS);
	}

	/**
	 * Asked just before sending: 0 when it may go. After a stop a single message goes first, and the others wait for what becomes
	 * of it: a key that is still refused is not shown to a service hundreds of times.
	 */
	heldForMs(now: Date): number {
		if (!this.#isDoubtful) return 0;
		// Stopped while this message was being encrypted.
		const stoppedMs = this.closedForMs(now);
		if (stoppedMs > 0) return stoppedMs;
		const left = timeLeft(this.#probingUntil, now, PROBE_MS);
		if (left === 0) this.#probingUntil = now.getTime() + PROBE_MS;
		return left;
	}

	/** Neither accepted nor refused: another message may probe. */
	undecided() {
		this.#probingUntil = 0;
	}

	accepted(origin: string, now: Date) {
		this.#stoppedUntil = 0;
		this.#isDoubtful = false;
		this.#refused.delete(origin);
		this.#acceptedAt.set(origin, now.getTime());
	}

	/**
	 * A 401 or 403. It stops the channel, unless the same service took messages from us within the hour: the key is good
	 * then, and this subscription was made for another one. Otherwise one forged subscription would silence everybody.
	 * @returns whether the channel is stopped
	 */
	refused(origin: string, account: string, now: Date): boolean {
		this.#probingUntil = 0;
		const refused = this.#refused.get(origin) ?? new Set<string>();
		this.#refused.set(origin, refused.add(account));
		const isTrusted = timeLeft((this.#acceptedAt.get(origin) ?? 0) + TRUST_MS, now, TRUST_MS) > 0;
		if (isTrusted && refused.size < REFUSALS_DESPITE_TRUST) return false;
		this.#refused.delete(origin);
		this.#acceptedAt.delete(origin);
		this.#stoppedUntil = now.getTime() + STOP_MS;
		this.#isDoubtful = true;
		return true;
	}

	/** Nothing goes to this service before then; a shorter wait does not undo a longer one. */
	pause(origin: string, waitMs: number, now: Date) {
		const until = now.getTime() + waitMs;
		this.#pausedUntil.set(origin, Math.max(until, now.getTime() + this.pausedForMs(origin, now)));
	}

	pausedForMs(origin: string, now: Date): number {
		return timeLeft(this.#pausedUntil.get(origin) ?? 0, now, MAX_WAIT_MS);
	}
}

/** A wait longer than any we set means that the clock went back: it is over. */
function timeLeft(until: number, now: Date, longestMs: number): number {
	const left = until - now.getTime();
	return left > 0 && left <= longestMs ? left : 0;
}

import https from 'node:https';
import tls from 'node:tls';
import webPush from 'web-push';
import * as clock from './clock.ts';
import { config } from './config.ts';
import { DEADLINE_MS, post } from './http-post.ts';
import { log } from './log.ts';
import { PushChannel } from './push-channel.ts';
import { encrypt } from './push-encryption.ts';
import { isAllowedPushEndpoint, type SubscriptionKeys } from './push-endpoint.ts';
import { outcomeOf, outcomeOfFailure, type PushOutcome } from './push-outcome.ts';
import { isTopic, plaintextOf, type PushPayload } from './push-payload.ts';

export interface PushTarget extends SubscriptionKeys {
	endpoint: string;
	/** Whose browser it is: refusals are counted by account. */
	accountId?: string;
}

export interface PushMessage {
	/** Shortened when too long (`body`, then `title`). No name, need or structure in here: it shows on a lock screen. */
	payload: PushPayload;
	/** How long the service keeps it for a phone that is off; beyond, it is dropped. 28 days at most. */
	ttlSeconds: number;
	urgency?: 'very-low' | 'low' | 'normal' | 'high';
	/** Letters and digits, 32 at most (`topicOf`): replaces the pending message of the same topic. */
	topic?: string;
	now: Date;
}

export interface PushGatewaySettings {
	vapid: { publicKey: string; privateKey: string; subject: string };
	/** Allow-list, see `isAllowedPushEndpoint`. */
	hosts: string[];
	/** A certificate authority instead of the usual ones (tests). */
	ca?: string;
	deadlineMs?: number;
	/** Connections kept to one service. */
	maxSockets?: number;
	channel?: PushChannel;
}

export interface PushGateway {
	/** Sends once, ends within the deadline, never rejects. Retrying, deleting and falling back belong to the caller. */
	send(target: PushTarget, message: PushMessage, options?: { deadlineMs?: number }): Promise<PushOutcome>;
	channel: PushChannel;
	close(): void;
}

const MAX_TTL_SECONDS = 28 * 24 * 60 * 60;

export function createPushGateway(settings: PushGatewaySettings): PushGateway {
	const { channel = new PushChannel(), maxSockets = 512 } = settings;
	const agent = new https.Agent({
		keepAlive: true,
		maxSockets,
		// As many may wait as may work: beyond, each pause of a burst would close connections that the next second opens again.
		maxFreeSockets: maxSockets,
		scheduling: 'lifo',
		timeout: 30_000,
		// Made once: each connection would otherwise build its own, which costs more than its handshake.
		secureContext: tls.createSecureContext(settings.ca ? { ca: settings.ca } : {}),
	});
	const vapidHeader = cachedVapidHeader(settings.vapid);

	async function send(target: PushTarget, message: PushMessage, options: { deadlineMs?: number } = {}) {
		const { now } = message;
		if (!isAllowedPushEndpoint(target.endpoint, settings.hosts)) return technical('endpoint_not_allowed');
		const url = new URL(target.endpoint);
		const { origin } = url;
		const wait = waitBeforeSending(channel, origin, now);
		if (wait) return wait;
		const plaintext = plaintextOf(message.payload);
		if (plaintext === null) return technical('payload_too_large');
		if ((message.topic && !isTopic(message.topic)) || !(message.ttlSeconds >= 0)) return technical('bad_message');
		const body = await encrypt(target, plaintext);
		if (body === null) return { outcome: 'permanent_failure', reason: 'bad_keys' } as const;
		const heldMs = channel.heldForMs(now);
		if (heldMs > 0) return waitBeforeSending(channel, origin, now) ?? unsent('channel_probing', heldMs);

		const answer = await post({
			url,
			agent,
			deadlineMs: options.deadlineMs ?? settings.deadlineMs ?? DEADLINE_MS,
			headers: {
				// The push service reads the token by the real time, whatever instant the caller reasons about.
				Authorization: vapidHeader(origin, clock.now()),
				TTL: Math.min(Math.floor(message.ttlSeconds), MAX_TTL_SECONDS),
				Urgency: message.urgency ?? 'normal',
				...(message.topic && { Topic: message.topic }),
				'Content-Type': 'application/octet-stream',
				'Content-Encoding': 'aes128gcm',
			},
			body,
		});
		const outcome =
			'failure' in answer ? outcomeOfFailure(answer.failure) : outcomeOf(answer.status, answer.headers, now);
		return remember(channel, { origin, account: target.accountId ?? target.endpoint, now }, outcome);
	}

	return { send, channel, close: () => agent.destroy() };
}

const technical = (reason: string): PushOutcome => ({ outcome: 'technical_failure', reason });

const unsent = (reason: string, waitMs: number): PushOutcome => ({
	outcome: 'temporary_failure',
	reason,
	retryAfterMs: waitMs,
	unsent: true,
});

function waitBeforeSending(channel: PushChannel, origin: string, now: Date): PushOutcome | null {
	const stoppedMs = channel.closedForMs(now);
	if (stoppedMs > 0) return { ...unsent('channel_stopped', stoppedMs), stopChannel: true };
	const pausedMs = channel.pausedForMs(origin, now);
	return pausedMs > 0 ? unsent('host_paused', pausedMs) : null;
}

/** A refused key of which a trusted service is not yet believed: looked at again so much later. */
const DOUBT_MS = 60_000;

/** What this answer teaches about the service and about our key. */
function remember(
	channel: PushChannel,
	{ origin, account, now }: { origin: string; account: string; now: Date },
	{ stopChannel, ...outcome }: PushOutcome,
): PushOutcome {
	if (outcome.outcome === 'accepted') channel.accepted(origin, now);
	else if (!stopChannel) channel.undecided();
	if (outcome.retryAfterMs) channel.pause(origin, outcome.retryAfterMs, now);
	if (!stopChannel) return outcome;
	if (!channel.refused(origin, account, now)) return { ...outcome, retryAfterMs: DOUBT_MS };
	log.error({ service: origin, status: outcome.status }, 'push stopped: our VAPID key is refused');
	return { ...outcome, stopChannel, retryAfterMs: channel.closedForMs(now) };
}

/** Signing costs twice what encrypting does: one token per service, for half of its life. */
const TOKEN_LIFE_MS = 12 * 60 * 60_000;
const TOKEN_RENEWAL_MS = 6 * 60 * 60_000;
const MAX_TOKENS = 500;

/** `Authorization` for a push service (RFC 8292), signed again every six hours. */
export function cachedVapidHeader({ publicKey, privateKey, subject }: PushGatewaySettings['vapid']) {
	const tokens = new Map<string, { header: string; madeAt: number }>();
	return (audience: string, now: Date): string => {
		const known = tokens.get(audience);
		if (known && Math.abs(now.getTime() - known.madeAt) < TOKEN_RENEWAL_MS) return known.header;
		const expiry = Math.floor((now.getTime() + TOKEN_LIFE_MS) / 1000);
		const signed = webPush.getVapidHeaders(audience, subject, publicKey, privateKey, 'aes128gcm', expiry);
		if (tokens.size >= MAX_TOKENS) tokens.clear();
		tokens.set(audience, { header: signed.Authorization, madeAt: now.getTime() });
		return signed.Authorization;
	};
}

/** The application's own channel: `isOpen(now)` is false while our key is refused. */
export const pushChannel = new PushChannel();

let gateway: PushGateway | undefined;

/** The application's own gateway, made at its first message. */
export function pushGateway(): PushGateway {
	const { vapid, pushHosts } = config();
	return (gateway ??= createPushGateway({ vapid, hosts: pushHosts, channel: pushChannel }));
}

/** Sends through the application's own gateway. */
export const sendPush: PushGateway['send'] = (...message) => pushGateway().send(...message);

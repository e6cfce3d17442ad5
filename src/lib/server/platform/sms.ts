import http from 'node:http';
import https from 'node:https';
import { config } from './config.ts';
import { createGate } from './gate.ts';
import { fitsOneSms, gsmLength, toGsm } from './gsm.ts';
import { post, retryAfterMs } from './http-post.ts';
import { leaveInMailbox } from './mailbox.ts';
import { BUSY, KEY_REFUSED_MS, OVERTAKEN, type Delivery, type StillWanted } from './outcome.ts';
import { isMobile } from './phone.ts';

export { fitsOneSms, gsmLength, toGsm };

export interface Sms {
	/** E.164, a mobile of mainland France or overseas (`normalizePhone`). */
	to: string;
	/** One SMS: 160 units of the GSM alphabet once `toGsm` has passed. */
	text: string;
	/** Ours; comes back with the delivery receipt. The gateway is expected to send once for one reference. */
	reference: string;
	/** As of a mail (mail.ts). */
	stillWanted?: StillWanted;
}

export interface SmsGatewaySettings {
	/** Takes `POST {to, text, reference}` with a bearer key; absent: the demo's mailbox. */
	url: string | null;
	key: string | null;
	deadlineMs?: number;
	/** Longest wait for a turn (`createGate`). */
	patienceMs?: number;
}

export interface SmsGateway {
	/** Sends once, ends within the deadline, never rejects. */
	send(sms: Sms): Promise<Delivery>;
	close(): void;
}

/** Connections to the gateway at once. */
const MAX_SOCKETS = 20;

export function createSmsGateway({ url, key, deadlineMs, patienceMs }: SmsGatewaySettings): SmsGateway {
	const options = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: 30_000 };
	// Queueing for a connection would eat the deadline: given up here, an SMS may have left all the same.
	const gate = createGate(MAX_SOCKETS, patienceMs);
	const agent = url?.startsWith('https:') ? new https.Agent(options) : new http.Agent(options);

	async function send({ to, text, reference, stillWanted }: Sms): Promise<Delivery> {
		if (!isMobile(to)) return { outcome: 'permanent_failure', reason: 'not_a_french_mobile' };
		if (!fitsOneSms(text)) return { outcome: 'technical_failure', reason: 'text_does_not_fit' };
		const sms = { to, text: toGsm(text), reference };
		const headers = { Authorization: `Bearer ${key ?? ''}`, 'Content-Type': 'application/json' };
		const handOver = () =>
			url
				? post({ url, agent, deadlineMs, headers, body: JSON.stringify(sms) })
				: leaveInMailbox({ channel: 'sms', ...sms });
		const answer = await gate(
			async (turn) => (turn === 'waited' && stillWanted && !(await stillWanted()) ? OVERTAKEN : handOver()),
			{ isAwaited: !stillWanted },
		);
		if (!answer) return BUSY;
		if ('outcome' in answer) return answer;
		if ('failure' in answer) return { outcome: 'temporary_failure', reason: answer.failure };
		return smsOutcomeOf(answer.status, retryAfterMs(answer.headers['retry-after'], new Date()));
	}

	return { send, close: () => agent.destroy() };
}

/** Our key or our credit. */
const KEY_REFUSED = [401, 402, 403];

/** 400 and 422: the gateway refuses this number or text. Other 4xx: our key, our account or our address. */
function smsOutcomeOf(status: number, waitMs: number | undefined): Delivery {
	const reason = `http_${status}`;
	if (status >= 200 && status < 300) return { outcome: 'accepted', status, reason };
	if (status === 400 || status === 422) return { outcome: 'permanent_failure', status, reason };
	if (KEY_REFUSED.includes(status))
		return { outcome: 'technical_failure', status, reason, retryAfterMs: KEY_REFUSED_MS };
	if (status >= 400 && status < 500 && status !== 408 && status !== 429)
		return { outcome: 'technical_failure', status, reason };
	return { outcome: 'temporary_failure', status, reason, ...(waitMs && { retryAfterMs: waitMs }) };
}

let gateway: SmsGateway | undefined;

/** Sends through the gateway of the configuration; in the demo without one, leaves the message in the mailbox. */
export function sendSms(sms: Sms): Promise<Delivery> {
	gateway ??= createSmsGateway({ url: config().smsUrl, key: config().smsKey });
	return gateway.send(sms);
}

/** Whether there is a way for an SMS to leave: outside the demo, SMS_URL is optional. */
export const hasSms = (): boolean => config().demo || config().smsUrl !== null;

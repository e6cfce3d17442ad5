import nodemailer, { type Transporter } from 'nodemailer';
import { config } from './config.ts';
import { normalizeEmail } from './email.ts';
import { createGate } from './gate.ts';
import { leaveInMailbox } from './mailbox.ts';
import { BUSY, KEY_REFUSED_MS, OVERTAKEN, type Delivery, type StillWanted } from './outcome.ts';
import { isDeadAddress } from './return-path.ts';

export interface Mail {
	to: string;
	subject: string;
	text: string;
	html?: string;
	/** Further headers (`List-Unsubscribe`…); the ones that say who writes to whom cannot be given here. */
	headers?: Record<string, string>;
	/** Where it comes back when it cannot be delivered (`returnPathOf`); `from` when absent. */
	returnPath?: string;
	/** Asked after a wait, of what may be over by then. What has none (a code) goes before. */
	stillWanted?: StillWanted;
}

export interface MailerSettings {
	/** `smtp://` or `smtps://`; absent: the demo's mailbox. */
	smtpUrl: string | null;
	from: string;
	/** Longest silence of the server at any step. */
	timeoutMs?: number;
	/** Longest exchange in all, against a server that drips; from when its turn comes. */
	deadlineMs?: number;
	/** Connections at once: servers take a few dozen from one client. */
	maxConnections?: number;
	/** Longest wait for a turn (`createGate`). */
	patienceMs?: number;
}

export interface Mailer {
	/** Sends once, ends within the deadline, never rejects. */
	send(mail: Mail): Promise<Delivery>;
}

export function createMailer({
	smtpUrl,
	from,
	timeoutMs = 10_000,
	deadlineMs = 30_000,
	maxConnections = 20,
	patienceMs,
}: MailerSettings): Mailer {
	// Not the pool of nodemailer: it hands a message over again by itself when a connection breaks.
	const gate = createGate(maxConnections, patienceMs);
	const transport =
		smtpUrl &&
		nodemailer.createTransport({
			url: smtpUrl,
			connectionTimeout: timeoutMs,
			greetingTimeout: timeoutMs,
			socketTimeout: timeoutMs,
			dnsTimeout: timeoutMs,
			disableFileAccess: true,
			disableUrlAccess: true,
		});

	async function send({ stillWanted, ...mail }: Mail): Promise<Delivery> {
		const to = normalizeEmail(mail.to);
		if (!to) return { outcome: 'permanent_failure', reason: 'bad_address' };
		if (!areSafeHeaders(mail.headers ?? {})) return { outcome: 'technical_failure', reason: 'bad_header' };
		const content = { subject: onOneLine(mail.subject), text: mail.text, html: mail.html };
		const handOver = () =>
			transport
				? exchange(transport, { ...mail, ...content, to })
				: leaveInMailbox({ channel: 'email', to, ...content });
		const inTurn = async (turn: 'at_once' | 'waited') =>
			turn === 'waited' && stillWanted && !(await stillWanted()) ? OVERTAKEN : handOver();
		return (await gate(inTurn, { isAwaited: !stillWanted })) ?? BUSY;
	}

	async function exchange(through: Transporter, { to, headers, returnPath, ...content }: Mail): Promise<Delivery> {
		try {
			await through.sendMail({
				...content,
				from,
				...(returnPath && { envelope: { from: returnPath, to } }),
				// An object: never parsed, so that an address cannot become two.
				to: { name: '', address: to },
				// RFC 3834: an out-of-office does not answer to a robot.
				headers: { 'Auto-Submitted': 'auto-generated', ...headers },
				signal: AbortSignal.timeout(deadlineMs),
			});
			return { outcome: 'accepted', reason: 'smtp_250' };
		} catch (error) {
			return outcomeOfSmtpError(error as SmtpError);
		}
	}

	return { send };
}

const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const RESERVED =
	/^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|return-path|received|mime-version|content-.*|dkim-.*)$/i;

const onOneLine = (text: string) => text.replace(CONTROLS, ' ').trim();

const areSafeHeaders = (headers: Record<string, string>) =>
	Object.entries(headers).every(
		([name, value]) => /^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name) && !RESERVED.test(name) && value.search(CONTROLS) < 0,
	);

interface SmtpError {
	code?: string;
	command?: string;
	responseCode?: number;
	response?: string;
}

/** RFC 5321 §4.2.1: 4xx may pass later, 5xx will not. A refusal before the recipient is named is about us, not them. */
function outcomeOfSmtpError({ code = 'error', command = '', responseCode, response = '' }: SmtpError): Delivery {
	if (!responseCode) {
		const isOurs = ['EENVELOPE', 'EMESSAGE', 'ECONFIG', 'EREQUIRETLS', 'EAUTH', 'ENOAUTH'].includes(code);
		return { outcome: isOurs ? 'technical_failure' : 'temporary_failure', reason: networkReasons[code] ?? code };
	}
	const reply = { status: responseCode, reason: `smtp_${responseCode}` };
	if (responseCode < 500) return { outcome: 'temporary_failure', ...reply };
	const isAboutRecipient = command === 'RCPT TO' || command === 'DATA';
	if (!isAboutRecipient) return { outcome: 'technical_failure', ...reply, retryAfterMs: KEY_REFUSED_MS };
	const isDead = isDeadAddress(undefined, response);
	return { outcome: 'permanent_failure', ...reply, ...(isDead && { deadAddress: true }) };
}

const networkReasons: Record<string, string> = {
	ETIMEDOUT: 'timeout',
	EABORT: 'timeout',
	EDNS: 'dns',
	ESOCKET: 'network',
	ECONNECTION: 'reset',
	ETLS: 'tls',
	EPROTOCOL: 'garbage',
};

let mailer: Mailer | undefined;

/** Sends through the SMTP server of the configuration; in the demo without one, leaves the message in the mailbox. */
export function sendMail(mail: Mail): Promise<Delivery> {
	mailer ??= createMailer({ smtpUrl: config().smtpUrl, from: config().mailFrom });
	return mailer.send(mail);
}

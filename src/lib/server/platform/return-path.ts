import { createHmac } from 'node:crypto';
import { sameSecret } from './ids.ts';

/** With the mark of a message, what stands before the @ keeps within 64 characters (RFC 5321 §4.5.3.1.1). */
const MAX_LOCAL = 15;
const MARK = /\+([0-9a-f]{32})([0-9a-f]{16})@/i;

export const isReturnAddress = (address: string | null): boolean =>
	address !== null && address.indexOf('@') <= MAX_LOCAL && !address.includes('+');

// Hexadecimal: mail servers may change the case of an address.
const signatureOf = (id: string, key: string) =>
	createHmac('sha256', key).update(`return ${id}`).digest('hex').slice(0, 16);

/** An address of return for one message (« VERP »): says which one came back, and that it was ours. `id` is one of `newId()`. */
export function returnPathOf(id: string, { address, key }: { address: string; key: string }): string {
	const at = address.indexOf('@');
	const mark = Buffer.from(id, 'base64url').toString('hex') + signatureOf(id, key);
	return `${address.slice(0, at)}+${mark}${address.slice(at)}`;
}

/** The message that an address of return names; null when we did not write that address. */
export function messageOfReturnPath(address: string, key: string): string | null {
	const [, hex = '', signature = ''] = MARK.exec(address) ?? [];
	if (!hex) return null;
	const id = Buffer.from(hex, 'hex').toString('base64url');
	return sameSecret(signature.toLowerCase(), signatureOf(id, key)) ? id : null;
}

/**
 * Whether a mail that came back says that its recipient was given up: `Action: failed` of a delivery report (RFC 3464,
 * §2.3.3), or the header that Exim writes instead. A delay, an answer of a robot or of a person is none.
 */
export function isGivenUp(mail: string): boolean {
	const [head = ''] = mail.split(/\r?\n\r?\n/, 1);
	const headers = head.replace(/\r?\n[ \t]+/g, ' ');
	if (/^X-Failed-Recipients:/im.test(headers)) return true;
	if (!/^Content-Type:\s*multipart\/report\b.*\bdelivery-status\b/im.test(headers)) return false;
	const report = /^Content-Type:\s*message\/(?:global-)?delivery-status\b[\s\S]*?(?=^--|(?![\s\S]))/im.exec(mail)?.[0];
	return report !== undefined && /^Action:\s*failed\b/im.test(report);
}

/**
 * Enhanced statuses (RFC 3463 and its registry) that say of the address itself that nothing arrives there: no such mailbox (5.1.1),
 * no such domain (5.1.2), no address at all (5.1.3), moved (5.1.6), a domain that takes no mail (5.1.10), closed (5.2.1), full for
 * good (5.2.2; full for now is 4.2.2), unknown in Microsoft's words (5.4.1), no way there (5.4.4). All others are about that mail, about
 * us (5.1.7, 5.1.8, 5.7.x), or about a server that was away (5.4.7).
 */
const DEAD = /^5\.(?:1\.(?:1|2|3|6|10)|2\.[12]|4\.[14])$/;
/** « Other », or of the address without saying whose: only its words tell (RFC 3463 §3.1, §3.2). */
const SAYS_NOTHING = /^5\.(?:0\.\d+|1\.0)$/;
const STATUS = /(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])/g;

const MAILBOX = String.raw`(?:user|mailbox|mail ?box|recipient|account|address|utilisateur|destinataire|boîte)`;
const NO_MAILBOX = new RegExp(
	String.raw`\b(?:no such|unknown|invalid|unroute?able)\s+(?:local\s+)?${MAILBOX}\b|` +
		String.raw`\b${MAILBOX}\b[^\n]{0,80}?(?:\bunknown|\bunavailable|\bdisabled|\binactive|\bnot found|\bnot exist|n['’]t exist|\bno longer|\binconnu|n['’]existe)|` +
		String.raw`\bdo(?:es)?(?:n['’]t| not) have an? (?:\S+ ){0,3}${MAILBOX}\b`,
	'i',
);
const ABOUT_US =
	/\bsender\b|\bspf\b|\bdkim\b|\bdmarc\b|\bspam|\bblocked\b|\bblock ?list|\bblack ?list|\brbl\b|\breputation\b|\bpolicy\b|\brelay/i;

/**
 * Whether a refusal for good says that the address takes nothing any more. `words`: what the server said, read where its status says
 * nothing.
 */
export function isDeadAddress(status: string | undefined, words: string): boolean {
	const given = [status, ...(words.match(STATUS) ?? [])].find((one) => one && !SAYS_NOTHING.test(one));
	return given ? DEAD.test(given) : NO_MAILBOX.test(words) && !ABOUT_US.test(words);
}

export interface Bounce {
	/** The message that came back. */
	id: string;
	/** The address that was given up, when the report names it. */
	email: string | null;
	/** Nothing more will arrive there (`isDeadAddress`). */
	isDead: boolean;
}

/** The message whose mail came back for good; null for anything else that reaches the address of return. */
export function bouncedMessage(mail: string, recipient: string, key: string): Bounce | null {
	const id = isGivenUp(mail) ? messageOfReturnPath(recipient, key) : null;
	if (id === null) return null;
	const [, status] = /^Status:\s*([245]\.\d{1,3}\.\d{1,3})\b/im.exec(mail) ?? [];
	const [, email] =
		/^Original-Recipient:\s*rfc822\s*;\s*<?([^\s<>;]+@[^\s<>;]+)/im.exec(mail) ??
		/^Final-Recipient:\s*rfc822\s*;\s*<?([^\s<>;]+@[^\s<>;]+)/im.exec(mail) ??
		/^X-Failed-Recipients:\s*<?([^\s<>,]+@[^\s<>,]+)/im.exec(mail) ??
		[];
	return { id, email: email ?? null, isDead: isDeadAddress(status, wordsOf(mail)) };
}

/** What the servers said: the diagnostics of a report, or all that Exim writes before the copy of our own mail. */
function wordsOf(mail: string): string {
	const unfolded = mail.replace(/\r?\n[ \t]+/g, ' ');
	const diagnostics = unfolded.match(/^Diagnostic-Code:.*$/gim);
	if (diagnostics) return diagnostics.join('\n');
	const said = unfolded.replace(/^[\s\S]*?\r?\n\r?\n/, '');
	return said.split(/^-+ ?This is a copy|^Content-Type:\s*(?:message\/rfc822|text\/rfc822-headers)/im, 1)[0]!;
}

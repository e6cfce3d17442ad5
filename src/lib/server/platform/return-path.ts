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

/** An enhanced status (RFC 3463) that is about the address, and not about that mail, its content or our reputation. */
export const isDeadStatus = (status: string) => /^5\.[^3567]\./.test(status);

export interface Bounce {
	/** The message that came back. */
	id: string;
	/** The address that was given up, when the report names it. */
	email: string | null;
	/** Nothing more will arrive there: no mailbox, no such domain, full for good. */
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
	return { id, email: email ?? null, isDead: !status || isDeadStatus(status) };
}

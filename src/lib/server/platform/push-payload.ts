import { createHash } from 'node:crypto';

/** What fits in the 4,096 bytes every push service must take, once encrypted in one record (RFC 8030 §7.2, RFC 8291 §4). */
export const MAX_PLAINTEXT_BYTES = 3993;

export type PushPayload = string | Record<string, unknown>;

const graphemes = new Intl.Segmenter('fr', { granularity: 'grapheme' });
const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8');
const fits = (text: string) => bytesOf(text) <= MAX_PLAINTEXT_BYTES;

/**
 * The same payload with the text of these fields shortened, one after the other, until its JSON fits. A cut falls
 * between two characters as the eye sees them, and shows as « … ».
 */
export function fitPayload<T extends Record<string, unknown>>(payload: T, ...fields: (keyof T & string)[]): T {
	return fields.reduce((current, field) => {
		const text = current[field];
		if (typeof text !== 'string' || fits(JSON.stringify(current))) return current;
		return { ...current, [field]: longest(text, (cut) => fits(JSON.stringify({ ...current, [field]: cut }))) };
	}, payload);
}

/** The bytes to encrypt, or null when even the shortened payload is too long. */
export function plaintextOf(payload: PushPayload): string | null {
	const text =
		typeof payload === 'string'
			? fits(payload)
				? payload
				: longest(payload, fits)
			: JSON.stringify(fitPayload(payload, 'body', 'title'));
	return fits(text) ? text : null;
}

/** Longest beginning of `text`, followed by « … », that is accepted; empty when none is. */
function longest(text: string, accepts: (cut: string) => boolean): string {
	// A unit of text takes a byte at least: nothing beyond this can fit, nor needs to be cut up.
	const starts = Array.from(graphemes.segment(text.slice(0, MAX_PLAINTEXT_BYTES + 1)), ({ index }) => index);
	const cutAt = (position: number) => `${text.slice(0, starts[position]).trimEnd()}…`;
	let low = 0;
	let high = starts.length;
	while (low < high - 1) {
		const middle = (low + high) >> 1;
		if (accepts(cutAt(middle))) low = middle;
		else high = middle;
	}
	return low === 0 ? '' : cutAt(low);
}

const TOPIC = /^[A-Za-z0-9]{1,32}$/;

/** RFC 8030 allows base64url; Mozilla's service takes letters and digits only. */
export const isTopic = (topic: string) => TOPIC.test(topic);

/** A topic for any identifiers: the same ones give the same topic, so that a newer message replaces the pending one. */
export const topicOf = (...parts: string[]) =>
	createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32);

import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** A random identifier: 128 bits, 22 characters of base64url. Tells nothing about time or order. */
export const newId = () => randomBytes(16).toString('base64url');

/**
 * The same parts give the same identifier: what a phone sends twice, because the answer was lost, is there once. One part is
 * random (the form's own `newId()`), so that nobody finds the others from it.
 */
export const idOf = (...parts: string[]) =>
	hash('sha256', parts.join('\u0000'), 'buffer').subarray(0, 16).toString('base64url');

/** A secret for a link or cookie: 256 bits, 43 characters. Only its hash is stored. */
export const newToken = () => randomBytes(32).toString('base64url');

/** What is stored of a token of 128 bits or more: a plain hash is enough (ASVS 6.5.2). */
export const hashToken = (token: string) => hash('sha256', token, 'base64url');

/** Keyed hash for secrets of low entropy (codes), so that a stolen database cannot be searched by trying them all. */
export const pepperedHash = (pepper: string, ...parts: string[]) =>
	createHmac('sha256', pepper).update(parts.join('\u0000')).digest('base64url');

/** Six digits, uniformly drawn. */
export const newCode = () => String(randomInt(0, 1_000_000)).padStart(6, '0');

export function sameSecret(a: string, b: string): boolean {
	const left = Buffer.from(a);
	const right = Buffer.from(b);
	return left.length === right.length && timingSafeEqual(left, right);
}

// No 0/O, 1/I/L, U: a reference is read aloud on the phone and copied by hand.
const READABLE = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

const REFERENCE_END = new RegExp(`^([0-9A-Z]{1,10}?)([${READABLE}]{4})([${READABLE}]{4})$`);

/**
 * Ways to write a reference that what was typed may mean: with or without its hyphens, in small letters; `prefix` is the one of the
 * territory it is looked for in. Empty when it has not the shape of one.
 */
export function possibleReferences(typed: string, prefix: string): string[] {
	const written = typed
		.trim()
		.toUpperCase()
		.replace(/\p{Pd}/gu, '-');
	const compact = written.replace(/[\s-]/g, '');
	const [, before, one, other] = REFERENCE_END.exec(compact) ?? [];
	if (!before) return [];
	const ours = compact.slice(0, -8) === prefix.replaceAll('-', '') ? [`${prefix}-${one}-${other}`] : [];
	return [...new Set([written, `${before}-${one}-${other}`, ...ours])];
}

/** A reference people can read out, e.g. `08-7K4M-2QXR`: prefix of the territory, 8 characters (39 bits). */
export function newReference(prefix: string): string {
	const draw = () => Array.from({ length: 4 }, () => READABLE[randomInt(READABLE.length)]).join('');
	return `${prefix}-${draw()}-${draw()}`;
}

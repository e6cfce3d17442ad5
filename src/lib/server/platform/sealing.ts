import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { config } from './config.ts';

/**
 * Seals texts about a person's health, housing, family or money: AES-256-GCM, key from `DATA_KEY`, bound to its place
 * (`table.column:row`), so that a ciphertext copied to another row does not open.
 * Layout, base64url: version byte 1 · nonce 12 · ciphertext · tag 16.
 */
const VERSION = 1;

const derived = new Map<string, Buffer>();
function keyOf(secret: string): Buffer {
	const known = derived.get(secret);
	if (known) return known;
	const key = createHash('sha256').update(secret).digest();
	derived.set(secret, key);
	return key;
}

/** `place` is `table.column:rowId`. */
export function seal(place: string, text: string): string {
	return sealBytes(place, Buffer.from(text, 'utf8')).toString('base64url');
}

/** @throws when the text was moved, altered, or sealed under another key */
export function unseal(place: string, sealed: string): string {
	return unsealBytes(place, Buffer.from(sealed, 'base64url')).toString('utf8');
}

export function sealBytes(place: string, bytes: Buffer): Buffer {
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', keyOf(config().dataKey), nonce);
	cipher.setAAD(Buffer.from(place));
	return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when the bytes were moved, altered, or sealed under another key than the present or the previous one */
export function unsealBytes(place: string, raw: Buffer): Buffer {
	const { dataKey, dataKeyPrevious } = config();
	try {
		return openedBy(dataKey, place, raw);
	} catch (error) {
		if (!dataKeyPrevious) throw error;
		return openedBy(dataKeyPrevious, place, raw);
	}
}

/**
 * The same under the present key, when it is not; null when it is already. A text keeps its length.
 * @throws when neither the present nor the previous key opens it
 */
export function resealBytes(place: string, raw: Buffer): Buffer | null {
	const { dataKey, dataKeyPrevious } = config();
	try {
		openedBy(dataKey, place, raw);
		return null;
	} catch (error) {
		if (!dataKeyPrevious) throw error;
		return sealBytes(place, openedBy(dataKeyPrevious, place, raw));
	}
}

/** As `resealBytes`, of a sealed text. */
export const reseal = (place: string, sealed: string): string | null =>
	resealBytes(place, Buffer.from(sealed, 'base64url'))?.toString('base64url') ?? null;

function openedBy(secret: string, place: string, raw: Buffer): Buffer {
	if (raw[0] !== VERSION) throw new Error('unknown sealing version');
	const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), raw.subarray(1, 13));
	decipher.setAAD(Buffer.from(place));
	decipher.setAuthTag(raw.subarray(-16));
	return Buffer.concat([decipher.update(raw.subarray(13, -16)), decipher.final()]);
}

export const sealNullable = (place: string, text: string | null | undefined) => (text ? seal(place, text) : null);
export const unsealNullable = (place: string, sealed: string | null) => (sealed ? unseal(place, sealed) : null);

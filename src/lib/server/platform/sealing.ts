import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { config } from './config.ts';

/**
 * Seals texts about a person's health, housing, family or money: AES-256-GCM, key from `DATA_KEY`, bound to its place
 * (`table.column:row`), so that a ciphertext copied to another row does not open.
 * Layout, base64url: version byte 1 · nonce 12 · ciphertext · tag 16.
 */
const VERSION = 1;

let cached: { secret: string; key: Buffer } | undefined;
function key(): Buffer {
	const secret = config().dataKey;
	if (cached?.secret !== secret) cached = { secret, key: createHash('sha256').update(secret).digest() };
	return cached.key;
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
	const cipher = createCipheriv('aes-256-gcm', key(), nonce);
	cipher.setAAD(Buffer.from(place));
	return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws when the bytes were moved, altered, or sealed under another key */
export function unsealBytes(place: string, raw: Buffer): Buffer {
	if (raw[0] !== VERSION) throw new Error('unknown sealing version');
	const decipher = createDecipheriv('aes-256-gcm', key(), raw.subarray(1, 13));
	decipher.setAAD(Buffer.from(place));
	decipher.setAuthTag(raw.subarray(-16));
	return Buffer.concat([decipher.update(raw.subarray(13, -16)), decipher.final()]);
}

export const sealNullable = (place: string, text: string | null | undefined) => (text ? seal(place, text) : null);
export const unsealNullable = (place: string, sealed: string | null) => (sealed ? unseal(place, sealed) : null);

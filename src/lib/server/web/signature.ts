import { createHmac } from 'node:crypto';
import { sameSecret } from '../platform/ids.ts';

/** Whether a body was sent by who holds the key: `sha256=<HMAC-SHA256 of the raw bytes, in hexadecimal>`. */
export const isSignedWith = (key: string, body: string | Buffer, signature: string | null): boolean =>
	sameSecret(`sha256=${createHmac('sha256', key).update(body).digest('hex')}`, signature ?? '');

import crypto, { type ECDH } from 'node:crypto';

/** The receiving end of a push, written from the RFCs and apart from the library that the portal sends with. */

const bytes = (text: string) => Buffer.from(text, 'base64url');
const hkdf = (salt: Buffer, key: Buffer, info: Buffer | string, length: number) =>
	Buffer.from(crypto.hkdfSync('sha256', key, salt, info, length));

export interface Receiver {
	ecdh: ECDH;
	auth: Buffer;
}

interface Secrets {
	salt: Buffer;
	shared: Buffer;
	auth: Buffer;
	receiver: Buffer;
	sender: Buffer;
}

/** Key and nonce of the only record (RFC 8291 §3.4, RFC 8188 §2.2). */
function recordKeys({ salt, shared, auth, receiver, sender }: Secrets) {
	const key = hkdf(auth, shared, Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender]), 32);
	return {
		key: hkdf(salt, key, 'Content-Encoding: aes128gcm\0', 16),
		nonce: hkdf(salt, key, 'Content-Encoding: nonce\0', 12),
	};
}

/** @throws when the body is not one well-formed aes128gcm record for this receiver */
export function decrypt(body: Buffer, { ecdh, auth }: Receiver): Buffer {
	if (body.length < 86 + 17 || body[20] !== 65) throw new Error('bad aes128gcm header');
	const [salt, sender, record] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
	const recordSize = body.readUInt32BE(16);
	if (recordSize < 18 || record.length > recordSize) throw new Error('bad record size');
	const shared = ecdh.computeSecret(sender);
	const { key, nonce } = recordKeys({ salt, shared, auth, receiver: ecdh.getPublicKey(), sender });
	const decipher = crypto.createDecipheriv('aes-128-gcm', key, nonce);
	decipher.setAuthTag(record.subarray(-16));
	const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
	const end = padded.findLastIndex((byte) => byte !== 0);
	if (padded[end] !== 2) throw new Error('missing delimiter of the last record');
	return padded.subarray(0, end);
}

/** RFC 8291 with a given salt and sender key, for the vector of its appendix and for a receiver's own tests. */
export function encrypt(
	text: string,
	receiver: { publicKey: Buffer; auth: Buffer },
	sender: { ecdh: ECDH; salt: Buffer },
): Buffer {
	const own = sender.ecdh.getPublicKey();
	const { key, nonce } = recordKeys({
		salt: sender.salt,
		shared: sender.ecdh.computeSecret(receiver.publicKey),
		auth: receiver.auth,
		receiver: receiver.publicKey,
		sender: own,
	});
	const cipher = crypto.createCipheriv('aes-128-gcm', key, nonce);
	const record = Buffer.concat([cipher.update(text), cipher.update(Buffer.of(2)), cipher.final(), cipher.getAuthTag()]);
	const recordSize = Buffer.alloc(4);
	recordSize.writeUInt32BE(4096);
	return Buffer.concat([sender.salt, recordSize, Buffer.of(65), own, record]);
}

export interface VapidClaims {
	aud: string;
	exp: number;
	sub?: string;
}

/** RFC 8292: the status a push service answers, and the claims when they are good. */
export function verifyVapid(
	authorization: string | undefined,
	expected: { audience: string; publicKey: string; now?: number },
): { status: 201; claims: VapidClaims } | { status: 401 | 403; why: string } {
	const [, token = '', key = ''] = /^vapid\s+t=([^,\s]+)\s*,\s*k=([^,\s]+)$/i.exec(authorization ?? '') ?? [];
	const [header = '', payload = '', signature = ''] = token.split('.');
	if (!header) return { status: 401, why: 'missing' };
	if (key !== expected.publicKey) return { status: 403, why: 'key' };
	const { alg } = JSON.parse(bytes(header).toString()) as { alg: string };
	const publicKey = { key: publicKeyOf(key), dsaEncoding: 'ieee-p1363' } as const;
	const isSigned = crypto.verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, bytes(signature));
	if (alg !== 'ES256' || !isSigned) return { status: 403, why: 'signature' };
	const claims = JSON.parse(bytes(payload).toString()) as VapidClaims;
	if (claims.aud !== expected.audience) return { status: 403, why: 'audience' };
	const seconds = (expected.now ?? Date.now()) / 1000;
	if (!(claims.exp > seconds) || claims.exp > seconds + 86_400) return { status: 403, why: 'expiry' };
	return { status: 201, claims };
}

function publicKeyOf(point: string) {
	const raw = bytes(point);
	const x = raw.subarray(1, 33).toString('base64url');
	const y = raw.subarray(33).toString('base64url');
	return crypto.createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
}

import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import webPush from 'web-push';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt, verifyVapid } from '../../../../tests/support/ece.ts';
import { newKeys } from './config.ts';
import { encrypt as encryptInThread, stopEncrypting } from './push-encryption.ts';
import { cachedVapidHeader } from './push-gateway.ts';

/** The example of RFC 8291, appendix A. */
const VECTOR = {
	text: 'When I grow up, I want to be a watermelon',
	receiver: curve('q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94'),
	sender: curve('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
	auth: Buffer.from('BTBZMqHH6r4Tts7J_aSIgg', 'base64url'),
	salt: Buffer.from('DGv6ra1nlYgDCS1FRnbzlw', 'base64url'),
	body: Buffer.from(
		'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_' +
			'yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
		'base64url',
	),
};

function curve(privateKey: string) {
	const ecdh = crypto.createECDH('prime256v1');
	ecdh.setPrivateKey(Buffer.from(privateKey, 'base64url'));
	return ecdh;
}

test('the receiver of our tests reads the example of RFC 8291', () => {
	expect(decrypt(VECTOR.body, { ecdh: VECTOR.receiver, auth: VECTOR.auth }).toString()).toBe(VECTOR.text);
});

test('the receiver of our tests writes the example of RFC 8291', () => {
	const receiver = { publicKey: VECTOR.receiver.getPublicKey(), auth: VECTOR.auth };
	const sender = { ecdh: VECTOR.sender, salt: VECTOR.salt };
	expect(encrypt(VECTOR.text, receiver, sender)).toEqual(VECTOR.body);
});

test('the library we send with writes the example of RFC 8291', () => {
	const fromWebPush = createRequire(createRequire(import.meta.url).resolve('web-push'));
	const ece = fromWebPush('http_ece') as { encrypt: (text: Buffer, options: object) => Buffer };
	const written = ece.encrypt(Buffer.from(VECTOR.text), {
		version: 'aes128gcm',
		dh: VECTOR.receiver.getPublicKey('base64url'),
		privateKey: VECTOR.sender,
		salt: VECTOR.salt.toString('base64url'),
		authSecret: VECTOR.auth.toString('base64url'),
	});
	expect(written).toEqual(VECTOR.body);
});

test('what the library writes, the receiver reads, and a changed bit it does not', () => {
	const p256dh = VECTOR.receiver.getPublicKey('base64url');
	const auth = VECTOR.auth.toString('base64url');
	const { cipherText } = webPush.encrypt(p256dh, auth, 'Rendez-vous demain à 9 h', 'aes128gcm');
	const receiver = { ecdh: VECTOR.receiver, auth: VECTOR.auth };
	expect(decrypt(cipherText, receiver).toString()).toBe('Rendez-vous demain à 9 h');
	cipherText[100]! ^= 1;
	expect(() => decrypt(cipherText, receiver)).toThrow();
	expect(() => decrypt(VECTOR.body.subarray(0, 90), receiver)).toThrow('bad aes128gcm header');
});

describe('the thread that encrypts', () => {
	const receiver = { ecdh: VECTOR.receiver, auth: VECTOR.auth };
	const ownKeys = { p256dh: VECTOR.receiver.getPublicKey('base64url'), auth: VECTOR.auth.toString('base64url') };
	const many = Array.from({ length: 300 }, (_, i) => `message ${i}`);
	const readAll = (bodies: (Buffer | null)[]) => bodies.map((body) => decrypt(body!, receiver).toString());

	test('gives each message of a burst its own body', async () => {
		const bodies = await Promise.all(many.map((text) => encryptInThread(ownKeys, text)));
		expect(readAll(bodies)).toEqual(many);
		expect(new Set(bodies.map((body) => body!.toString('hex', 0, 86))).size).toBe(many.length);
	});

	test('says so when the keys are none, and goes on', async () => {
		const bad = encryptInThread({ ...ownKeys, p256dh: Buffer.alloc(65, 4).toString('base64url') }, 'a');
		expect(await bad).toBeNull();
		expect(readAll([await encryptInThread(ownKeys, 'b')])).toEqual(['b']);
	});

	test('loses nothing when it dies in the middle, and is started again', async () => {
		const bodies = Promise.all(many.map((text) => encryptInThread(ownKeys, text)));
		await new Promise(setImmediate);
		await stopEncrypting();
		expect(readAll(await bodies)).toEqual(many);
		expect(readAll([await encryptInThread(ownKeys, 'after')])).toEqual(['after']);
	});

	test('does not keep a process from ending', () => {
		const module = new URL('./push-encryption.ts', import.meta.url).href;
		const script = `import(${JSON.stringify(module)}).then(({ encrypt }) => encrypt(${JSON.stringify(ownKeys)}, 'a'))
			.then((body) => console.log(body.length))`;
		const options = { encoding: 'utf8', timeout: 60_000 } as const;
		const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], options);
		expect({ stdout: stdout.trim(), status }).toEqual({ stdout: '104', status: 0 });
	}, 70_000);
});

const keys = newKeys();
const vapid = {
	publicKey: keys.VAPID_PUBLIC_KEY,
	privateKey: keys.VAPID_PRIVATE_KEY,
	subject: 'mailto:contact@example.fr',
};
const GOOGLE = 'https://fcm.googleapis.com';
const start = new Date();
const hoursLater = (hours: number) => new Date(start.getTime() + hours * 3_600_000);

test('our token says to whom, until when and from whom, and is signed', () => {
	const header = cachedVapidHeader(vapid)(GOOGLE, start);
	const checked = verifyVapid(header, { audience: GOOGLE, publicKey: vapid.publicKey });
	expect(checked).toMatchObject({ status: 201, claims: { aud: GOOGLE, sub: vapid.subject } });
});

test.each([
	['for another service', { audience: 'https://web.push.apple.com', publicKey: vapid.publicKey }, 'audience'],
	['of another key', { audience: GOOGLE, publicKey: newKeys().VAPID_PUBLIC_KEY }, 'key'],
	['twelve hours old', { audience: GOOGLE, publicKey: vapid.publicKey, now: +hoursLater(12) + 1000 }, 'expiry'],
])('a token %s is refused by the check', (_, expected, why) => {
	expect(verifyVapid(cachedVapidHeader(vapid)(GOOGLE, start), expected)).toEqual({ status: 403, why });
});

test('a token signed by another key, or none, is refused by the check', () => {
	const [ours = '', theirs = ''] = [vapid, { ...vapid, privateKey: newKeys().VAPID_PRIVATE_KEY }].map((pair) =>
		cachedVapidHeader(pair)(GOOGLE, start),
	);
	const expected = { audience: GOOGLE, publicKey: vapid.publicKey };
	expect(verifyVapid(theirs, expected)).toEqual({ status: 403, why: 'signature' });
	expect(verifyVapid(ours.replace('vapid ', 'WebPush '), expected)).toEqual({ status: 401, why: 'missing' });
	expect(verifyVapid(undefined, expected)).toEqual({ status: 401, why: 'missing' });
});

test('a token serves six hours for its service, then is signed again', () => {
	const header = cachedVapidHeader(vapid);
	const first = header(GOOGLE, start);
	expect(header(GOOGLE, hoursLater(5.9))).toBe(first);
	expect(header('https://web.push.apple.com', start)).not.toBe(first);
	expect(header(GOOGLE, hoursLater(6))).not.toBe(first);
	expect(header(GOOGLE, hoursLater(-7))).not.toBe(first);
});

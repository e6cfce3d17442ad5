import { createECDH, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BROWSER_PUSH_HOSTS } from './config.ts';
import { checkSubscriptionKeys, isAllowedPushEndpoint } from './push-endpoint.ts';

describe('where a push may be sent', () => {
	test.each([
		'https://fcm.googleapis.com/fcm/send/abc:APA91b-x_y',
		'https://fcm.googleapis.com:443/fcm/send/abc',
		'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
		'https://web.push.apple.com/QGuQyavXutnMH',
		'https://db5p.notify.windows.com/w/?token=BQYAAAB%2f',
	])('the browsers’ own services are allowed: %s', (endpoint) => {
		expect(isAllowedPushEndpoint(endpoint, BROWSER_PUSH_HOSTS)).toBe(true);
	});

	test.each([
		['another scheme', 'http://fcm.googleapis.com/x'],
		['another scheme', 'ftp://fcm.googleapis.com/x'],
		['another scheme', 'javascript:alert(1)'],
		['another host', 'https://push.example.fr/x'],
		['a host that only begins the same', 'https://fcm.googleapis.com.example.fr/x'],
		['a host that only ends the same', 'https://evilfcm.googleapis.com/x'],
		['a host that only ends the same', 'https://evilpush.apple.com/x'],
		['a sub-domain where none is listed', 'https://a.fcm.googleapis.com/x'],
		['the bare domain behind a leading dot', 'https://push.apple.com/x'],
		['an empty label', 'https://.web.push.apple.com/x'],
		['an empty label', 'https://web..push.apple.com/x'],
		['a final dot', 'https://fcm.googleapis.com./x'],
		['another port', 'https://fcm.googleapis.com:8443/x'],
		['port zero', 'https://fcm.googleapis.com:0/x'],
		['a user', 'https://me@fcm.googleapis.com/x'],
		['a user and password', 'https://a:b@fcm.googleapis.com/x'],
		['an allowed name as user', 'https://fcm.googleapis.com@10.0.0.1/x'],
		['a backslash', 'https://fcm.googleapis.com\\@10.0.0.1/x'],
		['a backslash', 'https:\\\\fcm.googleapis.com\\x'],
		['a missing slash', 'https:/fcm.googleapis.com/x'],
		['a tab inside', 'https://fcm.goog\tleapis.com/x'],
		['a line break', 'https://fcm.googleapis.com/x\r\nHost: example.fr'],
		['a leading space', ' https://fcm.googleapis.com/x'],
		['percent-encoded letters', 'https://%66cm.googleapis.com/x'],
		['full-width letters', 'https://ｆcm.googleapis.com/x'],
		['a soft hyphen', 'https://fcm.google\u00adapis.com/x'],
		['no path', 'https://fcm.googleapis.com'],
		['nothing', ''],
		['no text', null],
		['no text', ['https://fcm.googleapis.com/x']],
		['two kilobytes', `https://fcm.googleapis.com/${'x'.repeat(2048)}`],
	])('%s is refused: %j', (_, endpoint) => {
		expect(isAllowedPushEndpoint(endpoint, BROWSER_PUSH_HOSTS)).toBe(false);
	});

	const MACHINES = [
		...['localhost', 'a.localhost', 'printer.local', 'db.internal', 'router.lan'],
		...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '0'],
		...['10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '8.8.8.8', '①②⑦.⓪.⓪.①'],
		...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[fd00::1]', '[fe80::1]', '[2001:db8::1]', '[::ffff:7f00:1]'],
	];

	test.each(MACHINES)('a machine of the inside is refused, even when listed by mistake: %s', (host) => {
		for (const port of ['', ':443', ':8443']) {
			const endpoint = `https://${host}${port}/x`;
			const canonical = URL.canParse(endpoint) ? [new URL(endpoint).host, new URL(endpoint).hostname] : [];
			const hosts = [...BROWSER_PUSH_HOSTS, host, ...canonical].filter((entry) => !/^localhost:/.test(entry));
			expect(isAllowedPushEndpoint(endpoint, hosts)).toBe(false);
		}
	});

	test('localhost is allowed for the very port that is listed', () => {
		const hosts = ['localhost:9443'];
		expect(isAllowedPushEndpoint('https://localhost:9443/p/1', hosts)).toBe(true);
		expect(isAllowedPushEndpoint('https://localhost:9444/p/1', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('https://localhost/p/1', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('https://127.0.0.1:9443/p/1', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('https://a.localhost:9443/p/1', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('http://localhost:9443/p/1', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('https://localhost:9443/p/1', ['localhost'])).toBe(false);
	});

	test('a listed port is allowed for that name only', () => {
		const hosts = ['push.example.fr:8443', '.relay.example.fr:8443'];
		expect(isAllowedPushEndpoint('https://push.example.fr:8443/x', hosts)).toBe(true);
		expect(isAllowedPushEndpoint('https://push.example.fr/x', hosts)).toBe(false);
		expect(isAllowedPushEndpoint('https://a.relay.example.fr:8443/x', hosts)).toBe(true);
		expect(isAllowedPushEndpoint('https://relay.example.fr:8443/x', hosts)).toBe(false);
	});

	test('whatever is written, what is allowed is called at a listed host and nowhere else', () => {
		const pieces = [
			...['https://', 'http://', 'HTTPS://', 'fcm.googleapis.com', 'FCM.googleapis.com', 'web.push.apple.com', '.'],
			...['@', ':', ':443', ':8443', '/', '\\', '?', '#', '%2f', '%00', '\t', ' ', '127.0.0.1', 'localhost', '[::1]'],
			...['example.fr', '..', '-', 'é', '\u2044', '\u3002', '0x7f.1', 'user:pass'],
		];
		const random = seeded(20261122);
		let allowed = 0;
		for (let round = 0; round < 50_000; round += 1) {
			const length = 1 + Math.floor(random() * 6);
			const start = random() < 0.7 ? 'https://' : '';
			const endpoint = start + Array.from({ length }, () => pieces[Math.floor(random() * pieces.length)]).join('');
			if (!isAllowedPushEndpoint(endpoint, BROWSER_PUSH_HOSTS)) continue;
			allowed += 1;
			const { protocol, hostname, port, username, password } = new URL(endpoint);
			expect({ protocol, port, username, password }, endpoint).toEqual({
				...{ protocol: 'https:', port: '', username: '', password: '' },
			});
			expect(hostname, endpoint).toMatch(/^fcm\.googleapis\.com$|^[a-z0-9-]+(\.[a-z0-9-]+)*\.push\.apple\.com$/);
		}
		expect(allowed).toBeGreaterThan(50);
	});
});

describe('the keys of a subscription', () => {
	const curve = createECDH('prime256v1');
	const point = curve.generateKeys();
	const p256dh = point.toString('base64url');
	const auth = randomBytes(16).toString('base64url');
	const altered = (change: (bytes: Buffer) => void) => {
		const copy = Buffer.from(point);
		change(copy);
		return copy.toString('base64url');
	};

	test('a point of the curve and sixteen bytes are taken', () => {
		expect(checkSubscriptionKeys({ p256dh, auth })).toBe(true);
		expect(checkSubscriptionKeys({ p256dh: `${p256dh}=`, auth: `${auth}==` })).toBe(true);
	});

	test.each([
		['a point beside the curve', altered((bytes) => (bytes[64]! ^= 1))],
		['a point at the origin', altered((bytes) => bytes.fill(0, 1))],
		['coordinates beyond the field', altered((bytes) => bytes.fill(255, 1))],
		['a hybrid point', altered((bytes) => (bytes[0] = 6))],
		['a compressed point', Buffer.from(curve.getPublicKey(null, 'compressed')).toString('base64url')],
		['a point cut short', point.subarray(0, 64).toString('base64url')],
		['a point with a tail', Buffer.concat([point, Buffer.of(0)]).toString('base64url')],
		['plain base64', `+/${p256dh.slice(2)}`],
		['a megabyte', 'A'.repeat(1_000_000)],
		['nothing', ''],
		['no text', undefined],
		['no text', { length: 87 }],
	])('%s is refused', (_, key) => {
		expect(checkSubscriptionKeys({ p256dh: key, auth })).toBe(false);
	});

	test.each([15, 17, 0, 32])('an authentication secret of %i bytes is refused', (length) => {
		expect(checkSubscriptionKeys({ p256dh, auth: randomBytes(length).toString('base64url') })).toBe(false);
	});
});

/** The same numbers at each run (mulberry32), so that a failure can be seen again. */
function seeded(seed: number) {
	return () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

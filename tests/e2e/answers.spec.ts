import { expect, test } from '@playwright/test';
import http from 'node:http';
import { SECURITY_HEADERS } from '../../security-headers.js';
import { ask, type Asked } from '../support/http.ts';
import { startPortal, type Portal } from '../support/portal.ts';
import { secretsOf } from '../support/secrets.ts';
import { browsersOf, targetsOf, visitsOf } from '../support/visit.ts';
import { startWorld, type World } from '../support/world.ts';

/** What every answer carries, and what is refused before any page is asked (reliability.md §4.1, §4.3). */

const FORM = 'application/x-www-form-urlencoded';
let portal: Portal;
let world: World;
/** What must not be found in the log, besides what the world holds. */
const typed: string[] = [];

test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web', LOG_LEVEL: 'trace' }));
});
test.afterAll(() => portal?.stop());

test('what machines send is checked before it is used', async () => {
	const session = world.sessions.person;
	const bodies = [
		'',
		'{',
		'null',
		'[]',
		'"x"',
		'1e999',
		'{"endpoint":1}',
		'{"__proto__":{"a":1}}',
		'['.repeat(5000),
		'{"a":"\u0000"}',
	];
	const machines = targetsOf(world).filter(({ path }) => path.startsWith('/api/push/'));
	expect(machines.length).toBeGreaterThan(2);
	for (const { path, method } of machines)
		for (const body of bodies) {
			const answer = await ask(portal, path, { method, body, type: 'application/json', session });
			expect.soft(answer.status, `${method} ${path} ${body.slice(0, 20)}`).toBe(400);
		}
	const p256dh = 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM';
	const keys = { p256dh, auth: 'AAAAAAAAAAAAAAAAAAAAAA' };
	const endpoints = [
		'https://evil.example/x',
		'http://fcm.googleapis.com/x',
		'https://fcm.googleapis.com.evil.example/',
		'https://127.0.0.1/',
		'https://user@fcm.googleapis.com@evil.example/',
		'https://fcm.googleapis.com:8443/x',
		'file:///etc/passwd',
		'x',
		'',
	];
	for (const endpoint of endpoints) {
		const answer = await ask(portal, '/api/push/subscribe', { json: { endpoint, keys }, session });
		expect.soft(answer.status, endpoint).toBe(400);
	}
	for (const wrong of [
		{ ...keys, auth: 'AA' },
		{ ...keys, p256dh: `B${'A'.repeat(86)}` },
		{ ...keys, p256dh: 'x' },
	]) {
		const json = { endpoint: 'https://fcm.googleapis.com/fcm/send/x', keys: wrong };
		expect.soft((await ask(portal, '/api/push/subscribe', { json, session })).status).toBe(400);
	}
});

/** A body in pieces, of a length nobody announced. @returns the status; 413 also when the door is shut before the end */
function pour(path: string, megabytes: number): Promise<number> {
	return new Promise((resolve) => {
		const headers = {
			origin: portal.origin,
			'content-type': FORM,
			'x-test-address': '192.0.2.9',
		};
		const request = http.request(portal.origin + path, { method: 'POST', headers }, (response) => {
			response.resume();
			resolve(response.statusCode!);
		});
		request.on('error', () => resolve(413));
		for (let left = megabytes; left > 0; left--) request.write(Buffer.alloc(1 << 20, 'a'));
		request.end();
	});
}

test('what is too large is refused', async () => {
	const body = Buffer.alloc(13 << 20, 'a');
	for (const path of ['/connexion', '/demande/nouvelle/contact', '/api/push/shown']) {
		const answer = await ask(portal, path, { body, type: FORM });
		expect.soft(answer.status, path).toBe(413);
		expect.soft(await pour(path, 13), `${path} in pieces`).toBe(413);
	}
	expect((await ask(portal, '/', { cookies: [`session=${'a'.repeat(20_000)}`] })).status).toBe(431);
	expect(
		(await ask(portal, '/', { cookies: [`session=${'a'.repeat(10_000)}`, 'browser=%', 'territory=__proto__'] })).status,
	).toBe(200);
	expect((await ask(portal, '/api/health')).status).toBe(200);
});

test('every answer carries the headers that protect, and personal ones are kept nowhere', async () => {
	const session = world.sessions.person;
	const page = await ask(portal, '/accueil', { session });
	const script = /<script[^>]+src="([^"]+)"/.exec(page.body)?.[1];
	const answers: [string, Asked, number][] = [
		['page', page, 200],
		['start', await ask(portal, '/'), 200],
		['redirection', await ask(portal, '/accueil'), 303],
		['foreign origin', await ask(portal, '/connexion', { form: {}, origin: null }), 403],
		['unknown page', await ask(portal, '/nulle-part'), 404],
		['other role', await ask(portal, '/pro', { session }), 404],
		['refused form', await ask(portal, '/connexion', { form: { contact: '' } }), 400],
		['too large', await ask(portal, '/connexion', { body: Buffer.alloc(13 << 20, 'a'), type: FORM }), 413],
		['worker', await ask(portal, '/service-worker.js'), 200],
		['script', await ask(portal, script ?? '/'), 200],
		['machine', await ask(portal, '/api/health'), 200],
	];
	for (const [what, answer, status] of answers) {
		expect.soft(answer.status, what).toBe(status);
		expect.soft(answer.headers, what).toMatchObject(SECURITY_HEADERS);
		const policy = answer.headers['content-security-policy'] ?? '';
		expect.soft(policy, what).toMatch(/default-src 'none'/);
		expect.soft(policy, what).toMatch(/frame-ancestors 'none'/);
		expect.soft(policy, what).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
	}
	expect(page.headers['cache-control']).toContain('no-store');
	for (const { at, actor } of visitsOf(world).filter(({ actor }) => actor !== 'visitor')) {
		const { headers } = await ask(portal, at, { session: world.sessions[actor as 'lead'] });
		expect.soft(headers['cache-control'], `${at} as ${actor}`).toContain('no-store');
	}
});

test('nobody is led elsewhere after signing in', async () => {
	const elsewhere = [
		'//evil.example',
		'https://evil.example',
		'/\\evil.example',
		'\\\\evil.example',
		'/\t/evil.example',
		'/%09/evil.example',
		'javascript:alert(1)',
		'/..//evil.example',
		'/@evil.example',
		' //evil.example',
		'/\u0000',
		'///evil.example',
		'/x\r\nLocation: https://evil.example',
	];
	const isOurs = (location: string) =>
		URL.canParse(location, portal.origin) && new URL(location, portal.origin).origin === portal.origin;
	for (const next of elsewhere) {
		const { status, location } = await ask(portal, `/connexion?suite=${encodeURIComponent(next)}`, {
			session: world.sessions.other,
		});
		expect.soft(status, next).toBe(303);
		expect.soft(isOurs(location), `${next} leads to ${location}`).toBe(true);
	}
	const browsers = await browsersOf(portal, world);
	const contact = world.contacts.person;
	await browsers.visitor.ask('/connexion', {
		form: { contact, device: 'own', next: '//evil.example', suite: '//evil.example' },
	});
	await expect.poll(async () => (await codes(contact)).length).toBeGreaterThan(0);
	const [code] = await codes(contact);
	const entered = await browsers.visitor.ask('/connexion/code?/check', { form: { code: code! } });
	expect(entered.status).toBe(303);
	expect(entered.location).toBe('/accueil');
	for (const cookie of entered.cookies.filter((cookie) => cookie.startsWith('session=')))
		expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
	typed.push(code!, browsers.visitor.jar.get('session')!, browsers.visitor.jar.get('browser')!);
});

async function codes(contact: string): Promise<string[]> {
	const { body } = await ask(portal, `/demo/messages?destinataire=${encodeURIComponent(contact)}`);
	return [...body.matchAll(/data-code[^>]*>\s*(\d{3}) ?(\d{3})/g)].map(([, one, two]) => one! + two!);
}

test('over https, cookies belong to the very host and the promise of https is made', async () => {
	const origin = 'https://portail.example.fr';
	const secure = await startPortal({ env: { ORIGIN: origin, ROLE: 'web' } });
	try {
		const asked = await ask(secure, '/connexion', { origin, form: { contact: 'xavier@example.fr', device: 'own' } });
		expect(asked.cookies.length).toBeGreaterThan(0);
		for (const cookie of asked.cookies)
			expect(cookie).toMatch(
				/^__Host-[\w-]+=[^;]+;(?=.*; Path=\/)(?=.*; HttpOnly)(?=.*; Secure)(?=.*; SameSite=Lax)(?!.*Domain)/,
			);
		for (const path of ['/', '/nulle-part', '/service-worker.js', '/api/health'])
			expect((await ask(secure, path)).headers['strict-transport-security'], path).toMatch(/max-age=63072000/);
	} finally {
		await secure.stop();
	}
});

test('the log names nobody, and tells no code, token or cookie', () => {
	expect(secretsOf(portal.log(), world, ['xavier', 'evil.example', ...typed])).toEqual([]);
	expect(portal.log()).not.toContain('unexpected error');
});

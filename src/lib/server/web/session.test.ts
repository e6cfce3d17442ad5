import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { describe, expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { ownAppDatabase } from '../../../../tests/support/app-database.ts';
import { db } from '../db/index.ts';
import { refuseMalformedForm } from './body.ts';
import { ensureBrowser, findBrowser } from './browser.ts';
import { endSession, readSession, startSession } from './session.ts';
import { readAttempt, rememberAttempt } from './sign-in.ts';

ownAppDatabase();

type SetOptions = Parameters<Cookies['set']>[2];

/** A browser as Kit shows it to an action: a jar of cookies and one instant per request. */
function aBrowser() {
	const jar = new Map<string, string>();
	const written = new Map<string, SetOptions>();
	const cookies = {
		get: (name: string) => jar.get(name),
		set(name: string, value: string, options: SetOptions) {
			jar.set(name, value);
			written.set(name, options);
		},
		delete: (name: string) => jar.delete(name),
	} as unknown as Cookies;
	const at = (now: Date) =>
		({
			cookies,
			locals: { now, account: null, locale: 'fr' },
			request: new Request('https://portail.example.fr/', { headers: { 'user-agent': 'Android' } }),
		}) as unknown as RequestEvent;
	return { jar, written, at };
}

const DAY = 24 * 3_600_000;

describe('the cookie of a session', () => {
	test('belongs to this host alone, over https, out of reach of scripts and of other sites', async () => {
		const person = await aPerson(db);
		const { jar, written, at } = aBrowser();
		await startSession(at(NOW), person.account.id, 'own_phone');
		expect([...jar.keys()]).toEqual(['__Host-session']);
		expect(written.get('__Host-session')).toEqual({
			path: '/',
			httpOnly: true,
			secure: true,
			sameSite: 'lax',
			maxAge: (30 * DAY) / 1000,
		});
	});

	test.each(['shared_phone', 'professional'] as const)('of a %s session goes when the browser closes', async (kind) => {
		const person = await aPerson(db);
		const { written, at } = aBrowser();
		await startSession(at(NOW), person.account.id, kind);
		expect(written.get('__Host-session')!.maxAge).toBeUndefined();
	});

	test('changes at each sign-in, and the one before opens nothing', async () => {
		const [alix, sami] = [await aPerson(db), await aPerson(db)];
		const { jar, at } = aBrowser();
		await startSession(at(NOW), alix.account.id, 'own_phone');
		const before = jar.get('__Host-session')!;
		await startSession(at(NOW), sami.account.id, 'own_phone');
		expect((await readSession(at(NOW)))!.personId).toBe(sami.id);
		jar.set('__Host-session', before);
		expect(await readSession(at(NOW))).toBeNull();
	});

	test('is dropped once the session is over, or when it is none of ours', async () => {
		const person = await aPerson(db);
		const { jar, at } = aBrowser();
		await startSession(at(NOW), person.account.id, 'shared_phone');
		expect(await readSession(at(new Date(NOW.getTime() + DAY)))).toBeNull();
		expect(jar.size).toBe(0);
		jar.set('__Host-session', 'x'.repeat(20_000));
		expect(await readSession(at(NOW))).toBeNull();
	});

	test('opens nothing after sign-out, even when it was copied', async () => {
		const person = await aPerson(db);
		const { jar, at } = aBrowser();
		await startSession(at(NOW), person.account.id, 'own_phone');
		const copied = jar.get('__Host-session')!;
		const event = at(NOW);
		event.locals.account = await readSession(event);
		await endSession(event);
		expect(jar.size).toBe(0);
		jar.set('__Host-session', copied);
		expect(await readSession(at(NOW))).toBeNull();
	});
});

describe('what a browser carries while somebody signs in', () => {
	const attempt = { contact: 'alix@example.fr', isOwnPhone: true, next: '/accueil' };

	test('names nobody in clear, and opens in that browser only', () => {
		const { jar, at } = aBrowser();
		const event = at(NOW);
		rememberAttempt(event, ensureBrowser(event), attempt);
		expect([...jar.values()].join()).not.toContain('alix');
		expect(readAttempt(event)).toEqual(attempt);
		jar.set('__Host-browser', 'B'.repeat(43));
		expect(readAttempt(event)).toBeNull();
	});

	test('is ignored when it is altered', () => {
		const { jar, at } = aBrowser();
		const event = at(NOW);
		rememberAttempt(event, ensureBrowser(event), attempt);
		for (const forged of ['', 'AAAA', 'é', `${jar.get('__Host-sign-in')!.slice(0, -4)}AAAA`]) {
			jar.set('__Host-sign-in', forged);
			expect(readAttempt(event), forged).toBeNull();
		}
	});

	test('is a random name that it keeps', () => {
		const { at } = aBrowser();
		expect(findBrowser(at(NOW))).toBeNull();
		const name = ensureBrowser(at(NOW));
		expect(name).toHaveLength(43);
		expect(ensureBrowser(at(NOW))).toBe(name);
	});
});

test('a body that is not the form it claims to be is refused with 400', async () => {
	const headers = { 'content-type': 'multipart/form-data; boundary=x' };
	const request = new Request('https://portail.example.fr/', { method: 'POST', headers, body: 'no form' });
	await expect(refuseMalformedForm(request).formData()).rejects.toMatchObject({ status: 400 });
	const good = new Request('https://portail.example.fr/', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
	expect((await refuseMalformedForm(good).formData()).get('a')).toBe('1');
});

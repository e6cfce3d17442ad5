import { expect, test } from '@playwright/test';
import { signInAs } from './fixtures.ts';
import { startFront, type Front } from './front.ts';
import { openPhone, type Phone } from './phone.ts';
import { seededCopy, startPortal, type Portal } from './portal.ts';

/** A seeded portal, what stands between it and a phone, and a new phone for each test of a file. */
export interface PhoneHome {
	front: Front;
	portal: Portal;
	phone: Phone;
	/** Opens a page and waits until the worker stands behind it. */
	visit(path: string): Promise<void>;
	/** How many rows this phone keeps in a store. */
	rows(store: 'agenda' | 'queue' | 'settings'): Promise<number>;
	signIn(contact: string, options?: { shared?: boolean }): Promise<void>;
	signInWithAgenda(contact: string): Promise<void>;
	/** What the portal says about this phone. */
	note(): ReturnType<Phone['page']['locator']>;
}

/** To be called once, at the top of a file of browser tests. */
export function usePhone(): PhoneHome {
	const home = {} as PhoneHome;
	Object.assign(home, {
		async visit(path: string) {
			const { page } = home.phone;
			await home.phone.open(home.front.origin + path);
			await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
			await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
		},
		rows: async (store: string) => (await home.phone.stored()).databases.portal?.[store] ?? 0,
		async signIn(contact: string, options = {}) {
			await signInAs(home.phone.context, { ...home.portal, origin: home.front.origin }, contact, options);
			await home.visit('/accueil');
		},
		async signInWithAgenda(contact: string) {
			await home.signIn(contact);
			await expect.poll(() => home.rows('agenda')).toBe(1);
		},
		note: () => home.phone.page.locator('#phone-note'),
	} satisfies Partial<PhoneHome>);

	test.beforeAll(async () => {
		home.front = await startFront();
		home.portal = await startPortal({ dataDir: seededCopy(), env: { ORIGIN: home.front.origin } });
		home.front.target = home.portal.origin;
	});
	test.afterAll(async () => {
		await home.portal?.stop();
		await home.front?.stop();
	});
	test.beforeEach(async () => {
		home.phone = await openPhone(home.front.origin);
	});
	test.afterEach(async () => {
		Object.assign(home.front, { target: home.portal.origin, onRequest: () => 'pass', workerSuffix: '' });
		await home.phone.close();
	});
	return home;
}

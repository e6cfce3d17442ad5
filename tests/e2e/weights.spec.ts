import type { Page, Request } from '@playwright/test';
import { demoAccount, expect, signInAs, test, withDatabase } from '../support/fixtures.ts';

/** Budgets of architecture.md §9: bytes as served, on a first visit, by the built portal itself. */
const KB = 1000;
const KIB = 1024;
const START = { total: 14 * KB, requestsBeforePaint: 1 };
const PERSON = { html: 14 * KB, total: 65 * KB, requests: 8, script: 50 * KIB };
const STAFF = { script: 90 * KIB };

interface Weight {
	html: number;
	script: number;
	total: number;
	requests: number;
	/** Asked for before anything can be shown: the page, and styles or scripts that block it. */
	beforePaint: number;
}

/** What one first visit costs on the wire, bodies as served, headers apart; the service worker's own traffic comes later and is not counted. */
async function weigh(page: Page, address: string): Promise<Weight> {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	const blocking = new Set<string>();
	cdp.on('Network.requestWillBeSent', ({ type, renderBlockingBehavior, request }) => {
		if (type === 'Document' || renderBlockingBehavior === 'Blocking') blocking.add(request.url);
	});
	const done: Request[] = [];
	const note = (request: Request) => request.url().startsWith('data:') || done.push(request);
	page.on('requestfinished', note);
	const response = await page.goto(address, { waitUntil: 'networkidle' });
	page.off('requestfinished', note);
	expect(response?.status(), address).toBe(200);
	await cdp.detach();
	const sizes = await Promise.all(
		done.map(async (request) => ({ type: request.resourceType(), bytes: (await request.sizes()).responseBodySize })),
	);
	const sum = (type?: string) => sizes.reduce((bytes, one) => bytes + (!type || one.type === type ? one.bytes : 0), 0);
	const html = sum('document');
	// A page always weighs something: a measure of nothing would pass every budget.
	expect(html, `HTML of ${address}`).toBeGreaterThan(1000);
	return { html, script: sum('script'), total: sum(), requests: sizes.length, beforePaint: blocking.size };
}

const PUBLIC_PAGES = [
	'/',
	'/?commune=sedan',
	'/connexion',
	'/demande/nouvelle',
	'/demande/nouvelle/urgence',
	'/aide',
	'/accessibilite',
	'/confidentialite',
	'/resultats',
	'/en',
	'/en/demande/nouvelle',
];
const PERSON_PAGES = [
	'/accueil',
	'/parcours',
	'/rendez-vous',
	'/demande',
	'/aides',
	'/avis',
	'/compte',
	'/compte/notifications',
	'/compte/acces',
	'/compte/donnees',
	'/en/accueil',
];
const STAFF_PAGES = ['/pro', '/pro/personnes', '/pro/demandes', '/pro/agenda', '/pro/rappels', '/pro/aides'];
const STEERING_PAGES = ['/pilotage', '/pilotage/delais', '/pilotage/evaluation', '/pilotage/territoire'];

test.use({ serviceWorkers: 'block' });
// The last file of a run waits for silence after each page: neither worker has it all.
test.describe.configure({ mode: 'parallel' });

test('the start page is 14 kB in all and shows after one request', async ({ page, portal }) => {
	const weight = await weigh(page, `${portal.origin}/`);
	expect(weight.total).toBeLessThanOrEqual(START.total);
	expect(weight.beforePaint).toBeLessThanOrEqual(START.requestsBeforePaint);
});

for (const [name, pages, contactRole] of [
	['a visitor', PUBLIC_PAGES, null],
	['a person', PERSON_PAGES, 'beneficiary'],
] as const) {
	test(`each page of ${name} fits its budget`, async ({ browser, portal }) => {
		const table: Record<string, Weight> = {};
		for (const path of pages) {
			const context = await browser.newContext({ serviceWorkers: 'block' });
			if (contactRole) await signInAs(context, portal, demoAccount(portal, contactRole).contact);
			table[path] = await weigh(await context.newPage(), portal.origin + path);
			await context.close();
		}
		console.table(table);
		for (const [path, weight] of Object.entries(table)) {
			expect.soft(weight.html, `HTML of ${path}`).toBeLessThanOrEqual(PERSON.html);
			expect.soft(weight.total, `all of ${path}`).toBeLessThanOrEqual(PERSON.total);
			expect.soft(weight.requests, `requests of ${path}`).toBeLessThanOrEqual(PERSON.requests);
			expect.soft(weight.script, `script of ${path}`).toBeLessThanOrEqual(PERSON.script);
		}
	});
}

test('pages of professionals ship little script and no drawing code', async ({ browser, portal }) => {
	for (const [role, pages] of [
		['referent', STAFF_PAGES],
		['coordinator', STEERING_PAGES],
	] as const) {
		const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1280, height: 800 } });
		await signInAs(context, portal, demoAccount(portal, role).contact);
		for (const path of pages) {
			const page = await context.newPage();
			const { script } = await weigh(page, portal.origin + path);
			expect.soft(script, `script of ${path}`).toBeLessThanOrEqual(STAFF.script);
			await page.close();
		}
		await context.close();
	}
});

test('one person’s own pages under an id fit too', async ({ browser, portal }) => {
	const { contact } = demoAccount(portal, 'beneficiary');
	const [appointment, request] = withDatabase(portal, (database) => {
		const of = (table: string, column: string) =>
			(
				database
					.prepare(
						`SELECT t.${column} AS it FROM ${table} t JOIN account a ON a.person_id = t.person_id WHERE a.email = ? AND t.${column} IS NOT NULL LIMIT 1`,
					)
					.get(contact) as { it: string }
			).it;
		return [of('appointment', 'id'), of('support_request', 'reference')];
	});
	for (const path of [`/rendez-vous/${appointment}`, `/demande/${request}`]) {
		const context = await browser.newContext({ serviceWorkers: 'block' });
		await signInAs(context, portal, contact);
		const weight = await weigh(await context.newPage(), portal.origin + path);
		expect.soft(weight.html, `HTML of ${path}`).toBeLessThanOrEqual(PERSON.html);
		expect.soft(weight.total, `all of ${path}`).toBeLessThanOrEqual(PERSON.total);
		await context.close();
	}
});

test('what a person’s phone keeps for offline is under 300 kB, and nothing of it is for professionals', async ({
	browser,
	portal,
}) => {
	const context = await browser.newContext({ serviceWorkers: 'allow' });
	const page = await context.newPage();
	await page.goto(`${portal.origin}/`);
	const kept = await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
		const found: { path: string; bytes: number }[] = [];
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys()) {
				const bytes = (await (await cache.match(request))!.blob()).size;
				found.push({ path: new URL(request.url).pathname, bytes });
			}
		}
		return found;
	});
	await context.close();
	expect(kept.length).toBeGreaterThan(3);
	expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(300 * KB);
	expect(kept.filter(({ path }) => /pro|pilotage/.test(path))).toEqual([]);
});

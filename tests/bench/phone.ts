import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM_FLAGS, ensureChromium } from '../support/chromium.mjs';
import { demoAccount, openSessionOf } from '../support/fixtures.ts';
import { startPortal, type Portal } from '../support/portal.ts';
import { atMost, folder, median, type Figure, type Part } from './harness.ts';

/**
 * Journeys on an old phone at a bus stop, in every language: 360 dots, CPU six times slower, 400 ms and 400 kbit/s
 * (ux.md §3). Each page is kept as a picture in test-results/phone, to be looked at.
 */
const NETWORK = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const CPU_SLOWER = 6;
const SEEN_WITHIN_MS = 100;
const SHOWN_WITHIN_MS = 5_000;
/** What Chromium counts for a dot that moves by a rounding. */
const STILL = 0.001;
const PICTURES = path.join('test-results', 'phone');
const { locales } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as { locales: string[] };

interface Shown {
	page: string;
	/** Of the first words, in milliseconds. */
	paint: number;
	/** Share of the screen that jumped after it was shown. */
	shift: number;
	/** From the tap that led here to something that moves. */
	tap?: number;
}
type Marks = { shift?: number };

/** Watches every page from its first moment. */
function watch(): void {
	const marks = window as Marks;
	marks.shift = 0;
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
			if (!entry.hadRecentInput) marks.shift! += entry.value;
	}).observe({ type: 'layout-shift', buffered: true });
	addEventListener('click', ({ timeStamp }) =>
		requestAnimationFrame(() =>
			setTimeout(() => {
				const isMoving = document.documentElement.classList.contains('leaving');
				// Read on the next page.
				if (isMoving) sessionStorage.setItem('tap', String(performance.now() - timeStamp));
			}),
		),
	);
}

class Journey {
	readonly shown: Shown[] = [];
	constructor(
		readonly page: Page,
		readonly origin: string,
		readonly locale: string,
	) {}

	at = (address: string) => (this.locale === 'fr' ? address : `/${this.locale}${address === '/' ? '' : address}`);

	async open(address: string): Promise<void> {
		await this.page.goto(this.origin + this.at(address), { waitUntil: 'load' });
		await this.look();
	}

	/** Taps what leads to another page. */
	async tap(selector: string): Promise<void> {
		const { page } = this;
		const control = page.locator(selector).first();
		await control.scrollIntoViewIfNeeded();
		await page.evaluate(() => sessionStorage.removeItem('tap'));
		// Nothing is waited for: what is slow is the phone, not who taps.
		await Promise.all([page.waitForEvent('load'), control.tap({ noWaitAfter: true })]);
		const tap = await page.evaluate(() => Number(sessionStorage.getItem('tap') ?? Infinity));
		await this.look(tap);
	}

	private async look(tap?: number): Promise<void> {
		const { page } = this;
		// What the script adds after the page is shown would move it.
		await page.waitForLoadState('networkidle');
		await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
		const { paint, shift } = await page.evaluate(() => ({
			paint: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
			shift: (window as Marks).shift ?? 0,
		}));
		const name = new URL(page.url()).pathname;
		this.shown.push({ page: name, paint, shift, tap });
		const number = String(this.shown.length).padStart(2, '0');
		const file = `${this.locale}-${number}-${name.replace(/^\/(?:en|ar|uk)(?=\/|$)/, '').replace(/\W+/g, '-')}.png`;
		await page.screenshot({ path: path.join(PICTURES, file), fullPage: true });
	}
}

/** From the first page to the receipt, by what is there in every language. */
async function askForHelp(journey: Journey): Promise<void> {
	const { page } = journey;
	const next = 'main form:has(input, textarea) button:not([type="button"]), main form button';
	await journey.open('/');
	await journey.tap('main a[href$="/demande/nouvelle"]');
	await page.locator('main input[value="housing"]').check();
	await journey.tap(next);
	await journey.tap(next);
	await page.locator('main input[type="search"], main input[type="text"]').first().fill('sedan');
	await journey.tap('main form button');
	await page.locator('main input[type="radio"]').first().check();
	await journey.tap('main form[method="POST" i] button');
	await page.locator('main input[type="checkbox"]').last().check();
	await journey.tap(next);
	await journey.tap(next);
	await page.locator('main input[name="firstName"]').fill('Aïcha');
	await page.locator('main input[name="lastName"]').fill('Roux');
	await page.locator('main input[name="email"]').fill(`lent.${journey.locale}@example.fr`);
	await journey.tap(next);
	await journey.tap('main form[data-queue] button');
}

async function followOwnPathway(journey: Journey): Promise<void> {
	await journey.open('/accueil');
	await journey.tap('nav a[href$="/parcours"]');
	await journey.tap('nav a[href$="/rendez-vous"]');
	await journey.tap('main a[href*="/rendez-vous/"]');
	await journey.tap('nav a[href$="/compte"]');
	await journey.open('/aides');
	await journey.open('/avis');
	await journey.open('/demande');
	await journey.open('/confidentialite');
	await journey.open('/accessibilite');
}

async function oldPhone(context: BrowserContext): Promise<Page> {
	await context.addInitScript(watch);
	const page = await context.newPage();
	const cdp = await context.newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.emulateNetworkConditions', NETWORK);
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
	return page;
}

async function seededPortal(): Promise<Portal> {
	const dataDir = path.join(folder, 'phone');
	mkdirSync(dataDir, { recursive: true });
	const seeded = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/seed.ts'], {
		env: { ...process.env, DEMO: '1', DATA_DIR: dataDir },
	});
	if (seeded.status !== 0) throw new Error(`the demo data could not be made: ${String(seeded.stderr)}`);
	return startPortal({ dataDir, env: { ROLE: 'web', LOG_LEVEL: 'error' } });
}

function figuresOf(locale: string, shown: Shown[]): Figure[] {
	const worst = (value: (one: Shown) => number) =>
		shown.reduce((found, one) => (value(one) > value(found) ? one : found), shown[0]!);
	const [paint, shift] = [worst((one) => one.paint), worst((one) => one.shift)];
	// One tap alone tells as much of the machine as of the page.
	const tap = median(shown.flatMap(({ tap }) => tap ?? []));
	return [
		{
			name: `${locale}, first visit, first words`,
			value: shown[0]!.paint,
			unit: 'ms',
			limit: atMost(shown[0]!.paint, SHOWN_WITHIN_MS, 'ms'),
		},
		{
			name: `${locale}, slowest of ${shown.length} pages, first words (${paint.page})`,
			value: paint.paint,
			unit: 'ms',
			limit: atMost(paint.paint, SHOWN_WITHIN_MS, 'ms'),
		},
		{
			name: `${locale}, from a tap to something that moves`,
			value: tap,
			unit: 'ms',
			limit: atMost(tap, SEEN_WITHIN_MS, 'ms'),
		},
		{
			name: `${locale}, largest jump of a page (${shift.page})`,
			value: shift.shift,
			unit: '',
			limit: atMost(shift.shift, STILL, ''),
		},
	];
}

const part: Part = {
	name: 'phone',
	usesBuild: true,
	async run() {
		mkdirSync(PICTURES, { recursive: true });
		const portal = await seededPortal();
		const browser = await chromium.launch({ executablePath: await ensureChromium(), args: CHROMIUM_FLAGS });
		const figures: Figure[] = [];
		try {
			for (const locale of locales) {
				const context = await browser.newContext({
					...{ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 1 },
					// What passes through the worker would not be slowed down.
					serviceWorkers: 'block',
					locale,
				});
				const page = await oldPhone(context);
				const journey = new Journey(page, portal.origin, locale);
				await askForHelp(journey);
				const value = openSessionOf(portal, demoAccount(portal, 'beneficiary').contact);
				await context.addCookies([{ name: 'session', value, url: portal.origin }]);
				await followOwnPathway(journey);
				await context.close();
				figures.push(...figuresOf(locale, journey.shown));
			}
		} finally {
			await browser.close();
			await portal.stop();
		}
		return figures;
	},
};
export default part;

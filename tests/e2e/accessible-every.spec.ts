import { expect, test, type Browser, type Page } from '@playwright/test';
import type { Locale } from '../../src/lib/paraglide/runtime.js';
import { AXE, problemsOf } from '../support/axe.ts';
import { focusProblems, forcedColourProblems, measuredProblems, spacingProblems } from '../support/measured.ts';
import type { Portal } from '../support/portal.ts';
import { browsersOf, visitsOf } from '../support/visit.ts';
import { startWorld, type ActorName, type World } from '../support/world.ts';

/**
 * Every page there is, as somebody who may see it: enumerated from the routes, so that a new page cannot be forgotten; with
 * all there is to show, with nothing yet, and with a form refused; on a small phone and on a desk. Without network:
 * phone-offline.spec.ts. Texts of this world are long words without a space: what does not wrap shows at 320 px.
 */
let portal: Portal;
let world: World;

test.describe.configure({ mode: 'parallel' });
test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web' }));
});
test.afterAll(() => portal?.stop());

const SMALL = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
const isDesk = (at: string) => /\/(pro|pilotage)(\/|$)/.test(at);
const inLanguage = (at: string, locale: Locale) => (locale === 'fr' ? at : `/${locale}${at === '/' ? '' : at}`);

interface Visit {
	name: string;
	at: string;
	actor: ActorName | 'newcomer';
	/** Seen already by somebody else, or nearly the same: at one size, in turn. */
	isAgain?: boolean;
	/** By somebody who has nothing yet. */
	isEmpty?: boolean;
}

/** Pages by another question, and by none. */
const MORE: Visit[] = [
	{ name: 'a commune by its name', at: '/?commune=sedan', actor: 'visitor' },
	{ name: 'a commune nobody knows', at: '/?commune=zzz', actor: 'visitor' },
	{ name: 'no such page', at: '/page-qui-n-existe-pas', actor: 'visitor' },
	{ name: 'those who wait', at: '/pro/demandes?statut=waiting', actor: 'lead' },
];
/** Who has nothing yet, by whom the page is for. */
const EMPTY: Partial<Record<ActorName, Visit['actor']>> = {
	person: 'newcomer',
	lead: 'stranger',
	coordinator: 'farCoordinator',
};

function visits(desks: boolean): Visit[] {
	const known = new Set<string>();
	const all = visitsOf(world).flatMap(({ id, at, actor }): Visit[] => {
		const empty = EMPTY[actor];
		// Under an id stands something that exists.
		const isList = empty && !id.includes('[');
		const isAgain = known.has(at);
		known.add(at);
		return [
			{ name: `${id} as ${actor}`, at, actor, isAgain },
			...(isList ? [{ name: `${id} as ${empty}, empty`, at, actor: empty, isAgain: true, isEmpty: true }] : []),
		];
	});
	return [...all, ...MORE].filter(({ at }) => isDesk(at) === desks);
}

/** What is said on the console of any page goes to `noise`. */
async function openPages(browser: Browser, noise: string[]) {
	const jars = await browsersOf(portal, world);
	const pages = new Map<Visit['actor'], Page>();
	async function open(actor: Visit['actor']): Promise<Page> {
		const context = await browser.newContext({
			serviceWorkers: 'block',
			viewport: SMALL,
			// The policy of our pages refuses the styles of the spacing check.
			bypassCSP: true,
			reducedMotion: 'reduce',
		});
		const jar =
			actor in jars
				? jars[actor as ActorName].jar
				: new Map([['session', actor === 'newcomer' ? world.newcomer : world.sessions[actor as 'stranger']]]);
		await context.addCookies([...jar].map(([name, value]) => ({ name, value, url: portal.origin })));
		await context.addInitScript(AXE);
		const page = await context.newPage();
		page.on('console', (message) => {
			if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
				noise.push(`${page.url()}: ${message.text()}`);
		});
		pages.set(actor, page);
		return page;
	}
	return {
		/** One page for each of them, kept: opening one costs as much as looking at it. */
		page: async (actor: Visit['actor']) => pages.get(actor) ?? (await open(actor)),
		close: () => Promise.all([...pages.values()].map((page) => page.context().close())),
	};
}

/** On a small phone, as wide as a desk, or both. */
async function problemsAt(page: Page, locale: Locale, sizes: (typeof SMALL)[]): Promise<string[]> {
	const found: string[] = [];
	for (const size of sizes) {
		await page.setViewportSize(size);
		found.push(...(await problemsOf(page, locale)).map((problem) => `${problem} at ${size.width} px`));
	}
	await page.setViewportSize(SMALL);
	return found;
}

for (const [whose, locale] of [
	['people', 'fr'],
	['people', 'ar'],
	['desks', 'fr'],
] as const)
	test(`every page of ${whose} is accessible in ${locale}, full, empty and refused`, async ({ browser }) => {
		test.setTimeout(900_000);
		const problems: Record<string, string[]> = {};
		const noise: string[] = [];
		const pages = await openPages(browser, noise);
		const note = (what: string, found: string[]) => {
			if (found.length === 0) return;
			problems[what] = found;
			// Said at once: there are many pages.
			console.log(what, found);
		};
		const seen = { pages: 0, refused: 0 };
		const tried = new Set<string>();
		let turn = 0;
		const oneSize = () => [[SMALL, WIDE][turn++ % 2]!];
		for (const { name, at, actor, isAgain, isEmpty } of visits(whose === 'desks')) {
			// The same page seen by somebody else is the same in another language.
			if (locale !== 'fr' && isAgain && !isEmpty) continue;
			const page = await pages.page(actor);
			const response = await page.goto(portal.origin + inLanguage(at, locale));
			const isPage = response?.status() === 200 || name === 'no such page';
			if (isPage) {
				seen.pages += 1;
				note(name, [
					...(await problemsAt(page, locale, isAgain ? oneSize() : [SMALL, WIDE])),
					...(isAgain ? [] : await closer(page, isDesk(at))),
				]);
				for (const form of await formsToFill(page, tried)) {
					await page.goto(portal.origin + inLanguage(at, locale));
					if (!(await sendEmpty(page, form))) continue;
					seen.refused += 1;
					note(`${name}, ${form} refused`, await problemsAt(page, locale, oneSize()));
				}
			}
		}
		await pages.close();
		console.log(`${whose} in ${locale}: ${seen.pages} pages, ${seen.refused} refused forms`);
		expect(seen.pages, 'pages looked at').toBeGreaterThan(40);
		expect(seen.refused, 'refused forms looked at').toBeGreaterThan(5);
		expect(problems).toEqual({});
		expect(noise, 'nothing on the console').toEqual([]);
	});

const closer = async (page: Page, desk: boolean) => [
	...(await measuredProblems(page, { isDesk: desk })),
	...(await focusProblems(page)),
	...(await spacingProblems(page)),
	...(await moving(page)),
	...(await forcedColourProblems(page)),
];

/** Addresses of the forms of this page with something to type or tick; each is tried once. */
async function formsToFill(page: Page, tried: Set<string>): Promise<string[]> {
	const found = await page.evaluate(() =>
		[...document.querySelectorAll<HTMLFormElement>('main form[method="POST" i]')]
			.filter((form) => form.querySelector('input:not([type="hidden"]), textarea, select'))
			.map((form) => form.getAttribute('action') ?? ''),
	);
	const { pathname } = new URL(page.url());
	return found.filter((action) => {
		const key = action.startsWith('/') ? action : pathname + action;
		return !tried.has(key) && tried.add(key);
	});
}

/** Sends a form with nothing in it, past the checks of the browser and our script. @returns whether it was refused, with a summary */
async function sendEmpty(page: Page, action: string): Promise<boolean> {
	const sent = page.waitForResponse((response) => response.request().method() === 'POST', { timeout: 30_000 });
	// The page that comes after, through whatever it is sent on to: one that is closed while it arrives never ends closing.
	const shown = page.waitForEvent('load', { timeout: 30_000 });
	const answer = Promise.all([sent, shown]);
	const isSent = await page.evaluate((action) => {
		const isFillable = (form: Element) => form.querySelector('input:not([type="hidden"]), textarea, select');
		const forms = [...document.querySelectorAll<HTMLFormElement>('main form[method="POST" i]')];
		const form = forms.find((one) => (one.getAttribute('action') ?? '') === action && isFillable(one));
		// What was sent before may have taken it away.
		if (!form) return false;
		for (const control of form.querySelectorAll('input:not([type="hidden"]), textarea, select'))
			if (control instanceof HTMLInputElement && /checkbox|radio/.test(control.type)) control.checked = false;
			else (control as HTMLInputElement).value = '';
		HTMLFormElement.prototype.submit.call(form);
		return true;
	}, action);
	if (!isSent) {
		answer.catch(() => undefined);
		return false;
	}
	const [response] = await answer;
	return response.status() === 400 && (await page.locator('[data-error-summary]').count()) > 0;
}

/** Asked to keep still, nothing moves. */
const moving = (page: Page) =>
	page.evaluate(() =>
		document
			.getAnimations()
			.filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1)
			.map((animation) => `moves: ${(animation as CSSAnimation).animationName}`),
	);

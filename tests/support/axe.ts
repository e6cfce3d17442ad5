import type { Page } from '@playwright/test';
import type axe from 'axe-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'RGAAv4'];

/** As published for pages: less than half of `axe.source`, which every page reads again. */
export const AXE = readFileSync(path.resolve('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** Rules broken on the page. Run in the page itself: a quarter of the work of a second, blank one. Frames hold papers. */
async function violationsOf(page: Page): Promise<{ id: string; targets: string[] }[]> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	return page.evaluate(async (tags) => {
		const { run } = (window as unknown as { axe: typeof axe }).axe;
		const { violations } = await run(document, { runOnly: tags, resultTypes: ['violations'], iframes: false });
		return violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target.join(' ')) }));
	}, TAGS);
}

/** What is wrong with the page on the screen: axe, sideways scroll, title, language and direction. Empty when nothing is. */
export async function problemsOf(page: Page, locale = 'fr'): Promise<string[]> {
	const found = (await violationsOf(page)).map(({ id, targets }) => `${id}: ${targets.join(' | ').slice(0, 300)}`);
	const { scrollWidth, clientWidth, title, lang, dir } = await page.evaluate(() => ({
		scrollWidth: document.documentElement.scrollWidth,
		clientWidth: document.documentElement.clientWidth,
		title: document.title,
		lang: document.documentElement.lang,
		dir: document.documentElement.dir,
	}));
	if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} > ${clientWidth}`);
	if (!title.trim()) found.push('no title');
	if (lang !== locale) found.push(`says it is in ${lang}`);
	if (dir !== (locale === 'ar' ? 'rtl' : 'ltr')) found.push(`reads ${dir}`);
	return found;
}

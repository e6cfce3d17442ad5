import type { Page } from '@playwright/test';
import type axe from 'axe-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { REVIEWED } from './axe-reviewed.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'RGAAv4'];

/** As published for pages: less than half of `axe.source`, which every page reads again. */
export const AXE = readFileSync(path.resolve('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/**
 * Rules broken on the page, and those axe could not decide on (« incomplete ») and nobody has said what was seen there. Run in the page
 * itself: a quarter of the work of a second, blank one. Frames hold papers.
 */
async function violationsOf(page: Page): Promise<{ id: string; targets: string[] }[]> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	return page.evaluate(
		async ({ tags, reviewed }) => {
			const { run } = (window as unknown as { axe: typeof axe }).axe;
			const resultTypes: axe.resultGroups[] = ['violations', 'incomplete'];
			const { violations, incomplete } = await run(document, { runOnly: tags, resultTypes, iframes: false });
			const found = violations.map(({ id, nodes }) => ({ id, targets: nodes.map(({ target }) => target.join(' ')) }));
			const asked = incomplete.flatMap(({ id, nodes }) =>
				nodes.map(({ target }) => ({ id, target: target.join(' ') })),
			);
			const { scrollX, scrollY } = window;
			// Higher than its line for the thumb (base.css), a link stands over the lines around it and paints nothing there: contrast is
			// measured without.
			const bareLinks = [...document.querySelectorAll<HTMLElement>('main a')].filter((link) => {
				const { display, backgroundColor, backgroundImage, borderStyle, boxShadow } = getComputedStyle(link);
				const isClear = backgroundColor === 'rgba(0, 0, 0, 0)' && backgroundImage === 'none';
				return display === 'inline' && isClear && borderStyle === 'none' && boxShadow === 'none';
			});
			const padLinks = (padding: string) => bareLinks.forEach(({ style }) => (style.paddingBlock = padding));
			for (const { id, target } of asked) {
				const element = document.querySelector(target);
				if (element && reviewed.some(({ rule, where }) => rule === id && element.matches(where))) continue;
				// What stood under the bar of pages, or another, is looked at where it is in sight.
				element?.scrollIntoView({ block: 'center', behavior: 'instant' });
				if (id === 'color-contrast') padLinks('0');
				const again = element && (await run(element, { runOnly: { type: 'rule', values: [id] }, resultTypes }));
				padLinks('');
				if (again?.violations.length) found.push({ id, targets: [target] });
				else if (!again || again.incomplete.length) found.push({ id: `to be looked at: ${id}`, targets: [target] });
			}
			window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
			return found;
		},
		{ tags: TAGS, reviewed: REVIEWED.map(({ rule, where }) => ({ rule, where })) },
	);
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

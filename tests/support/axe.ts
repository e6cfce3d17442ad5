import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'RGAAv4'];

/** What is wrong with the page on the screen: axe, sideways scroll, title, language and direction. Empty when nothing is. */
export async function problemsOf(page: Page, locale = 'fr'): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
	const found = violations.map(
		({ id, nodes }) =>
			`${id}: ${nodes
				.map(({ target }) => target.join(' '))
				.join(' | ')
				.slice(0, 300)}`,
	);
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

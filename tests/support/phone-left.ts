import { expect } from '@playwright/test';
import { readFileSync } from 'node:fs';
import type { Stored } from './phone.ts';

export const { locales } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as { locales: string[] };
/** Files of the portal itself, the same for everybody: what a cache may hold. */
export const KEPT_FILES = [
	expect.stringMatching(/^\/_app\/immutable\/offline-page\.\w+\.js$/),
	expect.stringMatching(/^\/_app\/immutable\/phone\.\w+\.js$/),
	...[
		'/badge-96.png',
		'/icon-192.png',
		'/icon.svg',
		...locales.map((locale) => (locale === 'fr' ? '/hors-ligne' : `/${locale}/hors-ligne`)),
	].sort(),
];

/** What is left on a phone after somebody: files of everybody, an empty agenda and queue, no draft, `settings` rows of choices. */
export const nothingPersonal = (stored: Stored, cookies: string[], settings = 0) => {
	expect(stored).toMatchObject({
		caches: { [Object.keys(stored.caches)[0]!]: KEPT_FILES },
		databases: { portal: { agenda: 0, queue: 0, settings } },
		localStorage: [],
		cookies,
	});
	expect(stored.databases['portal-drafts']?.copies ?? 0).toBe(0);
};

import type { RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import type { Locale } from '$lib/paraglide/runtime.js';
import { toStaffLanguage } from './staff-language.ts';

const asked = (path: string, locale: Locale, route = '/(staff)/pro/personnes') =>
	toStaffLanguage({
		route: { id: route },
		url: new URL(path, 'https://portail.example.fr'),
		locals: { locale },
	} as RequestEvent);

test('a professional page asked for in Arabic or Ukrainian answers with its French address', () => {
	for (const locale of ['ar', 'uk'] as const) {
		const answer = asked(`/${locale}/pro/personnes?page=2`, locale)!;
		expect([answer.status, answer.headers.get('location')]).toEqual([307, '/pro/personnes?page=2']);
	}
});

test('professionals read French and English', () => {
	expect(asked('/pro/personnes', 'fr')).toBeNull();
	expect(asked('/en/pro/personnes', 'en')).toBeNull();
});

test('pages of persons, and pages for all, stay in the language asked for', () => {
	expect(asked('/ar/accueil', 'ar', '/(person)/accueil')).toBeNull();
	expect(asked('/uk/aide', 'uk', '/(public)/aide')).toBeNull();
});

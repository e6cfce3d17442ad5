import { expect, test } from 'vitest';
import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';
import { inLanguageOf } from './language.ts';

const ask = (path: string, init?: RequestInit) => {
	const url = new URL(path, 'https://portail.example');
	return { url, request: new Request(url, init) };
};

test('pages written at the same time keep the language of their own address', async () => {
	const written = ['/accueil', '/en/accueil', '/ar/accueil', '/uk/accueil', '/en'].map(async (path) => {
		const response = await inLanguageOf(ask(path), async (locale) => {
			await new Promise(setImmediate);
			return new Response([locale, getLocale(), m.skip_to_content()].join(' '));
		});
		return response.text();
	});
	const skip = (locale: 'fr' | 'en' | 'ar' | 'uk') => `${locale} ${locale} ${m.skip_to_content({}, { locale })}`;
	expect(await Promise.all(written)).toEqual([skip('fr'), skip('en'), skip('ar'), skip('uk'), skip('en')]);
	expect(new Set(['fr', 'en', 'ar', 'uk'].map((locale) => skip(locale as 'fr'))).size).toBe(4);
});

test.each([
	['/fr', '/'],
	['/fr/', '/'],
	['/fr/accueil?icone', '/accueil?icone'],
	['/fr//evil.example/x', '/evil.example/x'],
])('%s leads to %s', async (path, location) => {
	const response = await inLanguageOf(ask(path), () => Promise.reject(new Error('answered')));
	expect([response.status, response.headers.get('location')]).toEqual([307, location]);
});

test.each(['/fruits', '/', '/en/fr'])('%s is answered where it is', async (path) => {
	const response = await inLanguageOf(ask(path), async () => new Response('here'));
	expect(await response.text()).toBe('here');
});

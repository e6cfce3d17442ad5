import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LANGUAGES, wordsIn } from './languages';

test('the service worker speaks exactly the languages of the portal', () => {
	const { locales } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as { locales: string[] };
	expect(LANGUAGES.toSorted()).toEqual(locales.toSorted());
});

test('in a language it does not know, the service worker speaks French', () => {
	expect(wordsIn('xx').worker_noted).toBe('C’est noté');
	expect(wordsIn(undefined)).toEqual(wordsIn('fr'));
	expect(wordsIn('en').worker_noted).toBe('Noted');
});

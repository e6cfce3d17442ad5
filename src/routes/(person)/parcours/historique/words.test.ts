import { expect, test } from 'vitest';
import { m } from '$lib/paraglide/messages.js';
import { locales } from '$lib/paraglide/runtime.js';
import { didWords } from './words';

const OF_NEEDS = ['lifted', 'resumed', 'sent', 'taken', 'declined'].map((what) => `need.${what}`);

test.each([...OF_NEEDS, 'request.need_added', 'request.need_withdrawn'])('%s is said in its own words', (action) => {
	expect(didWords(action)).toContain('besoin');
});

test('each has its sentence in each language, and none is the same as another', () => {
	const sentences = locales.flatMap((locale) =>
		[
			m.pathway_did_need_lifted,
			m.pathway_did_need_resumed,
			m.pathway_did_need_sent,
			m.pathway_did_need_taken,
			m.pathway_did_need_declined,
			m.pathway_did_need_added,
			m.pathway_did_need_withdrawn,
		].map((say) => say({}, { locale })),
	);
	expect(new Set(sentences).size).toBe(sentences.length);
});

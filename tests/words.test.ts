import { describe, expect, test } from 'vitest';
import { areas, catalogue, isForStaff } from './support/catalogues.ts';

/** What a person reads in French, without the words of professionals. */
const messages = areas.flatMap((area) =>
	Object.entries(catalogue(area, 'fr')).filter(([key]) => key !== '$schema' && !isForStaff(area, key)),
);

const PARAMETER = /\{\w+\}/g;
/** A sentence ends with its sign, or with its line. */
const sentencesOf = (text: string) => text.split(/[.?!…]\s+|\n+/).filter((sentence) => /\p{L}/u.test(sentence));
const wordsOf = (sentence: string) => sentence.split(/\s+/).filter((word) => /[\p{L}\d{]/u.test(word));

const wrong = (isWrong: (text: string, key: string) => boolean) =>
	messages.filter(([key, text]) => isWrong(text, key)).map(([key, text]) => `${key}: ${text}`);

describe('French that everybody understands', () => {
	test('a sentence has 15 words at most, but for one in twenty; none has more than 25', () => {
		const lengths = messages
			.flatMap(([key, text]) => sentencesOf(text).map((sentence) => ({ key, words: wordsOf(sentence).length })))
			.filter(({ words }) => words > 1)
			.sort((one, other) => one.words - other.words);
		expect(lengths[Math.floor(lengths.length * 0.95)]!.words).toBeLessThanOrEqual(15);
		expect(lengths.filter(({ words }) => words > 25)).toEqual([]);
	});

	test('no word of the administration where a plain one exists', () => {
		const HEAVY =
			/bénéficiaire|usag[eè]r|allocataire|dossier incomplet|sanction|radiation|justificatif|diligenter|afférent|susmentionné|le cas échéant|préalable|nonobstant|dématérialis|échéance|solliciter|récépissé|caducité/i;
		expect(wrong((text) => HEAVY.test(text))).toEqual([]);
	});

	test('a reminder never threatens', () => {
		expect(
			wrong((text, key) => /^reminder_/.test(key) && /suspen|sanction|radi[éa]|supprim|convoqu|obligat/i.test(text)),
		).toEqual([]);
	});

	test('an acronym is known by everybody, or explained where it stands', () => {
		const KNOWN = new Set(['SMS', 'OK']);
		/** Where the whole words stand beside the letters. */
		const EXPLAINED: Record<string, RegExp> = {
			CCAS: /service d’aide de la commune/,
			RIB: /relevé d’identité bancaire/,
			RSA: /revenu de solidarité active/,
			CMG: /Complément de libre choix du mode de garde/,
			CAF: /caisse d’allocations familiales/,
			MSA: /mutualité sociale agricole/,
			PDF: /fichier PDF/,
			JSON: /fichier que d’autres services peuvent lire/,
			AVIP: /vocation d’insertion professionnelle/,
		};
		const acronymsOf = (text: string) => text.replace(PARAMETER, '').match(/\b\p{Lu}{2,}\b/gu) ?? [];
		expect(
			wrong((text) => acronymsOf(text).some((acronym) => !KNOWN.has(acronym) && !EXPLAINED[acronym]?.test(text))),
		).toEqual([]);
	});
});

describe('French as it is printed', () => {
	test('apostrophes are typographic', () => {
		expect(wrong((text) => text.includes("'"))).toEqual([]);
	});

	test('three dots are one sign, and quotation marks are French', () => {
		expect(wrong((text) => /\.\.\.|["“”]/.test(text))).toEqual([]);
	});

	test('a no-break space stands before ? ! : ; and inside « »', () => {
		expect(
			wrong((text) => /[^\u00a0\u202f/\d?!«][?!;:](?=\s|$)|[^\u00a0\u202f?!]»|«[^\u00a0\u202f]/.test(text)),
		).toEqual([]);
	});
});

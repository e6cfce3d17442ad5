import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { areas, catalogue, isForStaff } from './support/catalogues.ts';

/** What a person reads in French, without the words of professionals. */
const messages = areas.flatMap((area) =>
	Object.entries(catalogue(area, 'fr')).filter(([key]) => key !== '$schema' && !isForStaff(area, key)),
);

/** Long texts, which stand in their pages and not in the catalogues: without their marks. */
const longTexts = (readdirSync('src/routes', { recursive: true }) as string[])
	.filter((file) => file.endsWith('French.svelte'))
	.map((file) => {
		const source = readFileSync(path.join('src/routes', file), 'utf8');
		const text = source
			.replace(/<script[^]*?<\/script>|<style[^]*?<\/style>/g, '')
			.replace(/<\/(?:p|li|h\d)>/g, '\n\n')
			.replace(/<[^>]+>/g, '')
			.replace(/&nbsp;/g, '\u00a0')
			.replace(/([^\n])\n(?!\n)\s*/g, '$1 ');
		return [file, text] as const;
	});

const KNOWN = new Set(['SMS', 'OK', 'CEDEX']);
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
	RGAA: /référentiel général d’amélioration de l’accessibilité/,
	FALC: /facile à lire et à comprendre/,
	NVDA: /lecteurs d’écran/,
	HTML: /Technologies/,
	CSS: /Technologies/,
	CNIL: /qui protège les données/,
	EUPL: /licence/i,
	AVIP: /vocation d’insertion professionnelle/,
};
const acronymsOf = (text: string) => text.replace(PARAMETER, '').match(/\b\p{Lu}{2,}\b/gu) ?? [];
const unexplained = (text: string) =>
	acronymsOf(text).filter((acronym) => !KNOWN.has(acronym) && !EXPLAINED[acronym]?.test(text));

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
		const long = longTexts.flatMap(([file, text]) =>
			sentencesOf(text)
				.filter((one) => wordsOf(one).length > 25)
				.map((one) => `${file}: ${one}`),
		);
		expect(long).toEqual([]);
	});

	test('no word of the administration where a plain one exists', () => {
		const HEAVY =
			/bénéficiaire|usag[eè]r|allocataire|dossier incomplet|sanction|radiation|justificatif|diligenter|afférent|susmentionné|le cas échéant|préalable|nonobstant|dématérialis|échéance|solliciter|récépissé|caducité/i;
		expect(wrong((text) => HEAVY.test(text))).toEqual([]);
		expect(longTexts.filter(([, text]) => HEAVY.test(text)).map(([file]) => file)).toEqual([]);
	});

	test('a reminder never threatens', () => {
		expect(
			wrong((text, key) => /^reminder_/.test(key) && /suspen|sanction|radi[éa]|supprim|convoqu|obligat/i.test(text)),
		).toEqual([]);
	});

	test('an acronym is known by everybody, or explained where it stands', () => {
		expect(wrong((text) => unexplained(text).length > 0)).toEqual([]);
		expect(longTexts.map(([file, text]) => [file, unexplained(text)]).filter(([, found]) => found!.length > 0)).toEqual(
			[],
		);
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

describe('a number and the word after it', () => {
	/** Words that end in s and never change. */
	const UNCHANGED = new Set(['mois', 'avis', 'fois', 'dans', 'plus']);
	/** What counts nothing. */
	const NO_COUNT = /^(name|day|age)$/;
	/** Never one: limits and scales of the law or of the service, the age of somebody grown up, and what is said otherwise when it is one. */
	const NEVER_ONE = new Set([
		'aid_q_long_hint',
		'aid_unmet_too_short',
		'appointment_hours_note',
		'error_too_long',
		'evaluation_pilot_error_questions',
		'handling_pro_why_age',
		'paper_full',
		'paper_error_too_many',
		'pro_age',
		'pro_days_left',
		'pro_exception_lead',
		'reminder_pro_people_count',
		'reminder_pro_preview_mail',
		'reminder_pro_preview_push',
		'reminder_pro_preview_sms',
	]);
	/** « 1 place » beside « {count} places »: one message for one, named after the other. */
	const singularOf = (key: string) => [
		`${key}_one`,
		key.replace(/s$/, ''),
		key.replace(/s$/, '_one'),
		key.replace(/_(many|count)$/, '_one'),
		`${key}_day`,
	];

	test('« {count} places » has its « 1 place », in every area', () => {
		const followed = areas.flatMap((area) => {
			const all = catalogue(area, 'fr');
			return Object.entries(all)
				.filter(([key, text]) => {
					const words = [...text.matchAll(/\{(\w+)\}[ \u00a0](\p{Ll}+[sx])(?!\p{L})/gu)];
					const isPlural = words.some(([, count, word]) => !NO_COUNT.test(count!) && !UNCHANGED.has(word!));
					return isPlural && !NEVER_ONE.has(key) && !singularOf(key).some((one) => one !== key && one in all);
				})
				.map(([key, text]) => `${key}: ${text}`);
		});
		expect(followed).toEqual([]);
	});
});

describe('the declaration of accessibility', () => {
	/** « Non conforme » in each language. */
	const STATED: Record<string, RegExp> = {
		French: /non conforme/,
		English: /not compliant/,
		Arabic: /غير مطابقة/,
		Ukrainian: /не відповідає/,
	};

	test.each(Object.entries(STATED))(
		'says in %s its state, what was checked and not, whom to tell, and where to appeal',
		(name, stated) => {
			const source = readFileSync(`src/routes/(public)/accessibilite/${name}.svelte`, 'utf8');
			expect(source).toMatch(stated);
			for (const part of [
				'RGAA',
				'axe-core',
				'106',
				'NVDA',
				'TalkBack',
				'VoiceOver',
				'<ContactLines',
				'defenseurdesdroits.fr',
				'2026',
			])
				expect(source).toContain(part);
			expect(source.match(/<h2>/g)).toHaveLength(5);
		},
	);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { locales } from '../../paraglide/runtime.js';
import { OFFERED_THEMES, THEMES } from '../../shared/themes.ts';
import { looksMedical } from '../../shared/private-text.ts';
import { knownTicks, QUESTIONS, questionsOf, ticksInWords } from './questions.ts';

interface Reference {
	theme: string;
	situations: string[];
}
const reference = JSON.parse(
	readFileSync('reference/besoins-situations/besoins-situations.json', 'utf8'),
) as Reference[];
const situationsOf = (isHealth: boolean) =>
	reference.filter(({ theme }) => (theme === 'sante') === isHealth).flatMap(({ situations }) => situations);
const questions = THEMES.flatMap((theme) => QUESTIONS[theme]);
const options = questions.flatMap((question) => question.options);

test('every subject that is offered has one or two short questions; « appelez-moi » has none', () => {
	for (const theme of OFFERED_THEMES) {
		expect(QUESTIONS[theme].length, theme).toBeGreaterThanOrEqual(1);
		expect(QUESTIONS[theme].length, theme).toBeLessThanOrEqual(2);
		for (const { options } of QUESTIONS[theme]) expect(options.length).toBeLessThanOrEqual(6);
	}
	expect(QUESTIONS.other).toEqual([]);
});

test('what is asked comes from the reviewed situations, and none of them is about health', () => {
	const named = options.flatMap(({ from }) => from ?? []);
	expect(named.length).toBeGreaterThan(35);
	for (const situation of named) expect(situationsOf(false)).toContain(situation);
	for (const situation of named) expect(situationsOf(true)).not.toContain(situation);
	for (const { options } of QUESTIONS.health) for (const { from } of options) expect(from).toBeUndefined();
});

test('nothing medical is asked', () => {
	for (const { legend, options } of questions)
		for (const words of [legend, ...options.map(({ label }) => label)])
			expect(looksMedical(words.fr), words.fr).toBe(false);
});

test('every question and option is worded in every language of the portal', () => {
	for (const { legend, options } of questions)
		for (const words of [legend, ...options.map(({ label }) => label)])
			for (const locale of locales) expect(words[locale]?.trim(), `${words.fr} (${locale})`).toBeTruthy();
});

test('a code is unique within its question, a question within its theme', () => {
	const unique = (codes: string[]) => expect(new Set(codes).size).toBe(codes.length);
	for (const theme of THEMES) unique(QUESTIONS[theme].map(({ id }) => id));
	for (const { options } of questions) unique(options.map(({ code }) => code));
});

test('codes that are not asked are dropped', () => {
	expect(knownTicks(QUESTIONS.housing, { situation: ['rent', 'forged', 'rent'], other: ['x'] })).toEqual({
		situation: ['rent'],
	});
});

test('ticks are read back in the language of the reader', () => {
	expect(ticksInWords('housing', { situation: ['rent'] }, 'en')).toEqual(['The rent is hard to pay']);
	expect(ticksInWords('housing', { situation: ['rent'] }, 'ar')).toEqual(['الإيجار صعب الدفع']);
	expect(ticksInWords('housing', { situation: ['rent'] }, 'xx')).toEqual(['Le loyer est difficile à payer']);
	expect(questionsOf('housing', 'fr')[0]!.options[0]).toEqual({ value: 'no_roof', label: 'Je n’ai pas de logement' });
});

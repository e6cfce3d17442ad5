import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { THEMES } from '../../shared/themes.ts';
import arabic from './questions.ar.ts';
import { knownTicks, QUESTIONS, questionsOf, ticksInWords } from './questions.ts';
import ukrainian from './questions.uk.ts';

interface Reference {
	theme: string;
	situations: string[];
}
const reference = JSON.parse(
	readFileSync('reference/besoins-situations/besoins-situations.json', 'utf8'),
) as Reference[];
const situationsOf = (isHealth: boolean) =>
	reference.filter(({ theme }) => (theme === 'sante') === isHealth).flatMap(({ situations }) => situations);
const options = THEMES.flatMap((theme) => QUESTIONS[theme].flatMap((question) => question.options));

test('every theme has one or two short questions', () => {
	for (const theme of THEMES) {
		expect(QUESTIONS[theme].length).toBeGreaterThanOrEqual(1);
		expect(QUESTIONS[theme].length).toBeLessThanOrEqual(2);
	}
});

test('what is asked comes from the reviewed situations, and none of them is about health', () => {
	const named = options.flatMap(({ from }) => from ?? []);
	expect(named.length).toBeGreaterThan(15);
	for (const situation of named) expect(situationsOf(false)).toContain(situation);
	for (const situation of named) expect(situationsOf(true)).not.toContain(situation);
	expect(QUESTIONS.health.flatMap((question) => question.options.map(({ from }) => from))).toEqual([
		undefined,
		undefined,
		undefined,
		undefined,
	]);
});

test('every option is worded in French and English and its code is unique within the question', () => {
	for (const { label } of options) for (const words of [label.fr, label.en]) expect(words.trim()).not.toBe('');
	for (const question of THEMES.flatMap((theme) => QUESTIONS[theme]))
		expect(new Set(question.options.map(({ code }) => code)).size).toBe(question.options.length);
});

test('every question and option is translated, and nothing else', () => {
	const places = THEMES.flatMap((theme) =>
		QUESTIONS[theme].flatMap(({ id, options }) => [
			`${theme}.${id}`,
			...options.map(({ code }) => `${theme}.${id}.${code}`),
		]),
	).toSorted();
	for (const translated of [arabic, ukrainian]) {
		expect(Object.keys(translated).toSorted()).toEqual(places);
		for (const words of Object.values(translated)) expect(words.trim()).not.toBe('');
	}
});

test('codes that are not asked are dropped', () => {
	expect(knownTicks('housing', { situation: ['rent', 'forged', 'rent'], other: ['x'] })).toEqual({
		situation: ['rent'],
	});
});

test('ticks are read back in the language of the reader', () => {
	expect(ticksInWords('housing', { situation: ['rent'] }, 'en')).toEqual(['The rent is hard to pay']);
	expect(ticksInWords('housing', { situation: ['rent'] }, 'ar')).toEqual(['الإيجار صعب الدفع']);
	expect(ticksInWords('housing', { situation: ['rent'] }, 'xx')).toEqual(['Le loyer est difficile à payer']);
	expect(questionsOf('housing', 'fr')[0]!.options[0]).toEqual({ value: 'no_roof', label: 'Je n’ai pas de logement' });
});

import { beforeEach, expect, test } from 'vitest';
import { aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { parseThemeAnswers } from './forms.ts';
import { QUESTIONS, questionsOf, ticksInWords } from './questions.ts';
import { questionSetOf, setQuestions } from './territory-questions.ts';

let db: Db;
let territoryId: string;
beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
});
const set = (content: unknown) => db.write((tx) => setQuestions(tx, { territoryId, content, now: NOW }));
const asked = async () => (await questionSetOf(db.read, territoryId)).mobility;
const FERRY = {
	id: 'help',
	legend: { fr: 'De quoi avez-vous besoin ?' },
	options: [
		{ code: 'licence', label: { fr: 'Le permis', en: 'The licence' } },
		{ code: 'canoe', label: { fr: 'Une pirogue' } },
	],
};

test('a territory that changed nothing asks what all ask', async () => {
	expect(await questionSetOf(db.read, territoryId)).toEqual(QUESTIONS);
	expect(await questionSetOf(db.read, null)).toBe(QUESTIONS);
});

test('a territory asks its own questions of a theme, and its own codes are kept', async () => {
	expect(await set({ mobility: [FERRY] })).toEqual(['mobility']);
	const questions = await asked();
	expect(questionsOf('mobility', 'en', questions)).toEqual([
		{
			id: 'help',
			legend: 'De quoi avez-vous besoin ?',
			options: [
				{ value: 'licence', label: 'The licence' },
				{ value: 'canoe', label: 'Une pirogue' },
			],
		},
	]);
	const form = new FormData();
	for (const code of ['canoe', 'repair', 'forged']) form.append('help[]', code);
	const parsed = parseThemeAnswers(questions, form);
	expect(parsed.ok && parsed.value.ticks).toEqual({ help: ['canoe'] });
	expect((await questionSetOf(db.read, territoryId)).housing).toEqual(QUESTIONS.housing);
	expect((await questionSetOf(db.read, (await aTerritory(db)).id)).mobility).toEqual(QUESTIONS.mobility);
});

test('what was ticked before stays readable when it is no longer asked', async () => {
	await set({ mobility: [FERRY] });
	await set({ mobility: [{ ...FERRY, options: [FERRY.options[0]!] }] });
	const ticks = { help: ['canoe', 'repair'], licence: ['foreign'] };
	const questions = await asked();
	expect(ticksInWords('mobility', ticks, 'fr', questions).toSorted()).toEqual([
		'J’ai le permis d’un autre pays',
		'Réparer ou louer un véhicule',
		'Une pirogue',
	]);
	expect(questionsOf('mobility', 'fr', questions).flatMap(({ options }) => options)).toHaveLength(1);
	// Asked again: one option, not two.
	await set({ mobility: [FERRY] });
	expect((await asked()).find(({ id }) => id === 'help')!.options.filter(({ code }) => code === 'canoe')).toHaveLength(
		1,
	);
});

test.each([
	['no file', null],
	['an unknown theme', { gardening: [] }],
	['three questions', { mobility: [FERRY, { ...FERRY, id: 'a' }, { ...FERRY, id: 'b' }] }],
	['no words in French', { mobility: [{ ...FERRY, legend: { en: 'What?' } }] }],
	['a code nobody could store', { mobility: [{ ...FERRY, options: [{ code: 'É t é', label: { fr: 'Été' } }] }] }],
	['two options of one code', { mobility: [{ ...FERRY, options: [FERRY.options[0], FERRY.options[0]] }] }],
])('%s is refused, and nothing changes', async (_, content) => {
	await expect(set(content)).rejects.toThrow('questions_invalid');
	expect(await asked()).toEqual(QUESTIONS.mobility);
});

test('a question that a doctor would ask is refused', async () => {
	const options = [{ code: 'yes', label: { fr: 'Je suis diabétique' } }];
	await expect(set({ health: [{ ...FERRY, options }] })).rejects.toThrow('questions_medical');
});

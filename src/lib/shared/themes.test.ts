import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DATA_INCLUSION_GROUPS, OFFERED_THEMES, themeOfService, THEMES } from './themes.ts';

const words = (
	JSON.parse(readFileSync('reference/data-inclusion-v1/extra/thematiques.json', 'utf8')) as { value: string }[]
).map(({ value }) => value);

test('eleven subjects are offered, and « appelez-moi » is a need of its own', () => {
	expect(OFFERED_THEMES).toHaveLength(11);
	expect(THEMES).toHaveLength(12);
	expect(OFFERED_THEMES).not.toContain('other');
});

test('every word of the data·inclusion referential belongs to one theme that is offered', () => {
	expect(words).toHaveLength(69);
	for (const word of words) expect(OFFERED_THEMES, word).toContain(themeOfService(word));
	expect(new Set(words.map(themeOfService))).toEqual(new Set(OFFERED_THEMES));
	expect(themeOfService('famille--garde-denfants')).toBe('childcare');
	expect(themeOfService('famille--soutien-aidants')).toBe('support');
	expect(themeOfService('inconnu')).toBeUndefined();
});

test('no group stands for two themes, and each is of the referential', () => {
	const groups = Object.values(DATA_INCLUSION_GROUPS).flat();
	expect(new Set(groups).size).toBe(groups.length);
	for (const group of groups)
		expect(
			words.some((word) => word === group || word.startsWith(`${group}--`)),
			group,
		).toBe(true);
});

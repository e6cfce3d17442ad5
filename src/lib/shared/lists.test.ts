import { expect, test } from 'vitest';
import { inRow, listOf } from './lists.ts';

test('a list is joined as its language does', () => {
	expect(listOf([], 'fr')).toBe('');
	expect(listOf(['Logement'], 'fr')).toBe('Logement');
	expect(listOf(['Logement', 'Santé'], 'fr')).toBe('Logement et Santé');
	expect(listOf(['Logement', 'Santé', 'Emploi'], 'fr')).toBe('Logement, Santé et Emploi');
	expect(listOf(['Housing', 'Health', 'Work'], 'en')).toBe('Housing, Health and Work');
	expect(listOf(['житло', 'робота'], 'uk')).toBe('житло і робота');
});

test('an Arabic list has no Latin comma, and a Latin name in it keeps its own direction', () => {
	const read = listOf(['السكن', 'Inès', 'العمل'], 'ar');
	expect(read).not.toContain(',');
	expect(read).toContain('\u2068Inès\u2069');
	expect(inRow(['السكن', 'Inès'], 'ar')).toBe('\u2068السكن\u2069، \u2068Inès\u2069');
});

test('labels stand in a row, since a capital letter after « et » reads badly', () => {
	expect(inRow(['Logement', 'Faire garder mes enfants'], 'fr')).toBe('Logement, Faire garder mes enfants');
	expect(inRow([], 'uk')).toBe('');
});

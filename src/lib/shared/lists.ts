import { regionOf } from './locales.ts';
import { remembered } from './remembered.ts';

const joining = remembered<Intl.ListFormat>(100);

/** In a line that is read from right to left, each part keeps the direction of its own letters. */
const isolatedIn = (items: readonly string[], locale: string): readonly string[] =>
	locale === 'ar' ? items.map((item) => `\u2068${item}\u2069`) : items;

/** « l’attestation de la crèche et le contrat », within a sentence; as the language joins them. */
export const listOf = (items: readonly string[], locale: string): string =>
	joining(locale, () => new Intl.ListFormat(regionOf(locale), { type: 'conjunction' })).format(
		isolatedIn(items, locale),
	);

/** « Logement, Faire garder mes enfants »: labels and whole phrases, after a colon; with the comma of the language. */
export const inRow = (items: readonly string[], locale: string): string =>
	isolatedIn(items, locale).join(locale === 'ar' ? '، ' : ', ');

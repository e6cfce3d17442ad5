import { regionOf } from './locales.ts';

/** In a line that is read from right to left, each part keeps the direction of its own letters. */
const isolated = (item: string) => `\u2068${item}\u2069`;

/** « l’attestation de la crèche et le contrat », as the language joins them: an Arabic list has no Latin comma. */
export const listOf = (items: readonly string[], locale: string): string =>
	new Intl.ListFormat(regionOf(locale), { type: 'conjunction' }).format(locale === 'ar' ? items.map(isolated) : items);

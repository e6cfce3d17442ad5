import type { Locale } from '../paraglide/runtime.js';

/** Each language named in itself, never by a flag. */
export const LANGUAGE_NAMES: Record<Locale, string> = {
	fr: 'Français',
	en: 'English',
	ar: 'العربية',
	uk: 'Українська',
};

export const languageName = (locale: string): string => LANGUAGE_NAMES[locale as Locale] ?? locale;

/** Languages of the pages of professionals; whatever a person reads exists in all of them. */
export const STAFF_LOCALES: readonly Locale[] = ['fr', 'en'];

/** Languages the GSM alphabet can write: anything else would leave 70 signs per SMS, too few for a day, an hour and a link. */
const SMS_LOCALES: readonly Locale[] = ['fr', 'en'];

/** The language of an SMS: the reader's when one SMS can hold it, else French, with days and hours in digits. */
export const smsLocale = (locale: Locale): Locale => (SMS_LOCALES.includes(locale) ? locale : 'fr');

/** British days before months; Arabic with the digits read in France. */
const REGIONS: Partial<Record<string, string>> = { en: 'en-GB', ar: 'ar-u-nu-latn' };

/** What Intl is asked for: names of days, numbers and lists as people in France read them. */
export const regionOf = (locale: string): string => REGIONS[locale] ?? locale;

/** What professionals write (names of places, titles, reasons) is in this language, whatever the page around it. */
export const WRITTEN_IN = 'fr';

/** `lang` of what is in French on a page in this language: nothing to say on a page in French. */
export const frenchOn = (locale: string): string | undefined => (locale === WRITTEN_IN ? undefined : WRITTEN_IN);

/** What is written in this language, else in French. */
export const textIn = <Text>(texts: { fr: Text } & Partial<Record<Locale, Text>>, locale: Locale): Text =>
	texts[locale] ?? texts.fr;

/** The same for words kept in the database. */
export const wordingIn = (wording: Partial<Record<string, string>>, locale: string): string =>
	wording[locale] ?? wording.fr ?? '';

/** Decisions about a request that need neither the database nor the clock. */
import { locales } from '../../paraglide/runtime.js';
import { URGENCIES, type Urgency } from '../../shared/codes.ts';
import { plainWords } from '../../shared/search.ts';
import type { Theme } from '../../shared/themes.ts';
import { westernDigits } from '../platform/forms.ts';
import { isMobile } from '../platform/phone.ts';
import { addDays, addMonths, isCounted, type Holidays } from '../territories/calendar.ts';
import { answersOf, NO_HELPER, type Answers, type ContactAnswers } from './answers.ts';

/** The first contact is due on this day: calendar days (product.md §5), moved to the next day somebody works. */
export function respondByDay(submittedOn: string, firstContactDays: number, holidays: Holidays): string {
	let day = addDays(submittedOn, firstContactDays);
	while (!isCounted(day, 'ouvre', holidays)) day = addDays(day, 1);
	return day;
}

/** Silence means refusal on this day, for a request of money only (CRPA L231-4 3°). */
export const silenceDay = (submittedOn: string, months: number): string => addMonths(submittedOn, months);

/** Childcare asks for money unless what was ticked leaves « pay » out: in doubt, the person keeps the right to appeal. */
export function asksForMoney(answers: Answers): boolean {
	if (!answers.themes.includes('childcare')) return false;
	const ticked = answersOf(answers, 'childcare').ticks.help ?? [];
	return ticked.length === 0 || ticked.includes('paying');
}

/** Themes whose answers say that a roof or food is missing now. */
export function urgentThemes(answers: Answers): Theme[] {
	const ticked = (theme: 'housing' | 'money', question: string, code: string) =>
		answers.themes.includes(theme) && (answersOf(answers, theme).ticks[question] ?? []).includes(code);
	const urgent: Theme[] = [];
	if (ticked('housing', 'situation', 'no_roof')) urgent.push('housing');
	if (ticked('money', 'help', 'food')) urgent.push('money');
	return urgent;
}

/** Professionals see it first. */
export const isUrgent = (answers: Answers): boolean =>
	(answers.urgency ?? []).length > 0 || urgentThemes(answers).length > 0;

/** What cannot wait, wherever it was said. */
export function urgenciesOf(answers: Answers): Urgency[] {
	const themes = urgentThemes(answers);
	const said = new Set<Urgency>(answers.urgency ?? []);
	if (themes.includes('housing')) said.add('roof');
	if (themes.includes('money')) said.add('food');
	return URGENCIES.filter((urgency) => said.has(urgency));
}

/** Where the code that identifies the person goes: their mobile, else their e-mail; null for a landline alone. */
export function codeContact(contact: { email: string | null; phone: string | null }): string | null {
	if (contact.phone && isMobile(contact.phone)) return contact.phone;
	return contact.email;
}

const OLDEST = 120;

/**
 * `27/03/1986`, `27 3 1986`, `27 mars 1986`, `1986-03-27`, or the year alone (`1986-00-00`: people born abroad may know no more).
 * @returns null when it is no date, in the future, or more than 120 years ago
 */
export function readBirthDate(typed: string, today: string): string | null {
	const [year, month, day] = birthParts(westernDigits(typed).trim());
	if (year === undefined) return null;
	const thisYear = Number(today.slice(0, 4));
	if (year > thisYear || year < thisYear - OLDEST) return null;
	if (month === undefined || day === undefined) return `${pad(year, 4)}-00-00`;
	const written = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
	const real = new Date(`${written}T00:00:00Z`);
	const exists = !Number.isNaN(real.getTime()) && real.toISOString().startsWith(written);
	return exists && written <= today ? written : null;
}

/** Whether the day is known, not the year alone. */
export const isWholeDate = (birthDate: string | null): boolean => birthDate !== null && !birthDate.endsWith('-00-00');

function birthParts(typed: string): number[] {
	if (/^\d{4}$/.test(typed)) return [Number(typed)];
	const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
	if (iso) return iso.slice(1).map(Number);
	const french = /^(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4})$/.exec(typed);
	if (french) return [Number(french[3]), Number(french[2]), Number(french[1])];
	// « كانون الثاني »: some months have a name of two words.
	const words = plainWords(typed).split(' ');
	const [day, month, year] = [words[0]!, monthNames().get(words.slice(1, -1).join(' ')), words.at(-1)!];
	return month && /^\d{1,2}(er)?$/.test(day) && /^\d{4}$/.test(year) ? [Number(year), month, parseInt(day)] : [];
}

/** The languages of the portal, and the names of the months in Syria, Algeria and Morocco, where they are others. */
const MONTHS_IN = [...locales, 'ar-SY', 'ar-DZ', 'ar-MA'];
let named: Map<string, number> | undefined;

/** « mars », « janv. », « березня »: the number of a month by its name, without accents. */
function monthNames(): Map<string, number> {
	named ??= new Map(
		MONTHS_IN.flatMap((locale) =>
			Array.from({ length: 12 }, (_, index) => index + 1).flatMap((month) => namesOf(month, locale)),
		),
	);
	return named;
}

function namesOf(month: number, locale: string): [string, number][] {
	const day = Date.UTC(2024, month - 1, 1);
	const written = (options: Intl.DateTimeFormatOptions) =>
		new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
			.formatToParts(day)
			.find(({ type }) => type === 'month')!.value;
	// Beside a day, some languages decline it.
	const names = (['long', 'short'] as const).flatMap((length) => [
		written({ month: length }),
		written({ month: length, day: 'numeric' }),
	]);
	return names.map((name) => [plainWords(name), month]);
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

/** Nobody took it by the day it was to be answered. `today` in the territory's zone. */
export const isLateOn = (request: { status: string; respondBy: string | null }, today: string): boolean =>
	request.status === 'submitted' && request.respondBy !== null && request.respondBy < today;

/** Who helps the person today; null when nobody does, or no longer. `today` in the territory's zone. */
export function helperOn(contact: ContactAnswers | null, today: string): { name: string; until: string } | null {
	const { helper = '', helperUntil = null } = contact ?? {};
	return helper && helperUntil && helperUntil >= today ? { name: helper, until: helperUntil } : null;
}

/** Begun with somebody who no longer helps on the day it is sent: they are not named. `today` in the territory's zone. */
export const helpedOn = (answers: Answers, today: string): Answers =>
	answers.contact && !helperOn(answers.contact, today)
		? { ...answers, contact: { ...answers.contact, ...NO_HELPER } }
		: answers;

/** Enough to recognise one's own number or address, too little for somebody who reads over the shoulder. */
export function maskContact(contact: string): string {
	const at = contact.lastIndexOf('@');
	if (at > 0) return `${contact.slice(0, 1)}•••${contact.slice(at)}`;
	// No-break spaces: the number stays on one line.
	return `••\u00a0••\u00a0••\u00a0••\u00a0${contact.slice(-2)}`;
}

const DAY_MS = 24 * 3_600_000;
const LEAST_COUNTED = 11;

/** Nine in ten of these waits lasted less than so many days; null under 11 of them. */
export function nineInTenDays(waitsMs: number[]): number | null {
	if (waitsMs.length < LEAST_COUNTED) return null;
	const sorted = waitsMs.toSorted((a, b) => a - b);
	const ninth = sorted[Math.ceil(sorted.length * 0.9) - 1]!;
	return Math.floor(ninth / DAY_MS) + 1;
}

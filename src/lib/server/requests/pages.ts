/** Which question pages a request has, in order, and what comes after which. */
import type { Theme } from '../../shared/themes.ts';
import type { Answers, ContactAnswers } from './answers.ts';

export type Page = 'themes' | 'securite' | 'commune' | Theme | 'foyer' | 'contact' | 'verifier';

/** What the portal knows already and does not ask again: the check page shows it. */
export interface Known {
	/** More is asked of a request that is open: the person said the rest before. */
	adding: boolean;
	household: boolean;
	commune: boolean;
	contact: boolean;
}
export const NOTHING_KNOWN: Known = { adding: false, household: false, commune: false, contact: false };

export const START = '/demande/nouvelle';

/**
 * Question pages in order, checking apart. The commune comes before the themes' questions, which are the territory's.
 * « Appelez-moi » leads straight to the contact; where to call from is the only other thing needed.
 */
export function questionPages(answers: Answers, known: Known): Page[] {
	const contact: Page[] = known.contact ? [] : ['contact'];
	const commune: Page[] = known.commune ? [] : ['commune'];
	if (answers.wantsCall) return ['themes', ...contact, ...commune];
	const safety: Page[] = known.adding ? [] : ['securite'];
	const household: Page[] = known.household ? [] : ['foyer'];
	return ['themes', ...safety, ...commune, ...answers.themes, ...household, ...contact];
}

/** `Question 2 sur 6`; a page reached from « Modifier » only has no number. */
export function progressOf(page: Page, answers: Answers, known: Known): { number: number; total: number } | null {
	const pages = questionPages(answers, known);
	const index = pages.indexOf(page);
	return index < 0 || pages.length === 1 ? null : { number: index + 1, total: pages.length };
}

export const addressOf = (page: Page): string => (page === 'themes' ? START : `${START}/${page}`);

export function nextPage(page: Page, answers: Answers, known: Known): Page {
	const pages = questionPages(answers, known);
	const index = pages.indexOf(page);
	// A page that is not asked was reached from the check page.
	return index < 0 ? 'verifier' : (pages[index + 1] ?? 'verifier');
}

/**
 * « Modifier » on the check page leads back there, after what the change leaves to be asked: `verifier.housing.money`.
 * @returns the pages left, none once there are none; null when the page was not reached from there
 */
export function leftBeforeCheck(written: string | null, answers: Answers, known: Known): Page[] | null {
	const [check, ...left] = (written ?? '').split('.');
	return check === 'verifier' ? questionPages(answers, known).filter((page) => left.includes(page)) : null;
}

/** What the themes chosen from the check page leave to be asked: what was skipped before is among it. */
export const unasked = (answers: Answers, known: Known): Page[] =>
	questionPages(answers, known).filter((page) => !answers.savedAt[page]);

export const returnWith = (left: Page[]): string => ['verifier', ...left].join('.');

/** The first page left, which carries the others; then the check page. */
export const addressBack = ([next, ...left]: Page[]): string =>
	next ? `${addressOf(next)}?retour=${returnWith(left)}` : addressOf('verifier');

/** Null on the first page. */
export function previousPage(page: Page, answers: Answers, known: Known): Page | null {
	const pages = questionPages(answers, known);
	if (page === 'verifier') return pages.at(-1)!;
	return pages[pages.indexOf(page) - 1] ?? null;
}

/** A call was asked for, and there is neither a number nor a wish to be written to instead. */
const callsNobody = (wantsCall: boolean, { reach, phone }: ContactAnswers) => wantsCall && !phone && reach !== 'email';

/** What must be answered before it can be sent: what to help with, where, and how to reach the person. */
export function missingPages(answers: Answers, known: Known): ('themes' | 'commune' | 'contact')[] {
	const missing: ('themes' | 'commune' | 'contact')[] = [];
	if (answers.themes.length === 0 && !answers.wantsCall) missing.push('themes');
	if (!known.commune && !answers.inseeCode) missing.push('commune');
	// « Appelez-moi » may be chosen once the contact is written.
	const isReached = answers.contact && !callsNobody(answers.wantsCall, answers.contact);
	if (!known.contact && !isReached) missing.push('contact');
	return missing;
}

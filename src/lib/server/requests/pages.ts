/** Which question pages a request has, in order, and what comes after which. */
import type { Theme } from '../../shared/themes.ts';
import type { Answers } from './answers.ts';

export type Page = 'themes' | Theme | 'foyer' | 'commune' | 'contact' | 'verifier';

/** What the portal knows already and does not ask again. */
export interface Known {
	household: boolean;
	commune: boolean;
	contact: boolean;
}
export const NOTHING_KNOWN: Known = { household: false, commune: false, contact: false };

export const START = '/demande/nouvelle';

/** Question pages in order, checking apart. « Appelez-moi » leads straight to commune and contact. */
export function questionPages(answers: Answers, known: Known): Page[] {
	const pages: Page[] = ['themes'];
	if (!answers.wantsCall) {
		pages.push(...answers.themes);
		if (!known.household) pages.push('foyer');
	}
	if (!known.commune) pages.push('commune');
	if (!known.contact) pages.push('contact');
	return pages;
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
	return pages[pages.indexOf(page) + 1] ?? 'verifier';
}

/** Null on the first page. */
export function previousPage(page: Page, answers: Answers, known: Known): Page | null {
	const pages = questionPages(answers, known);
	if (page === 'verifier') return pages.at(-1)!;
	return pages[pages.indexOf(page) - 1] ?? null;
}

/** What must be answered before it can be sent: what to help with, where, and how to reach the person. */
export function missingPages(answers: Answers, known: Known): ('themes' | 'commune' | 'contact')[] {
	const missing: ('themes' | 'commune' | 'contact')[] = [];
	if (answers.themes.length === 0 && !answers.wantsCall) missing.push('themes');
	if (!known.commune && !answers.inseeCode) missing.push('commune');
	if (!known.contact && !answers.contact) missing.push('contact');
	return missing;
}

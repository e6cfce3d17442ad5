import { redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import { hashToken } from '$lib/server/platform/ids';
import { NO_ANSWERS, withKnown, type Answers } from '$lib/server/requests/answers';
import { findBrought, findDraft, saveAnswers, type Draft, type Owner } from '$lib/server/requests/drafts';
import { returnOf } from '$lib/server/requests/forms';
import {
	addressBack,
	addressOf,
	leftBeforeCheck,
	nextPage,
	previousPage,
	progressOf,
	returnWith,
	unasked,
	type Known,
	type Page,
} from '$lib/server/requests/pages';
import { knownAnswers, knownOf } from '$lib/server/requests/queries';
import { urgentThemes } from '$lib/server/requests/rules';
import { questionSetOf, type QuestionSet } from '$lib/server/requests/territory-questions';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, territoryForMunicipality } from '$lib/server/territories/queries';
import { ensureBrowser, findBrowser } from '$lib/server/web/browser';
import { limitByAddress } from '$lib/server/web/limits';
import { currentTerritory } from '$lib/server/web/territory';

export const SENTENCES = {
	too_many_drafts: m.request_error_too_many,
	too_many_requests: m.request_error_too_many_here,
};
const CHECK = addressOf('verifier');

/** A professional who is signed in fills it in for somebody else: their own browser holds the draft. */
const personOf = (account: SignedIn | null) => (account?.role === 'beneficiary' ? account.personId : null);

/** Who files for somebody else, for the journal. */
export const professionalOf = (account: SignedIn | null) =>
	account?.role === 'referent' || account?.role === 'coordinator' ? account : null;

/** Whose request this is; reading sets no cookie. */
export function ownerOf(event: RequestEvent): Owner {
	const browser = findBrowser(event);
	return { personId: personOf(event.locals.account), browserHash: browser && hashToken(browser) };
}

export interface Filling {
	owner: Owner;
	draft: Draft | undefined;
	/** What was said in this draft, and what the portal knew before. */
	answers: Answers;
	known: Known;
}

export async function fillingOf(event: RequestEvent): Promise<Filling> {
	const owner = ownerOf(event);
	const draft = await findDraft(db.read, owner);
	const before = owner.personId ? await knownAnswers(db.read, owner.personId) : null;
	const answers = withKnown(draft?.answers ?? NO_ANSWERS, before);
	return { owner, draft, answers, known: await knownOf(db.read, owner.personId) };
}

/**
 * The same for a page that is opened. Where somebody signed in since a visitor began a request in this browser, whose that is comes
 * first; what is posted meanwhile is kept all the same.
 */
export async function fillingToShow(event: RequestEvent): Promise<Filling> {
	const { pathname, search } = event.url;
	const isOpened = event.request.method === 'GET';
	if (isOpened && (await findBrought(db.read, ownerOf(event))))
		redirect(303, `${WHOSE()}?suite=${encodeURIComponent(pathname + search)}`);
	return fillingOf(event);
}
const WHOSE = () => href('/demande/nouvelle/reprendre');

const NEXT_QUESTION = /^(\/[a-z]{2})?\/demande\/nouvelle(\/[a-z]+)?(\?retour=verifier(\.[a-z]+)*)?$/;

/** The question that an address leads to, and nothing else: anybody may have made the link. */
export function nextQuestion({ url }: RequestEvent): string | null {
	const next = url.searchParams.get('suite') ?? '';
	return NEXT_QUESTION.test(next) ? next : null;
}

/** What is asked where they live: of the file's territory, or of the commune that was chosen. */
export const questionsFor = async (event: RequestEvent, filling: Filling): Promise<QuestionSet> =>
	questionSetOf(db.read, await territoryIdOf(event, filling));

async function territoryIdOf({ locals }: RequestEvent, { owner, answers }: Filling): Promise<string | null> {
	if (owner.personId) return locals.account!.territoryId;
	if (!answers.inseeCode) return null;
	const coverage = await territoryForMunicipality(db.read, answers.inseeCode, locals.now);
	return coverage.kind === 'inside' ? coverage.territory.id : null;
}

/** Today where they live: of the file or the commune answered, else of the one this browser chose; in UTC while none is known. */
export async function todayOf(event: RequestEvent): Promise<string> {
	const id = await territoryIdOf(event, await fillingOf(event));
	const territory = id ? await getTerritory(db.read, id) : await currentTerritory(event);
	return localDay(event.locals.now, territory?.zone ?? 'UTC');
}

/** What every question page shows around its question. */
export function frameOf(event: RequestEvent, page: Page, { draft, answers, known }: Filling) {
	const left = leftBeforeCheck(event.url.searchParams.get('retour'), answers, known);
	const before = previousPage(page, answers, known);
	const home = known.contact ? '/demande' : '/';
	return {
		back: left ? CHECK : before ? addressOf(before) : home,
		// How many questions there are is only known once themes are chosen.
		progress: left || (page === 'themes' && !draft) ? null : progressOf(page, answers, known),
		skip: left ? addressBack(left) : addressOf(nextPage(page, answers, known)),
		/** Carried by the form when the check page led here. */
		returns: left && returnWith(left),
		draft: { key: `${draft?.id ?? 'new'}:${page}`, savedAt: answers.savedAt[page] ?? 0 },
	};
}

/** Keeps one page's answers, in a draft opened at the first one. @throws DomainError of limits */
export async function savePage(event: RequestEvent, page: Page, change: (answers: Answers) => Answers): Promise<Draft> {
	const browser = ensureBrowser(event);
	const owner: Owner = { personId: personOf(event.locals.account), browserHash: hashToken(browser) };
	if (!(await findDraft(db.read, owner))) await limitByAddress(event, 'draft_opened');
	const { locale, now } = event.locals;
	return db.write((tx) => saveAnswers(tx, { owner, page, change, locale, now }));
}

/** Said on this page, and not already on the page about safety, whose numbers were shown then. */
function isSaidUrgent(page: Page, answers: Answers): boolean {
	const said = answers.urgency ?? [];
	if (page === 'securite') return said.length > 0;
	const here = urgentThemes(answers).find((theme) => theme === page);
	return here !== undefined && !said.includes(here === 'housing' ? 'roof' : 'food');
}

/** After a saved page: the next question, or back to the check page, after what is left to be asked, when « Modifier » led here. */
export async function goOn(event: RequestEvent, form: FormData, page: Page, draft: Draft): Promise<never> {
	const next = await addressAfter(event, form, page, draft);
	// Said just now that something cannot wait: whom to call comes before the next question.
	const isUrgent = isSaidUrgent(page, draft.answers);
	redirect(303, isUrgent ? `${href('/demande/nouvelle/urgence')}?suite=${encodeURIComponent(next)}` : next);
}

async function addressAfter(event: RequestEvent, form: FormData, page: Page, { answers }: Draft): Promise<string> {
	const known = await knownOf(db.read, personOf(event.locals.account));
	const left = leftBeforeCheck(returnOf(form), answers, known);
	if (!left) return href(addressOf(nextPage(page, answers, known)));
	// Themes changed from the check page are asked about before going back there, each in its turn.
	return href(addressBack(page === 'themes' ? unasked(answers, known) : left));
}

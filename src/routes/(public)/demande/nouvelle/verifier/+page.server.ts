import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { db } from '$lib/server/db';
import { DomainError } from '$lib/server/platform/errors';
import { log } from '$lib/server/platform/log';
import { notInFile } from '$lib/server/requests/answers';
import { submitRequest } from '$lib/server/requests/commands';
import { findBrought } from '$lib/server/requests/drafts';
import { parseId } from '$lib/server/requests/forms';
import { missingPages, previousPage, START, addressOf } from '$lib/server/requests/pages';
import { communeName, findOpenRequest, lastSent } from '$lib/server/requests/queries';
import { codeContact, helperOn, urgenciesOf } from '$lib/server/requests/rules';
import { summaryOf } from '$lib/server/requests/summary';
import { personOf } from '$lib/server/people/queries';
import { sendCode } from '$lib/server/web/codes';
import { failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { fillingToShow, ownerOf, professionalOf, questionsFor, SENTENCES, todayOf } from '../../draft.server';
import { followSent } from '../../../../sent.server';
import type { Actions, PageServerLoad } from './$types';

const JUST_SENT_MS = 3_600_000;

const MISSING = {
	themes: m.request_error_missing_themes,
	commune: m.request_error_missing_commune,
	contact: m.request_error_missing_contact,
};

export const load: PageServerLoad = async (event) => {
	openToAll();
	const filling = await fillingToShow(event);
	const { owner, draft, answers, known } = filling;
	if (!draft) {
		// Just sent, by a phone whose worker was quicker than this page, say: what there is to see is its receipt.
		const sent = await lastSent(db.read, owner, new Date(event.locals.now.getTime() - JUST_SENT_MS));
		redirect(303, href(sent ? `/demande/${sent}` : START));
	}
	const today = await todayOf(event);
	const open = owner.personId ? await findOpenRequest(db.read, owner.personId) : undefined;
	return {
		draftId: draft.id,
		back: addressOf(previousPage('verifier', answers, known) ?? 'themes'),
		themes: summaryOf(answers, event.locals.locale, await questionsFor(event, filling)),
		wantsCall: answers.wantsCall,
		household: answers.household,
		situation: answers.situation,
		/** Asked of this request, or said in it all the same: then it is sent. */
		showsHousehold: (!known.adding && !answers.wantsCall) || draft.answers.household !== null,
		urgency: urgenciesOf(answers),
		isSafetyAsked: answers.urgency !== null,
		commune: await communeName(db.read, answers.inseeCode),
		/** Who helps is named while they do. */
		contact: answers.contact && { ...answers.contact, helper: helperOn(answers.contact, today)?.name ?? '' },
		known,
		notInFile: notInFile(draft.answers.contact, answers.contact),
		isAdding: open !== undefined,
		missing: missingPages(answers, known),
	};
};

export const actions: Actions = {
	default: async (event) => {
		openToAll();
		const draftId = parseId(await event.request.formData(), 'draft') ?? error(404, 'not_found');
		const { now, locale, account } = event.locals;
		const owner = ownerOf(event);
		const by = professionalOf(account);
		// Begun as a visitor, and somebody signed in meanwhile: they are asked first whether it is theirs.
		if ((await findBrought(db.read, owner))?.id === draftId) return fail(409, { errors: {} as Record<string, string> });
		let sent;
		try {
			await limitByAddress(event, 'request_sent');
			sent = await db.write(async (tx) => {
				const done = await submitRequest(tx, { draftId, owner, locale, by, now });
				if (done.first) await followSent(tx, done, now);
				return done;
			});
		} catch (problem) {
			if (problem instanceof DomainError && problem.code === 'request_incomplete') return incomplete(problem);
			if (problem instanceof DomainError && problem.code === 'outside_perimeter')
				return fail(400, { errors: { commune: m.request_error_outside() } as Record<string, string> });
			return failFrom(problem, { ...SENTENCES, request_already_sent: m.request_already_sent });
		}
		if (sent.first && !account) await offerCode(event, sent.personId);
		redirect(303, href(`/demande/${sent.reference}`));
	},
};

function incomplete(problem: DomainError) {
	const missing = (problem.detail.missing ?? []) as (keyof typeof MISSING)[];
	return fail(400, { errors: Object.fromEntries(missing.map((page) => [page, MISSING[page]()])) });
}

/** A visitor may follow the request once a code proves the contact. The request is sent whether or not a code leaves. */
async function offerCode(event: RequestEvent, personId: string): Promise<void> {
	const contact = codeContact(await personOf(db.read, personId));
	if (!contact) return;
	try {
		await sendCode(event, contact);
	} catch (problem) {
		log.warn({ err: problem }, 'no code after a request');
	}
}

import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { checkCode, useCode, type ProvenCode } from '$lib/server/accounts/commands';
import { parseCode } from '$lib/server/accounts/forms';
import { accountsOfContact, type Account } from '$lib/server/accounts/queries';
import { sessionKindFor } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import type { Tx } from '$lib/server/db';
import { mergePeople } from '$lib/server/merging';
import { movePerson } from '$lib/server/moving';
import { personOf, leadOf, type PersonRow } from '$lib/server/people/queries';
import { accountFor } from '$lib/server/people/signing-in';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { confirmVisitor } from '$lib/server/requests/commands';
import {
	getOwnRequest,
	getReference,
	goesOnAs,
	needsOf,
	recentAnswerDays,
	usualStructures,
} from '$lib/server/requests/queries';
import { filingOf, orientationsOf } from '$lib/server/requests/reading';
import { originOf } from '$lib/server/requests/transferring';
import { codeContact, isLateOn, maskContact } from '$lib/server/requests/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { ensureBrowser, findBrowser, forgetBrowser } from '$lib/server/web/browser';
import { sendCode } from '$lib/server/web/codes';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { startSession } from '$lib/server/web/session';
import { ownerOf } from '../draft.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const CODE_SENTENCES = {
	code_expired: m.request_code_expired,
	code_locked: m.request_code_locked,
	codes_too_many: m.request_codes_too_many,
	contact_invalid: m.request_code_expired,
	too_many_requests: m.request_error_too_many_here,
};

/** The request of this owner; a merged one leads to where its needs went. */
async function requestOf(event: RequestEvent) {
	try {
		return await getOwnRequest(db.read, ownerOf(event), event.params.reference);
	} catch (problem) {
		return errorFrom(problem);
	}
}

export const load: PageServerLoad = async (event) => {
	openToAll();
	const request = await requestOf(event);
	const shown = await goesOnAs(db.read, request.id);
	if (shown !== request.id) redirect(303, href(`/demande/${await getReference(db.read, shown)}`));
	const [territory, person, needs, lead, recentDays, standing, filed, origin, usual] = await Promise.all([
		getTerritory(db.read, request.territoryId),
		personOf(db.read, request.personId),
		needsOf(db.read, request.id),
		leadOf(db.read, request.personId),
		recentAnswerDays(db.read, request.territoryId, event.locals.now),
		orientationsOf(db.read, request.id),
		filingOf(db.read, request.id),
		originOf(db.read, request),
		usualStructures(db.read, request, event.locals.now),
	]);
	const whereIs = (needId: string | null) => {
		const at = standing.get(needId);
		return at ? { state: at.state, structure: at.structureName } : null;
	};
	const today = localDay(event.locals.now, territory.zone);
	const contact = codeContact(person);
	return {
		draftId: request.id,
		request: {
			reference: request.reference,
			status: request.status as Exclude<typeof request.status, 'draft'>,
			submittedAt: request.submittedAt,
			submittedOn: localDay(request.submittedAt, territory.zone),
			respondBy: request.respondBy,
			silenceOn: request.silenceOn,
			isLate: isLateOn(request, today),
			isFresh: localDay(request.submittedAt, territory.zone) === today,
		},
		needs: needs.map(({ id, theme, status, expectedOn }) => ({
			id,
			theme,
			status,
			expectedOn,
			at: whereIs(id),
			/** Who answers for it in the territory, until somebody decides. */
			usual: usual(theme),
		})),
		/** The structure the whole request waits at, or came back from. */
		whole: request.status === 'submitted' ? whereIs(null) : null,
		/** First sent to another territory, before a move. */
		origin,
		filed: filed ? { name: filed.name, structure: filed.structureName } : null,
		service: {
			name: territory.name,
			programme: territory.programmeLabel,
			phone: territory.phone,
			email: territory.email,
			address: territory.postalAddress,
			zone: territory.zone,
		},
		lead: lead ? { name: lead.name, structure: lead.structureName, phone: lead.structurePhone } : null,
		/** A visitor who may still be identified by a code. */
		confirm: event.locals.account ? null : { contact: contact && maskContact(contact), isSms: !contact?.includes('@') },
		isVisitor: !event.locals.account,
		isResent: event.url.searchParams.has('renvoye'),
		firstName: person.firstName,
		/** Days in which nine in ten were answered lately; null when too few were. */
		recentDays,
	};
};

/** What the visitor is about to prove: their request, its person and where the code went. */
async function visitorOf(event: RequestEvent) {
	if (event.locals.account) redirect(303, href(`/demande/${event.params.reference}`));
	const request = await requestOf(event);
	const person = await personOf(db.read, request.personId);
	const contact = codeContact(person);
	if (!contact) throw notFound();
	return { request, person, contact };
}

const beneficiaries = (accounts: Account[]) =>
	accounts.filter(({ role, personId }) => role === 'beneficiary' && personId);

async function identify(
	event: RequestEvent,
	visitor: Awaited<ReturnType<typeof visitorOf>>,
	choice: { proven: ProvenCode; existing: Account | null; isOwnPhone: boolean },
): Promise<string> {
	const { request, person } = visitor;
	const { proven, existing, isOwnPhone } = choice;
	const { now } = event.locals;
	const kind = sessionKindFor('beneficiary', isOwnPhone);
	return db.write(async (tx) => {
		await useCode(tx, proven, now);
		const accountId = existing?.id ?? (await accountFor(tx, person, now));
		const personId = existing?.personId ?? person.id;
		if (!existing) await confirmVisitor(tx, { requestId: request.id, personId, now });
		const reference = existing ? await joinKnown(tx, { request, person, personId, accountId, now }) : request.reference;
		await startSession(event, accountId, kind, tx);
		const actor = { accountId, role: 'beneficiary' as const };
		await recordAudit(tx, { action: 'session.started', actor, personId, detail: { kind, by: 'code' }, at: now });
		return reference;
	});
}

interface Joining {
	request: { id: string };
	person: PersonRow;
	personId: string;
	accountId: string;
	now: Date;
}

/** « C'est moi »: what was made for the visitor becomes part of who they already are; nothing of it is left beside. */
async function joinKnown(tx: Tx, { request, person, personId, accountId, now }: Joining): Promise<string> {
	const known = await personOf(tx, personId);
	const by = { accountId, role: 'beneficiary' as const, structureId: null };
	// They live elsewhere now, by their own word: the new territory answers for all of it.
	if (known.territoryId !== person.territoryId && person.inseeCode)
		await movePerson(tx, { personId, inseeCode: person.inseeCode, by, now });
	await mergePeople(tx, { from: person.id, to: personId, by: null, now });
	return getReference(tx, await goesOnAs(tx, request.id));
}

export const actions: Actions = {
	confirm: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseCode(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const isOwnPhone = form.get('device') === 'own';
		const who = form.get('who');
		let reference;
		try {
			const visitor = await visitorOf(event);
			await limitByAddress(event, 'code_tried');
			const { contact } = visitor;
			const browser = findBrowser(event) ?? '';
			const proven = await checkCode(db, { contact, browser, code: parsed.value.code, now: event.locals.now });
			const known = beneficiaries(await accountsOfContact(db.read, contact));
			const existing = known.find(({ id }) => id === who) ?? null;
			// Couples share phones: a known contact is never taken for the person without asking.
			if (known.length > 0 && !existing && who !== 'new')
				return {
					choose: known.map(({ id, displayName }) => ({ id, name: displayName })),
					code: parsed.value.code,
					device: isOwnPhone ? 'own' : 'shared',
				};
			reference = await identify(event, visitor, { proven, existing, isOwnPhone });
		} catch (problem) {
			if (problem instanceof DomainError && problem.code === 'code_wrong')
				return fail(400, { errors: { code: m.request_code_wrong() } as Record<string, string> });
			return failFrom(problem, CODE_SENTENCES);
		}
		redirect(303, href(`/demande/${reference}`));
	},
	resend: async (event) => {
		openToAll();
		try {
			const { contact } = await visitorOf(event);
			ensureBrowser(event);
			await sendCode(event, contact);
		} catch (problem) {
			return failFrom(problem, CODE_SENTENCES);
		}
		redirect(303, `${href(`/demande/${event.params.reference}`)}?renvoye=1#code`);
	},
	/** « Ce n'est pas mon téléphone »: this browser no longer opens the receipt, nor any draft. */
	forget: async (event) => {
		openToAll();
		forgetBrowser(event);
		redirect(303, href('/'));
	},
};

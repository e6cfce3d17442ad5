import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { href } from '$lib/shared/links';
import { useCode, type ProvenCode } from '$lib/server/accounts/commands';
import { parseCode } from '$lib/server/accounts/forms';
import { accountsOfContact, type Account } from '$lib/server/accounts/queries';
import { sessionKindFor } from '$lib/server/accounts/rules';
import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { personOf } from '$lib/server/people/queries';
import { accountFor } from '$lib/server/people/signing-in';
import { notFound } from '$lib/server/platform/errors';
import { confirmVisitor, sayStillWaiting } from '$lib/server/requests/commands';
import { getOwnRequest, getReference, goesOnAs, recentAnswerDays } from '$lib/server/requests/queries';
import { recogniseVisitor } from '$lib/server/recognising';
import { progressOf } from '$lib/server/requests/progress';
import { filingOf } from '$lib/server/requests/reading';
import { originOf } from '$lib/server/requests/transferring';
import { codeContact, maskContact } from '$lib/server/requests/rules';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { ensureBrowser, forgetBrowser } from '$lib/server/web/browser';
import { failCode, proveCode, sendCode } from '$lib/server/web/codes';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { startSession } from '$lib/server/web/session';
import { silenceSaid } from '$lib/shared/request-progress';
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
	const { now } = event.locals;
	const [territory, person, progress, recentDays, filed, origin] = await Promise.all([
		getTerritory(db.read, request.territoryId),
		personOf(db.read, request.personId),
		progressOf(db.read, request, now),
		recentAnswerDays(db.read, request.territoryId, now),
		filingOf(db.read, request.id),
		originOf(db.read, request),
	]);
	const today = localDay(now, territory.zone);
	const contact = codeContact(person);
	return {
		draftId: request.id,
		request: {
			reference: request.reference,
			submittedOn: localDay(request.submittedAt, territory.zone),
			silenceOn: silenceSaid(progress, request.silenceOn),
			isFresh: localDay(request.submittedAt, territory.zone) === today,
		},
		progress,
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
		/** A visitor who may still be identified by a code. */
		confirm: event.locals.account ? null : { contact: contact && maskContact(contact), isSms: !contact?.includes('@') },
		isVisitor: !event.locals.account,
		/** The person themselves is signed in: a professional, or the other parent, may have the receipt on their screen too. */
		isOwn: event.locals.account?.role === 'beneficiary',
		/** « J'attends toujours », for who has no account: others say it on their own page. */
		waits:
			!event.locals.account && progress.status === 'submitted' && progress.isLate
				? { saidToday: request.stillWaitingAt !== null && localDay(request.stillWaitingAt, territory.zone) === today }
				: null,
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

/** @returns where they go on */
async function identify(
	event: RequestEvent,
	visitor: Awaited<ReturnType<typeof visitorOf>>,
	choice: { proven: ProvenCode; existing: Account | null; isOwnPhone: boolean },
): Promise<string> {
	const { request, person, contact } = visitor;
	const { proven, existing, isOwnPhone } = choice;
	const { now } = event.locals;
	const kind = sessionKindFor('beneficiary', isOwnPhone);
	return db.write(async (tx) => {
		await useCode(tx, proven, now);
		const accountId = existing?.id ?? (await accountFor(tx, person, { proven: contact, now }));
		const personId = existing?.personId ?? person.id;
		if (!existing) await confirmVisitor(tx, { requestId: request.id, personId, now });
		const by = { accountId, role: 'beneficiary' as const, structureId: null };
		const visitor = { requestId: request.id, visitorId: person.id };
		const known = existing ? await recogniseVisitor(tx, { ...visitor, personId, by, now }) : null;
		await startSession(event, accountId, kind, tx);
		await recordAudit(tx, { action: 'session.started', actor: by, personId, detail: { kind, by: 'code' }, at: now });
		if (!known) return `/demande/${request.reference}`;
		// Of another territory until now: they say whether they moved.
		if (known.movesTo) return `/demande/demenager?commune=${known.movesTo}`;
		return `/demande/${await getReference(tx, known.requestId)}`;
	});
}

export const actions: Actions = {
	confirm: async (event) => {
		openToAll();
		const form = await event.request.formData();
		const parsed = parseCode(form);
		if (!parsed.ok) return fail(400, { errors: parsed.errors });
		const isOwnPhone = form.get('device') === 'own';
		const who = form.get('who');
		let next: string;
		try {
			const visitor = await visitorOf(event);
			const { contact } = visitor;
			const proven = await proveCode(event, { contact, code: parsed.value.code });
			const known = beneficiaries(await accountsOfContact(db.read, contact));
			// A professional who sat with them confirmed it meanwhile: there is nobody else to be.
			const isTheirs = known.some(({ personId }) => personId === visitor.person.id);
			const existing = isTheirs ? null : (known.find(({ id }) => id === who) ?? null);
			// Couples share phones: a known contact is never taken for the person without asking.
			if (known.length > 0 && !isTheirs && !existing && who !== 'new')
				return {
					choose: known.map(({ id, displayName }) => ({ id, name: displayName })),
					code: parsed.value.code,
					device: isOwnPhone ? 'own' : 'shared',
				};
			next = await identify(event, visitor, { proven, existing, isOwnPhone });
		} catch (problem) {
			return failCode(problem, CODE_SENTENCES, m.request_code_wrong);
		}
		redirect(303, href(next));
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
	waiting: async (event) => {
		openToAll();
		const { personId, reference } = await requestOf(event);
		try {
			await db.write((tx) => sayStillWaiting(tx, { personId, reference, now: event.locals.now }));
		} catch (problem) {
			return failFrom(problem, { not_late_yet: m.request_not_late });
		}
		redirect(303, href(`/demande/${reference}`));
	},
	/** « Ce n'est pas mon téléphone »: this browser no longer opens the receipt, nor any draft. */
	forget: async (event) => {
		openToAll();
		forgetBrowser(event);
		redirect(303, href('/'));
	},
};

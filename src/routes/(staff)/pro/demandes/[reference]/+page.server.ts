import { error, fail, redirect } from '@sveltejs/kit';
import type * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db, type Tx } from '$lib/server/db';
import { openPathway } from '$lib/server/pathway/commands';
import { pathwayOf } from '$lib/server/pathway/queries';
import { papersOf } from '$lib/server/papers/queries';
import { handOverSteps } from '$lib/server/pathway/own-steps';
import { assignSecond } from '$lib/server/people/commands';
import { possibleDuplicates } from '$lib/server/people/duplicates';
import { mergesOf } from '$lib/server/people/identity';
import { findMembership } from '$lib/server/people/queries';
import { noteOpening } from '$lib/server/people/opening';
import { ageOn, type Membership } from '$lib/server/people/rules';
import { teamOf } from '$lib/server/people/steering';
import { DomainError } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { parseForm } from '$lib/server/platform/forms';
import {
	declineNeed,
	declineRequest,
	decideRequest,
	liftNeed,
	resumeNeed,
	sendNeed,
	takeNeed,
	takeRequest,
} from '$lib/server/requests/commands';
import { mayLift, type NeedMoved } from '$lib/server/requests/lifting';
import { proposalFor } from '$lib/server/requests/orientation';
import { ticksInWords } from '$lib/server/requests/questions';
import { questionSetOf, type QuestionSet } from '$lib/server/requests/territory-questions';
import {
	calledBackAt,
	filingOf,
	getRequestFor,
	holderOf,
	needHolderOf,
	orientationsOf,
	type RequestFile,
} from '$lib/server/requests/reading';
import type { Answers } from '$lib/server/requests/answers';
import { helperOn, urgenciesOf } from '$lib/server/requests/rules';
import { cameFrom, continuationOf } from '$lib/server/requests/transferring';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireCoordinator, requireStaff } from '$lib/server/web/guards';
import { OPEN_REQUEST_STATUSES, TAKEN_REQUEST_STATUSES, type PathwayKind } from '$lib/shared/codes';
import { href } from '$lib/shared/links';
import { seesPaper } from '../../papiers/reading.server';
import { tellPerson } from '../tell.server';
import type { Actions, PageServerLoad, RequestEvent } from './$types';
import { decideForm, declineForm, declineNeedForm, needForm, sendNeedForm, takeForm } from './forms';

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now } = locals;
	try {
		const file = await getRequestFor(db.read, viewer, params.reference);
		await noteOpening(db, { viewer, personId: file.request.personId, part: 'request', now });
		const { zone, settings } = await getTerritory(db.read, viewer.territoryId);
		const { id, reference, status, submittedAt, respondBy, urgent, stillWaitingAt, personId } = file.request;
		const today = localDay(now, zone);
		const decides = status === 'submitted' && file.access === 'whole';
		const team = decides ? await teamOf(db.read, viewer.territoryId) : [];
		const standing = await orientationsOf(db.read, file.request, now);
		const whole = standing.get(null);
		return {
			now,
			zone,
			today,
			role: viewer.role,
			request: { id, reference, status, submittedAt, respondBy, urgent, stillWaitingAt, personId },
			access: file.access,
			wantsCall: file.access === 'whole' && file.request.wantsCall,
			person: personShown(file, today),
			needs: needsShown(file, standing, viewer, {
				locale: locals.locale,
				questions: await questionSetOf(db.read, file.request.territoryId),
				membership: OPEN_REQUEST_STATUSES.some((open) => open === status)
					? await findMembership(db.read, personId, viewer.accountId, now)
					: undefined,
			}),
			/** Where the whole request stands, and whether it is this structure's to answer. */
			whole: whole && { ...whole, isOurs: whole.state === 'sent' && whole.structureId === viewer.structureId },
			structures: file.leads ? await structuresOf(viewer.territoryId) : [],
			papers: (await papersOf(db.read, { requestId: id })).filter(({ theme }) => seesPaper(file, theme)),
			answers: file.answers && answersShown(file.answers, today),
			filing: file.access === 'whole' ? ((await filingOf(db.read, id)) ?? null) : null,
			duplicates: file.answers && 'searchName' in file.person ? await possibleDuplicates(db.read, file.person) : [],
			merges: file.answers ? await mergesOf(db.read, personId) : [],
			mayMove: file.leads && file.access === 'whole',
			/** A request that moved: where it came from, where it goes on. */
			origin: file.access === 'limited' ? null : await cameFrom(db.read, file.request),
			goesOnIn: status === 'transferred' ? await continuationOf(db.read, id) : null,
			proposal:
				decides && viewer.role === 'coordinator' ? await proposalFor(db.read, id, viewer.territoryId, now) : null,
			decides,
			limit: settings.caseloadLimit,
			pairs: settings.worksInPairs,
			own: team.find((member) => member.id === viewer.accountId)?.leads ?? 0,
			side: viewer.side,
			team: team
				.filter(({ status, role, id }) => status === 'active' && role === 'referent' && id !== viewer.accountId)
				.map(({ id, name, side, structureName, leads }) => ({ id, name, side, structureName, leads })),
		};
	} catch (problem) {
		await tellCalledBack(problem, viewer, params.reference, now);
		errorFrom(problem);
	}
};

/** What was called back from their structure is said in words; for everybody else there is nothing here. */
async function tellCalledBack(problem: unknown, viewer: SignedInStaff, reference: string, now: Date): Promise<void> {
	if (!(problem instanceof DomainError) || problem.kind !== 'not_found') return;
	const at = await calledBackAt(db.read, viewer, reference, now);
	if (at) error(410, { message: 'called_back', calledBackAt: at.toISOString() });
}

const structuresOf = async (territoryId: string) =>
	(await listStructures(db.read, territoryId)).map(({ id, name }) => ({ value: id, label: name }));

function needsShown(
	{ needs, leads }: RequestFile,
	standing: Awaited<ReturnType<typeof orientationsOf>>,
	viewer: SignedIn,
	{ locale, questions, membership }: { locale: string; questions: QuestionSet; membership: Membership | undefined },
) {
	return needs.map(({ id, theme, status, answers, expectedOn }) => {
		const at = standing.get(id);
		const goesOn = status === 'open' || status === 'in_progress';
		return {
			id,
			theme,
			status,
			expectedOn,
			ticks: ticksInWords(theme, answers.ticks, locale, questions[theme]),
			note: answers.note,
			at: at ?? null,
			/** It waits at the reader's structure. */
			isOurs: goesOn && at?.state === 'sent' && at.structureId === viewer.structureId,
			maySend: goesOn && leads && (at?.state !== 'taken' || at.isLeft),
			mayLift: goesOn && mayLift(membership, theme),
			mayStart: status === 'open' && at?.state !== 'sent' && mayLift(membership, theme),
			mayResume: status === 'lifted' && mayLift(membership, theme),
		};
	});
}

/** What was said around the needs; who helped is named while they help. */
function answersShown(answers: Answers, today: string) {
	const { household, situation, contact } = answers;
	const helper = helperOn(contact, today)?.name ?? '';
	return { household, situation, urgency: urgenciesOf(answers), contact: contact && { ...contact, helper } };
}

function personShown({ person }: RequestFile, today: string) {
	if (!('searchName' in person)) return { ...person, age: null, details: null };
	const { id, firstName, lastName, birthDate, email, phone, contactConfirmedAt, locale } = person;
	const details = { birthDate, email, phone, confirmed: contactConfirmedAt !== null, locale };
	return { id, firstName, lastName, age: ageOn(birthDate, today), details };
}

type SignedInStaff = ReturnType<typeof requireStaff>;

const REFUSALS = {
	already_assigned: () => m.pro_error_taken(),
	caseload_full: () => m.pro_error_full(),
	not_a_referent: () => m.pro_error_not_referent(),
	structure_unknown: () => m.handling_pro_error_structure(),
	reason_needed: () => m.handling_pro_error_reason(),
	note_needed: () => m.handling_pro_error_note(),
	need_taken: () => m.handling_pro_error_need_taken(),
	need_already_taken: () => m.handling_pro_error_need_taken(),
	need_dropped: () => m.handling_pro_error_need_dropped(),
	already_answered: () => m.handling_pro_error_answered(),
	already_decided: () => m.handling_pro_error_decided(),
};

const isRefusal = (problem: unknown, code: string) => problem instanceof DomainError && problem.code === code;

/** Whoever comes second may no longer open the request: the list tells them who has it. Who took it, and taps again, goes on. */
async function tellTaken(problem: unknown, reference: string, { accountId, territoryId }: SignedInStaff) {
	if (!isRefusal(problem, 'request_already_taken')) return;
	const holder = await holderOf(db.read, { reference, territoryId });
	const isTheirs = holder?.accountId === accountId && TAKEN_REQUEST_STATUSES.some((status) => status === holder.status);
	if (isTheirs) redirect(303, href(`/pro/personnes/${holder.personId}`));
	redirect(303, href(`/pro/demandes?prise=${encodeURIComponent(reference)}`));
}

/** The same for one need, and for an answer that a colleague gave before. */
async function tellAnswered(problem: unknown, needId: string, { accountId, structureId }: SignedInStaff) {
	if (isRefusal(problem, 'already_answered')) redirect(303, href('/pro/demandes?fait=repondu'));
	if (!isRefusal(problem, 'need_already_taken')) return;
	const holder = await needHolderOf(db.read, { needId, structureId });
	if (holder?.accountId === accountId) redirect(303, href(`/pro/personnes/${holder.personId}`));
	redirect(303, href(`/pro/demandes?pris=${encodeURIComponent(needId)}`));
}

/** A need that another coordinator sent before: whoever may not open the request any more reads it on the list. */
async function tellDecided(problem: unknown, reference: string, by: SignedInStaff) {
	if (!isRefusal(problem, 'already_decided')) return;
	const file = await getRequestFor(db.read, by, reference).catch((refusal: unknown) => {
		if (isRefusal(refusal, 'not_found')) return null;
		throw refusal;
	});
	if (!file || file.access === 'limited') redirect(303, href('/pro/demandes?fait=decide'));
}

interface Follow {
	personId: string;
	territoryId: string;
	kind: PathwayKind;
	/** Who leads from now on. */
	lead: string;
	second: string;
	by: SignedIn;
	now: Date;
}

/** The pathway opens with the follow-up; one that is already open goes on. */
async function beginFollowUp(tx: Tx, { personId, territoryId, kind, lead, second, by, now }: Follow) {
	const way = await pathwayOf(tx, personId, by.locale);
	if (!way || way.pathway.endedAt) await openPathway(tx, { personId, territoryId, kind, by, now });
	if (second) await assignSecond(tx, { personId, accountId: second, by, now });
	// What one whose account is disabled had promised is theirs.
	await handOverSteps(tx, { personId, from: null, to: second || lead, by, now });
}

/** One decision of a coordinator, as it was proposed or otherwise. */
async function decide(event: RequestEvent, sentences: Record<string, () => string>) {
	const by = requireCoordinator();
	const { territoryId } = by;
	const parsed = parseForm(decideForm, await event.request.formData());
	if (!parsed.ok) return fail(400, parsed);
	const { kind, second, reason, seen } = parsed.value;
	const [accountId, structureId] = [parsed.value.accountId || null, parsed.value.structureId || null];
	const { reference } = event.params;
	const { now } = event.locals;
	try {
		await db.write(async (tx) => {
			const { request } = await getRequestFor(tx, by, reference);
			const proposal = await proposalFor(tx, request.id, territoryId, now);
			const choice = { accountId, structureId, kind, reason, proposal, seen };
			const decided = await decideRequest(tx, { ...choice, reference, by, now });
			if (!decided) return;
			const { id, personId } = decided;
			if (accountId) await beginFollowUp(tx, { personId, territoryId, kind, lead: accountId, second, by, now });
			await tellPerson(tx, {
				personId,
				reference,
				requestId: id,
				key: `${accountId ?? structureId}:${now.getTime()}`,
				now,
			});
		});
	} catch (problem) {
		await tellTaken(problem, reference, by);
		return failFrom(problem, { ...REFUSALS, ...sentences }, parsed.value);
	}
	redirect(303, href(accountId ? '/pro/demandes' : '/pro/demandes?fait=envoi'));
}

/** What a professional does with one need, then the person is told of what changed; `next`: where whoever did it goes on. */
async function onNeed<S extends v.GenericSchema>(
	event: RequestEvent,
	schema: S,
	work: (tx: Tx, value: v.InferOutput<S>, by: SignedInStaff) => Promise<NeedMoved | null>,
	next: (personId: string) => string,
) {
	const by = requireStaff();
	const parsed = parseForm(schema, await event.request.formData());
	if (!parsed.ok) return fail(400, parsed);
	const { now } = event.locals;
	let personId = '';
	try {
		await db.write(async (tx) => {
			const done = await work(tx, parsed.value, by);
			if (!done) return;
			personId = done.personId;
			await tellPerson(tx, { ...done, key: `${event.url.search.slice(2)}:${newId()}`, now });
		});
	} catch (problem) {
		await tellAnswered(problem, (parsed.value as { need: string }).need, by);
		await tellDecided(problem, event.params.reference, by);
		await tellCalledBack(problem, by, event.params.reference, now);
		return failFrom(problem, REFUSALS, {});
	}
	redirect(303, href(next(personId)));
}

export const actions: Actions = {
	take: async ({ params, request, locals }) => {
		const by = requireStaff();
		const { territoryId } = by;
		const parsed = parseForm(takeForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { kind, second } = parsed.value;
		const { reference } = params;
		const { now } = locals;
		let personId: string;
		try {
			personId = await db.write(async (tx) => {
				const { id: requestId, personId } = await takeRequest(tx, { reference, account: by, now });
				await beginFollowUp(tx, { personId, territoryId, kind, lead: by.accountId, second, by, now });
				// Reopened, it may be taken once more.
				await tellPerson(tx, { personId, reference, requestId, key: `taken:${now.getTime()}`, now });
				return personId;
			});
		} catch (problem) {
			await tellTaken(problem, reference, by);
			return failFrom(problem, REFUSALS, parsed.value);
		}
		redirect(303, href(`/pro/personnes/${personId}`));
	},
	/** What is accepted is what was shown; were the rules to say otherwise by now, it is looked at again. */
	accept: async (event) => {
		requireCoordinator();
		return decide(event, { reason_needed: () => m.handling_pro_error_proposal_changed() });
	},
	assign: async (event) => {
		requireCoordinator();
		return decide(event, { caseload_full: () => m.pro_error_full_reason() });
	},
	decline: async ({ params, request, locals }) => {
		const by = requireStaff();
		const parsed = parseForm(declineForm, await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { why, note } = parsed.value;
		const { now } = locals;
		const { reference } = params;
		try {
			await db.write(async (tx) => {
				const { id: requestId, personId } = await declineRequest(tx, { reference, reason: why, note, by, now });
				await tellPerson(tx, { personId, reference, requestId, key: `declined:${now.getTime()}`, now });
			});
		} catch (problem) {
			await tellAnswered(problem, '', by);
			return failFrom(problem, REFUSALS, parsed.value);
		}
		redirect(303, href('/pro/demandes?fait=refus'));
	},
	send: async (event) => {
		requireStaff();
		const { now } = event.locals;
		const send = (tx: Tx, value: v.InferOutput<typeof sendNeedForm>, by: SignedIn) =>
			sendNeed(tx, { needId: value.need, structureId: value.structureId, seen: value.seen, by, now });
		// A coordinator may no longer open what is on its way again.
		return onNeed(event, sendNeedForm, send, () => '/pro/demandes?fait=envoi');
	},
	takeNeed: async (event) => {
		requireStaff();
		const { now } = event.locals;
		const take = (tx: Tx, { need }: v.InferOutput<typeof needForm>, by: SignedIn) =>
			takeNeed(tx, { needId: need, by, now });
		return onNeed(event, needForm, take, (personId) => `/pro/personnes/${personId}`);
	},
	/** The obstacle is gone: the person reads it in the same words. */
	lift: async (event) => {
		requireStaff();
		const { now } = event.locals;
		const lift = (tx: Tx, { need }: v.InferOutput<typeof needForm>, by: SignedIn) =>
			liftNeed(tx, { needId: need, by, now });
		return onNeed(event, needForm, lift, () => `/pro/demandes/${event.params.reference}`);
	},
	resume: async (event) => {
		requireStaff();
		const { now } = event.locals;
		const resume = (tx: Tx, { need }: v.InferOutput<typeof needForm>, by: SignedIn) =>
			resumeNeed(tx, { needId: need, by, now });
		return onNeed(event, needForm, resume, () => `/pro/demandes/${event.params.reference}`);
	},
	declineNeed: async (event) => {
		requireStaff();
		const { now } = event.locals;
		const decline = (tx: Tx, value: v.InferOutput<typeof declineNeedForm>, by: SignedIn) =>
			declineNeed(tx, { needId: value.need, reason: value.why, note: value.note, by, now });
		return onNeed(event, declineNeedForm, decline, () => '/pro/demandes?fait=refus');
	},
};

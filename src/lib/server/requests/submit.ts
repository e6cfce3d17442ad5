/** From draft to submitted request, once. */
import { and, eq } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit, type AuditActor } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { need, person, supportRequest } from '../db/schema/index.ts';
import { createPerson, touchContact } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId, newReference } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf, territoryForMunicipality } from '../territories/queries.ts';
import { answersOf, bothAnswers, openAnswers, sealAnswers, withKnown, withMore, type Answers } from './answers.ts';
import { answerForAdded, giveToLead } from './assigning.ts';
import { ownedBy, type Owner, type RequestRow } from './drafts.ts';
import { recallNeed } from './orienting.ts';
import { missingPages } from './pages.ts';
import { askedAgain } from './need-rules.ts';
import { findOpenRequest, knownAnswers, knownOf, needsOf } from './queries.ts';
import { isPriorityOn } from './orientation.ts';
import { asksForMoney, helpedOn, helperOn, isUrgent, respondByDay, silenceDay } from './rules.ts';

export interface Submission {
	draftId: string;
	owner: Owner;
	locale: string;
	/** A professional who files it with the person. */
	by?: Pick<SignedIn, 'accountId' | 'role' | 'structureId'> | null;
	now: Date;
}
export interface Submitted {
	/** What was sent; the same as `id` unless it was added to a request that was open. */
	draftId: string;
	id: string;
	reference: string;
	personId: string;
	territoryId: string;
	/** Themes asked this time. */
	themes: Theme[];
	/** Childcare money is asked this time: its file is sent with the request, not left as a draft. */
	asksForMoney: boolean;
	/** False for a replay: nothing was written. */
	first: boolean;
	/** The needs went to a request that was open already. */
	added: boolean;
}

/**
 * Sends the draft: its id is the idempotency key, so that a double tap, a reload or a replay finds the first receipt.
 * A person with an open request gets the needs added to it; an unknown visitor becomes a person whose contact is not confirmed.
 * @throws DomainError `not_found` for somebody else's draft, `request_incomplete` (invalid, detail `missing`),
 * `outside_perimeter` (invalid) when no territory serves the commune
 */
export async function submitRequest(tx: Tx, submission: Submission): Promise<Submitted> {
	const { draftId, owner } = submission;
	const [row] = await tx
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.id, draftId), ownedBy(owner)))
		.limit(1);
	if (!row) throw notFound();
	if (row.status !== 'draft') return firstReceipt(tx, row);
	const said = onlyAsked(openAnswers(row.id, row.answersSealed));
	const answers = withKnown(said, owner.personId ? await knownAnswers(tx, owner.personId) : null);
	const missing = missingPages(answers, await knownOf(tx, owner.personId));
	if (missing.length > 0) throw new DomainError('request_incomplete', 'invalid', { missing });
	const open = owner.personId ? await findOpenRequest(tx, owner.personId) : undefined;
	// Names and contacts are those of the open one; of how to be reached, what leads to the person.
	const contact = said.contact && { ...said.contact, reach: answers.contact?.reach ?? null };
	if (open) return addToOpen(tx, { row, open, answers: { ...said, contact }, submission });
	return sendNew(tx, { row, answers, submission });
}

async function firstReceipt(tx: Tx, row: RequestRow): Promise<Submitted> {
	if (row.mergedIntoId) {
		const [target] = await tx.select().from(supportRequest).where(eq(supportRequest.id, row.mergedIntoId)).limit(1);
		if (target) return { ...(await firstReceipt(tx, target)), draftId: row.id, added: true };
	}
	if (!row.reference || !row.personId || !row.territoryId) throw notFound();
	const { id, reference, personId, territoryId } = row;
	const sent = { draftId: id, id, reference, personId, territoryId };
	return { ...sent, themes: [], asksForMoney: false, first: false, added: false };
}

interface Sending {
	row: RequestRow;
	answers: Answers;
	submission: Submission;
}

async function sendNew(tx: Tx, { row, answers: said, submission }: Sending): Promise<Submitted> {
	const { owner, locale, by, now } = submission;
	const { territoryId, personId } = owner.personId
		? await knownPerson(tx, owner.personId, said)
		: await newPerson(tx, said, locale, now);
	const territory = await getTerritory(tx, territoryId);
	const today = localDay(now, territory.zone);
	const answers = helpedOn(said, today);
	const holidays = await holidaysOf(tx, territory.holidayZone);
	const reference = newReference(territory.code);
	const own = await personOf(tx, personId);
	const helper = helperOn(answers.contact, today);
	const sent = await tx
		.update(supportRequest)
		.set({
			status: 'submitted',
			reference,
			personId,
			territoryId,
			urgent: isUrgent(answers),
			priority: isPriorityOn(territory.settings, own, { answers, today }),
			answersSealed: sealAnswers(row.id, answers),
			channel: by ? 'professional' : helper ? 'helped' : 'self',
			submittedAt: now,
			updatedAt: now,
			respondBy: respondByDay(today, territory.settings.firstContactDays, holidays),
			silenceOn: asksForMoney(answers) ? silenceDay(today, territory.settings.silenceRefusalMonths) : null,
		})
		.where(and(eq(supportRequest.id, row.id), eq(supportRequest.status, 'draft')))
		.returning({ id: supportRequest.id });
	if (sent.length === 0) throw new DomainError('request_already_sent', 'already');
	const themes = themesAsked(answers);
	await writeNeeds(tx, { requestId: row.id, personId, themes, answers, now });
	// Whoever still leads them has it from the start: nobody else could take it.
	await giveToLead(tx, { id: row.id, personId, territoryId, sentAt: now, now });
	await touchContact(tx, personId, now);
	const actor = by ?? undefined;
	await recordAudit(tx, {
		action: 'request.submitted',
		actor,
		subjectId: row.id,
		personId,
		detail: saidOf(themes, answers),
		at: now,
	});
	const until = helper?.until;
	if (until)
		await recordAudit(tx, { action: 'request.helped', actor, subjectId: row.id, personId, detail: { until }, at: now });
	return {
		draftId: row.id,
		id: row.id,
		reference,
		personId,
		territoryId,
		themes,
		asksForMoney: asksForMoney(answers),
		first: true,
		added: false,
	};
}

/** The file follows what was said this time about the household. */
async function knownPerson(tx: Tx, personId: string, { household }: Answers) {
	if (household?.household)
		await tx
			.update(person)
			.set({ household: household.household, childrenCount: household.childrenCount })
			.where(eq(person.id, personId));
	const { territoryId } = await personOf(tx, personId);
	return { personId, territoryId };
}

async function newPerson(tx: Tx, answers: Answers, locale: string, now: Date) {
	const { contact, household, inseeCode } = answers;
	if (!contact || !inseeCode) throw new DomainError('request_incomplete', 'invalid');
	const coverage = await territoryForMunicipality(tx, inseeCode, now);
	if (coverage.kind === 'outside') throw new DomainError('outside_perimeter', 'invalid');
	const territoryId = coverage.territory.id;
	const { id } = await createPerson(tx, {
		territoryId,
		inseeCode,
		firstName: contact.firstName,
		lastName: contact.lastName,
		birthDate: contact.birthDate,
		email: contact.email,
		phone: contact.phone,
		household: household?.household ?? null,
		childrenCount: household?.childrenCount ?? null,
		locale: contact.language ?? locale,
		now,
	});
	return { personId: id, territoryId };
}

/** For the journal: whoever leads the person reads on their first page that it cannot wait, or that a call is asked for (people/today.ts). */
const saidOf = (themes: Theme[], answers: Answers) => ({
	themes,
	urgent: isUrgent(answers),
	call: answers.wantsCall,
});

/** « Appelez-moi » without a theme is a need of its own. */
const themesAsked = (answers: Answers): Theme[] => (answers.themes.length > 0 ? answers.themes : ['other']);

/** What was said about a theme that was unticked since stays in the draft, to be ticked again, and is not sent. */
const onlyAsked = (answers: Answers): Answers => ({
	...answers,
	byTheme: Object.fromEntries(themesAsked(answers).map((theme) => [theme, answersOf(answers, theme)])),
});

interface NewNeeds {
	requestId: string;
	personId: string;
	themes: Theme[];
	answers: Answers;
	now: Date;
}

async function writeNeeds(tx: Tx, { requestId, personId, themes, answers, now }: NewNeeds): Promise<void> {
	const existing = await needsOf(tx, requestId);
	for (const theme of themes) {
		const asked = answersOf(answers, theme);
		const same = existing.find((row) => row.theme === theme);
		const id = same?.id ?? newId();
		const detail = same ? bothAnswers(same.answers, asked) : asked;
		const detailSealed = seal(`need.detail_sealed:${id}`, JSON.stringify(detail));
		if (!same)
			await tx.insert(need).values({ id, requestId, personId, theme, status: 'open', detailSealed, createdAt: now });
		else {
			const again = same.status === 'lifted' || same.status === 'dropped';
			// Who had taken it may no longer: it is looked at again.
			if (again) await recallNeed(tx, id, now);
			await tx
				.update(need)
				.set({ detailSealed, ...(again ? askedAgain(now) : {}) })
				.where(eq(need.id, id));
		}
	}
}

/** Adds to the open request; the draft stays, withdrawn, and leads a replay to it. */
async function addToOpen(
	tx: Tx,
	{ row, open, answers: said, submission }: Sending & { open: RequestRow & { personId: string } },
): Promise<Submitted> {
	const { now, by } = submission;
	const { zone } = await getTerritory(tx, open.territoryId!);
	const today = localDay(now, zone);
	const answers = helpedOn(said, today);
	const themes = themesAsked(answers);
	const { id, personId } = open;
	await knownPerson(tx, personId, answers);
	const actor = by ?? undefined;
	const added = await mergeNeeds(tx, { from: row, into: open, themes, answers, actor, now });
	const until = helperOn(answers.contact, today)?.until;
	if (until)
		await recordAudit(tx, { action: 'request.helped', actor, subjectId: id, personId, detail: { until }, at: now });
	return { draftId: row.id, ...added, themes, asksForMoney: asksForMoney(answers), first: true, added: true };
}

async function mergeNeeds(
	tx: Tx,
	input: {
		from: RequestRow;
		into: RequestRow & { personId: string };
		themes: Theme[];
		answers: Answers;
		actor?: AuditActor;
		now: Date;
	},
) {
	const { from, into, themes, answers, actor, now } = input;
	// Whose it is from now on: a replay, from a phone or a form that knows no more than this id, finds its receipt.
	await tx
		.update(supportRequest)
		.set({
			status: 'withdrawn',
			personId: into.personId,
			mergedIntoId: into.id,
			answersSealed: sealAnswers(from.id, answers),
			closedAt: now,
			updatedAt: now,
		})
		.where(eq(supportRequest.id, from.id));
	const childcareGoesOn = (await needsOf(tx, into.id)).some(
		({ theme, status }) => theme === 'childcare' && (status === 'open' || status === 'in_progress'),
	);
	await writeNeeds(tx, { requestId: into.id, personId: into.personId, themes, answers, now });
	const { zone, settings } = await getTerritory(tx, into.territoryId!);
	const today = localDay(now, zone);
	const own = await personOf(tx, into.personId);
	const all = withMore(openAnswers(into.id, into.answersSealed), answers);
	// Two months run from the asking that goes on (CRPA L231-4): asked once more, they go on; withdrawn or settled since, they begin anew.
	const silence = asksForMoney(all) ? silenceDay(today, settings.silenceRefusalMonths) : null;
	const silenceOn = childcareGoesOn ? (into.silenceOn ?? silence) : silence;
	await tx
		.update(supportRequest)
		.set({
			updatedAt: now,
			answersSealed: sealAnswers(into.id, all),
			wantsCall: into.wantsCall || answers.wantsCall,
			urgent: into.urgent || isUrgent(answers),
			priority: into.priority || isPriorityOn(settings, own, { answers, today }),
			silenceOn: themes.includes('childcare') ? silenceOn : into.silenceOn,
		})
		.where(eq(supportRequest.id, into.id));
	await answerForAdded(tx, into, now);
	await touchContact(tx, into.personId, now);
	const detail = saidOf(themes, answers);
	const about = { subjectId: into.id, personId: into.personId, detail };
	await recordAudit(tx, { action: 'request.need_added', actor, ...about, at: now });
	return { id: into.id, reference: into.reference!, personId: into.personId, territoryId: into.territoryId! };
}

/** The visitor typed the code they received: the contact is theirs, and the account opens the request, not the browser alone. */
export async function confirmVisitor(
	tx: Tx,
	{ requestId, personId, now }: { requestId: string; personId: string; now: Date },
): Promise<void> {
	await tx.update(person).set({ contactConfirmedAt: now }).where(eq(person.id, personId));
	await tx.update(supportRequest).set({ browserHash: null }).where(eq(supportRequest.id, requestId));
	await recordAudit(tx, { action: 'request.confirmed', subjectId: requestId, personId, at: now });
}

/**
 * Two files that turn out to be one person's become one, in one write, once a professional compared them (domain.md §7.6) or
 * the person proved who they are. Every table that names a person is here; a test refuses one that is not.
 */
import { and, eq, exists, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { OPEN_REQUEST_STATUSES } from '../shared/codes.ts';
import { findAccountOfPerson, type Account } from './accounts/queries.ts';
import { recordAudit } from './audit/commands.ts';
import { moveAids } from './childcare/joining.ts';
import { moveDiagnoses } from './diagnosis/joining.ts';
import { movePapers } from './papers/commands.ts';
import type { Tx } from './db/client.ts';
import {
	account,
	appointment,
	auditEntry,
	calendarFeed,
	callback,
	caseGroup,
	checkIn,
	deadAddress,
	exceptionalOpening,
	followUpMember,
	goal,
	identityDecision,
	moveProposal,
	need,
	panelVoter,
	pathway,
	person,
	personSearchKey,
	pushSubscription,
	ratingInvitation,
	reminder,
	situationReview,
	stage,
	step,
	supportRequest,
} from './db/schema/index.ts';
import { emptyAccounts } from './erasing.ts';
import type { Actor } from './people/commands.ts';
import { refreshSearch } from './people/commands.ts';
import { personOf, type PersonRow } from './people/queries.ts';
import { isProved } from './people/signing-in.ts';
import { joinNotes } from './people/working-notes.ts';
import { newId } from './platform/ids.ts';
import { seal, sealNullable, unsealNullable } from './platform/sealing.ts';
import { followLead, joinPerson } from './requests/commands.ts';
import { withdrawCheckIns } from './pathway/check-in-commands.ts';
import { returnSteps } from './pathway/own-steps.ts';
import { OPEN_STEP_STATES } from './pathway/rules.ts';
import { dropNotices } from './reminders/commands.ts';

interface Pair {
	/** Whose file is no more. */
	from: string;
	/** Whose file goes on. */
	to: string;
	now: Date;
}
type Mover = (tx: Tx, pair: Pair) => Promise<unknown>;

type Plain =
	| typeof appointment
	| typeof callback
	| typeof caseGroup
	| typeof checkIn
	| typeof exceptionalOpening
	| typeof ratingInvitation
	| typeof reminder
	| typeof situationReview;

/** Rows that may stand beside each other: they only change hands. */
const handOver =
	(table: Plain): Mover =>
	(tx, { from, to }) =>
		tx.update(table).set({ personId: to }).where(eq(table.personId, from));

/** One line a person: the one of the file that goes on, else the other's; whether it is about their address is asked when read. */
const deadAddresses: Mover = async (tx, { from, to }) => {
	const known = tx.select({ personId: deadAddress.personId }).from(deadAddress).where(eq(deadAddress.personId, to));
	await tx.delete(deadAddress).where(and(eq(deadAddress.personId, from), exists(known)));
	await tx.update(deadAddress).set({ personId: to }).where(eq(deadAddress.personId, from));
};

/** Of two open requests one goes on (requests/joining.ts); those of the past change hands as they are. */
const requests: Mover = async (tx, { from, to, now }) => {
	const isFrom = eq(supportRequest.personId, from);
	const open = await tx
		.select({ id: supportRequest.id })
		.from(supportRequest)
		.where(and(isFrom, inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES])))
		.limit(1);
	for (const { id } of open) {
		const joined = await joinPerson(tx, { requestId: id, personId: to, now });
		if (joined.endedId) await movePapers(tx, { from: joined.endedId, to: joined.id });
	}
	await tx.update(supportRequest).set({ personId: to }).where(isFrom);
};

const needs: Mover = (tx, { from, to }) => tx.update(need).set({ personId: to }).where(eq(need.personId, from));

/**
 * One lead and one second of the pair are left: those of the file kept, unless their account is closed and the other's is not. Who
 * follows both keeps one line, a member with the themes of both. What is one too many becomes history.
 */
const followUps: Mover = async (tx, { from, to, now }) => {
	const openOf = (personId: string) =>
		tx
			.select({ line: followUpMember, active: sql<boolean>`${account.status} = 'active'`.mapWith(Boolean) })
			.from(followUpMember)
			.innerJoin(account, eq(account.id, followUpMember.accountId))
			.where(and(eq(followUpMember.personId, personId), isNull(followUpMember.endedAt)))
			.limit(50);
	const all = [...(await openOf(to)), ...(await openOf(from))];
	const running = all.filter(({ line }) => !line.endsAt || line.endsAt > now);
	const working = running.toSorted((a, b) => Number(b.active) - Number(a.active)).map(({ line }) => line);
	const lead = working.find(({ part }) => part === 'lead');
	const second = working.find(({ part, accountId }) => part === 'second' && accountId !== lead?.accountId);
	const pair = [lead, second].filter((line) => line !== undefined);
	const members = running
		.map(({ line }) => line)
		.filter(({ part, accountId }) => part === 'member' && !pair.some((line) => line.accountId === accountId));
	const kept = [
		...pair,
		...members.filter((line, index) => index === members.findIndex(({ accountId }) => accountId === line.accountId)),
	];
	const tooMany = all.map(({ line }) => line).filter((line) => !kept.includes(line));
	const ids = tooMany.map(({ id }) => id);
	if (ids.length > 0) await tx.update(followUpMember).set({ endedAt: now }).where(inArray(followUpMember.id, ids));
	for (const { id, accountId, part } of tooMany) {
		const about = { subjectId: id, personId: to, detail: { part, accountId } };
		await recordAudit(tx, { action: 'person.follow_up_ended', ...about, at: now });
	}
	for (const line of tooMany.filter((line) => members.includes(line))) {
		const own = kept.find(({ accountId }) => accountId === line.accountId)!;
		const themes = [...new Set([...(own.themes ?? []), ...(line.themes ?? [])])];
		const endsAt = own.endsAt && line.endsAt && (own.endsAt > line.endsAt ? own.endsAt : line.endsAt);
		await tx.update(followUpMember).set({ themes, endsAt }).where(eq(followUpMember.id, own.id));
	}
	await tx.update(followUpMember).set({ personId: to }).where(eq(followUpMember.personId, from));
};

/**
 * Two open pathways: what is still to do goes on in one of them, the other is history. That of the file kept goes on, unless the
 * other alone, of the same territory, is in its first months at work: the job goes on, and so do its questions.
 */
const pathways: Mover = async (tx, { from, to, now }) => {
	const openOf = async (personId: string) => {
		const [row] = await tx
			.select({ id: pathway.id, territoryId: pathway.territoryId, workStage: stage.id })
			.from(pathway)
			.leftJoin(stage, and(eq(stage.pathwayId, pathway.id), eq(stage.state, 'current'), eq(stage.inWork, true)))
			.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
			.limit(1);
		return row;
	};
	const [own, other] = [await openOf(to), await openOf(from)];
	if (own && other) {
		const isOthersJob = other.workStage && !own.workStage && other.territoryId === own.territoryId;
		const [kept, over] = isOthersJob ? [other, own] : [own, other];
		const toDo = and(eq(step.pathwayId, over.id), inArray(step.state, [...OPEN_STEP_STATES]));
		await tx.update(step).set({ pathwayId: kept.id }).where(toDo);
		// What goes on, and whatever a step that goes on serves: elsewhere, nobody could change that step any more.
		const served = tx
			.select({ id: step.goalId })
			.from(step)
			.where(and(eq(step.pathwayId, kept.id), isNotNull(step.goalId)));
		const aims = and(eq(goal.pathwayId, over.id), or(eq(goal.state, 'open'), inArray(goal.id, served)));
		await tx.update(goal).set({ pathwayId: kept.id }).where(aims);
		// The current one too: it goes on in the other pathway, nobody passed it here.
		const notPassed = and(eq(stage.pathwayId, over.id), inArray(stage.state, ['current', 'upcoming']));
		await tx.update(stage).set({ state: 'skipped' }).where(notPassed);
		await withdrawCheckIns(tx, over, now);
		await dropNotices(tx, { personId: over === own ? to : from, subjectId: over.id, kind: 'check_in' });
		await tx.update(pathway).set({ endedAt: now, endReason: 'other' }).where(eq(pathway.id, over.id));
		await recordAudit(tx, { action: 'pathway.closed', subjectId: over.id, personId: to, at: now });
	}
	await tx.update(pathway).set({ personId: to }).where(eq(pathway.personId, from));
};

const steps: Mover = (tx, { from, to }) => tx.update(step).set({ personId: to }).where(eq(step.personId, from));

/** One account signs in: that of the file kept, with what the other knew more and did; its phones and its calendar go on receiving. */
const accounts: Mover = async (tx, { from, to }) => {
	const of = async (personId: string) =>
		(await tx.select().from(account).where(eq(account.personId, personId)).limit(1))[0];
	const [own, other] = [await of(to), await of(from)];
	if (!other) return;
	if (!own) {
		await tx.update(account).set({ personId: to }).where(eq(account.id, other.id));
		return;
	}
	await tx.update(pushSubscription).set({ accountId: own.id }).where(eq(pushSubscription.accountId, other.id));
	const [feed] = await tx.select().from(calendarFeed).where(eq(calendarFeed.accountId, own.id)).limit(1);
	if (!feed) await tx.update(calendarFeed).set({ accountId: own.id }).where(eq(calendarFeed.accountId, other.id));
	const did = and(eq(auditEntry.personId, from), eq(auditEntry.actorId, other.id));
	await tx.update(auditEntry).set({ actorId: own.id }).where(did);
	const proposed = and(eq(moveProposal.personId, from), eq(moveProposal.proposedById, other.id));
	await tx.update(moveProposal).set({ proposedById: own.id }).where(proposed);
	await emptyAccounts(tx, [other.id]);
	await tx
		.update(account)
		.set({ email: own.email ?? other.email, phone: own.phone ?? other.phone })
		.where(eq(account.id, own.id));
};

/** One vote a season: who voted as both has voted. */
const votes: Mover = async (tx, { from, to }) => {
	const seasons = tx.select({ season: panelVoter.season }).from(panelVoter).where(eq(panelVoter.personId, to));
	await tx.delete(panelVoter).where(and(eq(panelVoter.personId, from), inArray(panelVoter.season, seasons)));
	await tx.update(panelVoter).set({ personId: to }).where(eq(panelVoter.personId, from));
};

const proposals: Mover = async (tx, { from, to, now }) => {
	// One open proposal a person: that of the file kept.
	const [own] = await tx
		.select({ id: moveProposal.id })
		.from(moveProposal)
		.where(and(eq(moveProposal.personId, to), isNull(moveProposal.answeredAt)))
		.limit(1);
	if (own)
		await tx
			.update(moveProposal)
			.set({ answeredAt: now, agreed: false })
			.where(and(eq(moveProposal.personId, from), isNull(moveProposal.answeredAt)));
	await tx.update(moveProposal).set({ personId: to }).where(eq(moveProposal.personId, from));
};

const decisions: Mover = async (tx, { from, to }) => {
	await tx.update(identityDecision).set({ keptId: to }).where(eq(identityDecision.keptId, from));
	// « Not the same person as the one who is no more » is said of the one kept.
	const different = and(eq(identityDecision.otherId, from), eq(identityDecision.answer, 'different'));
	await tx.update(identityDecision).set({ otherId: to }).where(different);
};

/** By name of table, in the order in which they follow. */
export const MOVERS: Record<string, Mover> = {
	// First: who leads from now on answers for the request.
	follow_up_member: followUps,
	support_request: requests,
	need: needs,
	pathway: pathways,
	step: steps,
	check_in: handOver(checkIn),
	situation_review: handOver(situationReview),
	case_group: handOver(caseGroup),
	exceptional_opening: handOver(exceptionalOpening),
	diagnosis: (tx, pair) => moveDiagnoses(tx, pair),
	working_note: joinNotes,
	appointment: handOver(appointment),
	reminder: handOver(reminder),
	rating_invitation: handOver(ratingInvitation),
	callback: handOver(callback),
	panel_voter: votes,
	dead_address: deadAddresses,
	childcare_aid: (tx, pair) => moveAids(tx, pair),
	account: accounts,
	move_proposal: proposals,
	identity_decision: decisions,
	audit_entry: (tx, { from, to }) => tx.update(auditEntry).set({ personId: to }).where(eq(auditEntry.personId, from)),
	// Written anew from the record that is kept.
	person_search_key: (tx, { from }) => tx.delete(personSearchKey).where(eq(personSearchKey.personId, from)),
};

/**
 * Merges `from` into `to`: everything that names the first names the second afterwards, the first is no more. What was known of
 * it stays readable, sealed, in the decision. `by` null: the person said so themselves, and proved their contact.
 * @throws DomainError `not_found`
 */
export async function mergePeople(
	tx: Tx,
	{ from, to, by, now }: { from: string; to: string; by: Actor | null; now: Date },
): Promise<{ id: string }> {
	const [gone, kept] = [await personOf(tx, from), await personOf(tx, to)];
	// Before accounts change hands: what a code proved of each.
	const [goneAccount, keptAccount] = [await findAccountOfPerson(tx, from), await findAccountOfPerson(tx, to)];
	for (const move of Object.values(MOVERS)) await move(tx, { from, to, now });
	// One that waits, of somebody whom the other file's referent leads, could be taken by nobody else.
	await followLead(tx, { personId: to, by, now });
	// Of two leads one is left: what the other had promised is theirs.
	await returnSteps(tx, { personId: to, by, now });
	await tx
		.update(person)
		.set(completed({ ...kept, account: keptAccount }, { ...gone, account: goneAccount }))
		.where(eq(person.id, to));
	await tx.delete(person).where(eq(person.id, from));
	await refreshSearch(tx, to);
	const id = newId();
	await tx.insert(identityDecision).values({
		id,
		keptId: to,
		otherId: from,
		answer: 'same',
		mergedSealed: seal(`identity_decision.merged_sealed:${id}`, JSON.stringify(identityOf(gone))),
		byId: by?.accountId ?? null,
		at: now,
	});
	await recordAudit(tx, { action: 'person.merged', actor: by, subjectId: from, personId: to, at: now });
	return { id };
}

const identityOf = ({ firstName, lastName, birthDate, email, phone, inseeCode, createdAt }: PersonRow) => ({
	firstName,
	lastName,
	birthDate,
	email,
	phone,
	inseeCode,
	createdAt,
});

const place = (id: string) => `person.address_sealed:${id}`;

type Known = PersonRow & { account: Account | undefined };

/** A contact that a code proved counts more than one that was typed, whichever file it comes from. */
function contactOf(channel: 'email' | 'phone', kept: Known, gone: Known): string | null {
	const [own, other] = [kept[channel], gone[channel]];
	const isOthersBetter = isProved(gone.account, channel, other) && !isProved(kept.account, channel, own);
	return isOthersBetter ? other : (own ?? other);
}

/** What the file kept did not know, and how the person wants to be written to. */
function completed(kept: Known, gone: Known): Partial<PersonRow> {
	const address =
		unsealNullable(place(kept.id), kept.addressSealed) ?? unsealNullable(place(gone.id), gone.addressSealed);
	const isYearOnly = kept.birthDate === null || kept.birthDate.endsWith('-00-00');
	// What the person chose, they chose where they sign in; what a professional filed holds what files begin with.
	const { locale, channelOrder, wording, kindChannels } = !kept.account && gone.account ? gone : kept;
	return {
		locale,
		channelOrder,
		wording,
		kindChannels,
		mutedKinds: [...new Set([...kept.mutedKinds, ...gone.mutedKinds])],
		email: contactOf('email', kept, gone),
		phone: contactOf('phone', kept, gone),
		contactConfirmedAt: kept.contactConfirmedAt ?? gone.contactConfirmedAt,
		birthDate: isYearOnly ? (gone.birthDate ?? kept.birthDate) : kept.birthDate,
		inseeCode: kept.inseeCode ?? gone.inseeCode,
		household: kept.household ?? gone.household,
		childrenCount: kept.childrenCount ?? gone.childrenCount,
		addressSealed: sealNullable(place(kept.id), address),
		createdAt: kept.createdAt < gone.createdAt ? kept.createdAt : gone.createdAt,
		lastContactAt: kept.lastContactAt > gone.lastContactAt ? kept.lastContactAt : gone.lastContactAt,
	};
}

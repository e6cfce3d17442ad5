import { and, between, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm';
import { DAY_MS, INVITATION_DAYS } from '../appointments/rules.ts';
import { WAITING, WARNED_DAYS } from '../childcare/rules.ts';
import type { Queries } from '../db/client.ts';
import {
	appointment,
	childcareAid,
	earlierProposal,
	pathway,
	person,
	ratingInvitation,
	step,
	supportingDocument,
	supportRequest,
	territory,
} from '../db/schema/index.ts';
import {
	DRAFT_WARNED_DAYS,
	draftPrompts,
	DRAFT_NUDGES,
	earlierPrompt,
	invitationPrompt,
	paperPrompts,
	ratingPrompt,
	silencePrompts,
	stepPrompt,
	type Prompt,
} from './prompt-rules.ts';

/** Things to be told of around an instant, or these very things. */
export type Scope = { at: Date } | { ids: string[] };

/** Days off move a reminder back by some days: it is looked for that much earlier. */
const AHEAD_DAYS = 8;
const MOST = 5_000;
/** After so many days neither nudge of a draft is useful any more. */
const LAST_NUDGE_DAYS = Math.max(...DRAFT_NUDGES.map(({ onDay, usefulDays }) => onDay + usefulDays));

const daysFrom = (at: Date, days: number) => new Date(at.getTime() + days * DAY_MS);
/** A day either side covers every zone. */
const lastDays = (at: Date) =>
	[daysFrom(at, -1), daysFrom(at, AHEAD_DAYS)].map((end) => end.toISOString().slice(0, 10)) as [string, string];

const place = { territoryId: territory.id, zone: territory.zone };

async function steps(q: Queries, scope: Scope): Promise<Prompt[]> {
	const rows = await q
		.select({ id: step.id, personId: step.personId, dueOn: step.dueOn, ...place })
		.from(step)
		.innerJoin(pathway, eq(pathway.id, step.pathwayId))
		.innerJoin(territory, eq(territory.id, pathway.territoryId))
		.where(
			and(
				sql`${step.owner} = 'person' AND ${step.state} IN ('planned', 'in_progress')`,
				isNull(pathway.endedAt),
				'ids' in scope ? inArray(step.id, scope.ids) : between(step.dueOn, ...lastDays(scope.at)),
			),
		)
		.orderBy(step.dueOn)
		.limit(MOST);
	return rows.flatMap(({ dueOn, ...row }) => (dueOn ? stepPrompt({ ...row, dueOn }) : []));
}

/** One message for all the papers of an aid that share a last day. */
async function papers(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, reference, personId } = childcareAid;
	const rows = await q
		.selectDistinct({ id, reference, personId, dueOn: supportingDocument.dueOn, ...place })
		.from(supportingDocument)
		.innerJoin(childcareAid, eq(childcareAid.id, supportingDocument.aidId))
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(
			and(
				isNull(supportingDocument.declaredAt),
				isNull(supportingDocument.receivedAt),
				eq(childcareAid.status, 'incomplete'),
				'ids' in scope ? inArray(id, scope.ids) : between(supportingDocument.dueOn, ...lastDays(scope.at)),
			),
		)
		.orderBy(supportingDocument.dueOn)
		.limit(MOST);
	return rows.flatMap(({ dueOn, ...row }) => (dueOn ? paperPrompts({ ...row, dueOn }) : []));
}

/** Files that silence will refuse. */
async function silences(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, reference, personId, silenceOn, pausedUntil, status } = childcareAid;
	const rows = await q
		.select({ id, reference, personId, silenceOn, pausedUntil, ...place })
		.from(childcareAid)
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(
			and(
				inArray(status, [...WAITING]),
				'ids' in scope
					? inArray(id, scope.ids)
					: between(
							silenceOn,
							lastDays(scope.at)[0],
							daysFrom(scope.at, WARNED_DAYS[0] + AHEAD_DAYS)
								.toISOString()
								.slice(0, 10),
						),
			),
		)
		.orderBy(silenceOn)
		.limit(MOST);
	return rows.flatMap((row) => {
		const prompts = silencePrompts(row);
		// Looked for late, the nearest warning is enough.
		return 'ids' in scope
			? prompts
			: prompts.filter((_, index) => !(prompts[index + 1] && prompts[index + 1]!.dueAt <= scope.at));
	});
}

/** Times that wait to be chosen. The appointment then begins, for now, at the first of them: never before the invitation. */
async function invitations(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, personId, territoryId, zone, chooseBy, answeredAt } = appointment;
	const rows = await q
		.select({ id, personId, territoryId, zone, chooseBy, answeredAt })
		.from(appointment)
		.where(
			'ids' in scope
				? and(inArray(appointment.state, ['invited', 'booked']), inArray(id, scope.ids))
				: and(
						// As its index is declared.
						sql`${appointment.state} = 'invited'`,
						gt(appointment.startsAt, daysFrom(scope.at, -INVITATION_DAYS)),
						gt(chooseBy, scope.at),
					),
		)
		.orderBy(appointment.startsAt)
		.limit(MOST);
	return rows.flatMap(({ chooseBy, answeredAt, ...row }) => {
		const invitedAt = chooseBy && daysFrom(chooseBy, -INVITATION_DAYS);
		// « Aucune ne me va », said of these times: the referent's turn.
		const isAnswered = invitedAt && answeredAt && answeredAt >= invitedAt;
		return chooseBy && !isAnswered ? invitationPrompt({ ...row, chooseBy }) : [];
	});
}

/** Earlier hours that wait for a word: taken, declined or passed on, they are not. */
async function earlierHours(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, appointmentId, proposedAt, endsAt } = earlierProposal;
	const { personId, territoryId, zone } = appointment;
	const rows = await q
		.select({ id, appointmentId, proposedAt, endsAt, personId, territoryId, zone })
		.from(earlierProposal)
		.innerJoin(appointment, eq(appointment.id, appointmentId))
		.where(
			and(
				eq(earlierProposal.state, 'open'),
				'ids' in scope ? inArray(id, scope.ids) : gt(endsAt, scope.at),
				eq(appointment.state, 'booked'),
			),
		)
		.orderBy(endsAt)
		.limit(MOST);
	return rows.map(earlierPrompt);
}

async function drafts(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, updatedAt } = supportRequest;
	const rows = await q
		.select({ id, updatedAt, personId: person.id, ...place })
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(
			and(sql`${supportRequest.status} = 'draft'`, 'ids' in scope ? inArray(id, scope.ids) : lt(updatedAt, scope.at)),
		)
		.orderBy(updatedAt)
		.limit(MOST);
	const isSpokenOf = ({ updatedAt }: { updatedAt: Date }) =>
		'ids' in scope ||
		updatedAt >= daysFrom(scope.at, -LAST_NUDGE_DAYS) ||
		updatedAt < daysFrom(scope.at, AHEAD_DAYS - DRAFT_WARNED_DAYS);
	return rows.filter(isSpokenOf).flatMap(draftPrompts);
}

async function ratings(q: Queries, scope: Scope): Promise<Prompt[]> {
	const { id, askedAt, expiresAt } = ratingInvitation;
	const rows = await q
		.select({ id, askedAt, expiresAt, personId: person.id, ...place })
		.from(ratingInvitation)
		.innerJoin(person, eq(person.id, ratingInvitation.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(
			and(
				isNull(ratingInvitation.outcome),
				'ids' in scope ? inArray(id, scope.ids) : between(askedAt, daysFrom(scope.at, -30), scope.at),
			),
		)
		.orderBy(askedAt)
		.limit(MOST);
	return rows.map(ratingPrompt);
}

/** Where each kind of prompt is looked for. */
export const PROMPT_SOURCES: Record<Prompt['kind'], (q: Queries, scope: Scope) => Promise<Prompt[]>> = {
	step_due: steps,
	paper_due: papers,
	aid_silence: silences,
	invitation: invitations,
	earlier_hour: earlierHours,
	draft_closing: drafts,
	rating: ratings,
};

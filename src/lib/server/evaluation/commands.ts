import { and, eq, gt, isNull } from 'drizzle-orm';
import { FACE_FIELD, ORIGIN_FIELD, type Moment } from '../../shared/questions.ts';
import type { Rating } from '../../shared/codes.ts';
import type { Queries, Tx } from '../db/client.ts';
import { person, ratingInvitation, ratingLink } from '../db/schema/index.ts';
import { recordAudit } from '../audit/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { hashToken, newId, newToken } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { drop } from './box.ts';
import { areaOf, there, versionFor } from './choosing.ts';

const DAY_MS = 86_400_000;
/** At most one invitation in so many days. */
export const ASK_EVERY_DAYS = 14;
/** Later, the moment is forgotten. */
export const OPEN_DAYS = 30;

interface Asking {
	personId: string;
	now: Date;
}

/** Asks the person what the appointment was worth. @returns as `askAbout` */
export const askRating = (tx: Tx, { appointmentId, ...asked }: Asking & { appointmentId: string }) =>
	ask(tx, { ...asked, moment: 'appointment_seen', appointmentId, aboutKey: null });

/** Asks about what is not an appointment: a stage, an aid, a pathway (`subjectId`). @returns as `ask` */
export const askAbout = (tx: Tx, { subjectId, ...asked }: Asking & { moment: Moment; subjectId: string }) =>
	ask(tx, { ...asked, appointmentId: null, aboutKey: `${asked.moment}:${subjectId}` });

/**
 * One invitation about one thing, with the questions open for this moment, audience and place that day.
 * @returns null when they were asked less than a fortnight ago, about this already, or do not want to be
 */
async function ask(
	tx: Tx,
	{
		personId,
		now,
		moment,
		...about
	}: Asking & { moment: Moment; appointmentId: string | null; aboutKey: string | null },
): Promise<{ id: string } | null> {
	const who = await personOf(tx, personId);
	if (who.mutedKinds.includes('rating')) return null;
	const recent = new Date(now.getTime() - ASK_EVERY_DAYS * DAY_MS);
	const [asked] = await tx
		.select({ id: ratingInvitation.id })
		.from(ratingInvitation)
		.where(and(eq(ratingInvitation.personId, personId), gt(ratingInvitation.askedAt, recent)))
		.limit(1);
	if (asked) return null;
	const made = await tx
		.insert(ratingInvitation)
		.values({
			id: newId(),
			personId,
			moment,
			...about,
			versionId: await versionFor(tx, await there(tx, who, { moment, ...about }), moment, now),
			askedAt: now,
			expiresAt: new Date(now.getTime() + OPEN_DAYS * DAY_MS),
		})
		.onConflictDoNothing()
		.returning({ id: ratingInvitation.id });
	return made[0] ?? null;
}

/** It did not take place after all: what it was worth is asked no more. */
export async function takeBackAsking(
	tx: Tx,
	{ appointmentId, now }: { appointmentId: string; now: Date },
): Promise<void> {
	await tx
		.update(ratingInvitation)
		.set({ expiresAt: now })
		.where(
			and(
				eq(ratingInvitation.appointmentId, appointmentId),
				isNull(ratingInvitation.outcome),
				gt(ratingInvitation.expiresAt, now),
			),
		);
}

/** Who answers: the person signed in, or whoever holds the link of this invitation. */
export type Answerer = { personId: string; invitationId: string } | { token: string };
type Closing = Answerer & { now: Date };

/**
 * Keeps an anonymous answer. Nothing written here says who, nor when: no journal entry, no date, and « answered » on the
 * invitation (README.md). Given once.
 * @throws DomainError `not_found` for somebody else's, `rating_over` (gone), `rating_given` (already, or conflict once it was skipped)
 */
export async function answerRating(
	tx: Tx,
	input: Closing & { face: Rating | null; levels?: Record<string, string>; comment: string | null },
): Promise<{ personId: string; territoryId: string }> {
	const invitation = await close(tx, input, 'answered');
	const { personId, moment } = invitation;
	const who = await there(tx, await personOf(tx, personId), invitation);
	const { territoryId } = who;
	const { zone } = await getTerritory(tx, territoryId);
	const month = localDay(input.now, zone).slice(0, 7);
	const levels = { ...input.levels, ...(input.face && { [FACE_FIELD]: input.face }), [ORIGIN_FIELD]: 'portal' };
	await drop(tx, territoryId, { areaId: await areaOf(tx, who), moment, levels, comment: input.comment }, month);
	return { personId, territoryId };
}

/** « Je ne veux pas répondre ». @throws as `answerRating` */
export const skipRating = (tx: Tx, input: Closing) => close(tx, input, 'skipped');

/** « Ne plus me demander »: this one is passed, no other is asked; the person turns it on again in their settings. */
export async function stopAsking(tx: Tx, input: Closing): Promise<void> {
	const { personId, outcome } = await invitationOf(tx, input);
	if (!outcome) await close(tx, input, 'skipped').catch(passedAlready);
	const { mutedKinds } = await personOf(tx, personId);
	if (mutedKinds.includes('rating')) return;
	await tx
		.update(person)
		.set({ mutedKinds: [...mutedKinds, 'rating'] })
		.where(eq(person.id, personId));
	await recordAudit(tx, { action: 'person.unsubscribed', personId, detail: { kind: 'rating' }, at: input.now });
}
function passedAlready(problem: unknown) {
	if (!(problem instanceof DomainError) || problem.code !== 'rating_over') throw problem;
}

async function close(tx: Tx, input: Closing, outcome: 'answered' | 'skipped') {
	const found = await invitationOf(tx, input);
	if (found.outcome) throw new DomainError('rating_given', found.outcome === outcome ? 'already' : 'conflict');
	if (input.now >= found.expiresAt) throw new DomainError('rating_over', 'gone');
	const closed = await tx
		.update(ratingInvitation)
		.set({ outcome })
		.where(and(eq(ratingInvitation.id, found.id), isNull(ratingInvitation.outcome)))
		.returning({ id: ratingInvitation.id });
	if (closed.length === 0) throw new DomainError('rating_given', 'conflict');
	return found;
}

/** @throws DomainError `not_found` for somebody else's, or a link that never was */
export async function invitationOf(q: Queries, answerer: Answerer) {
	const [row] =
		'token' in answerer
			? await q
					.select({ invitation: ratingInvitation })
					.from(ratingLink)
					.innerJoin(ratingInvitation, eq(ratingInvitation.id, ratingLink.invitationId))
					.where(eq(ratingLink.tokenHash, hashToken(answerer.token)))
					.limit(1)
			: await q
					.select({ invitation: ratingInvitation })
					.from(ratingInvitation)
					.where(and(eq(ratingInvitation.id, answerer.invitationId), eq(ratingInvitation.personId, answerer.personId)))
					.limit(1);
	if (!row) throw notFound();
	return row.invitation;
}

/** A link that answers one invitation without signing in; null once it was answered. Only its hash is kept. */
export async function newRatingLink(tx: Tx, invitationId: string): Promise<string | null> {
	const [row] = await tx
		.select({ outcome: ratingInvitation.outcome, expiresAt: ratingInvitation.expiresAt })
		.from(ratingInvitation)
		.where(eq(ratingInvitation.id, invitationId))
		.limit(1);
	if (!row || row.outcome) return null;
	const token = newToken();
	await tx.insert(ratingLink).values({ tokenHash: hashToken(token), invitationId, expiresAt: row.expiresAt });
	return token;
}

import { and, desc, eq, gt, isNull, notLike, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { given, prepared } from '../db/prepared.ts';
import { appointment, panelVoter, person, ratingInvitation } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';

const invitationRows = prepared((q) =>
	q
		.select({
			id: ratingInvitation.id,
			moment: ratingInvitation.moment,
			askedAt: ratingInvitation.askedAt,
			expiresAt: ratingInvitation.expiresAt,
			startsAt: appointment.startsAt,
			zone: appointment.zone,
		})
		.from(ratingInvitation)
		.innerJoin(person, eq(person.id, ratingInvitation.personId))
		.leftJoin(appointment, eq(appointment.id, ratingInvitation.appointmentId))
		.where(
			and(
				eq(ratingInvitation.personId, sql.placeholder('personId')),
				isNull(ratingInvitation.outcome),
				gt(ratingInvitation.expiresAt, given(ratingInvitation.expiresAt, 'now')),
				notLike(person.mutedKinds, '%"rating"%'),
			),
		)
		.orderBy(desc(ratingInvitation.askedAt))
		.limit(5)
		.prepare(),
);

/** Invitations the person may still answer, the last one first; none for who does not want to be asked. */
export const openInvitations = async (q: Queries, personId: string, now: Date) =>
	invitationRows(q).execute({ personId, now });

/** The one to show on the home page, if any. */
export const pendingRating = async (q: Queries, personId: string, now: Date) =>
	(await openInvitations(q, personId, now))[0];

/** When the appointment asked about began, if it is about one. */
export async function appointmentAsked(q: Queries, appointmentId: string | null) {
	if (!appointmentId) return null;
	const [row] = await q
		.select({ startsAt: appointment.startsAt, zone: appointment.zone })
		.from(appointment)
		.where(eq(appointment.id, appointmentId))
		.limit(1);
	return row ?? null;
}

/** When the person was asked, and in which seasons they voted: for their own copy of their data. What they said is nobody's. */
export async function askedOf(q: Queries, personId: string) {
	const invitations = await q
		.select({ moment: ratingInvitation.moment, askedAt: ratingInvitation.askedAt, outcome: ratingInvitation.outcome })
		.from(ratingInvitation)
		.where(eq(ratingInvitation.personId, personId))
		.orderBy(desc(ratingInvitation.askedAt))
		.limit(WHOLE);
	const votes = await q
		.select({ season: panelVoter.season })
		.from(panelVoter)
		.where(eq(panelVoter.personId, personId))
		.orderBy(desc(panelVoter.season))
		.limit(WHOLE);
	return { invitations, seasonsVoted: votes.map(({ season }) => season) };
}

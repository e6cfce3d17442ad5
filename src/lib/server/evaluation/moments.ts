import { and, asc, between, eq, gt, gte, inArray, isNull, like, notExists, or, sql } from 'drizzle-orm';
import type { Moment } from '../../shared/questions.ts';
import type { Queries } from '../db/client.ts';
import { childcareAid, pathway, person, ratingInvitation, stage } from '../db/schema/index.ts';
import { ASK_EVERY_DAYS } from './commands.ts';

const DAY_MS = 86_400_000;
/**
 * What happened up to so many days ago is still asked about; later, the moment is forgotten. Longer than the fortnight between
 * two invitations: a stage is mostly left on the day of an appointment, which is asked about first.
 */
const LATELY_DAYS = ASK_EVERY_DAYS + 7;
/** Three months of support. */
const SUPPORT_DAYS = 91;
const MOST = 200;
const DECIDED = ['granted', 'partially_granted', 'refused', 'not_competent'] as const;

export interface MomentDue {
	moment: Exclude<Moment, 'appointment_seen'>;
	personId: string;
	subjectId: string;
}

/**
 * What happened lately and nobody was asked about: a stage left, an aid decided, three months of support, the end of the
 * first months at work. Appointments are asked about by whoever says that they took place.
 */
export async function momentsDue(q: Queries, now: Date): Promise<MomentDue[]> {
	const since = (days: number) => new Date(now.getTime() - days * DAY_MS);
	const neverAsked = (key: ReturnType<typeof sql>) =>
		notExists(
			q
				.select({ one: sql`1` })
				.from(ratingInvitation)
				.where(eq(ratingInvitation.aboutKey, key)),
		);
	/** Not asked lately, and not unwilling: those who wait their fortnight would fill the list. */
	const mayBeAsked = (personId: typeof pathway.personId | typeof childcareAid.personId) =>
		and(
			notExists(
				q
					.select({ one: sql`1` })
					.from(ratingInvitation)
					.where(and(eq(ratingInvitation.personId, personId), gt(ratingInvitation.askedAt, since(ASK_EVERY_DAYS)))),
			),
			notExists(
				q
					.select({ one: sql`1` })
					.from(person)
					.where(and(eq(person.id, personId), like(person.mutedKinds, '%"rating"%'))),
			),
		);
	const stages = await q
		.select({ subjectId: stage.id, personId: pathway.personId, inWork: stage.inWork })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.where(
			and(
				between(stage.leftAt, since(LATELY_DAYS), now),
				eq(stage.state, 'done'),
				neverAsked(sql`CASE WHEN ${stage.inWork} THEN 'in_work_end:' ELSE 'stage_left:' END || ${stage.id}`),
				mayBeAsked(pathway.personId),
			),
		)
		.orderBy(asc(stage.leftAt))
		.limit(MOST);
	const aids = await q
		.select({ subjectId: childcareAid.id, personId: childcareAid.personId })
		.from(childcareAid)
		.where(
			and(
				between(childcareAid.statusSince, since(LATELY_DAYS), now),
				or(
					inArray(childcareAid.status, [...DECIDED]),
					// Paid soon after: it is the decision that must be recent. Another body's has no day of its own.
					and(
						eq(childcareAid.status, 'paid'),
						or(
							isNull(childcareAid.decidedOn),
							gte(childcareAid.decidedOn, since(LATELY_DAYS).toISOString().slice(0, 10)),
						),
					),
				),
				neverAsked(sql`'aid_decided:' || ${childcareAid.id}`),
				mayBeAsked(childcareAid.personId),
			),
		)
		.orderBy(asc(childcareAid.statusSince))
		.limit(MOST);
	const supported = await q
		.select({ subjectId: pathway.id, personId: pathway.personId })
		.from(pathway)
		.where(
			and(
				between(pathway.startedAt, since(SUPPORT_DAYS + LATELY_DAYS), since(SUPPORT_DAYS)),
				isNull(pathway.endedAt),
				neverAsked(sql`'three_months:' || ${pathway.id}`),
				mayBeAsked(pathway.personId),
			),
		)
		.orderBy(asc(pathway.startedAt))
		.limit(MOST);
	return [
		...stages.map(({ inWork, ...about }) => ({
			moment: inWork ? ('in_work_end' as const) : ('stage_left' as const),
			...about,
		})),
		...aids.map((about) => ({ moment: 'aid_decided' as const, ...about })),
		...supported.map((about) => ({ moment: 'three_months' as const, ...about })),
	];
}

import { and, asc, between, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import type { Moment } from '../../shared/questions.ts';
import type { Queries } from '../db/client.ts';
import { childcareAid, pathway, ratingInvitation, stage } from '../db/schema/index.ts';

const DAY_MS = 86_400_000;
/** A worker that was down asks about what happened up to so many days ago; later, the moment is forgotten. */
const LATELY_DAYS = 7;
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
	const stages = await q
		.select({ subjectId: stage.id, personId: pathway.personId, inWork: stage.inWork })
		.from(stage)
		.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
		.where(
			and(
				between(stage.leftAt, since(LATELY_DAYS), now),
				eq(stage.state, 'done'),
				neverAsked(sql`CASE WHEN ${stage.inWork} THEN 'in_work_end:' ELSE 'stage_left:' END || ${stage.id}`),
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
				inArray(childcareAid.status, [...DECIDED]),
				neverAsked(sql`'aid_decided:' || ${childcareAid.id}`),
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

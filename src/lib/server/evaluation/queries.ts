import { and, asc, count, desc, eq, gt, gte, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { RATINGS, type Rating } from '../../shared/codes.ts';
import type { Queries } from '../db/client.ts';
import { given, prepared } from '../db/prepared.ts';
import { appointment, improvement, rating, ratingInvitation } from '../db/schema/index.ts';
import { addMonths, localDay, startOfDay } from '../territories/calendar.ts';
import { readComment } from './box.ts';
import { maskCount, maskMean, maskTable, responseRate, shareOf, type Cell } from './disclosure.ts';

/** From the least to the most content: the order of every table. */
export const FACES = ['bad', 'medium', 'good'] as const satisfies readonly Rating[];
const SCORES = FACES.map((face) => RATINGS[face]);
const MONTHS = 12;
/** A difference of means that is more than chance in small territories. */
const NOTABLE = 0.5;

const invitationRows = prepared((q) =>
	q
		.select({
			id: ratingInvitation.id,
			expiresAt: ratingInvitation.expiresAt,
			startsAt: appointment.startsAt,
			zone: appointment.zone,
			type: appointment.type,
		})
		.from(ratingInvitation)
		.innerJoin(appointment, eq(appointment.id, ratingInvitation.appointmentId))
		.where(
			and(
				eq(ratingInvitation.personId, sql.placeholder('personId')),
				isNull(ratingInvitation.outcome),
				gt(ratingInvitation.expiresAt, given(ratingInvitation.expiresAt, 'now')),
			),
		)
		.orderBy(desc(ratingInvitation.askedAt))
		.limit(5)
		.prepare(),
);

/** Invitations the person may still answer, the last one first. */
export const openInvitations = async (q: Queries, personId: string, now: Date) =>
	invitationRows(q).execute({ personId, now });

/** The one to show on the home page, if any. */
export const pendingRating = async (q: Queries, personId: string, now: Date) =>
	(await openInvitations(q, personId, now))[0];

export interface Results {
	/** `YYYY-MM`, first and last month, whole ones: the current month is never shown before it ends. */
	from: string;
	to: string;
	total: Cell;
	faces: { face: Rating; count: Cell; share: number | null }[];
	/** On 10, one decimal. */
	mean: number | null;
	months: { month: string; count: Cell }[];
	/** The last six months against the six before; null when one of them is too small to say. */
	trend: 'better' | 'worse' | 'same' | null;
	/** Whole percent of those asked. */
	responseRate: number | null;
}

/** Results of a territory over the last twelve whole months, masked: the same on the page, the chart, the table and the CSV. */
export async function resultsOf(
	q: Queries,
	{ territoryId, zone, now }: { territoryId: string; zone: string; now: Date },
): Promise<Results> {
	const current = `${localDay(now, zone).slice(0, 7)}-01`;
	const months = Array.from({ length: MONTHS }, (_, index) => addMonths(current, index - MONTHS).slice(0, 7));
	const rows = await q
		.select({ month: rating.month, score: rating.score, answers: count() })
		.from(rating)
		.where(
			and(eq(rating.territoryId, territoryId), gte(rating.month, months[0]!), lt(rating.month, current.slice(0, 7))),
		)
		.groupBy(rating.month, rating.score)
		.limit(200);
	const sum = (keep: (row: (typeof rows)[number]) => boolean) =>
		rows.filter(keep).reduce((total, { answers }) => total + answers, 0);
	const byFace = SCORES.map((score) => sum((row) => row.score === score));
	const faces = maskTable(byFace);
	const half = (from: number) =>
		maskMean(
			SCORES,
			SCORES.map((score) =>
				sum((row) => row.score === score && months.indexOf(row.month) >= from && months.indexOf(row.month) < from + 6),
			),
		);
	const invited = await invitedBetween(q, {
		territoryId,
		from: startOfDay(`${months[0]}-01`, zone),
		to: startOfDay(current, zone),
	});
	return {
		from: months[0]!,
		to: months.at(-1)!,
		total: faces.total,
		faces: FACES.map((face, index) => {
			const cell = faces.cells[index]!;
			return { face, count: cell, share: shareOf(cell, faces) };
		}),
		mean: maskMean(SCORES, byFace),
		months: months.map((month) => ({ month, count: monthCell(sum((row) => row.month === month)) })),
		trend: trendOf(half(0), half(6)),
		responseRate: responseRate(invited.asked, invited.answered),
	};
}

/** Answers leave the box by five at least: a month holds none, which tells about nobody, or enough. */
const monthCell = (answers: number): Cell => (answers === 0 ? 0 : maskCount(answers));

function trendOf(before: number | null, after: number | null): Results['trend'] {
	if (before === null || after === null) return null;
	if (Math.abs(after - before) < NOTABLE) return 'same';
	return after > before ? 'better' : 'worse';
}

async function invitedBetween(
	q: Queries,
	{ territoryId, from, to }: { territoryId: string; from: Date; to: Date },
): Promise<{ asked: number; answered: number }> {
	const rows = await q
		.select({ outcome: ratingInvitation.outcome, people: count() })
		.from(ratingInvitation)
		.innerJoin(appointment, eq(appointment.id, ratingInvitation.appointmentId))
		.where(
			and(
				eq(appointment.territoryId, territoryId),
				gte(ratingInvitation.askedAt, from),
				lt(ratingInvitation.askedAt, to),
			),
		)
		.groupBy(ratingInvitation.outcome)
		.limit(3);
	const asked = rows.reduce((total, { people }) => total + people, 0);
	return { asked, answered: rows.find(({ outcome }) => outcome === 'answered')?.people ?? 0 };
}

const MOST_COMMENTS = 50;

/** Free words of the same months, in no order, without the face: for the coordinator, before anything is published. */
export async function commentsOf(q: Queries, territoryId: string, { from, to }: { from: string; to: string }) {
	const rows = await q
		.select({ id: rating.id, commentSealed: rating.commentSealed })
		.from(rating)
		.where(
			and(
				eq(rating.territoryId, territoryId),
				gte(rating.month, from),
				lt(rating.month, addMonths(`${to}-01`, 1).slice(0, 7)),
				isNotNull(rating.commentSealed),
			),
		)
		.orderBy(asc(rating.id))
		.limit(MOST_COMMENTS);
	return rows.map((row) => readComment(row)!);
}

/** What was done about the answers: published ones only, or all for the coordinator. */
export const improvementsOf = async (q: Queries, territoryId: string, { publishedOnly }: { publishedOnly: boolean }) =>
	q
		.select()
		.from(improvement)
		.where(
			and(eq(improvement.territoryId, territoryId), publishedOnly ? isNotNull(improvement.publishedAt) : undefined),
		)
		.orderBy(desc(improvement.createdAt), asc(improvement.id))
		.limit(100);

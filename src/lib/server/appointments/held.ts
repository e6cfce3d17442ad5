import { and, eq, gt, gte, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { given, is, prepared } from '../db/prepared.ts';
import { appointment, caseGroup, caseGroupMember, followUpMember, outsideBusy, workshop } from '../db/schema/index.ts';
import type { Busy } from './availability-rules.ts';
import { LONGEST_MINUTES } from './rules.ts';

/**
 * Who is busy when. A professional holds the hours they lead or second, and their workshops (once, however many come); a person
 * holds the hours booked with anybody. What another calendar says counts where it is asked for.
 */
interface Span {
	startsAt: Date;
	endsAt: Date;
}
interface Except {
	/** The appointment, or the workshop, that would move: it does not stand in its own way. */
	except?: string;
}

/** Nothing lasts longer than LONGEST_MINUTES, so each index is read over a bounded range. */
const longestBefore = (startsAt: Date) => new Date(startsAt.getTime() - LONGEST_MINUTES * 60_000);
const value = sql.placeholder;
const stands = is(appointment.state, 'booked');
const over = (starts: typeof appointment.startsAt, ends: typeof appointment.endsAt) => [
	gt(starts, given(starts, 'after')),
	lt(starts, given(starts, 'endsAt')),
	gt(ends, given(ends, 'startsAt')),
];
const overAppointment = [
	...over(appointment.startsAt, appointment.endsAt),
	stands,
	ne(appointment.id, value('except')),
];

const led = prepared((q) =>
	q
		.select({ id: appointment.id })
		.from(appointment)
		.where(and(eq(appointment.referentId, value('who')), isNull(appointment.workshopId), ...overAppointment))
		.limit(1)
		.prepare(),
);
const seconded = prepared((q) =>
	q
		.select({ id: appointment.id })
		.from(appointment)
		.where(and(eq(appointment.secondReferentId, value('who')), ...overAppointment))
		.limit(1)
		.prepare(),
);
const animated = prepared((q) =>
	q
		.select({ id: workshop.id })
		.from(workshop)
		.where(
			and(
				eq(workshop.referentId, value('who')),
				gt(workshop.startsAt, given(workshop.startsAt, 'after')),
				lt(workshop.startsAt, given(workshop.startsAt, 'endsAt')),
				gt(workshop.endsAt, given(workshop.endsAt, 'startsAt')),
				isNull(workshop.cancelledAt),
				ne(workshop.id, value('except')),
			),
		)
		.limit(1)
		.prepare(),
);
const met = prepared((q) =>
	q
		.select({ id: appointment.id })
		.from(appointment)
		.where(and(eq(appointment.personId, value('who')), ...overAppointment))
		.limit(1)
		.prepare(),
);

const spanOf = (who: string, { startsAt, endsAt, except = '' }: Span & Except) => ({
	who,
	except,
	startsAt,
	endsAt,
	after: longestBefore(startsAt),
});

/** Whether the professional leads, seconds or animates something over these hours. */
export async function isProfessionalHeld(q: Queries, accountId: string, hours: Span & Except): Promise<boolean> {
	const wanted = spanOf(accountId, hours);
	for (const held of [led, seconded, animated]) if ((await held(q).execute(wanted)).length > 0) return true;
	return false;
}

/** Whether the person has something booked over these hours, with anybody. */
export async function isPersonHeld(q: Queries, personId: string, hours: Span & Except): Promise<boolean> {
	return (await met(q).execute(spanOf(personId, hours))).length > 0;
}

/** Whether another calendar of the professional says busy over these hours. */
export async function isBusyOutside(q: Queries, accountId: string, { startsAt, endsAt }: Span): Promise<boolean> {
	const rows = await q
		.select({ startsAt: outsideBusy.startsAt })
		.from(outsideBusy)
		.where(
			and(eq(outsideBusy.accountId, accountId), lt(outsideBusy.startsAt, endsAt), gt(outsideBusy.endsAt, startsAt)),
		)
		.limit(1);
	return rows.length > 0;
}

const where = { mode: appointment.mode, placeName: appointment.placeName };
const hours = { startsAt: appointment.startsAt, endsAt: appointment.endsAt };
const MOST = 1000;

/** All that keeps these professionals, or the person, from being met between two instants. */
export async function heldBetween(
	q: Queries,
	{
		accountIds,
		personId,
		except = '',
		from,
		to,
	}: Except & { accountIds: string[]; personId?: string; from: Date; to: Date },
): Promise<Busy[]> {
	const spanned = and(
		is(appointment.state, 'booked'),
		gt(appointment.startsAt, longestBefore(from)),
		lt(appointment.startsAt, to),
		ne(appointment.id, except),
	);
	const held: Busy[] = [];
	const appointments = async (whose: ReturnType<typeof and>) =>
		void held.push(
			...(await q
				.select({ ...hours, ...where })
				.from(appointment)
				.where(and(whose, spanned))
				.orderBy(appointment.startsAt)
				.limit(MOST)),
		);
	if (personId) await appointments(eq(appointment.personId, personId));
	for (const accountId of accountIds) {
		await appointments(and(eq(appointment.referentId, accountId), isNull(appointment.workshopId)));
		await appointments(eq(appointment.secondReferentId, accountId));
		held.push(...(await workshopsBetween(q, accountId, { from, to, except })));
		held.push(...(await outsideBetween(q, accountId, from, to)));
		held.push(...(await groupsBetween(q, accountId, from, to)));
	}
	return held;
}

const workshopsBetween = (
	q: Queries,
	accountId: string,
	{ from, to, except }: { from: Date; to: Date; except: string },
) =>
	q
		.select({
			startsAt: workshop.startsAt,
			endsAt: workshop.endsAt,
			mode: workshop.mode,
			placeName: workshop.placeName,
		})
		.from(workshop)
		.where(
			and(
				eq(workshop.referentId, accountId),
				gt(workshop.startsAt, longestBefore(from)),
				lt(workshop.startsAt, to),
				isNull(workshop.cancelledAt),
				ne(workshop.id, except),
			),
		)
		.limit(MOST);

/**
 * Meetings of professionals that one is expected at, invited or as one of the pair: as another calendar they close hours that are computed,
 * and leave what a professional books by hand.
 */
export async function groupsBetween(q: Queries, accountId: string, from: Date, to: Date): Promise<Busy[]> {
	const isOn = and(
		is(caseGroup.state, 'planned'),
		gt(caseGroup.startsAt, longestBefore(from)),
		lt(caseGroup.startsAt, to),
		gt(caseGroup.endsAt, from),
	);
	const span = { startsAt: caseGroup.startsAt, endsAt: caseGroup.endsAt };
	const invited = await q
		.select(span)
		.from(caseGroupMember)
		.innerJoin(caseGroup, eq(caseGroup.id, caseGroupMember.groupId))
		.where(and(eq(caseGroupMember.accountId, accountId), isOn))
		.limit(MOST);
	const own = await q
		.select(span)
		.from(followUpMember)
		.innerJoin(caseGroup, eq(caseGroup.personId, followUpMember.personId))
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
				inArray(followUpMember.part, ['lead', 'second']),
				isOn,
			),
		)
		.limit(MOST);
	return [...invited, ...own].map((row) => ({ ...row, mode: 'phone' as const, placeName: null }));
}

/** Busy elsewhere, whatever and wherever it is: one is reached from there as from a desk. */
export async function outsideBetween(q: Queries, accountId: string, from: Date, to: Date): Promise<Busy[]> {
	const rows = await q
		.select({ startsAt: outsideBusy.startsAt, endsAt: outsideBusy.endsAt })
		.from(outsideBusy)
		.where(
			and(
				eq(outsideBusy.accountId, accountId),
				lt(outsideBusy.startsAt, to),
				or(gt(outsideBusy.endsAt, from), gte(outsideBusy.startsAt, from)),
			),
		)
		.orderBy(outsideBusy.startsAt)
		.limit(MOST);
	return rows.map((row) => ({ ...row, mode: 'phone' as const, placeName: null }));
}

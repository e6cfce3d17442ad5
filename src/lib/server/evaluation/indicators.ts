import { and, asc, desc, eq, gte, inArray, isNull, lt, or } from 'drizzle-orm';
import type { EndReason, WorkContract } from '../../shared/closing.ts';
import { OPEN_REQUEST_STATUSES, type Channel } from '../../shared/codes.ts';
import { THEMES, type Theme } from '../../shared/themes.ts';
import type { Queries } from '../db/client.ts';
import {
	appointment,
	delivery,
	need,
	pathway,
	reminder,
	situationReview,
	stage,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { distribution, type Distribution } from '../people/steering-rules.ts';
import { getTerritory } from '../territories/queries.ts';
import type { TerritorySettings } from '../territories/settings.ts';
import { addDays, addMonths, daysIn, localDay, startOfDay } from '../territories/calendar.ts';
import { isSmall, nestedRates, rateOf, toldOfRate, type Rate, type Told } from './indicator-rules.ts';

/** Requests younger than this have not had the time to go on: counting them would make delays look short. */
const OLD_ENOUGH_MONTHS = 3;
export const COHORT_MONTHS = 12;
/** Of a large territory, so many drawn from all twelve months (ids are random): enough for a median and a rate that no longer move. */
const MOST = 1_000;
const CHUNK = 500;

export const DELAYS = ['contact', 'first_appointment', 'orientation', 'contract', 'first_action'] as const;
export const RATES = [
	'oriented',
	'contract',
	'noshow_invitation',
	'noshow_convocation',
	'review_on_time',
	'exit_positive',
	'exit_work',
	'exit_durable',
	'in_work_3',
	'in_work_6',
	'reach_push',
	'reach_email',
	'reach_sms',
] as const;
export type RateCode = (typeof RATES)[number];

/** First and last day (`YYYY-MM-DD`) on which the requests were filed. */
export interface Cohort {
	from: string;
	to: string;
}
/** `older`: that of a figure which was kept, when it is not that of the others (`publication.ts`). */
type Kept = { older?: Cohort };
export interface Indicators extends Cohort {
	delays: ({ code: (typeof DELAYS)[number] } & Distribution & Kept)[];
	rates: ({ code: RateCode } & Rate & Kept)[];
	obstacles: ({ theme: Theme; days: Distribution } & Rate & Kept)[];
}
/** By `delay:`, `rate:` or `obstacle:` and its code, what a figure lets anybody compute: never leaves the server. */
export type ToldOf = Record<string, Told>;
/** Shares of one another: told together. */
const EXITS: readonly RateCode[] = ['exit_positive', 'exit_work', 'exit_durable'];
export const rateKey = (code: RateCode) => `rate:${EXITS.includes(code) ? 'exits' : code}`;

/** In pieces: a list of thousands of ids is more than a query may carry. */
async function inChunks<Row>(ids: string[], ask: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
	const rows: Row[] = [];
	for (let at = 0; at < ids.length; at += CHUNK) rows.push(...(await ask(ids.slice(at, at + CHUNK))));
	return rows;
}
function grouped<Row>(rows: Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
	const groups = new Map<string, Row[]>();
	for (const row of rows) {
		const group = groups.get(keyOf(row));
		if (group) group.push(row);
		else groups.set(keyOf(row), [row]);
	}
	return groups;
}
const byPerson = <Row extends { personId: string }>(rows: Row[]) => grouped(rows, ({ personId }) => personId);

/**
 * Results and means of domain.md §6.4, on a cohort old enough: the requests of twelve whole months that ended three months
 * ago or more, and what became of these people until the end of last month. As they are computed today: what is shown is
 * what was published of them (`publication.ts`).
 */
export async function indicatorsOf(
	q: Queries,
	{ territoryId, zone, now }: { territoryId: string; zone: string; now: Date },
): Promise<Indicators & { told: ToldOf }> {
	const { settings } = await getTerritory(q, territoryId);
	const thisMonth = `${localDay(now, zone).slice(0, 7)}-01`;
	const until = startOfDay(thisMonth, zone);
	const end = addMonths(thisMonth, -OLD_ENOUGH_MONTHS);
	const start = addMonths(end, -COHORT_MONTHS);
	const requests = await q
		.select({
			id: supportRequest.id,
			personId: supportRequest.personId,
			submittedAt: supportRequest.submittedAt,
			assignedAt: supportRequest.assignedAt,
		})
		.from(supportRequest)
		.where(
			and(
				eq(supportRequest.territoryId, territoryId),
				inArray(supportRequest.status, [...OPEN_REQUEST_STATUSES, 'closed']),
				gte(supportRequest.submittedAt, startOfDay(start, zone)),
				lt(supportRequest.submittedAt, startOfDay(end, zone)),
			),
		)
		.orderBy(asc(supportRequest.id))
		.limit(MOST);
	const cohort = requests.flatMap(({ personId, submittedAt, ...row }) =>
		personId && submittedAt ? { ...row, personId, submittedAt, assignedAt: before(until, row.assignedAt) } : [],
	);
	const files = await filesOf(q, cohort, { territoryId, since: startOfDay(start, zone), until });
	const needs = await inChunks(
		cohort.map(({ id }) => id),
		(some) =>
			q
				.select({ theme: need.theme, status: need.status, createdAt: need.createdAt, closedAt: need.closedAt })
				.from(need)
				.where(inArray(need.requestId, some))
				.orderBy(asc(need.id))
				.limit(CHUNK * THEMES.length),
	);
	const between = daysIn(zone);
	const told: ToldOf = {};
	return {
		from: start,
		to: addDays(end, -1),
		delays: delaysOf(cohort, files, between, told),
		rates: ratesOf(cohort, files, { until, zone, settings }, told),
		obstacles: THEMES.map((theme) => {
			const own = needs.filter((row) => row.theme === theme);
			const lifted = own.filter(({ status, closedAt }) => status === 'lifted' && before(until, closedAt));
			const days = lifted.flatMap(({ createdAt, closedAt }) => (closedAt ? between(createdAt, closedAt) : []));
			const rate = rateOf(lifted.length, own.length);
			const spread = outOf(own.length, distribution(days));
			told[`obstacle:${theme}`] = {
				...toldOfRate(rate, [lifted.length], own.length),
				...toldOfDays(spread, days.length),
			};
			return { theme, ...rate, days: spread };
		}),
		told,
	};
}

/** What had not happened yet at the end of the last month is not known. */
const before = (until: Date, date: Date | null) => (date && date < until ? date : null);

/** What became of these people here: what another territory did before they came is not this one's. */
async function filesOf(
	q: Queries,
	cohort: Request[],
	{ territoryId, since, until }: { territoryId: string; since: Date; until: Date },
) {
	const asked = byPerson(cohort);
	const people = [...asked.keys()];
	const planned = await inChunks(people, (some) =>
		q
			.select({
				personId: appointment.personId,
				startsAt: appointment.startsAt,
				type: appointment.type,
				state: appointment.state,
				origin: appointment.origin,
				outcomeAt: appointment.outcomeAt,
			})
			.from(appointment)
			.where(
				and(
					inArray(appointment.personId, some),
					eq(appointment.territoryId, territoryId),
					gte(appointment.startsAt, since),
					lt(appointment.startsAt, until),
				),
			)
			.orderBy(asc(appointment.startsAt))
			.limit(CHUNK * 40),
	);
	const meetings = planned.filter(({ outcomeAt }) => outcomeAt === null || outcomeAt < until);
	const opened = await inChunks(people, (some) =>
		q
			.select({
				id: pathway.id,
				personId: pathway.personId,
				kind: pathway.kind,
				startedAt: pathway.startedAt,
				orientedAt: pathway.orientedAt,
				endedAt: pathway.endedAt,
				endReason: pathway.endReason,
				workContract: pathway.workContract,
			})
			.from(pathway)
			.where(
				and(
					inArray(pathway.personId, some),
					eq(pathway.territoryId, territoryId),
					lt(pathway.startedAt, until),
					or(isNull(pathway.endedAt), gte(pathway.endedAt, since)),
				),
			)
			.orderBy(asc(pathway.startedAt))
			.limit(CHUNK * 4),
	);
	const known = opened
		.map((one) => (before(until, one.endedAt) ? one : { ...one, endedAt: null, endReason: null }))
		// One that was over when they asked is not what became of it.
		.filter(({ personId, endedAt }) =>
			asked.get(personId)!.some(({ submittedAt }) => endedAt === null || endedAt >= submittedAt),
		);
	const oriented = new Set(known.map(({ personId }) => personId));
	const pathways = known.filter(({ startedAt }) => startedAt >= since);
	const ids = pathways.map(({ id }) => id);
	const atWork = await inChunks(ids, (some) =>
		q
			.select({ personId: pathway.personId, enteredAt: stage.enteredAt })
			.from(stage)
			.innerJoin(pathway, eq(pathway.id, stage.pathwayId))
			.where(and(inArray(stage.pathwayId, some), eq(stage.inWork, true), lt(stage.enteredAt, until)))
			.orderBy(asc(stage.enteredAt))
			.limit(CHUNK),
	);
	const actions = await inChunks(ids, (some) =>
		q
			.select({ personId: step.personId, doneAt: step.doneAt })
			.from(step)
			.where(and(inArray(step.pathwayId, some), eq(step.state, 'done'), lt(step.doneAt, until)))
			.orderBy(asc(step.doneAt))
			.limit(CHUNK * 40),
	);
	const again = await inChunks(people, (some) =>
		q
			.select({ personId: supportRequest.personId, submittedAt: supportRequest.submittedAt })
			.from(supportRequest)
			.where(
				and(
					inArray(supportRequest.personId, some),
					gte(supportRequest.submittedAt, since),
					lt(supportRequest.submittedAt, until),
				),
			)
			.orderBy(asc(supportRequest.submittedAt))
			.limit(CHUNK * 4),
	);
	const reviews = await inChunks(ids, (some) =>
		q
			.select({ pathwayId: situationReview.pathwayId, heldAt: situationReview.heldAt })
			.from(situationReview)
			.where(and(inArray(situationReview.pathwayId, some), lt(situationReview.heldAt, until)))
			.orderBy(asc(situationReview.heldAt))
			.limit(CHUNK * 10),
	);
	const sent = await inChunks(people, (some) =>
		q
			.select({ channel: delivery.channel, outcome: delivery.outcome })
			.from(reminder)
			.innerJoin(delivery, eq(delivery.reminderId, reminder.id))
			.where(and(inArray(reminder.personId, some), gte(reminder.createdAt, since), lt(reminder.createdAt, until)))
			.orderBy(desc(reminder.createdAt))
			.limit(CHUNK * 20),
	);
	return { meetings, oriented, pathways, reviews, atWork, actions, again, sent };
}
type Files = Awaited<ReturnType<typeof filesOf>>;
interface Request {
	personId: string;
	submittedAt: Date;
	assignedAt: Date | null;
}

/** Calendar days from the request to the first of each, for those who reached it. */
function delaysOf(
	cohort: Request[],
	files: Files,
	between: (from: Date, to: Date) => number,
	told: ToldOf,
): Indicators['delays'] {
	const meetings = byPerson(files.meetings.filter(({ state }) => state === 'seen'));
	const pathways = byPerson(files.pathways);
	const actions = byPerson(files.actions);
	const firstAfter = (dates: (Date | null)[], from: Date) =>
		dates.find((date) => date !== null && date >= from) ?? null;
	const reached: Record<(typeof DELAYS)[number], (request: Request) => Date | null> = {
		// What was its lead's from the start (requests' `giveToLead`) was taken by nobody.
		contact: ({ assignedAt, submittedAt }) => (assignedAt && assignedAt > submittedAt ? assignedAt : null),
		first_appointment: ({ personId, submittedAt }) =>
			firstAfter(
				(meetings.get(personId) ?? []).map(({ startsAt }) => startsAt),
				submittedAt,
			),
		orientation: ({ personId, submittedAt }) =>
			firstAfter(
				(pathways.get(personId) ?? []).map(({ startedAt }) => startedAt),
				submittedAt,
			),
		contract: ({ personId, submittedAt }) =>
			firstAfter(
				(meetings.get(personId) ?? []).flatMap(({ type, startsAt }) => (type === 'contract_signature' ? startsAt : [])),
				submittedAt,
			),
		first_action: ({ personId, submittedAt }) =>
			firstAfter(
				(actions.get(personId) ?? []).map(({ doneAt }) => doneAt),
				submittedAt,
			),
	};
	return DELAYS.map((code) => {
		const days = cohort.flatMap((request) => {
			const date = reached[code](request);
			return date ? between(request.submittedAt, date) : [];
		});
		const found = outOf(cohort.length, distribution(days));
		// Beside how many are oriented it would say how few were so already.
		const spread = code === 'orientation' ? outOf(files.oriented.size, found) : found;
		told[`delay:${code}`] = toldOfDays(spread, days.length);
		return { code, ...spread };
	});
}

/** A median told of nobody knows how many moves with each of them: the number counts as told. */
const toldOfDays = ({ count, median }: Distribution, days: number): Told =>
	count === null && median === null ? {} : { days };

/** How many it is made of is not said when so few are missing that the size of the whole would tell about them. */
const outOf = (whole: number, found: Distribution): Distribution =>
	found.count !== null && isSmall(whole - found.count) ? { ...found, count: null } : found;

/** PAP of programme 102: a contract of a month brings back to work, one of six months is durable; not known is not durable. */
const DURABLE = new Set<WorkContract | null>(['permanent', 'six_months', 'business']);
const backToWork = (one: { endReason: EndReason | null; workContract: WorkContract | null }) =>
	one.endReason === 'work' && one.workContract !== 'shorter';
const FINAL = new Set(['seen', 'excused', 'revoked', 'noshow']);

function ratesOf(
	cohort: Request[],
	files: Files,
	{ until, zone, settings }: { until: Date; zone: string; settings: TerritorySettings },
	told: ToldOf,
): Indicators['rates'] {
	const dayOf = (date: Date) => localDay(date, zone);
	const monthsAfter = (date: Date, months: number) => addMonths(dayOf(date), months);
	/** Last day of the first review, as `nextReviewOn` says it to those concerned. */
	const reviewDay = ({ kind, startedAt, orientedAt }: Files['pathways'][number]) =>
		monthsAfter(
			orientedAt && orientedAt > startedAt ? orientedAt : startedAt,
			kind === 'social' ? settings.reviewMonthsSocial : settings.reviewMonths,
		);
	const { meetings, oriented, pathways, reviews, atWork, again, sent } = files;
	const signed = new Set(
		meetings.flatMap(({ personId, type, state }) =>
			type === 'contract_signature' && state === 'seen' ? personId : [],
		),
	);
	const people = new Set(cohort.map(({ personId }) => personId));
	const part = <Item>(
		items: Iterable<Item>,
		holds: (item: Item) => boolean,
	): Rate & { parts: number[]; whole: number } => {
		const all = [...items];
		const held = all.filter(holds).length;
		return { ...rateOf(held, all.length), parts: [held], whole: all.length };
	};
	const final = (origin: string) => meetings.filter((one) => one.origin === origin && FINAL.has(one.state));
	const held = grouped(reviews, ({ pathwayId }) => pathwayId);
	const due = pathways.filter((one) => reviewDay(one) < dayOf(one.endedAt ?? until));
	const ended = pathways.filter(({ endReason }) => endReason !== null);
	const working = ended.filter(backToWork);
	const exits = [
		working.length + ended.filter(({ endReason }) => endReason === 'training').length,
		working.length,
		working.filter(({ workContract }) => DURABLE.has(workContract)).length,
	];
	const [positive, work, durable] = nestedRates(exits, ended.length).map((rate) => ({
		...rate,
		parts: exits,
		whole: ended.length,
	}));
	const requests = byPerson(again.flatMap((row) => (row.personId ? { ...row, personId: row.personId } : [])));
	const stillAtWork = (months: number) =>
		part(
			atWork.flatMap(({ personId, enteredAt }) =>
				enteredAt && monthsAfter(enteredAt, months) < dayOf(until) ? { personId, enteredAt } : [],
			),
			({ personId, enteredAt }) =>
				!(requests.get(personId) ?? []).some(
					({ submittedAt }) =>
						submittedAt !== null && submittedAt > enteredAt && dayOf(submittedAt) <= monthsAfter(enteredAt, months),
				),
		);
	const reach = (channel: Channel) =>
		part(
			sent.filter((one) => one.channel === channel),
			({ outcome }) => outcome === 'accepted',
		);
	const found: Record<RateCode, ReturnType<typeof part>> = {
		oriented: part(people, (personId) => oriented.has(personId)),
		contract: part(people, (personId) => signed.has(personId)),
		noshow_invitation: part(final('invitation'), ({ state }) => state === 'noshow'),
		noshow_convocation: part(final('convocation'), ({ state }) => state === 'noshow'),
		review_on_time: part(due, (one) => (held.get(one.id) ?? []).some(({ heldAt }) => dayOf(heldAt) <= reviewDay(one))),
		exit_positive: positive!,
		exit_work: work!,
		exit_durable: durable!,
		in_work_3: stillAtWork(3),
		in_work_6: stillAtWork(6),
		reach_push: reach('push'),
		reach_email: reach('email'),
		reach_sms: reach('sms'),
	};
	return RATES.map((code) => {
		const { parts, whole, ...rate } = found[code];
		// Of shares of one another, what any of them tells.
		const key = rateKey(code);
		told[key] = { ...told[key], ...toldOfRate(rate, parts, whole) };
		return { code, ...rate };
	});
}

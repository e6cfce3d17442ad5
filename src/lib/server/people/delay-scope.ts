import { and, eq, exists, inArray, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { given } from '../db/prepared.ts';
import { account, catchment, followUpMember, municipality, person, structure } from '../db/schema/index.ts';
import { addDays, addMonths, daysBetween, startOfDay } from '../territories/calendar.ts';
import type { TerritorySettings } from '../territories/settings.ts';
import { leadOfPerson, openMember } from './caseload.ts';

/** Targets of product.md §5 that are counted here, in the order of a pathway. */
export const DELAY_KINDS = [
	'first_contact',
	'first_appointment',
	'diagnosis',
	'orientation',
	'need',
	'stage',
	'steps',
	'promise',
	'interview',
	'silence',
	'review',
] as const;
export type DelayKind = (typeof DELAY_KINDS)[number];

export interface Delay {
	kind: DelayKind;
	personId: string;
	firstName: string;
	lastName: string;
	commune: string | null;
	birthDate: string | null;
	phone: string | null;
	email: string | null;
	/** Last day that would have kept the target, in the territory's zone. */
	targetOn: string;
	daysLate: number;
	/** The current stage, for `stage`. */
	stageName: Record<string, string> | null;
	/** The request it is about, when it is about one. */
	reference: string | null;
	leadName: string | null;
	structureName: string | null;
}

/** The calendar delays are counted in. */
export interface DelayContext {
	territoryId: string;
	zone: string;
	settings: TerritorySettings;
	now: Date;
}

/** Whose delays: those a professional leads or seconds; a territory's, by structure of the lead or by basin. */
export type DelayScope = { accountId: string } | { structureId?: string; employmentAreaId?: string };

/** Per kind; a list longer than this is worked from its oldest, or read further (`territoryDelays`). */
export const MAX_PER_KIND = 200;

export const shown = {
	personId: person.id,
	firstName: person.firstName,
	lastName: person.lastName,
	commune: municipality.name,
	birthDate: person.birthDate,
	phone: person.phone,
	email: person.email,
	leadName: account.displayName,
	structureName: structure.name,
};

/** What is the same in every list; `shown` selects it, the lead's part where there is one. */
type Row = Omit<Delay, 'kind' | 'targetOn' | 'daysLate' | 'stageName' | 'reference'>;

/**
 * A line of a list. What the coordinator sees of somebody else's people is names only (domain.md §7.2). Field by field: copying
 * the driver's rows whole takes ten times as long.
 */
export function delayOf(
	{ shape, today }: Asked,
	row: Omit<Row, 'leadName' | 'structureName'> & Partial<Row>,
	{ kind, targetOn, stageName = null, reference = null }: Pick<Delay, 'kind' | 'targetOn'> & Partial<Delay>,
): Delay {
	const namesOnly = shape.whose !== 'own';
	return {
		kind,
		personId: row.personId,
		firstName: row.firstName,
		lastName: row.lastName,
		commune: row.commune,
		birthDate: namesOnly ? null : row.birthDate,
		phone: namesOnly ? null : row.phone,
		email: namesOnly ? null : row.email,
		targetOn,
		daysLate: daysBetween(targetOn, today),
		stageName,
		reference,
		leadName: row.leadName ?? null,
		structureName: row.structureName ?? null,
	};
}

/** What of a scope changes the query; the rest are values given at each run, so that no statement holds anybody's id. */
export interface Shape {
	whose: 'own' | 'territory';
	structure: boolean;
	basin: boolean;
}

export function shapeOf(scope: DelayScope): Shape {
	if ('accountId' in scope) return { whose: 'own', structure: false, basin: false };
	const { structureId, employmentAreaId } = scope;
	return { whose: 'territory', structure: Boolean(structureId), basin: Boolean(employmentAreaId) };
}

/** The values of every query of delays, by the name of their placeholder. Days end in the territory's zone. */
export function valuesOf(
	scope: DelayScope,
	{ territoryId, zone, settings, now }: DelayContext,
	{ today, most }: { today: string; most: number },
) {
	/** Sent before this instant, the last calendar day of the target is over. */
	const ago = (days: number) => startOfDay(addDays(today, -days), zone);
	// A day more: the end of a month makes « six months ago » and « in six months » differ.
	const monthsAgo = (months: number) => startOfDay(addDays(addMonths(today, -months), 1), zone);
	return {
		...scope,
		territoryId,
		today,
		now,
		most,
		beforeAppointment: ago(settings.firstAppointmentDays),
		beforeSilence: ago(settings.silenceDays),
		beforeDiagnosis: ago(settings.diagnosisDays),
		beforeOrientation: ago(settings.orientationDays),
		beforeSteps: ago(settings.betweenStepsDays),
		beforeReview: monthsAgo(settings.reviewMonths),
		beforeReviewSocial: monthsAgo(settings.reviewMonthsSocial),
	};
}
export type DelayValues = ReturnType<typeof valuesOf>;
/** What every list of delays is asked with. */
export interface Asked {
	shape: Shape;
	values: DelayValues;
	context: DelayContext;
	today: string;
}

/** How many a list reads, oldest first. */
export const most = sql.placeholder('most' satisfies keyof DelayValues);

/** Names of the values, for placeholders that cannot be mistyped. */
export const value = (
	column: SQLiteColumn,
	name: keyof DelayValues | 'accountId' | 'structureId' | 'employmentAreaId',
) => given(column, name);

/**
 * Restricts to the scope; an own list starts from the professional's open lines. `territory` is the column that says so without
 * an index of its own where another index, of what is late, must lead.
 */
export function within(
	q: Queries,
	{ whose, structure, basin }: Shape,
	territory: SQLiteColumn | SQL = person.territoryId,
) {
	if (whose === 'own')
		return and(
			eq(followUpMember.accountId, value(followUpMember.accountId, 'accountId')),
			openMember,
			inArray(followUpMember.part, OWN_PARTS),
		);
	return and(
		eq(sql`${territory}`, value(person.territoryId, 'territoryId')),
		structure ? eq(followUpMember.structureId, value(followUpMember.structureId, 'structureId')) : undefined,
		basin ? inGivenBasin(q) : undefined,
	);
}

const OWN_PARTS: ('lead' | 'second')[] = ['lead', 'second'];

const inGivenBasin = (q: Queries) =>
	inBasin(q, value(catchment.employmentAreaId, 'employmentAreaId'), value(catchment.territoryId, 'territoryId'));

export const inBasin = (q: Queries, employmentAreaId: string | SQLWrapper, territoryId: string | SQLWrapper) =>
	exists(
		q
			.select({ one: sql`1` })
			.from(catchment)
			.where(
				and(
					eq(catchment.inseeCode, person.inseeCode),
					eq(catchment.territoryId, territoryId),
					eq(catchment.employmentAreaId, employmentAreaId),
				),
			),
	);

/** Own lists join the professional's line, territory lists the lead's. */
export const lineOf = ({ whose }: Shape) => (whose === 'own' ? eq(followUpMember.personId, person.id) : leadOfPerson);

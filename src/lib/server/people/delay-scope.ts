import { and, eq, exists, inArray, sql, type SQL } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { account, catchment, followUpMember, municipality, person, structure } from '../db/schema/index.ts';
import type { TerritorySettings } from '../territories/settings.ts';
import { leadOfPerson, openMember } from './caseload.ts';

/** Targets of product.md §5 that are counted here, in the order of a pathway. */
export const DELAY_KINDS = [
	'first_contact',
	'first_appointment',
	'diagnosis',
	'orientation',
	'stage',
	'steps',
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
	/** The request to take, for `first_contact`. */
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

/** Whose delays: those a professional leads or seconds; a territory's, by structure of the lead or by basin; one person's. */
export type DelayScope =
	| { accountId: string }
	| { personId?: undefined; structureId?: string; employmentAreaId?: string }
	| { personId: string };

/** Per kind; a list longer than this is worked from its oldest. */
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

/**
 * Restricts to the scope; an own list starts from the professional's open lines. `territory` is the column that says so without
 * an index of its own where another index, of what is late, must lead.
 */
export function within(
	q: Queries,
	scope: DelayScope,
	context: DelayContext,
	territory: SQLiteColumn = person.territoryId,
): SQL | undefined {
	if ('accountId' in scope)
		return and(eq(followUpMember.accountId, scope.accountId), openMember, inArray(followUpMember.part, OWN_PARTS));
	if (scope.personId !== undefined) return eq(person.id, scope.personId);
	return and(
		eq(territory, context.territoryId),
		scope.structureId ? eq(followUpMember.structureId, scope.structureId) : undefined,
		scope.employmentAreaId ? inBasin(q, scope.employmentAreaId, context.territoryId) : undefined,
	);
}

const OWN_PARTS: ('lead' | 'second')[] = ['lead', 'second'];

export const inBasin = (q: Queries, employmentAreaId: string, territoryId: string) =>
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
export const lineOf = (scope: DelayScope) =>
	'accountId' in scope ? eq(followUpMember.personId, person.id) : leadOfPerson;

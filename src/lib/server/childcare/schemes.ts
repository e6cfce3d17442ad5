import { and, asc, desc, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import type { SchemeContent } from '../db/schema/childcare.ts';
import { account, aidScheme, aidSchemeVersion, childcareAid } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import type { Actor } from './moving.ts';

/** An aid of a territory with the rules of a day. */
export interface Scheme {
	id: string;
	code: string;
	theme: string;
	versionId: string;
	version: number;
	startsOn: string;
	content: SchemeContent;
}

const MOST = 50;

const inForce = (q: Queries, territoryId: string, today: string) =>
	q
		.select({ scheme: aidScheme, rules: aidSchemeVersion })
		.from(aidScheme)
		.innerJoin(aidSchemeVersion, eq(aidSchemeVersion.schemeId, aidScheme.id))
		.where(and(eq(aidScheme.territoryId, territoryId), lte(aidSchemeVersion.startsOn, today)))
		// Written last, it stands also for what was to begin later: what it changed is not undone on that day.
		.orderBy(asc(aidScheme.position), desc(aidSchemeVersion.version))
		.limit(MOST * 20);

/** Aids of a territory with the rules in force on a day of its zone, in its own order. Closed ones too. */
export async function listSchemes(q: Queries, territoryId: string, today: string): Promise<Scheme[]> {
	const seen = new Map<string, Scheme>();
	for (const { scheme, rules } of await inForce(q, territoryId, today))
		if (!seen.has(scheme.id))
			seen.set(scheme.id, {
				...{ id: scheme.id, code: scheme.code, theme: scheme.theme },
				...{ versionId: rules.id, version: rules.version, startsOn: rules.startsOn, content: rules.content },
			});
	return [...seen.values()];
}

/** One aid with the rules of the day; undefined when the territory has none of that code. */
export const findScheme = async (
	q: Queries,
	{ territoryId, code, today }: { territoryId: string; code: string; today: string },
): Promise<Scheme | undefined> => (await listSchemes(q, territoryId, today)).find((one) => one.code === code);

/** The rules a file was sent under, whatever they became since. */
export async function schemeOfFile(
	q: Queries,
	{ schemeVersionId }: { schemeVersionId: string | null },
): Promise<SchemeContent | null> {
	if (!schemeVersionId) return null;
	return (await contentsOf(q, [schemeVersionId])).get(schemeVersionId) ?? null;
}

/** The rules of several files at once, by version. */
export async function contentsOf(q: Queries, versionIds: string[]): Promise<Map<string, SchemeContent>> {
	if (versionIds.length === 0) return new Map();
	const rows = await q
		.select({ id: aidSchemeVersion.id, content: aidSchemeVersion.content })
		.from(aidSchemeVersion)
		.where(inArray(aidSchemeVersion.id, [...new Set(versionIds)]));
	return new Map(rows.map(({ id, content }) => [id, content]));
}

/** Every change of an aid, the last one first, with who made it. */
export const schemeHistory = (q: Queries, schemeId: string) =>
	q
		.select({
			version: aidSchemeVersion.version,
			startsOn: aidSchemeVersion.startsOn,
			changedAt: aidSchemeVersion.changedAt,
			content: aidSchemeVersion.content,
			by: account.displayName,
		})
		.from(aidSchemeVersion)
		.leftJoin(account, eq(account.id, aidSchemeVersion.changedById))
		.where(eq(aidSchemeVersion.schemeId, schemeId))
		.orderBy(desc(aidSchemeVersion.version))
		.limit(100);

/** Adds an aid to a territory, as its profile ships it. */
export async function addScheme(
	tx: Tx,
	{
		territoryId,
		code,
		theme,
		position,
		content,
		startsOn,
		now,
	}: {
		territoryId: string;
		code: string;
		theme: string;
		position: number;
		content: SchemeContent;
		startsOn: string;
		now: Date;
	},
): Promise<{ id: string }> {
	const id = newId();
	await tx.insert(aidScheme).values({ id, territoryId, code, theme, position });
	await tx
		.insert(aidSchemeVersion)
		.values({ id: newId(), schemeId: id, version: 1, startsOn, content, changedById: null, changedAt: now });
	return { id };
}

/**
 * The coordinator changes the rules of an aid, from a day on: a version is added, none is touched, so that files keep the
 * rules they were sent under.
 * @throws DomainError `not_found` elsewhere than in their territory; `scheme_changed` (conflict) when somebody did since
 * `version`; `scheme_past` (invalid) for a day that is over
 */
export async function changeScheme(
	tx: Tx,
	{
		code,
		version,
		startsOn,
		content,
		by,
		now,
	}: {
		code: string;
		version: number;
		startsOn: string;
		content: SchemeContent;
		by: Actor & { territoryId: string | null };
		now: Date;
	},
): Promise<void> {
	const { scheme, last } = await schemeToChange(tx, by, code);
	if (last.version !== version) throw new DomainError('scheme_changed', 'conflict');
	const { zone } = await getTerritory(tx, scheme.territoryId);
	if (startsOn < localDay(now, zone)) throw new DomainError('scheme_past', 'invalid');
	const made = await tx
		.insert(aidSchemeVersion)
		.values({
			id: newId(),
			schemeId: scheme.id,
			version: version + 1,
			startsOn,
			content,
			changedById: by.accountId,
			changedAt: now,
		})
		.onConflictDoNothing()
		.returning({ id: aidSchemeVersion.id });
	if (made.length === 0) throw new DomainError('scheme_changed', 'conflict');
	await recordAudit(tx, {
		action: 'aid_scheme.changed',
		actor: by,
		subjectId: scheme.id,
		detail: { code, version: version + 1 },
		at: now,
	});
}

/** An aid with its last rules, even those that begin later. @throws DomainError `not_found` */
export async function schemeToChange(q: Queries, by: { role: string; territoryId: string | null }, code: string) {
	if (by.role !== 'coordinator' || !by.territoryId) throw notFound();
	const [found] = await q
		.select({ scheme: aidScheme, last: aidSchemeVersion })
		.from(aidScheme)
		.innerJoin(aidSchemeVersion, eq(aidSchemeVersion.schemeId, aidScheme.id))
		.where(and(eq(aidScheme.territoryId, by.territoryId), eq(aidScheme.code, code)))
		.orderBy(desc(aidSchemeVersion.version))
		.limit(1);
	if (!found) throw notFound();
	return found;
}

/** Cents granted in the calendar year of a day, paid or not yet, by kind of aid. */
export async function grantedThisYear(q: Queries, territoryId: string, today: string): Promise<Map<string, number>> {
	const rows = await q
		.select({ kind: childcareAid.kind, cents: sql<number>`coalesce(sum(${childcareAid.amountCents}), 0)` })
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.territoryId, territoryId),
				inArray(childcareAid.status, ['granted', 'partially_granted', 'paid']),
				gte(childcareAid.decidedOn, `${today.slice(0, 4)}-01-01`),
				lte(childcareAid.decidedOn, `${today.slice(0, 4)}-12-31`),
			),
		)
		.groupBy(childcareAid.kind);
	return new Map(rows.map(({ kind, cents }) => [kind, Number(cents)]));
}

/**
 * Cents left of the envelope of a calendar year: that of the rules in force on a day, whatever those that a file was sent under
 * said. Null without an envelope.
 */
export async function budgetLeft(
	q: Queries,
	{ territoryId, kind, today }: { territoryId: string; kind: string; today: string },
): Promise<number | null> {
	const scheme = await findScheme(q, { territoryId, code: kind, today });
	if (!scheme || scheme.content.budgetCents === null) return null;
	return scheme.content.budgetCents - ((await grantedThisYear(q, territoryId, today)).get(kind) ?? 0);
}

import { and, count, eq, exists, gte, lt, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { person, personSearchKey } from '../db/schema/index.ts';
import { searchTerms } from './rules.ts';

/** People found by what was typed of their names or number: a term is a range of the index of their keys. */

/** People looked at behind one search: more than a page can show, few enough to stay instant on a common name. */
const MAX_FOUND = 250;
/** Keys counted at most to tell the rarer of two terms: past it, both are common. */
const MAX_COUNTED = 5_000;

const startsWith = (term: string) => and(gte(personSearchKey.key, term), lt(personSearchKey.key, `${term}\uffff`));

const inTerritory = (territoryId: string, term: string) =>
	and(eq(personSearchKey.territoryId, territoryId), startsWith(term));

/** Ids of the territory's people whom a search finds, whatever the accents; null when nothing is looked for. */
export async function peopleFound(q: Queries, territoryId: string, typed: string): Promise<string[] | null> {
	const terms = searchTerms(typed);
	return terms.length > 0 ? idsFound(q, territoryId, terms) : null;
}

/**
 * Ids of the territory's people whose keys begin with every term. Without statistics the database cannot tell a rare term
 * from a common one: each is counted, no further than makes a difference, and the rarest leads.
 */
async function idsFound(q: Queries, territoryId: string, terms: string[]): Promise<string[]> {
	const byLength = [...terms].sort((a, b) => b.length - a.length);
	let rarest = { term: byLength[0]!, keys: Infinity };
	if (terms.length > 1)
		for (const term of byLength) {
			const keys = await keysUpTo(q, territoryId, term, Math.min(rarest.keys, MAX_COUNTED));
			if (keys < rarest.keys) rarest = { term, keys };
		}
	return firstFound(
		q,
		territoryId,
		rarest.term,
		byLength.filter((term) => term !== rarest.term),
	);
}

/** How many keys begin with a term, counted up to `most`. */
async function keysUpTo(q: Queries, territoryId: string, term: string, most: number): Promise<number> {
	const keys = q
		.select({ personId: personSearchKey.personId })
		.from(personSearchKey)
		.where(inTerritory(territoryId, term))
		.limit(most)
		.as('keys');
	const [row] = await q.select({ keys: count() }).from(keys).limit(1);
	return row!.keys;
}

/** Goes through the keys of one term until enough of their people have the others too. */
async function firstFound(q: Queries, territoryId: string, first: string, others: string[]): Promise<string[]> {
	const conditions = others.map((term, index) => {
		const key = alias(personSearchKey, `key_${index}`);
		const own = and(eq(key.personId, personSearchKey.personId), gte(key.key, term), lt(key.key, `${term}\uffff`));
		return exists(
			q
				.select({ one: sql`1` })
				.from(key)
				.where(own),
		);
	});
	const rows = await q
		.selectDistinct({ id: personSearchKey.personId })
		.from(personSearchKey)
		.where(and(inTerritory(territoryId, first), ...conditions))
		.limit(MAX_FOUND);
	return rows.map(({ id }) => id);
}

/** Every term begins one of the person's keys: for a list that is already short. */
export function keysMatch(q: Queries, terms: string[]): SQL[] {
	return terms.map((term) =>
		exists(
			q
				.select({ one: sql`1` })
				.from(personSearchKey)
				.where(and(eq(personSearchKey.personId, person.id), startsWith(term))),
		),
	);
}

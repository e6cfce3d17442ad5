import { and, asc, count, eq, exists, gte, inArray, lt, not, or, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Queries } from '../db/client.ts';
import { prepared, preparedByShape } from '../db/prepared.ts';
import { person, personSearchKey } from '../db/schema/index.ts';
import { searchWays, wholeNameKey, type SearchWay } from './rules.ts';

/** People found by what was typed of their names or number: a term is a range of the index of their keys. */

/** People named by their ids behind one search: few enough to be put in order at once, whatever the list. */
const MAX_FOUND = 250;
/** Keys counted at most to tell the rarer of two terms: past it, both are common. */
const MAX_COUNTED = 5_000;

/** Beyond all that begins with a term. */
const end = (term: string) => `${term}\uffff`;
const value = (name: string) => sql.placeholder(name);

const startsWith = (term: string) => and(gte(personSearchKey.key, term), lt(personSearchKey.key, end(term)));

/** Whom a search finds: all of them, or that they are too many to be named, for a list to look at its own rows (`keysMatch`). */
export type Found = { ids: string[] } | SearchWay;

/** The territory's people whom a search finds, whatever the accents, `most` of them by name; null when nothing is looked for. */
export async function peopleFound(
	q: Queries,
	territoryId: string,
	typed: string,
	most = MAX_FOUND,
): Promise<Found | null> {
	const ways = searchWays(typed);
	if (ways.length === 0) return null;
	const found = new Set<string>();
	for (const way of ways) {
		// One more says that they are too many.
		for (const id of await idsFound(q, territoryId, way.terms, most + 1)) found.add(id);
		if (found.size > most) return way;
	}
	return { ids: [...found] };
}

/**
 * Ids of the territory's people whose keys begin with every term, `most` of them. Without statistics the database cannot tell a rare term
 * from a common one: each is counted, no further than makes a difference, and the rarest leads.
 */
async function idsFound(q: Queries, territoryId: string, terms: string[], most: number): Promise<string[]> {
	const byLength = [...terms].sort((a, b) => b.length - a.length);
	let rarest = { term: byLength[0]!, keys: Infinity };
	if (terms.length > 1)
		for (const term of byLength) {
			const keys = await keysUpTo(q, territoryId, term, Math.min(rarest.keys, MAX_COUNTED));
			if (keys < rarest.keys) rarest = { term, keys };
		}
	const others = byLength.filter((term) => term !== rarest.term);
	return firstFound(q, { territoryId, first: rarest.term, others, most });
}

/** Keys of the territory that begin with the term given as `first`. */
const keysOfFirst = and(
	eq(personSearchKey.territoryId, value('territoryId')),
	gte(personSearchKey.key, value('first')),
	lt(personSearchKey.key, value('firstEnd')),
);

const keysCounted = prepared((q) => {
	const keys = q
		.select({ personId: personSearchKey.personId })
		.from(personSearchKey)
		.where(keysOfFirst)
		.limit(value('most'))
		.as('keys');
	return q.select({ keys: count() }).from(keys).prepare();
});

/** How many keys begin with a term, counted up to `most`. */
async function keysUpTo(q: Queries, territoryId: string, term: string, most: number): Promise<number> {
	const [row] = await keysCounted(q).execute({ territoryId, first: term, firstEnd: end(term), most });
	return row!.keys;
}

const firstOnes = preparedByShape((q, { others }: { others: number }) => {
	const conditions = Array.from({ length: others }, (_, index) => {
		const key = alias(personSearchKey, `key_${index}`);
		const begins = and(gte(key.key, value(`other${index}`)), lt(key.key, value(`otherEnd${index}`)));
		return exists(
			q
				.select({ one: sql`1` })
				.from(key)
				.where(and(eq(key.personId, personSearchKey.personId), begins)),
		);
	});
	return q
		.selectDistinct({ id: personSearchKey.personId })
		.from(personSearchKey)
		.where(and(keysOfFirst, ...conditions))
		.limit(value('most'))
		.prepare();
});

/** Goes through the keys of one term until enough of their people have the others too. */
async function firstFound(
	q: Queries,
	{ territoryId, first, others, most }: { territoryId: string; first: string; others: string[]; most: number },
): Promise<string[]> {
	const given = others.flatMap((term, index) => [
		[`other${index}`, term],
		[`otherEnd${index}`, end(term)],
	]);
	const rows = await firstOnes(q, { others: others.length }).execute({
		...{ territoryId, first, firstEnd: end(first), most },
		...Object.fromEntries(given),
	});
	return rows.map(({ id }) => id);
}

/** Who bears this very name, however it is cut into words: ids, for a condition on them. */
export const calledAlike = (q: Queries, territoryId: string, names: { firstName: string; lastName: string }) =>
	inArray(
		person.id,
		q
			.select({ id: personSearchKey.personId })
			.from(personSearchKey)
			.where(and(eq(personSearchKey.territoryId, territoryId), eq(personSearchKey.key, wholeNameKey(names)))),
	);

/** Every term begins one of the person's keys: for a list that is already short. */
export function keysMatch(q: Queries, terms: string[]): SQL[] {
	return terms.map((term) => {
		const hasKey = exists(
			q
				.select({ one: sql`1` })
				.from(personSearchKey)
				.where(and(eq(personSearchKey.personId, person.id), startsWith(term))),
		);
		return and(wordBeginsLike(term), hasKey)!;
	});
}

/**
 * A key that begins with a letter begins where a word of the name does (`searchKeys`). The name is read anyway, as the order of lists:
 * most people are ruled out by it, without looking for a key.
 */
function wordBeginsLike(term: string): SQL | undefined {
	const [first] = /^\p{L}/u.exec(term) ?? [];
	return first === undefined ? undefined : sql`instr(' ' || ${person.searchName}, ${` ${first}`}) > 0`;
}

/** What was typed finds the person, one way or another: for a list that is already short. Undefined when nothing is looked for. */
export const isFound = (q: Queries, typed: string): SQL | undefined =>
	or(...searchWays(typed).map(({ terms }) => and(...keysMatch(q, terms))));

interface Crowd {
	territoryId: string;
	way: SearchWay;
	/** What else the list asks of a person. */
	also: SQL | undefined;
	skipped: number;
	most: number;
}

/**
 * Ids of some of the people whom a common word finds: those filed under it, by name, then those who bear it otherwise. In that
 * order each part is a range of the index of names: sorting them all, or looking for one family among everybody, is not.
 */
export async function crowdPage(q: Queries, { territoryId, way, also, skipped, most }: Crowd): Promise<string[]> {
	const { terms, names } = way;
	const filed = await mostFiledUnder(q, territoryId, [...new Set([...terms, ...names])]);
	const ofTerritory = eq(person.territoryId, territoryId);
	const under = and(
		filedUnder(filed),
		...keysMatch(
			q,
			terms.filter((term) => term !== filed.replaceAll(' ', '')),
		),
	);
	const read = (where: SQL | undefined, from: number, limit: number) =>
		q
			.select({ id: person.id })
			.from(person)
			.where(and(ofTerritory, where, also))
			.orderBy(asc(person.searchName), asc(person.id))
			.limit(limit)
			.offset(from);
	const first = await read(under, skipped, most);
	if (first.length === most) return first.map(({ id }) => id);
	const passed = first.length > 0 ? skipped : (await read(under, 0, skipped)).length;
	const others = and(not(filedUnder(filed)), ...keysMatch(q, terms));
	const rest = await read(others, skipped - passed, most - first.length);
	return [...first, ...rest].map(({ id }) => id);
}

const filedUnder = (term: string) => and(gte(person.searchName, term), lt(person.searchName, end(term)))!;

const filedCounted = prepared((q) => {
	const own = and(
		eq(person.territoryId, value('territoryId')),
		gte(person.searchName, value('first')),
		lt(person.searchName, value('firstEnd')),
	);
	const filed = q.select({ id: person.id }).from(person).where(own).limit(value('most')).as('filed');
	return q.select({ people: count() }).from(filed).prepare();
});

/** The word or name under which most people are filed; of two that fill pages, the first. */
async function mostFiledUnder(q: Queries, territoryId: string, terms: string[]): Promise<string> {
	let found = { term: terms[0]!, people: -1 };
	if (terms.length > 1)
		for (const term of terms) {
			const given = { territoryId, first: term, firstEnd: end(term), most: MAX_FOUND };
			const [row] = await filedCounted(q).execute(given);
			if (row!.people > found.people) found = { term, people: row!.people };
		}
	return found.term;
}

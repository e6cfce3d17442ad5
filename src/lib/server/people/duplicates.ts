import { and, eq, gte, inArray, lte, ne, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { account, followUpMember, municipality, person } from '../db/schema/index.ts';
import { leadOfPerson } from './caseload.ts';
import { calledAlike } from './finding.ts';
import { differentFrom } from './identity.ts';
import type { PersonRow } from './queries.ts';

/** More would be a family or a shared office number, not a double. */
const MAX_DUPLICATES = 5;

export interface Duplicate {
	id: string;
	firstName: string;
	lastName: string;
	birthDate: string | null;
	commune: string | null;
	leadName: string | null;
	why: 'name' | 'contact';
}

/**
 * Other files of the territory that may be the same person: same name and birth date, or same contact. For a professional to
 * compare; nothing is ever merged by itself (domain.md §7.6).
 */
export async function possibleDuplicates(
	q: Queries,
	own: Pick<
		PersonRow,
		'id' | 'territoryId' | 'firstName' | 'lastName' | 'searchName' | 'birthDate' | 'phone' | 'email'
	>,
): Promise<Duplicate[]> {
	// One search per index: a single « or » over three columns would read the whole territory.
	const lists = [
		own.birthDate
			? await alike(q, own, 'name', and(hasOneOf(own, orders(own.searchName)), bornWith(own.birthDate)))
			: [],
		own.birthDate
			? await alike(q, own, 'name', and(calledAlike(q, own.territoryId, own), bornWith(own.birthDate)))
			: [],
		own.phone ? await alike(q, own, 'contact', eq(person.phone, own.phone)) : [],
		own.email ? await alike(q, own, 'contact', eq(person.email, own.email)) : [],
	];
	const first = new Map<string, Duplicate>();
	// Compared already, and found to be somebody else.
	const others = await differentFrom(q, own.id);
	for (const found of lists.flat()) if (!first.has(found.id) && !others.has(found.id)) first.set(found.id, found);
	return [...first.values()].slice(0, MAX_DUPLICATES);
}

const hasOneOf = ({ territoryId }: { territoryId: string }, names: string[]) =>
	and(eq(person.territoryId, territoryId), inArray(person.searchName, names));

/** The same day; of whom the year alone is known, any day of it. */
function bornWith(birthDate: string): SQL | undefined {
	const year = birthDate.slice(0, 4);
	return birthDate.endsWith('-00-00')
		? and(gte(person.birthDate, birthDate), lte(person.birthDate, `${year}-12-31`))
		: inArray(person.birthDate, [birthDate, `${year}-00-00`]);
}

const MOST_WORDS = 4;

/**
 * The words of a name in every order: family and first name change places easily. Longer names keep theirs, from each word on: in one
 * of them family and first name changed places, wherever they were cut.
 */
function orders(searchName: string): string[] {
	const words = searchName.split(' ').filter(Boolean);
	if (words.length > MOST_WORDS) return words.map((_, at) => [...words.slice(at), ...words.slice(0, at)].join(' '));
	const all = (left: string[]): string[][] =>
		left.length <= 1
			? [left]
			: left.flatMap((word, at) => all(left.filter((_, index) => index !== at)).map((rest) => [word, ...rest]));
	return [...new Set(all(words).map((order) => order.join(' ')))];
}

async function alike(
	q: Queries,
	own: { id: string; territoryId: string },
	why: Duplicate['why'],
	condition: SQL | undefined,
): Promise<Duplicate[]> {
	const rows = await q
		.select({
			id: person.id,
			firstName: person.firstName,
			lastName: person.lastName,
			birthDate: person.birthDate,
			commune: municipality.name,
			leadName: account.displayName,
		})
		.from(person)
		.leftJoin(municipality, eq(municipality.inseeCode, person.inseeCode))
		.leftJoin(followUpMember, leadOfPerson)
		.leftJoin(account, eq(account.id, followUpMember.accountId))
		// The plus: who was found leads, not everybody of the territory.
		.where(and(sql`+${person.territoryId} = ${own.territoryId}`, ne(person.id, own.id), condition))
		.limit(MAX_DUPLICATES);
	return rows.map((row) => ({ ...row, why }));
}

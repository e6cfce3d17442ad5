import { and, eq, ne } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { account, followUpMember, municipality, person } from '../db/schema/index.ts';
import { leadOfPerson } from './caseload.ts';
import type { PersonRow } from './queries.ts';

/** More would be a family or a shared office number, not a double. */
const MAX_DUPLICATES = 5;

/**
 * Other files of the territory that may be the same person: same name and birth date, or same contact. For a professional to
 * compare; nothing is ever merged by itself (domain.md §7.6).
 */
export async function possibleDuplicates(
	q: Queries,
	own: Pick<PersonRow, 'id' | 'territoryId' | 'searchName' | 'birthDate' | 'phone' | 'email'>,
) {
	const sameName = own.birthDate
		? and(eq(person.searchName, own.searchName), eq(person.birthDate, own.birthDate))
		: undefined;
	const sameContact = [
		own.phone ? eq(person.phone, own.phone) : undefined,
		own.email ? eq(person.email, own.email) : undefined,
	];
	const found = [];
	// One search per index: a single « or » over three columns would read the whole territory.
	for (const [why, condition] of [
		['name', sameName],
		...sameContact.map((one) => ['contact', one] as const),
	] as const) {
		if (!condition) continue;
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
			.where(and(eq(person.territoryId, own.territoryId), ne(person.id, own.id), condition))
			.limit(MAX_DUPLICATES);
		found.push(...rows.map((row) => ({ ...row, why })));
	}
	return found
		.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index)
		.slice(0, MAX_DUPLICATES);
}

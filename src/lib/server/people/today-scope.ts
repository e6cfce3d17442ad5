import { and, eq, inArray } from 'drizzle-orm';
import { followUpMember, municipality, person } from '../db/schema/index.ts';
import { openMember } from './caseload.ts';

/** What the questions of the first page share (today.ts). */

/** Per reason: a morning's work. The lists themselves go further. */
export const LIMIT = 50;
export const concerned = {
	personId: person.id,
	firstName: person.firstName,
	lastName: person.lastName,
	commune: municipality.name,
	birthDate: person.birthDate,
	phone: person.phone,
	email: person.email,
};

/** Open lines of the professional as lead or second: a member of one theme is not the one to act. */
export const mine = (accountId: string) =>
	and(eq(followUpMember.accountId, accountId), openMember, inArray(followUpMember.part, ['lead', 'second']));

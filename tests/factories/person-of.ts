import { and, eq, isNull } from 'drizzle-orm';
import type { Db } from '../../src/lib/server/db/client.ts';
import { account, followUpMember, person } from '../../src/lib/server/db/schema/index.ts';
import { aFollowUp, aReferent, type Professional } from './people.ts';

/** The territory of a person that exists. */
export async function territoryOf(db: Db, personId: string): Promise<string> {
	const [row] = await db.read.select().from(person).where(eq(person.id, personId)).limit(1);
	return row!.territoryId;
}

/** The lead referent of a person that exists; one is named when there was none. */
export async function leadOf(db: Db, personId: string): Promise<Professional> {
	const [row] = await db.read
		.select({ account })
		.from(followUpMember)
		.innerJoin(account, eq(account.id, followUpMember.accountId))
		.where(and(eq(followUpMember.personId, personId), eq(followUpMember.part, 'lead'), isNull(followUpMember.endedAt)))
		.limit(1);
	if (row) return row.account as Professional;
	const referent = await aReferent(db, { territoryId: await territoryOf(db, personId) });
	await aFollowUp(db, { personId, member: referent });
	return referent;
}

import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { findOpenAid, withdrawAid } from './commands.ts';
import { WAITING } from './rules.ts';

/**
 * A visitor turned out to be a person already known: their files follow them. With one of the same kind under way already,
 * the newcomer's ends as withdrawn, so that one is left to decide.
 */
export async function moveAids(tx: Tx, { from, to, now }: { from: string; to: string; now: Date }): Promise<void> {
	if (from === to) return;
	const open = await tx
		.select({ reference: childcareAid.reference, kind: childcareAid.kind })
		.from(childcareAid)
		.where(and(eq(childcareAid.personId, from), inArray(childcareAid.status, ['draft', ...WAITING])))
		.limit(50);
	for (const { reference, kind } of open)
		if (await findOpenAid(tx, to, kind)) await withdrawAid(tx, { reference, personId: from, now });
	await tx.update(childcareAid).set({ personId: to }).where(eq(childcareAid.personId, from));
}

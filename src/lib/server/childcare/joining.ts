import { eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { findOpenAid, withdrawAid } from './commands.ts';

/**
 * A visitor turned out to be a person already known: their childcare file follows them. With one under way already, the
 * newcomer's ends as withdrawn, so that one is left to decide.
 */
export async function moveAids(tx: Tx, { from, to, now }: { from: string; to: string; now: Date }): Promise<void> {
	if (from === to) return;
	const [mine, theirs] = [await findOpenAid(tx, from), await findOpenAid(tx, to)];
	if (mine && theirs) await withdrawAid(tx, { reference: mine.reference, personId: from, now });
	await tx.update(childcareAid).set({ personId: to }).where(eq(childcareAid.personId, from));
}

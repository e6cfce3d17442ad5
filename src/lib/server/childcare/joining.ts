import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { withdrawAid } from './commands.ts';
import { aidInPlace, isSilent, replaceAid } from './opening.ts';
import { WAITING } from './rules.ts';

/**
 * A visitor turned out to be a person already known: their files follow them. With one of the same kind under way already,
 * the newcomer's ends as withdrawn, so that one is left to decide.
 */
export async function moveAids(tx: Tx, { from, to, now }: { from: string; to: string; now: Date }): Promise<void> {
	if (from === to) return;
	const open = await tx
		.select()
		.from(childcareAid)
		.where(
			and(
				eq(childcareAid.personId, from),
				inArray(childcareAid.status, ['draft', ...WAITING]),
				isNull(childcareAid.replacedAt),
			),
		)
		.limit(50);
	for (const theirs of open) {
		const own = await aidInPlace(tx, to, theirs.kind);
		if (!own) continue;
		// What silence refused stays to be contested.
		if (await isSilent(tx, theirs, now)) await replaceAid(tx, theirs, { replacedBy: own.reference, now });
		else if (theirs.status !== 'draft' && (await isSilent(tx, own, now)))
			await replaceAid(tx, own, { replacedBy: theirs.reference, now });
		else await withdrawAid(tx, { reference: theirs.reference, personId: from, now });
	}
	await tx.update(childcareAid).set({ personId: to }).where(eq(childcareAid.personId, from));
}

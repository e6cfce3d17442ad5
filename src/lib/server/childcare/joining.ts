import { and, eq, inArray, isNull } from 'drizzle-orm';
import { bodyOf } from '../../shared/aids.ts';
import type { AidStatus } from '../../shared/codes.ts';
import type { Queries, Tx } from '../db/client.ts';
import { childcareAid } from '../db/schema/index.ts';
import { moveAidPapers } from '../papers/commands.ts';
import { joinChildren } from './children.ts';
import { paperArrived, withdrawAid } from './commands.ts';
import type { AidRow } from './moving.ts';
import { aidInPlace, isSilent, replaceAid } from './opening.ts';
import { WAITING } from './rules.ts';

/** The further an aid is, the more a family loses when it ends. */
const FURTHER: readonly AidStatus[] = ['draft', 'submitted', 'incomplete', 'under_review'];

/**
 * Which of two files of one aid goes on: what silence refused stays to be contested and gives its place, unless to a draft; else the one that
 * is further, so that nothing sent ends for a draft; of what another body decides, the latest news. As far, their own.
 */
async function isTheirsKept(q: Queries, own: AidRow, theirs: AidRow, now: Date): Promise<boolean> {
	if (await isSilent(q, theirs, now)) return own.status === 'draft';
	if (await isSilent(q, own, now)) return theirs.status !== 'draft';
	if (bodyOf(own.kind)) return theirs.asOf > own.asOf;
	return FURTHER.indexOf(theirs.status) > FURTHER.indexOf(own.status);
}

/** Children and papers of the file that ends; those of another service stay there. */
async function joinFiles(tx: Tx, { from, to, now }: { from: AidRow; to: AidRow; now: Date }): Promise<void> {
	await joinChildren(tx, { from, to });
	if (from.deciderStructureId !== to.deciderStructureId) return;
	const { reference, personId } = to;
	for (const kind of await moveAidPapers(tx, { from: from.id, to: to.id }))
		await paperArrived(tx, { reference, personId, kind, now });
}

/**
 * A visitor turned out to be a person already known: their files follow them. With two of the same kind under way, one ends, so
 * that one is left to decide; the children that only the one that ends named are then in the other, and its papers.
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
		const [kept, over] = (await isTheirsKept(tx, own, theirs, now)) ? [theirs, own] : [own, theirs];
		if (await isSilent(tx, over, now)) {
			await replaceAid(tx, over, { replacedBy: kept.reference, now });
			continue;
		}
		// What was never sent asks nothing of those who decide.
		if (over.status !== 'draft' || kept.status === 'draft') await joinFiles(tx, { from: over, to: kept, now });
		await withdrawAid(tx, { reference: over.reference, personId: over.personId, now });
	}
	await tx.update(childcareAid).set({ personId: to }).where(eq(childcareAid.personId, from));
}

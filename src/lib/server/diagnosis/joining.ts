import { and, eq, notInArray } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { diagnosis, diagnosisValue } from '../db/schema/index.ts';
import { sealNullable, unsealNullable } from '../platform/sealing.ts';
import { findDiagnosis } from './queries.ts';

type Row = typeof diagnosis.$inferSelect;

/** How much of it the person knows: answered, shown to them, or still being prepared. */
const known = ({ state, sharedAt }: Row): number =>
	state === 'agreed' || state === 'contested' ? 2 : sharedAt ? 1 : 0;

const isTheirsKept = (own: Row, theirs: Row): boolean =>
	known(theirs) === known(own)
		? (theirs.sharedAt?.getTime() ?? 0) > (own.sharedAt?.getTime() ?? 0)
		: known(theirs) > known(own);

/**
 * Two files turn out to be one person's: of two present diagnoses the one that was answered goes on as it stands, else the one that was
 * shared, the latest first, else their own. Two that are still being prepared are one. The other stays to be read.
 */
export async function moveDiagnoses(tx: Tx, { from, to, now }: { from: string; to: string; now: Date }): Promise<void> {
	const [own, theirs] = [await findDiagnosis(tx, to), await findDiagnosis(tx, from)];
	if (own && theirs) {
		const [kept, over] = isTheirsKept(own, theirs) ? [theirs, own] : [own, theirs];
		if (known(kept) === 0) await joinPrepared(tx, { from: over, to: kept });
		await tx.update(diagnosis).set({ replacedAt: now }).where(eq(diagnosis.id, over.id));
	}
	await tx.update(diagnosis).set({ personId: to }).where(eq(diagnosis.personId, from));
}

/** What the person said, and what was noted, that the one that goes on does not know. */
async function joinPrepared(tx: Tx, { from, to }: { from: Row; to: Row }): Promise<void> {
	const self = (row: Row) => `diagnosis.self_sealed:${row.id}`;
	if (from.selfAt && !to.selfAt) {
		const said = sealNullable(self(to), unsealNullable(self(from), from.selfSealed));
		await tx.update(diagnosis).set({ selfSealed: said, selfAt: from.selfAt }).where(eq(diagnosis.id, to.id));
	}
	if (from.state === 'interview_planned')
		await tx.update(diagnosis).set({ state: from.state }).where(eq(diagnosis.id, to.id));
	const noted = tx
		.select({ point: diagnosisValue.point })
		.from(diagnosisValue)
		.where(eq(diagnosisValue.diagnosisId, to.id));
	await tx
		.update(diagnosisValue)
		.set({ diagnosisId: to.id })
		.where(and(eq(diagnosisValue.diagnosisId, from.id), notInArray(diagnosisValue.point, noted)));
}

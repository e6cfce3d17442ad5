import { eq } from 'drizzle-orm';
import { searchable } from '../../shared/search.ts';
import type { Queries, Tx } from '../db/client.ts';
import { aidChild } from '../db/schema/index.ts';
import { config } from '../platform/config.ts';
import { DomainError } from '../platform/errors.ts';
import { newId, pepperedHash } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';

export interface Child {
	firstName: string;
	/** `YYYY-MM-DD`. */
	birthDate: string;
	/** Lives in turn with each parent. */
	sharedCustody: boolean;
}

/** The same child for the same aid, whoever asks: a keyed hash, so that the table tells no name. */
const claimOf = (scope: string, { firstName, birthDate }: Child) =>
	pepperedHash(config().codePepper, 'child', scope, searchable(firstName), birthDate);

/**
 * Names the children of a file. A child is in one open file for an aid of the territory, unless each parent keeps it in turn.
 * @throws DomainError `aid_child_taken` (conflict)
 */
export async function nameChildren(
	tx: Tx,
	{ aidId, territoryId, kind, children }: { aidId: string; territoryId: string; kind: string; children: Child[] },
): Promise<void> {
	for (const child of children) {
		const id = newId();
		const made = await tx
			.insert(aidChild)
			.values({
				id,
				aidId,
				firstNameSealed: seal(`aid_child.first_name_sealed:${id}`, child.firstName),
				birthDateSealed: seal(`aid_child.birth_date_sealed:${id}`, child.birthDate),
				sharedCustody: child.sharedCustody,
				claim: child.sharedCustody ? null : claimOf(`${territoryId}:${kind}`, child),
			})
			.onConflictDoNothing()
			.returning({ id: aidChild.id });
		if (made.length === 0) throw new DomainError('aid_child_taken', 'conflict');
	}
}

/** The file is decided or given up: another may be opened for its children. */
export const releaseChildren = (tx: Tx, aidId: string) =>
	tx.update(aidChild).set({ claim: null }).where(eq(aidChild.aidId, aidId));

/** Children of a file, the eldest first. */
export async function childrenOf(q: Queries, aidId: string): Promise<Child[]> {
	const rows = await q.select().from(aidChild).where(eq(aidChild.aidId, aidId)).limit(20);
	return rows
		.map(({ id, firstNameSealed, birthDateSealed, sharedCustody }) => ({
			firstName: unseal(`aid_child.first_name_sealed:${id}`, firstNameSealed),
			birthDate: unseal(`aid_child.birth_date_sealed:${id}`, birthDateSealed),
			sharedCustody,
		}))
		.sort((one, other) => one.birthDate.localeCompare(other.birthDate));
}

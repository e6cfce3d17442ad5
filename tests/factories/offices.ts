import type { SignedIn } from '../../src/lib/server/accounts/sessions.ts';
import type { AccountRow } from './people.ts';

/** Who acts, as commands want it. */
export const actorOf = <S extends string | null, T extends string | null>(
	row: Pick<AccountRow, 'id' | 'role'> & { structureId: S; territoryId: T },
): Pick<SignedIn, 'accountId' | 'role'> & { structureId: S; territoryId: T } => ({
	accountId: row.id,
	role: row.role,
	structureId: row.structureId,
	territoryId: row.territoryId,
});

import type { Role } from '../../shared/codes.ts';

export type SessionKind = 'own_phone' | 'shared_phone' | 'professional';

/** Who is signed in, as hooks and guards see them. */
export interface SignedIn {
	/** Hash of the session's token: an id for the log and for sign-out, useless as a cookie. */
	sessionId: string;
	kind: SessionKind;
	accountId: string;
	role: Role;
	displayName: string;
	personId: string | null;
	territoryId: string | null;
	structureId: string | null;
	side: 'social' | 'work' | null;
	locale: string;
}

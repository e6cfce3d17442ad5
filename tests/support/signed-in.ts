import type { SignedIn } from '../../src/lib/server/accounts/sessions.ts';
import type { Professional } from '../factories/people.ts';

/** A professional as guards hand them to the domains. */
export const signedIn = (who: Professional): SignedIn => ({
	sessionId: 'session',
	kind: 'professional',
	accountId: who.id,
	role: who.role,
	displayName: who.displayName,
	personId: null,
	territoryId: who.territoryId,
	structureId: who.structureId,
	side: who.side,
	locale: 'fr',
});

import type { Role } from '$lib/shared/codes';

/** Where each role starts. */
export const homeOf = (role: Role): string =>
	role === 'coordinator' ? '/pilotage' : role === 'referent' ? '/pro' : role === 'coparent' ? '/aides' : '/accueil';

import type { RequestEvent } from '@sveltejs/kit';
import { currentTerritory } from './territory.ts';

/** Who answers for the portal where this visitor lives; null until a commune is chosen or an account is open. */
export async function contactOf(event: Pick<RequestEvent, 'locals' | 'cookies'>) {
	const territory = await currentTerritory(event);
	if (!territory) return null;
	const { name, phone, email, postalAddress, programmeLabel } = territory;
	return { name, phone, email, postalAddress, programmeLabel };
}
export type Contact = Awaited<ReturnType<typeof contactOf>>;

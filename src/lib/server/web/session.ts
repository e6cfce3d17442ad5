import type { RequestEvent } from '@sveltejs/kit';
import type { SignedIn } from '../accounts/sessions.ts';

/** Who sent this request, or null. */
export async function readSession(_event: RequestEvent): Promise<SignedIn | null> {
	return null;
}

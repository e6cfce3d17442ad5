import type { SignedIn } from '$lib/server/accounts/sessions';
import type { Locale } from '$lib/paraglide/runtime';

declare global {
	namespace App {
		interface Locals {
			/** One instant per request. */
			now: Date;
			locale: Locale;
			/** Who is signed in, checked once per request; null for a visitor. */
			account: SignedIn | null;
		}
		interface Error {
			message: string;
			/** What a person can read out to support; also in the log. */
			id?: string;
		}
	}
	/** Address of the bundled phone script (vite.config.ts). */
	const __PHONE_SCRIPT__: string;
}

export {};

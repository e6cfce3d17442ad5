import type { SignedIn } from '$lib/server/accounts/sessions';
import type { Locale } from '$lib/paraglide/runtime';
import type { Role } from '$lib/shared/codes';

declare global {
	namespace App {
		/** What the root layout gives to every page. */
		interface PageData {
			locale: Locale;
			territory: PageTerritory | null;
			account: { role: Role; displayName: string } | null;
			/** Whose phone the page is on, for its script (src/phone). */
			phoneUser: { key: string; isOwn: boolean } | null;
			demo: boolean;
			/** Beside the entries of the staff menu, when a page knows them. */
			counts?: Partial<Record<'today' | 'people' | 'requests' | 'reminders' | 'aids', number>>;
		}
		interface PageTerritory {
			id: string;
			name: string;
			/** « Mon parcours – Ardennes ». */
			portalTitle: string;
			phone: string;
			zone: string;
			/** Name of the accent in tokens.css. */
			accent: string;
		}
		interface Locals {
			/** One instant per request. */
			now: Date;
			locale: Locale;
			/** Who is signed in, checked once per request; null for a visitor. */
			account: SignedIn | null;
			/** The database could take nothing: the answer says to try again (503). */
			unavailable?: true;
		}
		/** Of adapter-node; there is none in development. */
		interface Platform {
			req: import('node:http').IncomingMessage;
		}
		interface Error {
			message: string;
			/** What a person can read out to support; also in the log. */
			id?: string;
			/** When what was here was called back, in ISO, for those who could read it. */
			calledBackAt?: string;
		}
	}
	/** Addresses of the scripts of the phone (vite.config.ts). */
	const __PHONE_SCRIPT__: string;
	const __OFFLINE_SCRIPT__: string;
	const __SIGN_OUT_SCRIPT__: string;
	const __DRAFT_SCRIPT__: string;
	const __UPLOAD_SCRIPT__: string;
	const __PUSH_SCRIPT__: string;
	const __SHORTCUT_SCRIPT__: string;
	const __FOLLOW_SCRIPT__: string;
}

export {};

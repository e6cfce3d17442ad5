/** Where the phone keeps what is typed in a request (draft.ts), shared by the pages and the service worker. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { KEPT_DAYS } from '../lib/shared/phone-keeps';

export interface Copy {
	/** `data-draft-saved-at` of the page it was typed on. */
	base: string;
	/** When it was typed, in milliseconds since 1970; copies of an earlier version have none. */
	at?: number;
	/** Opaque key of who was signed in; empty or absent for nobody. */
	owner?: string;
	fields: [name: string, value: string][];
}
export interface Drafts extends DBSchema {
	copies: { key: string; value: Copy };
}

/** What a visitor typed on the page without network: no draft has a name yet. */
export const WITHOUT_NETWORK = 'new:without-network';

const DATABASE = 'portal-drafts';
const KEPT_MS = KEPT_DAYS * 24 * 3_600_000;

export const openDrafts = (): Promise<IDBPDatabase<Drafts>> =>
	openDB<Drafts>(DATABASE, 1, { upgrade: (db) => void db.createObjectStore('copies') });

/** Left for so long, it is finished by nobody; typed before its time was kept, it is of an unknown age and stays. */
export const isOld = ({ at }: Pick<Copy, 'at'>, now: number): boolean => at !== undefined && now - at > KEPT_MS;

export async function dropOldDrafts(db: IDBPDatabase<Drafts>, now = Date.now()): Promise<void> {
	for (const key of await db.getAllKeys('copies')) {
		const copy = await db.get('copies', key);
		if (copy && isOld(copy, now)) await db.delete('copies', key);
	}
}

/** Sent or erased: nothing of it stays on this phone, nor what was typed before the draft had a name. */
export async function forgetDraft(db: IDBPDatabase<Drafts>, draftId: string): Promise<void> {
	for (const key of await db.getAllKeys('copies'))
		if (key.startsWith(`${draftId}:`) || key.startsWith('new:')) await db.delete('copies', key);
}

/** At sign-out and « Ce n'est pas mon téléphone ». */
export async function clearDrafts(): Promise<void> {
	const db = await openDrafts();
	await db.clear('copies');
	db.close();
}

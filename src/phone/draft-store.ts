/** Where the phone keeps what is typed in a request (draft.ts), shared by the pages and the service worker. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

export interface Copy {
	/** `data-draft-saved-at` of the page it was typed on. */
	base: string;
	fields: [name: string, value: string][];
}
export interface Drafts extends DBSchema {
	copies: { key: string; value: Copy };
}

const DATABASE = 'portal-drafts';

export const openDrafts = (): Promise<IDBPDatabase<Drafts>> =>
	openDB<Drafts>(DATABASE, 1, { upgrade: (db) => void db.createObjectStore('copies') });

/** At sign-out and « Ce n'est pas mon téléphone ». */
export async function clearDrafts(): Promise<void> {
	const db = await openDrafts();
	await db.clear('copies');
	db.close();
}

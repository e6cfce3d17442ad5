/** What this phone keeps for its owner (IndexedDB), shared by the pages and the service worker. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Agenda } from '../lib/shared/agenda';

/** Something said on this phone that the server has not heard yet. */
export interface Waiting {
	/** Drawn at random: the same thing is never kept twice. */
	id: string;
	kind: 'form' | 'answer' | 'shown' | 'sign-out';
	url: string;
	/** Content type and text of the POST. */
	type: string;
	body: string;
	/** Fields and files of a form that has some; then `type` and `body` are empty. */
	parts?: [name: string, value: string | File][];
	/** Who was signed in; empty for nobody. */
	userKey: string;
	/** Milliseconds since 1970. */
	at: number;
	/** The notification that was answered. */
	notice?: Notice;
}
export interface Notice {
	tag: string;
	title: string;
	lang: string;
	path: string;
	answer: string;
}

interface Offline extends DBSchema {
	agenda: { key: 'current'; value: Agenda };
	queue: { key: string; value: Waiting };
	/** `user`: key of who was last signed in · `lang` · `push-said`: when the server last heard of our subscription. */
	settings: { key: 'user' | 'lang' | 'push-said'; value: string };
}
type Store = IDBPDatabase<Offline>;

let opening: Promise<Store> | undefined;

const open = () =>
	openDB<Offline>('portal', 1, {
		upgrade(db) {
			db.createObjectStore('agenda');
			db.createObjectStore('queue', { keyPath: 'id' });
			db.createObjectStore('settings');
		},
		blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
		terminated: () => (opening = undefined),
	});

/** Null when this browser refuses storage (private windows, a full phone): everything else goes on. */
async function store(): Promise<Store | null> {
	try {
		return await (opening ??= open());
	} catch {
		opening = undefined;
		return null;
	}
}

/** A page may be told that storage is full in the middle: reading online matters more. */
export async function quietly<T>(work: (db: Store) => Promise<T>): Promise<T | undefined> {
	const db = await store();
	try {
		return db ? await work(db) : undefined;
	} catch {
		return undefined;
	}
}

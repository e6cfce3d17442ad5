/** What this phone keeps for its owner (IndexedDB), shared by the pages and the service worker. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Agenda } from '../lib/shared/agenda';

/**
 * `nobody`: it waits for its author to sign in; `later`: for the network or the server; `already`: the server had heard it,
 * and its answer was lost.
 */
export type Outcome = 'sent' | 'already' | 'later' | 'nobody' | 'other-user' | 'too-old' | 'refused';

/** Something said on this phone that the server has not heard yet; or did not take, until its author is told. */
export interface Waiting {
	/** Drawn at random: the same thing is never kept twice. */
	id: string;
	kind: 'form' | 'answer' | 'shown' | 'sign-out';
	url: string;
	/** What it is about, when what is said next about it takes its place (`data-queue`). */
	place?: string;
	/** Content type and text of the POST. */
	type: string;
	body: string;
	/** Fields and files of a form that has some; then `type` and `body` are empty. */
	parts?: [name: string, value: string | File][];
	/** Who was signed in; empty for nobody. */
	userKey: string;
	/** Milliseconds since 1970. */
	at: number;
	/** On how many days it was tried in vain, and the last of them, in days since 1970. */
	tried?: { days: number; last: number };
	/** Why it did not leave and never will by itself. */
	outcome?: Outcome;
	/** Since when, in milliseconds since 1970. */
	endedAt?: number;
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

/** `isStale`: something was sent since; another text each time. An earlier version wrote `true`. */
export type KeptAgenda = Agenda & { isStale?: string | true };

interface Offline extends DBSchema {
	agenda: { key: 'current'; value: KeptAgenda };
	queue: { key: string; value: Waiting };
	/** `user`: key of who was last signed in, empty on somebody else's phone · `lang` · `push-said`: who, when the server last heard of our subscription, and its address. */
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

/** Something was sent: what is kept may no longer be so. In one transaction: a sign-out in between is not undone. */
export const markStale = (): Promise<unknown> =>
	quietly(async (db) => {
		const { store } = db.transaction('agenda', 'readwrite');
		const agenda = await store.get('current');
		if (agenda) await store.put({ ...agenda, isStale: crypto.randomUUID() }, 'current');
	});

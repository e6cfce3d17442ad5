/**
 * What waits for the network, sent once: by the pages and by the service worker, never by both at the same time. The server
 * is told whose it is, and refuses when somebody else is signed in by now.
 */
import { fetchWithin } from './fetch-within';
import { quietly, type Waiting } from './offline-store';

const KEPT_MS = 7 * 24 * 3_600_000;
const ANSWER_MS = 20_000;
/** A photo on one bar of network. */
const UPLOAD_MS = 180_000;
export const SYNC_TAG = 'queue';
/** As in src/lib/server/web/phone.ts. */
const USER_HEADER = 'x-phone-user';
const NOBODY = 401;
const CONFLICT = 409;
const SOMEBODY_ELSE = 412;
/** The server has not taken it, and may later. */
const LATER = new Set([408, 425, 429]);

/**
 * `nobody`: it waits for its author to sign in; `later`: for the network or the server; `already`: the server had heard it,
 * and its answer was lost.
 */
export type Outcome = 'sent' | 'already' | 'later' | 'nobody' | 'other-user' | 'too-old' | 'refused';
export interface Sent {
	entry: Waiting;
	outcome: Outcome;
	/** Where the server leads after it. */
	location?: string;
}

type Fresh = Omit<Waiting, 'id' | 'at'>;

/** @returns false when this browser keeps nothing */
export async function keepForLater(entry: Fresh): Promise<boolean> {
	const id = await quietly((db) => db.add('queue', { ...entry, id: crypto.randomUUID(), at: Date.now() }));
	return id !== undefined;
}

export async function askForSync(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	// Chromium only; elsewhere the next start sends (main.ts).
	const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
	await sync?.register(SYNC_TAG).catch(() => undefined);
}

/** Sends all that waits, oldest first. @returns what became of each; what is still waiting is left out */
export async function drain(now = Date.now()): Promise<Sent[]> {
	const work = () => sendAll(now);
	return 'locks' in navigator ? navigator.locks.request('queue', work) : work();
}

async function sendAll(now: number): Promise<Sent[]> {
	const entries = (await quietly((db) => db.getAll('queue'))) ?? [];
	const done: Sent[] = [];
	// What was said first about a thing is heard first: an old answer never takes the place of a newer one.
	const held = new Set<string>();
	for (const entry of entries.sort((a, b) => a.at - b.at)) {
		const place = entry.url.split('?')[0]!;
		if (held.has(place)) continue;
		const sent: Sent = now - entry.at > KEPT_MS ? { entry, outcome: 'too-old' } : await send(entry);
		if (sent.outcome === 'later' || sent.outcome === 'nobody') {
			held.add(place);
			continue;
		}
		await quietly((db) => db.delete('queue', entry.id));
		done.push(sent);
	}
	return done;
}

/** One POST, and what the server made of it. An answer lost on the way is `later`: our commands may be heard twice. */
export async function send(entry: Fresh | Waiting): Promise<Sent> {
	// The answers and beacons of notifications carry their own proof: anybody may be signed in.
	const owner = entry.kind === 'form' || entry.kind === 'sign-out' ? { [USER_HEADER]: entry.userKey } : undefined;
	const sent = (outcome: Outcome, location?: string): Sent => ({ entry: entry as Waiting, outcome, location });
	try {
		const { parts } = entry;
		const response = await fetchWithin(parts ? UPLOAD_MS : ANSWER_MS, entry.url, {
			method: 'POST',
			body: parts ? formOf(parts) : entry.body,
			headers: { ...(!parts && { 'content-type': entry.type }), accept: 'application/json', ...owner },
			// A redirection by hand is the way to the sign-in page; our actions answer in JSON.
			redirect: 'manual',
		});
		const { status } = response;
		if (status === SOMEBODY_ELSE) return sent('other-user');
		if (status === NOBODY) return sent(entry.kind === 'sign-out' ? 'sent' : 'nobody');
		if (response.type === 'opaqueredirect') return sent('nobody');
		if (status >= 500 || LATER.has(status)) return sent('later');
		if (!response.ok) return sent('refused');
		if (entry.kind !== 'form') return sent('sent');
		const result = (await response.json()) as { type?: string; status?: number; location?: string };
		const { type, location } = result;
		if (type === 'failure' && result.status === CONFLICT) return sent('already');
		if (result.status && result.status >= 500) return sent('later');
		return type === 'redirect' || type === 'success' ? sent('sent', location) : sent('refused');
	} catch {
		return sent('later');
	}
}

function formOf(parts: NonNullable<Waiting['parts']>): FormData {
	const form = new FormData();
	for (const [name, value] of parts) form.append(name, value);
	return form;
}

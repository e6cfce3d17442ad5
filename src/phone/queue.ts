/**
 * What waits for the network is kept here, and sent in turn by drain.ts. The server is told whose it is, and refuses when somebody
 * else is signed in by now; it is told how long ago it was said, and an answer said earlier never takes the place of a later one.
 */
import { fetchWithin } from './fetch-within';
import { markStale, quietly, type Outcome, type Waiting } from './offline-store';

export const DAY_MS = 24 * 3_600_000;
const ANSWER_MS = 20_000;
/** A photo on one bar of network. */
const UPLOAD_MS = 180_000;
/** Whoever signs out does not wait longer: the server hears of it later. */
const SIGN_OUT_MS = 5_000;
export const SYNC_TAG = 'queue';
/** As in src/lib/server/web/phone.ts. */
const USER_HEADER = 'x-phone-user';
const AGE_HEADER = 'x-phone-age';
const NOBODY = 401;
const CONFLICT = 409;
const SOMEBODY_ELSE = 412;

/** The server has not taken it, and may later. */
const isLater = (status = 200) => status >= 500 || [408, 425, 429].includes(status);

export interface Sent {
	entry: Waiting;
	outcome: Outcome;
	/** Where the server leads after it. */
	location?: string;
	/** Nobody answered at all. */
	isUnreached?: boolean;
}

export type Fresh = Omit<Waiting, 'id' | 'at'>;

/** What the person said, and must hear of. */
export const isSaid = ({ kind }: Pick<Waiting, 'kind'>): boolean => kind === 'form' || kind === 'answer';

export const kept = async (): Promise<Waiting[]> => (await quietly((db) => db.getAll('queue'))) ?? [];
/** What has not left yet. */
export const waiting = async (): Promise<Waiting[]> => (await kept()).filter(({ outcome }) => !outcome);

/** Nothing is said before the last thing this phone heard from the server: by then its clock has gone back. */
async function saidAt(): Promise<number> {
	const agenda = await quietly((db) => db.get('agenda', 'current'));
	const heard = agenda ? Date.parse(agenda.fetchedAt) : 0;
	const now = Date.now();
	// A clock that is some hours slow measures an age as well as another.
	return now < heard - DAY_MS ? heard : now;
}

/** Whether what is said now stands for what was said before. */
const replaces = (now: Fresh, before: Waiting): boolean =>
	now.kind === before.kind &&
	now.userKey === before.userKey &&
	!now.parts &&
	!before.parts &&
	(now.place ? now.place === before.place : now.url === before.url && now.body === before.body);

/** In place of what it replaces. @returns its id, or undefined when this browser keeps nothing */
export async function keepForLater(entry: Fresh, id = crypto.randomUUID() as string): Promise<string | undefined> {
	const at = await saidAt();
	return quietly(async (db) => {
		const { store, done } = db.transaction('queue', 'readwrite');
		done.catch(() => undefined);
		for (const before of await store.getAll()) if (replaces(entry, before)) await store.delete(before.id);
		await store.add({ ...entry, id, at });
		await done;
		return id;
	});
}

export async function askForSync(registration: ServiceWorkerRegistration | undefined): Promise<void> {
	// Chromium only; elsewhere the next start sends (main.ts).
	const { sync } = (registration ?? {}) as { sync?: { register(tag: string): Promise<void> } };
	await sync?.register(SYNC_TAG).catch(() => undefined);
}

/** One POST, and what the server made of it. An answer lost on the way is `later`: our commands may be heard twice. */
export async function send(entry: Fresh | Waiting): Promise<Sent> {
	const sent = await post(entry);
	if (entry.kind !== 'shown') await markStale();
	return sent;
}

async function post(entry: Fresh | Waiting): Promise<Sent> {
	const { kind, parts, userKey } = entry;
	// The answers and beacons of notifications carry their own proof: anybody may be signed in. A sign-out by who cannot say
	// whose phone it is ends whatever session there is.
	const isOwned = kind === 'form' || (kind === 'sign-out' && userKey !== '');
	const sent = (outcome: Outcome, more?: Partial<Sent>): Sent => ({ entry: entry as Waiting, outcome, ...more });
	try {
		const response = await fetchWithin(parts ? UPLOAD_MS : kind === 'sign-out' ? SIGN_OUT_MS : ANSWER_MS, entry.url, {
			method: 'POST',
			body: parts ? formOf(parts) : entry.body,
			headers: {
				...(!parts && { 'content-type': entry.type }),
				...(isOwned && { [USER_HEADER]: userKey }),
				...('at' in entry && { [AGE_HEADER]: String(Date.now() - entry.at) }),
				accept: 'application/json',
			},
			// A redirection by hand is the way to the sign-in page; our actions answer in JSON.
			redirect: 'manual',
		});
		const { status } = response;
		if (status === SOMEBODY_ELSE) return sent('other-user');
		if (status === NOBODY) return sent(kind === 'sign-out' ? 'sent' : 'nobody');
		if (response.type === 'opaqueredirect') return sent('nobody');
		if (isLater(status)) return sent('later');
		// A session is over once the server says so, whatever else it says meanwhile.
		if (!response.ok) return sent(kind === 'sign-out' ? 'later' : 'refused');
		if (kind === 'answer' || kind === 'shown') return sent('sent');
		return sent(...outcomeOf((await response.json()) as Result));
	} catch {
		return sent('later', { isUnreached: true });
	}
}

/** What an action answers: its status is in the text, and `data` is a text as well, in which names of fields stand between quotes. */
interface Result {
	type?: string;
	status?: number;
	location?: string;
	data?: string;
}

function outcomeOf({ type, status, location, data = '' }: Result): [Outcome, Partial<Sent>?] {
	if (type === 'redirect' || type === 'success') return ['sent', { location }];
	if (isLater(status)) return ['later'];
	return [status === CONFLICT && data.includes('"already":') ? 'already' : 'refused'];
}

function formOf(parts: NonNullable<Waiting['parts']>): FormData {
	const form = new FormData();
	for (const [name, value] of parts) form.append(name, value);
	return form;
}

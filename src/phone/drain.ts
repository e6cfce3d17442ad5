/** Sends what waits for the network, once: by the pages and by the service worker, never by both at the same time. */
import { KEPT_DAYS } from '../lib/shared/phone-keeps';
import { forgetDraft, openDrafts } from './draft-store';
import { quietly, type Waiting } from './offline-store';
import { askForSync, DAY_MS, isSaid, keepForLater, kept, send, waiting, type Fresh, type Sent } from './queue';

/** Days on which it was tried in vain: whatever hour the phone believes it is, they are as many days. */
const DAYS_TRIED = 7;

/** What did not leave, and never will by itself; it stays until its author has heard of it. */
export const notSent = async (): Promise<Waiting[]> => (await kept()).filter(({ outcome }) => outcome);

/** In one transaction: what was erased meanwhile, by a sign-out or in another tab, does not come back. */
const change = (id: string, to: Partial<Waiting> | null): Promise<unknown> =>
	quietly(async (db) => {
		const { store, done } = db.transaction('queue', 'readwrite');
		done.catch(() => undefined);
		const entry = await store.get(id);
		if (entry) await (to ? store.put({ ...entry, ...to }) : store.delete(id));
		await done;
	});
export const forget = ({ id }: Pick<Waiting, 'id'>): Promise<unknown> => change(id, null);

/** Words that never left are read by nobody after a month; that something did not leave is still said. */
export async function forgetOldWords(now = Date.now()): Promise<void> {
	for (const { id, body, at, endedAt = at } of await notSent())
		if (body && now - endedAt > KEPT_DAYS * DAY_MS) await change(id, { body: '' });
}

const stillWaits = ({ outcome }: Sent) => outcome === 'later' || outcome === 'nobody';
export const isHeard = ({ outcome }: Sent) => outcome === 'sent' || outcome === 'already';

/** Sends all that waits, oldest first. @returns what became of each; what is still waiting is left out */
export const drain = async (): Promise<Sent[]> => (await sendInTurn()).filter((sent) => !stillWaits(sent));

async function sendInTurn(): Promise<Sent[]> {
	const words = await sendWords();
	return words.some(endsAll) ? words : [...words, ...(await sendFiles({ before: words }))];
}

/** A tap does not wait behind photos: neither in the queue nor for who is sending them. */
const sendWords = (own?: Own) => alone('queue', () => sendAll(({ parts }) => !parts, { own }));
const sendFiles = ({ before, own }: Around = {}) =>
	alone('queue-files', () => sendAll(({ parts }) => parts !== undefined, { before, own }));

const alone = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
	'locks' in navigator ? navigator.locks.request(name, work) : work();

/** Nobody is there: the rest would wait for nothing. Nor is anything said in the name of who is not signed out yet. */
const endsAll = (sent: Sent) => sent.isUnreached || (sent.entry.kind === 'sign-out' && stillWaits(sent));

const placeOf = ({ url }: Waiting) => url.split('?')[0]!;

/** An entry whose end somebody waits for: until they let go, the others leave it to them, who alone know what to do with the answer. */
interface Own {
	id: string;
	letGo: () => void;
}
interface Around {
	/** What was tried just now. */
	before?: Sent[];
	own?: Own;
}

/** The browser lets go of what a page that is gone had waited for. */
const awaiting = <T>(id: string, work: (letGo: () => void) => Promise<T>): Promise<T> =>
	'locks' in navigator
		? new Promise((resolve, reject) => {
				const held = () => new Promise<void>((letGo) => void work(letGo).finally(letGo).then(resolve, reject));
				navigator.locks.request(id, held).catch(reject);
			})
		: work(() => undefined);

const awaitedNow = async (): Promise<Set<string | undefined>> =>
	new Set('locks' in navigator ? (await navigator.locks.query()).held?.map(({ name }) => name) : []);

async function sendAll(isOurs: (entry: Waiting) => boolean, { before = [], own }: Around): Promise<Sent[]> {
	const entries = (await waiting()).filter(isOurs);
	const awaited = await awaitedNow();
	const tried: Sent[] = [];
	// What was said first about a thing is heard first.
	const held = new Set(before.filter(stillWaits).map(({ entry }) => placeOf(entry)));
	for (const entry of entries.sort((a, b) => a.at - b.at)) {
		const place = placeOf(entry);
		if (awaited.has(entry.id) && entry.id !== own?.id) held.add(place);
		if (held.has(place)) continue;
		const sent = await send(entry);
		if (stillWaits(sent) && (await isTriedEnough(entry))) sent.outcome = 'too-old';
		tried.push(sent);
		if (stillWaits(sent)) held.add(place);
		else await settle(sent);
		if (endsAll(sent)) break;
	}
	// Before anybody else may send: what could not leave is theirs as well.
	own?.letGo();
	return tried;
}

/** Counted once a day; a sign-out waits as long as it takes. */
async function isTriedEnough({ id, kind, tried }: Waiting): Promise<boolean> {
	const today = Math.floor(Date.now() / DAY_MS);
	const days = (tried?.days ?? 0) + Number(tried?.last !== today);
	if (days !== tried?.days) await change(id, { tried: { days, last: today } });
	return kind !== 'sign-out' && days > DAYS_TRIED;
}

/**
 * What was heard is forgotten; what was not stays, marked, until its author is told (endings.ts): the words of a form to give
 * them back, where to do it anew, and nothing else. Nothing of somebody else's words, for whom another signed in.
 */
async function settle(sent: Sent): Promise<void> {
	const { entry, outcome } = sent;
	const { id, kind, url, body, notice } = entry;
	if (isHeard(sent) || !isSaid(entry)) {
		await forget(entry);
	} else {
		const words = kind === 'form' && outcome !== 'other-user' ? body : '';
		const endedAt = Date.now();
		await change(id, { outcome, endedAt, body: words, url: notice?.path ?? url, parts: undefined, notice: undefined });
	}
	const draft = kind === 'form' && new URLSearchParams(body).get('draft');
	if (!draft || !isHeard(sent)) return;
	await openDrafts()
		.then((db) => forgetDraft(db, draft).finally(() => db.close()))
		.catch(() => undefined);
}

/** What became of something said just now, which is the caller's to say, of what was before it, and whether it is still kept. */
interface Ending {
	own: Sent;
	others: Sent[];
	isKept: boolean;
}

/**
 * Kept first, when this phone may keep it, then sent behind what waits: whatever ends this page meanwhile, it is still there and
 * leaves by itself. Files go behind files, words behind words.
 */
export async function sendAfterWaiting(entry: Fresh, mayKeep = true): Promise<Ending> {
	const id = crypto.randomUUID();
	const sendKept = (letGo: () => void) => sendBehind(entry, { id, letGo });
	const ending = mayKeep ? await awaiting(id, sendKept) : undefined;
	return ending ?? { own: await send(entry), others: [], isKept: false };
}

/** @returns undefined when this browser keeps nothing */
async function sendBehind(entry: Fresh, { id, letGo }: Own): Promise<Ending | undefined> {
	if (!(await keepForLater(entry, id))) return undefined;
	const sending = entry.parts ? sendFiles({ own: { id, letGo } }) : sendWords({ id, letGo });
	// A page that is left, or ended, in the middle: the browser wakes the worker once nobody else is sending.
	const asked = registered()
		.then(askForSync)
		.catch(() => undefined);
	const tried = await sending;
	const others = tried.filter((sent) => sent.entry.id !== id && !stillWaits(sent));
	const left = await quietly((db) => db.get('queue', id));
	// Held behind another; or erased, with all that this person kept here; without locks, the worker may have been quicker.
	const outcome = left ? (left.outcome ?? 'later') : (await isStillOf(entry)) ? 'sent' : 'other-user';
	const own = tried.find((sent) => sent.entry.id === id) ?? { entry: entry as Waiting, outcome };
	const isKept = left !== undefined && stillWaits(own);
	if (left && !isKept) await forget(left);
	// Who is told that it leaves by itself may close the page at once.
	if (isKept) await asked;
	return { own, others, isKept };
}

/** Nobody else was recognised on this phone since (agenda.ts); what is in nobody's name concerns whoever is there. */
const isStillOf = async ({ userKey }: Fresh): Promise<boolean> =>
	!userKey || (await quietly((db) => db.get('settings', 'user'))) === userKey;

/** Of this page, or of this very worker. */
const registered = async (): Promise<ServiceWorkerRegistration | undefined> =>
	(self as { registration?: ServiceWorkerRegistration }).registration ??
	(await navigator.serviceWorker?.getRegistration());

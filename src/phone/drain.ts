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
	return words.some(endsAll) ? words : [...words, ...(await sendFiles(words))];
}

/** A tap does not wait behind photos: neither in the queue nor for who is sending them. */
const sendWords = () => alone('queue', () => sendAll(({ parts }) => !parts));
const sendFiles = (words: Sent[] = []) =>
	alone('queue-files', () => sendAll(({ parts }) => parts !== undefined, words));

const alone = async <T>(name: string, work: () => Promise<T>): Promise<T> =>
	'locks' in navigator ? navigator.locks.request(name, work) : work();

/** Nobody is there: the rest would wait for nothing. Nor is anything said in the name of who is not signed out yet. */
const endsAll = (sent: Sent) => sent.isUnreached || (sent.entry.kind === 'sign-out' && stillWaits(sent));

const placeOf = ({ url }: Waiting) => url.split('?')[0]!;

/** @param before what was tried just now */
async function sendAll(isOurs: (entry: Waiting) => boolean, before: Sent[] = []): Promise<Sent[]> {
	const entries = (await waiting()).filter(isOurs);
	const tried: Sent[] = [];
	// What was said first about a thing is heard first.
	const held = new Set(before.filter(stillWaits).map(({ entry }) => placeOf(entry)));
	for (const entry of entries.sort((a, b) => a.at - b.at)) {
		const place = placeOf(entry);
		if (held.has(place)) continue;
		const sent = await send(entry);
		if (stillWaits(sent) && (await isTriedEnough(entry))) sent.outcome = 'too-old';
		tried.push(sent);
		if (stillWaits(sent)) held.add(place);
		else await settle(sent);
		if (endsAll(sent)) break;
	}
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

/**
 * Kept first, when this phone may keep it, then sent behind what waits: whatever ends this page meanwhile, it is still there and
 * leaves by itself. Files go behind files, words behind words.
 * @returns what became of it, which is the caller's to say, of what was before it, and whether it is still kept
 */
export async function sendAfterWaiting(
	entry: Fresh,
	mayKeep = true,
): Promise<{ own: Sent; others: Sent[]; isKept: boolean }> {
	const id = mayKeep ? await keepForLater(entry) : undefined;
	if (!id) return { own: await send(entry), others: [], isKept: false };
	const sending = entry.parts ? sendFiles() : sendWords();
	// A page that is left, or ended, in the middle: the browser wakes the worker once nobody else is sending.
	const asked = registered()
		.then(askForSync)
		.catch(() => undefined);
	const tried = await sending;
	const others = tried.filter((sent) => sent.entry.id !== id && !stillWaits(sent));
	const left = await quietly((db) => db.get('queue', id));
	// Held behind another; or the worker was quicker; or erased, with all that this person kept here.
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

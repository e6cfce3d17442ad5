/** Sends what waits for the network, once: by the pages and by the service worker, never by both at the same time. */
import { forgetDraft, openDrafts } from './draft-store';
import { quietly, type Waiting } from './offline-store';
import { DAY_MS, isSaid, keepForLater, kept, send, waiting, type Fresh, type Sent } from './queue';

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
export const forget = ({ id }: Waiting): Promise<unknown> => change(id, null);

const stillWaits = ({ outcome }: Sent) => outcome === 'later' || outcome === 'nobody';
export const isHeard = ({ outcome }: Sent) => outcome === 'sent' || outcome === 'already';

/** Sends all that waits, oldest first. @returns what became of each; what is still waiting is left out */
export const drain = async (): Promise<Sent[]> => (await sendInTurn()).filter((sent) => !stillWaits(sent));

const sendInTurn = async (): Promise<Sent[]> =>
	'locks' in navigator ? navigator.locks.request('queue', () => sendAll()) : sendAll();

async function sendAll(): Promise<Sent[]> {
	const entries = await waiting();
	const tried: Sent[] = [];
	// What was said first about a thing is heard first.
	const held = new Set<string>();
	// A tap does not wait behind photos.
	for (const entry of entries.sort((a, b) => Number(!!a.parts) - Number(!!b.parts) || a.at - b.at)) {
		const place = entry.url.split('?')[0]!;
		if (held.has(place)) continue;
		const sent = await send(entry);
		if (stillWaits(sent) && (await isTriedEnough(entry))) sent.outcome = 'too-old';
		tried.push(sent);
		if (stillWaits(sent)) held.add(place);
		else await settle(sent);
		// Nobody is there: the rest would wait for nothing. Nor is anything said in the name of who is not signed out yet.
		if (sent.isUnreached || (entry.kind === 'sign-out' && stillWaits(sent))) break;
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
		await change(id, { outcome, body: words, url: notice?.path ?? url, parts: undefined, notice: undefined });
	}
	const draft = kind === 'form' && new URLSearchParams(body).get('draft');
	if (!draft || !isHeard(sent)) return;
	await openDrafts()
		.then((db) => forgetDraft(db, draft).finally(() => db.close()))
		.catch(() => undefined);
}

/**
 * Now; or, when the phone has kept something said before and `mayKeep` this as well, behind it.
 * @returns what became of it, which is the caller's to say, and of what was before it
 */
export async function sendAfterWaiting(entry: Fresh, mayKeep = true): Promise<{ own: Sent; others: Sent[] }> {
	// Files leave last.
	const isFirst = !(await waiting()).some((before) => isSaid(before) && !before.parts);
	const id = isFirst || !mayKeep ? undefined : await keepForLater(entry);
	if (!id) return { own: await send(entry), others: [] };
	const tried = await sendInTurn();
	const others = tried.filter((sent) => sent.entry.id !== id && !stillWaits(sent));
	const left = await quietly((db) => db.get('queue', id));
	// Held behind another; or the worker was quicker.
	const outcome = left ? (left.outcome ?? 'later') : 'sent';
	const own = tried.find((sent) => sent.entry.id === id) ?? { entry: entry as Waiting, outcome };
	if (left && !stillWaits(own)) await forget(left);
	return { own, others };
}

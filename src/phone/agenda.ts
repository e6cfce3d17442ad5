/** Keeps the agenda of who is signed in, for reading without network; forgets it when somebody else is, or nobody. */
import type { Agenda } from '../lib/shared/agenda';
import { clearDrafts } from './draft-store';
import { fetchWithin } from './fetch-within';
import { markStale, quietly, type KeptAgenda } from './offline-store';
import { say, user, word, type User } from './page';
import { forgetAgenda, purge } from './purge';
import { isSaid } from './queue';

const FRESH_MS = 10 * 60_000;
const ANSWER_MS = 20_000;

let recognising: Promise<void> | undefined;

/** Before anything is sent or kept in a name: is this still the phone of the same person? Once a page. */
export const recogniseUser = (): Promise<void> => (recognising ??= recognise(user()));

async function recognise({ key, isOwn }: User): Promise<void> {
	const before = await quietly((db) => db.get('settings', 'user'));
	const kept = await quietly((db) => db.get('agenda', 'current'));
	if (key && ((before && before !== key) || (kept && kept.userKey !== key))) {
		const waiting = (await quietly((db) => db.getAll('queue'))) ?? [];
		await purge();
		if (waiting.some(isSaid)) say(word('droppedUser'));
	} else if (kept && !(key && isOwn)) {
		await forgetAgenda(await navigator.serviceWorker?.getRegistration());
	}
	// What a visitor had typed is not for who signs in on somebody else's phone, nor for the next one.
	if (key && !isOwn) await clearDrafts().catch(() => undefined);
	if (key) await quietly((db) => db.put('settings', isOwn ? key : '', 'user'));
	await quietly((db) => db.put('settings', document.documentElement.lang, 'lang'));
}

export async function keepAgenda({ key, isOwn, agenda: address }: User, now = Date.now()): Promise<void> {
	if (!key || !isOwn) return;
	const kept = await quietly((db) => db.get('agenda', 'current'));
	// Clocks of phones are wrong in both directions: an agenda of to-morrow is no fresher than one of yesterday.
	const isYoung = kept && Math.abs(now - Date.parse(kept.fetchedAt)) < FRESH_MS;
	if (isYoung && !kept.isStale && kept.locale === document.documentElement.lang) return;
	const response = await fetchWithin(ANSWER_MS, address, { headers: { accept: 'application/json' } }).catch(() => null);
	if (response?.status !== 200) return;
	const agenda = (await response.json()) as Agenda;
	if (agenda.userKey === key) await keep(agenda, kept);
}

/** @param before what was kept when it was asked for */
const keep = (agenda: Agenda, before: KeptAgenda | undefined): Promise<unknown> =>
	quietly(async (db) => {
		const work = db.transaction(['agenda', 'settings'], 'readwrite');
		const store = work.objectStore('agenda');
		// Signed out, or in as another, while it was on its way.
		if ((await work.objectStore('settings').get('user')) !== agenda.userKey) return;
		const now = await store.get('current');
		// Another page was answered meanwhile, and later.
		if (now && now.fetchedAt !== before?.fetchedAt && now.fetchedAt >= agenda.fetchedAt) return;
		// Something was sent meanwhile, which it may not know.
		const isStale = now?.isStale !== before?.isStale && now?.isStale;
		await store.put(isStale ? { ...agenda, isStale } : agenda, 'current');
	});

/** Whatever a form of any page changes, the agenda may tell otherwise: the next page fetches it again. */
export function watchChanges(): void {
	document.addEventListener('submit', ({ target }) => {
		if ((target as HTMLFormElement).method === 'post') void markStale();
	});
}

/** Keeps the agenda of who is signed in, for reading without network; forgets it when somebody else is, or nobody. */
import type { Agenda } from '../lib/shared/agenda';
import { fetchWithin } from './fetch-within';
import { quietly } from './offline-store';
import { say, word, type User } from './page';
import { forgetAgenda, purge } from './purge';

const FRESH_MS = 10 * 60_000;
const ANSWER_MS = 20_000;

/** Before anything is sent or kept in a name: is this still the phone of the same person? */
export async function recogniseUser({ key, isOwn }: User): Promise<void> {
	const before = await quietly((db) => db.get('settings', 'user'));
	const kept = await quietly((db) => db.get('agenda', 'current'));
	if (key && ((before && before !== key) || (kept && kept.userKey !== key))) {
		const waiting = (await quietly((db) => db.getAll('queue'))) ?? [];
		await purge();
		if (waiting.some(({ kind }) => kind === 'form')) say(word('droppedUser'));
	} else if (kept && !(key && isOwn)) {
		await forgetAgenda(await navigator.serviceWorker?.getRegistration());
	}
	if (key && isOwn) await quietly((db) => db.put('settings', key, 'user'));
	await quietly((db) => db.put('settings', document.documentElement.lang, 'lang'));
}

export async function keepAgenda({ key, isOwn, agenda: address }: User, now = Date.now()): Promise<void> {
	if (!key || !isOwn) return;
	const kept = await quietly((db) => db.get('agenda', 'current'));
	const isFresh = kept && now - Date.parse(kept.fetchedAt) < FRESH_MS && kept.locale === document.documentElement.lang;
	if (isFresh) return;
	const response = await fetchWithin(ANSWER_MS, address, { headers: { accept: 'application/json' } }).catch(() => null);
	if (response?.status !== 200) return;
	const agenda = (await response.json()) as Agenda;
	// Signed out, or in as another, while it was on its way.
	if (agenda.userKey === key) await quietly((db) => db.put('agenda', agenda, 'current'));
}

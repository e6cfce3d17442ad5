/** What a page does about its owner, in this order: recognise, send what waits, keep what will be read without network. */
import { keepAgenda, recogniseUser } from './agenda';
import { sayOutcomes } from './forms';
import { fillOfflinePage } from './offline-page';
import { quietly } from './offline-store';
import { offlinePage, say, user, word } from './page';
import { sayPushAgain } from './push';
import { drain } from './queue';
import { heard, SEND_WAITING } from './signals';

export async function start(): Promise<void> {
	addEventListener('online', () => void sendWaiting());
	const offline = offlinePage();
	if (offline) await fillOfflinePage(offline);
	else {
		await recogniseUser(user());
		await keepAgenda(user());
		await sayPushAgain();
	}
	await sendWaiting();
}

async function sendWaiting(): Promise<void> {
	const waiting = (await quietly((db) => db.getAll('queue'))) ?? [];
	if (waiting.length === 0) return;
	if (waiting.some(({ kind }) => kind === 'form')) say(word('waiting'));
	// The worker also says in the notification what became of its answer; it tells pages the rest (worker.ts).
	const registration = await navigator.serviceWorker?.getRegistration();
	if (!(await heard(registration, SEND_WAITING))) sayOutcomes(await drain());
}

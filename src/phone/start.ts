/** What a page does about its owner, in this order: recognise, send what waits, keep what will be read without network. */
import { keepAgenda, recogniseUser } from './agenda';
import { drain, forgetOldWords } from './drain';
import { sayNotSent } from './endings';
import { saySent } from './forms';
import { offlinePage, say, user, word } from './page';
import { sayPushAgain } from './push';
import { waiting } from './queue';
import { heard, SEND_WAITING } from './signals';
import { askWhoseDraft } from './whose-draft';

export async function start(): Promise<void> {
	addEventListener('online', () => void sendWaiting());
	// Filled by a script of its own (offline-page.ts), for whoever holds the phone.
	if (offlinePage()) return sendWaiting();
	await recogniseUser();
	await sendWaiting();
	// Where storage is refused there is none.
	await askWhoseDraft().catch(() => undefined);
	await keepAgenda(user());
	await sayPushAgain();
}

async function sendWaiting(): Promise<void> {
	await forgetOldWords();
	const entries = await waiting();
	if (entries.some(({ kind }) => kind === 'form')) say(word('waiting'));
	if (entries.length > 0) {
		// The worker also says in the notification what became of its answer; it tells pages the rest (worker.ts).
		if (await heard(await navigator.serviceWorker?.getRegistration(), SEND_WAITING)) return;
		saySent(await drain());
	}
	await sayNotSent();
}

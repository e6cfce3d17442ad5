/**
 * Sign-out empties this phone first, then the server ends the session; without network the phone is emptied all the same and
 * the server hears of it at the next contact (reliability.md §5, 61–64).
 */
import { quietly } from './offline-store';
import { offlinePage, say, user, word } from './page';
import { pushSubscription } from './push';
import { purge } from './purge';
import { askForSync, drain, keepForLater } from './queue';

const LAST_SENDING_MS = 3_000;

export async function purgeAtSignOut(): Promise<void> {
	if (document.querySelector('[data-purge-now]')) await purge();
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-purge-on-submit]'))
		form.addEventListener('submit', (event) => {
			if (form.dataset.purged) return;
			event.preventDefault();
			void signOut(form, event.submitter as HTMLButtonElement | null);
		});
	const subscription = await pushSubscription().catch(() => null);
	for (const field of document.querySelectorAll<HTMLInputElement>('[data-push-endpoint]'))
		field.value = subscription?.endpoint ?? '';
}

async function signOut(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
	const isOffline = !navigator.onLine || offlinePage() !== null;
	// What the person had already said is still theirs to send.
	if (!isOffline) await Promise.race([drain(), new Promise((resolve) => setTimeout(resolve, LAST_SENDING_MS))]);
	// The page shown without network says nothing of who is signed in.
	const userKey = user().key || ((await quietly((db) => db.get('settings', 'user'))) ?? '');
	await purge();
	form.dataset.purged = 'yes';
	delete form.dataset.sending;
	if (!isOffline) return form.requestSubmit(submitter);
	await endLater(form, userKey);
}

async function endLater(form: HTMLFormElement, userKey: string): Promise<void> {
	const subscription = await pushSubscription().catch(() => null);
	const body = new URLSearchParams({ endpoint: subscription?.endpoint ?? '' }).toString();
	const type = 'application/x-www-form-urlencoded';
	await keepForLater({ kind: 'sign-out', url: form.action, type, body, userKey });
	await askForSync(await navigator.serviceWorker?.getRegistration());
	// Until the server knows, this phone itself refuses.
	await subscription?.unsubscribe().catch(() => undefined);
	for (const part of document.querySelectorAll<HTMLElement>('[data-part="kept"]')) part.hidden = true;
	say(word('signedOut'));
}

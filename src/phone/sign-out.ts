/**
 * Sign-out empties this phone first, then the server ends the session; without network the phone is emptied all the same and
 * the server hears of it at the next contact (reliability.md §5, 61–64). What has not left yet is never erased unasked. On the
 * pages with a `form[data-purge-on-submit]` (SignOut.svelte), and on the one that says goodbye.
 */
import { freeForm } from './double-submit';
import { drain, forget } from './drain';
import { quietly } from './offline-store';
import { say, user } from './page';
import { pushSubscription } from './push';
import { purge } from './purge';
import { askForSync, isSaid, keepForLater, kept, send } from './queue';

const LAST_SENDING_MS = 3_000;
const PATIENCE_MS = 600;

async function purgeAtSignOut(): Promise<void> {
	if (document.querySelector('[data-purge-now]')) await purge();
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-purge-on-submit]')) {
		form.addEventListener('submit', (event) => {
			event.preventDefault();
			if (form.dataset.sending) return;
			form.dataset.sending = '1';
			void signOut(form, event.submitter as HTMLButtonElement | null).finally(() => freeForm(form));
		});
		form.querySelector('[data-wait]')?.addEventListener('click', () => warn(form, 0));
	}
	const subscription = await pushSubscription().catch(() => null);
	for (const field of document.querySelectorAll<HTMLInputElement>('[data-push-endpoint]'))
		field.value = subscription?.endpoint ?? '';
}

async function signOut(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
	const { action } = form;
	const isSure = submitter?.dataset.anyway !== undefined;
	// What the person had already said is still theirs to send.
	if (navigator.onLine && !isSure)
		await Promise.race([drain(), new Promise((resolve) => setTimeout(resolve, LAST_SENDING_MS))]);
	// Also what was just refused, and of which nobody was told.
	const unsent = (await kept()).filter(isSaid).length;
	if (unsent > 0 && !isSure) return warn(form, unsent);
	// The page shown without network says nothing of who is signed in.
	const userKey = user().key || ((await quietly((db) => db.get('settings', 'user'))) ?? '');
	const subscription = await within(PATIENCE_MS, pushSubscription());
	await purge();
	// A browser too slow to say it now had said it when the page opened.
	const told = form.querySelector<HTMLInputElement>('[data-push-endpoint]')?.value;
	const body = new URLSearchParams({ endpoint: subscription?.endpoint ?? told ?? '' });
	if (submitter?.name) body.set(submitter.name, submitter.value);
	const type = 'application/x-www-form-urlencoded';
	const entry = { kind: 'sign-out' as const, url: action, type, body: body.toString(), userKey };
	// Left in the middle, the phone still owes it to the server.
	const id = await keepForLater(entry);
	const { outcome, location: next } = await send(entry);
	if (id && outcome !== 'later') await forget({ id });
	if (outcome === 'sent') return location.assign(next ?? `${action}?fait=1`);
	if (outcome !== 'later') return location.assign(action);
	if (id) await askForSync(await navigator.serviceWorker?.getRegistration());
	// Until the server knows, this phone itself refuses.
	await subscription?.unsubscribe().catch(() => undefined);
	const personal = '[data-part="kept"], [data-part="request"], [data-place="visitor"]';
	for (const part of document.querySelectorAll<HTMLElement>(personal)) part.hidden = true;
	say((id ? form.dataset.signedOut : form.dataset.notSignedOut) ?? '');
}

/** A browser may never answer about notifications. */
const within = <T>(ms: number, work: Promise<T>): Promise<T | null> =>
	Promise.race([work.catch(() => null), new Promise<null>((resolve) => setTimeout(() => resolve(null), ms))]);

/** Says how many things would be lost, with the choice to wait. */
function warn(form: HTMLFormElement, unsent: number): void {
	const warning = form.querySelector<HTMLElement>('[data-unsent]');
	if (!warning) return;
	warning.hidden = unsent === 0;
	for (const place of warning.querySelectorAll('[data-count]')) place.textContent = String(unsent);
	warning.focus();
}

void purgeAtSignOut();

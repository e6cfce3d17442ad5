/**
 * A form never disappears. `form[data-queue]` is kept, then sent by this script: when the network or the server fails it stays on
 * the page and leaves by itself later (ux.md §2.4). Any other form is kept on the page by the service worker.
 */
import { recogniseUser } from './agenda';
import { freeForm } from './double-submit';
import { isHeard, sendAfterWaiting } from './drain';
import { offlinePage, say, signInElsewhere, user, word } from './page';
import type { Sent } from './queue';

const URLENCODED = 'application/x-www-form-urlencoded';

export function queueForms(): void {
	document.addEventListener('submit', (event) => {
		const form = event.target as HTMLFormElement;
		if (event.defaultPrevented || form.dataset.queue === undefined || form.dataset.native) return;
		event.preventDefault();
		void submit(form, event.submitter as HTMLButtonElement | null);
	});
}

async function submit(form: HTMLFormElement, submitter: HTMLButtonElement | null): Promise<void> {
	// A tap before that: what it says would be taken for what the one before left on this phone.
	if (!offlinePage()) await recogniseUser();
	const { key, isOwn } = user();
	const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
	const body = bodyOf(form, submitter);
	const entry = {
		kind: 'form' as const,
		url: new URL(action, location.href).href,
		// A form that carries a number is one thing, however often its words are changed before it leaves.
		place: form.dataset.queue || body.get('formId') || undefined,
		type: URLENCODED,
		body: body.toString(),
		userKey: key,
	};
	// Somebody else's phone keeps nothing: the page itself is the copy.
	const mayKeep = isOwn || key === '';
	const { own, others, isKept } = await sendAfterWaiting(entry, mayKeep);
	const { outcome, location: next } = own;
	if (outcome === 'sent') return next ? location.assign(next) : location.reload();
	if (outcome === 'refused' || outcome === 'already') return sendAsUsual(form, submitter);
	freeForm(form);
	saySent(others);
	if (outcome === 'other-user') return drop(form, key);
	if (outcome === 'later') return say(word(isKept ? 'queued' : 'kept'));
	if (isKept) return location.assign(word('signIn'));
	say(word('signInFirst'), signInElsewhere());
}

/**
 * Somebody else is signed in by now, in another tab: it is not theirs to send. A page of nobody is shown again, in the name
 * of who is there.
 */
export function drop(form: HTMLFormElement, key: string): void {
	if (!key) return location.reload();
	form.reset();
	say(word('droppedUser'));
}

function bodyOf(form: HTMLFormElement, submitter: HTMLButtonElement | null): URLSearchParams {
	const body = new URLSearchParams();
	for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
	if (submitter?.name) body.append(submitter.name, submitter.value);
	return body;
}

/** The server has something to say about it: its own page does. */
function sendAsUsual(form: HTMLFormElement, submitter: HTMLButtonElement | null): void {
	delete form.dataset.sending;
	form.dataset.native = 'yes';
	form.requestSubmit(submitter);
}

/** Says that what was waiting has left; what did not is in endings.ts. The beacons of notifications concern nobody. */
export function saySent(done: Sent[]): void {
	const sent = done.find((one) => one.entry.kind === 'form' && isHeard(one));
	// Where the server leads after it, a receipt for a request.
	if (sent) say(word('sent'), sent.location ? { label: word('see'), href: sent.location } : undefined);
}

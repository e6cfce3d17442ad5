/**
 * A form never disappears. `form[data-queue]` is sent by this script: when the network or the server fails it stays on the
 * page, is kept, and leaves by itself later (ux.md §2.4). Any other form is kept on the page by the service worker.
 */
import { askForSync, keepForLater, send, type Outcome, type Sent } from './queue';
import { say, user, word } from './page';

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
	const { key, isOwn } = user();
	const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action') ?? '';
	const entry = {
		kind: 'form' as const,
		url: new URL(action, location.href).href,
		type: URLENCODED,
		body: bodyOf(form, submitter),
		userKey: key,
	};
	const { outcome, location: next } = await send(entry);
	if (outcome === 'sent') return next ? location.assign(next) : location.reload();
	const waits = outcome === 'later' || outcome === 'nobody';
	// Somebody else's phone keeps nothing: the page itself is the copy.
	const isKept = waits && (isOwn || key === '') && (await keepForLater(entry));
	if (outcome !== 'later') return sendAsUsual(form, submitter);
	document.documentElement.classList.remove('leaving');
	if (!isKept) {
		delete form.dataset.sending;
		return say(word('kept'));
	}
	say(word('queued'));
	await askForSync(await navigator.serviceWorker?.getRegistration());
}

function bodyOf(form: HTMLFormElement, submitter: HTMLButtonElement | null): string {
	const body = new URLSearchParams();
	for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
	if (submitter?.name) body.append(submitter.name, submitter.value);
	return body.toString();
}

/** The server has something to say about it, or asks to sign in: its own page does. */
function sendAsUsual(form: HTMLFormElement, submitter: HTMLButtonElement | null): void {
	delete form.dataset.sending;
	form.dataset.native = 'yes';
	form.requestSubmit(submitter);
}

const SAID: Partial<Record<Outcome, string>> = {
	'other-user': 'droppedUser',
	'too-old': 'droppedOld',
	refused: 'droppedRefused',
	sent: 'sent',
	already: 'sent',
};

/** Says what became of what was waiting; the beacons of notifications concern nobody. */
export function sayOutcomes(done: Sent[]): void {
	const forms = done.filter(({ entry }) => entry.kind === 'form');
	const worst = forms.find(({ outcome }) => outcome !== 'sent' && outcome !== 'already') ?? forms[0];
	const said = worst && SAID[worst.outcome];
	if (said) say(word(said));
}

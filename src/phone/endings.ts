/**
 * What was kept and did not leave: refused, or tried for too long (drain.ts). It is said by a page of its author, whenever there
 * is one, and what was typed is sent again by the hand of who typed it: the server's own page says what was wrong.
 */
import { forget, isHeard, notSent } from './drain';
import type { Waiting } from './offline-store';
import { offlinePage, say, user, word, type Way } from './page';
import type { Sent } from './queue';

/** One a page: a second one would hide the first. `done`: just now; a worker of an earlier version keeps nothing of it. */
export async function sayNotSent(done: Sent[] = []): Promise<void> {
	const { key } = user();
	const now = done.flatMap((sent) =>
		sent.entry.kind === 'form' && !isHeard(sent) ? { ...sent.entry, outcome: sent.outcome } : [],
	);
	const entry = [...now, ...(await notSent())].find(({ userKey }) => !userKey || key);
	// A page nobody looks at tells nobody; the one without network leads nowhere.
	if (!entry || document.hidden || offlinePage()) return;
	const { userKey, outcome } = entry;
	if (userKey && userKey !== key) say(word('droppedUser'));
	else say(word(outcome === 'too-old' ? 'droppedOld' : 'droppedRefused'), wayOf(entry));
	await forget(entry);
}

function wayOf(entry: Waiting): Way {
	const { body, url } = entry;
	const again = word('again');
	return body && again
		? { label: again, onClick: () => sendAgain(entry) }
		: { label: word('see'), href: url.split('?')[0] };
}

/** As the form it was: kept once more when the network is gone again. */
function sendAgain({ url, place, body }: Waiting): void {
	const form = document.createElement('form');
	Object.assign(form, { method: 'post', action: url, hidden: true }).dataset.queue = place ?? '';
	for (const [name, value] of new URLSearchParams(body))
		form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
	document.body.append(form);
	form.requestSubmit();
}

/** The service worker, seen from a page: registered once the page is usable, never at a professional's desk. */
import { keepAgenda } from './agenda';
import { freeForm } from './double-submit';
import { sayNotSent } from './endings';
import { saySent } from './forms';
import { offlinePage, say, user, word } from './page';
import type { Sent } from './queue';
import { DRAINED, isDesk, NOT_SENT, type ToPage } from './signals';
import { watchUpdates } from './updates';

export function startWorker(): void {
	// The development server has no worker.
	if (!import.meta.env.PROD || !('serviceWorker' in navigator) || isDesk(location.pathname)) return;
	navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
		if (data.type === DRAINED) told(data.done);
		if (data.type === NOT_SENT) stay();
	});
	const register = () =>
		void navigator.serviceWorker.register('/service-worker.js').then(watchUpdates, () => undefined);
	if (document.readyState === 'complete') register();
	else addEventListener('load', register);
}

function told(done: Sent[]): void {
	saySent(done);
	void sayNotSent(done);
	if (done.length > 0 && !offlinePage()) void keepAgenda(user());
}

/** The worker kept the browser on this page: what was typed is still in it. */
function stay(): void {
	document.documentElement.classList.remove('leaving');
	document.querySelectorAll<HTMLFormElement>('form[data-sending]').forEach(freeForm);
	say(word('kept'));
}

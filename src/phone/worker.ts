/** The service worker, seen from a page: registered once the page is usable, never at a professional's desk. */
import { sayOutcomes } from './forms';
import { say, word } from './page';
import { DRAINED, isDesk, NOT_SENT, type ToPage } from './signals';
import { watchUpdates } from './updates';

export function startWorker(): void {
	// The development server has no worker.
	if (!import.meta.env.PROD || !('serviceWorker' in navigator) || isDesk(location.pathname)) return;
	navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
		if (data.type === DRAINED) sayOutcomes(data.done);
		if (data.type === NOT_SENT) stay();
	});
	const register = () =>
		void navigator.serviceWorker.register('/service-worker.js').then(watchUpdates, () => undefined);
	if (document.readyState === 'complete') register();
	else addEventListener('load', register);
}

/** The worker kept the browser on this page: what was typed is still in it. */
function stay(): void {
	document.documentElement.classList.remove('leaving');
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sending]')) delete form.dataset.sending;
	say(word('kept'));
}

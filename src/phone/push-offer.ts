/** « Recevoir un rappel sur ce téléphone »: our own card asks before the browser does, on the home page (PushOffer.svelte). */
import { mayAsk, rememberRefusal, wasRefused } from './push';

export function offerPush(): void {
	const offer = document.querySelector<HTMLElement>('[data-push-offer]');
	if (!offer) return;
	offer.hidden = !mayAsk() || Notification.permission === 'granted' || wasRefused();
	offer.querySelector('[data-push-later]')?.addEventListener('click', () => {
		rememberRefusal();
		offer.hidden = true;
	});
}

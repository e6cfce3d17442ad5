/**
 * « Recevoir un rappel sur ce téléphone », where it can be asked for. Every way it can fail ends in a sentence, and another channel
 * (reliability.md §5, 29).
 */
import { needsHomeScreen, user, word } from './page';
import { isSupported, rememberRefusal, REFUSED_AT, subscribe } from './push';

const REFUSAL_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

function offerPush(): void {
	const buttons = document.querySelectorAll<HTMLButtonElement>('[data-push-enable]');
	const isUsable = isSupported() && user().isOwn && Notification.permission !== 'denied';
	for (const button of buttons) {
		button.hidden = !isUsable;
		button.addEventListener('click', () => void enable(button));
	}
	for (const offer of document.querySelectorAll<HTMLElement>('[data-push-offer]')) {
		offer.hidden = !isUsable || Notification.permission === 'granted' || wasRefused();
		offer.querySelector('[data-push-later]')?.addEventListener('click', () => {
			rememberRefusal();
			offer.hidden = true;
		});
	}
	reveal('[data-push-ios]', needsHomeScreen());
	reveal('[data-push-unsupported]', !isSupported() && !needsHomeScreen());
	if (buttons.length > 0 && isSupported() && Notification.permission === 'denied') status('pushRefused');
}

function reveal(selector: string, isShown: boolean): void {
	for (const part of document.querySelectorAll<HTMLElement>(selector)) part.hidden = !isShown;
}

function status(name: string): void {
	for (const place of document.querySelectorAll('[data-push-status]')) place.textContent = word(name);
}

/** The refusal of a question is not asked again for 30 days; where storage is refused too, it may be. */
function wasRefused(): boolean {
	try {
		return Date.now() - Number(localStorage.getItem(REFUSED_AT) ?? 0) < REFUSAL_DAYS * DAY_MS;
	} catch {
		return false;
	}
}

async function enable(button: HTMLButtonElement): Promise<void> {
	button.disabled = true;
	try {
		status('pushAsking');
		if ((await Notification.requestPermission()) !== 'granted') {
			rememberRefusal();
			return status('pushRefused');
		}
		await subscribe(true);
		status('pushOn');
		button.hidden = true;
	} catch {
		status('pushFailed');
	} finally {
		button.disabled = false;
	}
}

offerPush();

/**
 * The button that turns reminders on, on `/compte/notifications`. Every way it can fail ends in a sentence, and another channel
 * (reliability.md §5, 29).
 */
import { needsHomeScreen } from './page';
import { isSupported, mayAsk, rememberRefusal, subscribe } from './push';

const button = document.querySelector<HTMLButtonElement>('[data-push-enable]')!;
const status = document.querySelector<HTMLElement>('[data-push-status]')!;
/** The page carries the words. */
const say = (name: string) => (status.textContent = status.dataset[name] ?? '');

button.hidden = !mayAsk();
button.addEventListener('click', () => void enable());
reveal('[data-push-ios]', needsHomeScreen());
reveal('[data-push-unsupported]', !isSupported() && !needsHomeScreen());
if (isSupported() && Notification.permission === 'denied') say('refused');

function reveal(selector: string, isShown: boolean): void {
	for (const part of document.querySelectorAll<HTMLElement>(selector)) part.hidden = !isShown;
}

async function enable(): Promise<void> {
	button.disabled = true;
	try {
		say('asking');
		if ((await Notification.requestPermission()) !== 'granted') {
			rememberRefusal();
			say('refused');
			return;
		}
		await subscribe(true);
		say('on');
		button.hidden = true;
	} catch {
		say('failed');
	} finally {
		button.disabled = false;
	}
}

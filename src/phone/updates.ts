/** A new version waits until the person says so, and is never offered over a form (ux.md §2.5). */
import { say, word } from './page';
import { TAKE_OVER } from './signals';

const CHECK_EVERY_MS = 3_600_000;

export function watchUpdates(registration: ServiceWorkerRegistration): void {
	const offer = () => {
		const { waiting } = registration;
		if (!waiting || !navigator.serviceWorker.controller || isFilling()) return;
		say(word('update'), {
			label: word('updateButton'),
			onClick: () => {
				navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
				waiting.postMessage({ type: TAKE_OVER });
			},
		});
	};
	offer();
	registration.addEventListener('updatefound', () => {
		const { installing } = registration;
		installing?.addEventListener('statechange', () => installing.state === 'installed' && offer());
	});
	let checkedAt = Date.now();
	document.addEventListener('visibilitychange', () => {
		if (document.visibilityState !== 'visible' || Date.now() - checkedAt < CHECK_EVERY_MS) return;
		checkedAt = Date.now();
		void registration.update().catch(() => undefined);
	});
}

/** A page with something to type or tick, or that has something to say. */
const isFilling = () =>
	document.querySelector(
		'form[method="POST" i] :is(input:not([type="hidden"]), textarea, select), form[data-sending], #phone-note > *',
	) !== null;

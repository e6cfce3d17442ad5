import { TAKE_OVER } from './signals';

/**
 * A page asked for just as one worker gives way to the next starts the first one again, and Chromium lets the next one wait until
 * the first had nothing to do for half a minute. A page asked for later makes it look again (tests/e2e/phone-limits.spec.ts).
 */
const STUCK_MS = 3_000;

/**
 * The page « Pas de réseau », shown with a network, may be the doing of a worker that went wrong. The one that mends it is looked
 * for at once (a browser looks a second after the last page that was asked for, and each new try puts it off), and takes over
 * without being asked: there is nothing to read here. What was typed here is not taken away.
 */
export async function lookForMendedWorker(page: HTMLElement): Promise<void> {
	const { serviceWorker } = navigator;
	if (!serviceWorker?.controller || !navigator.onLine) return;
	// A worker answers no page before it is activated: the one that answered this page has gone since.
	if (serviceWorker.controller.state === 'activating') return location.reload();
	let isTyped = false;
	page.addEventListener('input', () => (isTyped = true));
	serviceWorker.addEventListener('controllerchange', () => isTyped || location.reload(), { once: true });
	const registration = await serviceWorker.ready;
	const takeOver = () => {
		if (isTyped || !registration.waiting) return;
		registration.waiting.postMessage({ type: TAKE_OVER });
		setTimeout(() => isTyped || !registration.waiting || location.reload(), STUCK_MS);
	};
	// It may have come before this page, or be on its way.
	const watch = () => registration.installing?.addEventListener('statechange', takeOver);
	registration.addEventListener('updatefound', watch);
	watch();
	takeOver();
	await registration.update().catch(() => undefined);
	// It may have taken over while this page was on its way, before anything here could hear of it: what a worker kept goes with it.
	if (!isTyped && !isReload() && !(await isKept(import.meta.url))) location.reload();
}

/** Asked for at its own address where no worker keeps it, the page would come back for ever. */
const isReload = () =>
	(performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming)?.type === 'reload';

const isKept = (address: string) => caches.match(address, { ignoreVary: true }).catch(() => true);

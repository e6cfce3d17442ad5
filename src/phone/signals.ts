/** What pages and the service worker say to each other. */
import type { Sent } from './queue';

/** To the worker, by pages of an earlier version: nothing of the person stays; answered on the port. */
export const PURGE = 'PURGE';
/** To the worker: the network may be back, what waits can leave. */
export const SEND_WAITING = 'SEND_WAITING';
/** To the worker that waits: it may take over. */
export const TAKE_OVER = 'TAKE_OVER';
/** To the page: its form did not leave; it is still on the page. */
export const NOT_SENT = 'NOT_SENT';
/** To the pages: what was waiting has been sent or dropped. */
export const DRAINED = 'DRAINED';

export type ToWorker = { type: typeof PURGE | typeof SEND_WAITING | typeof TAKE_OVER };
export type ToPage = { type: typeof NOT_SENT } | { type: typeof DRAINED; done: Sent[] };

/** Pages of professionals: nothing of them is kept, and the worker leaves them alone. */
export const isDesk = (path: string): boolean => /^(\/[a-z]{2})?\/(pro|pilotage)(\/|$)/.test(path);

const HEARD_WITHIN_MS = 2_000;

/** Asks the worker. @returns false when there is none or it says nothing: the page then does it by itself */
export async function heard(
	registration: ServiceWorkerRegistration | undefined,
	type: ToWorker['type'],
): Promise<boolean> {
	const worker = registration?.active;
	if (!worker) return false;
	const { port1, port2 } = new MessageChannel();
	const answer = new Promise<boolean>((resolve) => {
		port1.onmessage = () => resolve(true);
		setTimeout(() => resolve(false), HEARD_WITHIN_MS);
	});
	worker.postMessage({ type }, [port2]);
	const isHeard = await answer;
	port1.close();
	return isHeard;
}

/** Longest wait for a turn: with the exchange itself, shorter than the lease of a claimed message (reminders/claim.ts). */
const PATIENCE_MS = 60_000;

type Turn = 'at_once' | 'waited' | 'never';

/**
 * Lets so many pieces of work run at once, the others in the order they came: a mail server or a gateway takes a handful of
 * connections, not those of a whole burst. `isAwaited` comes before what is not: somebody is looking at the screen. Each begins, and its deadline with it, when its turn comes, and is told whether it waited.
 * @returns what the work gives, or null when its turn did not come in time: nothing was done then
 */
export function createGate(places: number, patienceMs = PATIENCE_MS) {
	let free = places;
	const waiting: { enter: () => void; isAwaited: boolean }[] = [];

	function turn(isAwaited: boolean): Promise<Turn> {
		if (free > 0) {
			free -= 1;
			return Promise.resolve('at_once');
		}
		return new Promise((resolve) => {
			const enter = () => {
				clearTimeout(timer);
				resolve('waited');
			};
			const mine = { enter, isAwaited };
			const timer = setTimeout(() => {
				waiting.splice(waiting.indexOf(mine), 1);
				resolve('never');
			}, patienceMs);
			const others = isAwaited ? waiting.findIndex((one) => !one.isAwaited) : -1;
			waiting.splice(others < 0 ? waiting.length : others, 0, mine);
		});
	}

	/** The place goes to the next one, or is free. */
	function leave() {
		const next = waiting.shift();
		if (next) next.enter();
		else free += 1;
	}

	return async <T>(work: (turn: 'at_once' | 'waited') => Promise<T>, { isAwaited = false } = {}): Promise<T | null> => {
		const came = await turn(isAwaited);
		if (came === 'never') return null;
		try {
			return await work(came);
		} finally {
			leave();
		}
	};
}

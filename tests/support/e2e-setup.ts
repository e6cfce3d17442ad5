import { seedIfStale } from './seed-if-stale.ts';
import { makeWorld } from './world.ts';

/** What browser tests start from, each with a copy: the seeded database of the demo, and the small world of `world.ts`. */
export default function setup(): void {
	seedIfStale();
	makeWorld();
}

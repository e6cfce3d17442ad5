import { readFileSync } from 'node:fs';
import { concurrently, times, type Part } from './harness.ts';
import { filledTerritory } from './people.ts';
import { get, portalOn } from './server.ts';

const ADDRESSES = ['/', '/accueil', '/parcours', '/rendez-vous'];

/** Resident memory of a process in megabytes, as Linux counts it. */
const residentOf = (pid: number) =>
	Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

const part: Part = {
	name: 'memory',
	usesBuild: true,
	async run({ long }) {
		const minutes = long ? 10 : 1;
		const { db, file, tokens } = await filledTerritory('memory', 1_000, new Date());
		db.close();
		const portal = await portalOn(file, 'memory');
		const load = async (ms: number) => {
			const end = performance.now() + ms;
			while (performance.now() < end)
				await concurrently(80, 8, (index) => get(portal.origin + ADDRESSES[index % ADDRESSES.length]!, tokens.person));
			return residentOf(portal.process.pid!);
		};
		try {
			// The first part warms up: code compiled, caches filled, the heap at its size.
			const warmUp = long ? 60 : 25;
			const early = await load(warmUp * 1_000);
			const late = await load((minutes * 60 - warmUp) * 1_000);
			return [
				{
					name: `memory after ${minutes} min of load`,
					value: late,
					unit: 'MB',
					yardstick: { name: `after ${warmUp} s, MB`, value: early },
					limit: times(late / early, 1.2, 'most'),
				},
			];
		} finally {
			await portal.stop();
		}
	},
};
export default part;

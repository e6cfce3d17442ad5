import { peopleOfTerritory } from '../../src/lib/server/people/caseload.ts';
import { filledTerritory } from './people.ts';
import { MANY, many, atMost, median, milliseconds, type Part } from './harness.ts';

const WORDS = ['martin', 'a', 'alix', 'benali c4', '39980', 'lefevre elodie', 'introuvable', 'nguyen z'];

const part: Part = {
	name: 'search',
	async run() {
		const now = new Date();
		const today = now.toISOString().slice(0, 10);
		const { db, territoryId } = await filledTerritory('search', MANY, now);
		const worst = { word: '', ms: 0 };
		for (const text of WORDS) {
			const taken: number[] = [];
			for (let round = 0; round < 6; round += 1)
				taken.push(await milliseconds(() => peopleOfTerritory(db.read, territoryId, { text, today })));
			const ms = median(taken.slice(1));
			if (ms > worst.ms) Object.assign(worst, { word: text, ms });
		}
		db.close();
		return [
			{
				name: `search over ${many} names, slowest word (« ${worst.word} »)`,
				value: worst.ms,
				unit: 'ms',
				limit: atMost(worst.ms, 5, 'ms'),
			},
		];
	},
};
export default part;

import { randomBytes } from 'node:crypto';
import { employmentArea, ratingComment, tally } from '../../src/lib/server/db/schema/index.ts';
import { closeMonths, drop } from '../../src/lib/server/evaluation/box.ts';
import { count, releaseMonth, type PoolCells } from '../../src/lib/server/evaluation/release.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { addMonths } from '../../src/lib/server/territories/calendar.ts';
import { MOMENTS, QUESTION_BANK, SCALES, type Scale } from '../../src/lib/shared/questions.ts';
import { filledTerritory, type Filled } from './people.ts';
import { alternate, atMost, milliseconds, type Figure, type Part } from './harness.ts';
import { get, portalOn } from './server.ts';

const PEOPLE = 1_000;
const FEW = 10_000;
const MANY = 1_000_000;
const MONTHS = 24;
/** In the box of one month, to be opened and counted at its end. */
const IN_A_MONTH = 2_000;
const COMMENTS = 3_000;

const PAGES = [
	'/pilotage/evaluation',
	'/pilotage/evaluation?bassin=b1&moment=stage_left',
	'/pilotage/evaluation/commentaires',
	'/pilotage/evaluation/indicateurs',
	'/pilotage/evaluation/resultats.csv',
	'/pilotage/evaluation/microdonnees.csv',
	'/pilotage/questionnaires',
];

/** Answers of two years, all questions of the bank, three areas and five moments: counted as the end of a month counts them. */
async function fill({ db, territoryId }: Filled, answers: number, now: Date): Promise<void> {
	const fields: [string, Scale][] = [
		['face', 'faces'],
		...QUESTION_BANK.flatMap(({ fields, scale }) => fields.map((field): [string, Scale] => [field, scale])),
	];
	const first = addMonths(`${now.toISOString().slice(0, 7)}-01`, -MONTHS);
	const each = answers / MONTHS / MOMENTS.length / 3;
	let cells: PoolCells = {};
	for (let ago = 0; ago < MONTHS; ago += 1) {
		const month = addMonths(first, ago).slice(0, 7);
		for (const [measure, scale] of fields)
			for (const areaId of ['b1', 'b2', 'b3'])
				for (const moment of MOMENTS)
					SCALES[scale].forEach((level, index) => {
						const share = (index + 1 + ((ago + index) % 3)) / (SCALES[scale].length * 3);
						count(cells, { measure, areaId, moment }, level, month, Math.max(1, Math.round(each * share)));
					});
		const { released, waiting } = releaseMonth(cells, month);
		cells = waiting;
		await db.write(async (tx) => {
			for (let at = 0; at < released.length; at += 500)
				await tx.insert(tally).values(released.slice(at, at + 500).map((row) => ({ ...row, territoryId, month })));
		});
	}
	await db.write(async (tx) => {
		await tx.insert(employmentArea).values(['b1', 'b2', 'b3'].map((id) => ({ id, territoryId, name: id })));
		const month = addMonths(first, MONTHS - 1).slice(0, 7);
		for (let index = 0; index < COMMENTS; index += 1) {
			const id = randomBytes(6).readUIntBE(0, 6);
			const textSealed = seal(
				`rating_comment.text_sealed:${id}`,
				`Phrase ${index}, le bus est rare et Mme Durand aide`,
			);
			await tx.insert(ratingComment).values({ id, territoryId, month, textSealed, themes: [] });
		}
	});
}

/** What one answer costs at the end of a month: opened, taken apart, counted. */
async function closing({ db, territoryId }: Filled, now: Date): Promise<Figure> {
	const month = now.toISOString().slice(0, 7);
	const levels = { face: 'good', listened: 'yes', next: 'no', before_mobility: 'hard', after_mobility: 'none' };
	await db.write(async (tx) => {
		for (let index = 0; index < IN_A_MONTH; index += 1)
			await drop(tx, territoryId, { areaId: '', moment: 'stage_left', levels, comment: null }, month);
	});
	const later = new Date(`${addMonths(`${month}-01`, 1)}T12:00:00Z`);
	const ms = await milliseconds(() => db.write((tx) => closeMonths(tx, later)));
	return {
		name: `end of a month of ${IN_A_MONTH.toLocaleString('en')} answers`,
		value: ms,
		unit: 'ms',
		limit: { text: '< 1,000 ms', kept: ms < 1_000 },
	};
}

const part: Part = {
	name: 'evaluation',
	usesBuild: true,
	async run() {
		const now = new Date();
		const small = await filledTerritory('answers-few', PEOPLE, now);
		const big = await filledTerritory('answers-many', PEOPLE, now);
		await fill(small, FEW, now);
		await fill(big, MANY, now);
		const figures = [await closing(big, now)];
		small.db.close();
		big.db.close();
		const few = await portalOn(small.file, 'answers-few');
		const large = await portalOn(big.file, 'answers-many');
		try {
			for (const [address, token] of [
				...PAGES.map((page) => [page, big.tokens.coordinator] as const),
				['/resultats', big.tokens.person] as const,
			]) {
				for (const { origin } of [few, large]) await get(origin + address, token);
				const found = await alternate(
					{ few: () => get(few.origin + address, token), large: () => get(large.origin + address, token) },
					20,
				);
				figures.push({
					name: `${address} with 1,000,000 answers`,
					value: found.large!,
					unit: 'ms',
					yardstick: { name: 'with 10,000, ms', value: found.few! },
					limit: atMost(found.large! / found.few!, 1.5, '× yardstick'),
				});
			}
		} finally {
			await Promise.all([few.stop(), large.stop()]);
		}
		return figures;
	},
};
export default part;

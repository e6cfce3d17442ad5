import { db } from '$lib/server/db';
import { improvementsOf } from '$lib/server/evaluation/improvements';
import { panelWords } from '$lib/server/evaluation/questionnaires';
import { lastMonths, resultsOf } from '$lib/server/evaluation/results';
import { openToAll } from '$lib/server/web/guards';
import { currentTerritory } from '$lib/server/web/territory';
import { SCALES } from '$lib/shared/questions';
import { answerLines, obstacleLines } from './answers';
import type { PageServerLoad } from './$types';

/** Results of the territory of the visitor: masked counts, and what was done about them. */
export const load: PageServerLoad = async (event) => {
	openToAll();
	const territory = await currentTerritory(event);
	if (!territory) return { shown: null };
	const { id: territoryId, name, zone } = territory;
	const { now, locale } = event.locals;
	const months = lastMonths(now, zone);
	const { faces, questions } = await resultsOf(db.read, territoryId, months);
	const panel = await panelWords(db.read, territoryId);
	const improvements = await improvementsOf(db.read, territoryId, { publishedOnly: true });
	return {
		shown: {
			name,
			zone,
			results: {
				...months,
				total: faces.n,
				mean: faces.mean,
				faces: SCALES.faces.map((face) => {
					const count = faces.counts[face] ?? 0;
					return { face, count, share: Math.round((count / faces.n) * 100) };
				}),
			},
			answers: answerLines(questions, panel, locale),
			obstacles: obstacleLines(questions),
			improvements: improvements.map(({ id, finding, answer, translations, ownerLabel, doneOn }) => {
				const words = translations?.[locale];
				return { id, ...(words ?? { finding, answer }), lang: words ? locale : 'fr', ownerLabel, doneOn };
			}),
		},
	};
};

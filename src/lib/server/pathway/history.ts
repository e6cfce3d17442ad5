import type { Queries } from '../db/client.ts';
import { goalsOf } from './goals.ts';
import { pathwayOf } from './queries.ts';

/** Names of what the history of a pathway speaks of, by id: its stages in `locale`, its steps, its goals. */
export async function namesInPathway(q: Queries, personId: string, locale: string): Promise<Map<string, string>> {
	const way = await pathwayOf(q, personId, locale);
	if (!way) return new Map();
	const goals = await goalsOf(q, way.pathway.id);
	return new Map([
		...way.stages.map(({ id, name }): [string, string] => [id, name]),
		...way.steps.map(({ id, title }): [string, string] => [id, title]),
		...goals.map(({ id, text }): [string, string] => [id, text]),
	]);
}

import { eq } from 'drizzle-orm';
import type { Locale } from '../../paraglide/runtime.js';
import { themeLabel } from '../../shared/labels.ts';
import type { Queries } from '../db/client.ts';
import { need } from '../db/schema/index.ts';
import { goalsOf } from './goals.ts';
import { pathwayOf } from './queries.ts';

/** Names of what the history of a pathway speaks of, by id: needs and stages in `locale`, steps, goals. */
export async function namesInPathway(q: Queries, personId: string, locale: Locale): Promise<Map<string, string>> {
	const needs = await q
		.select({ id: need.id, theme: need.theme })
		.from(need)
		.where(eq(need.personId, personId))
		.limit(200);
	const named = needs.map(({ id, theme }): [string, string] => [id, themeLabel(theme, locale)]);
	const way = await pathwayOf(q, personId, locale);
	if (!way) return new Map(named);
	const goals = await goalsOf(q, way.pathway.id);
	return new Map([
		...named,
		...way.stages.map(({ id, name }): [string, string] => [id, name]),
		...way.steps.map(({ id, title }): [string, string] => [id, title]),
		...goals.map(({ id, text }): [string, string] => [id, text]),
	]);
}

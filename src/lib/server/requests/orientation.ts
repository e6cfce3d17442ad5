/** The proposal for one request: what is known of it, read for the rules. */
import { and, count, eq, gt, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { orientation, person, supportRequest } from '../db/schema/index.ts';
import { ageOn } from '../people/rules.ts';
import { teamOf } from '../people/steering.ts';
import { notFound } from '../platform/errors.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, listStructures, territoryForMunicipality, type Territory } from '../territories/queries.ts';
import type { TerritorySettings } from '../territories/settings.ts';
import { answersOf, openAnswers, type Answers } from './answers.ts';
import { propose, proposeForNeed, type Proposal, type Situation } from './orientation-rules.ts';
import { needsOf } from './queries.ts';

/** Under this age somebody is of the `under_26` audience, wherever the mission locale stops. */
const YOUNG = 26;

type Known = Pick<Situation, 'age' | 'household'>;

const knownAudiences = ({ age, household }: Known): string[] => [
	...(age !== null && age < YOUNG ? ['under_26'] : []),
	...(household === 'single_parent' ? ['single_parent'] : []),
];

/** Audiences of domain.md §3 that answers tell of; what was not asked is not guessed. */
export function audiencesOf(known: Known, answers: Answers): string[] {
	const work = answersOf(answers, 'employment').ticks.situation ?? [];
	return [...knownAudiences(known), ...(work.includes('over_a_year') ? ['long_term_unemployed'] : [])];
}

/** Of a public that the territory serves first. The list keeps only this answer, in clear: not of which. */
export const isPriority = ({ priorityAudiences }: TerritorySettings, known: Known, answers: Answers): boolean =>
	audiencesOf(known, answers).some((audience) => priorityAudiences.includes(audience));

/** The same for somebody as the file knows them on that day, `today` in the territory's zone. */
export function isPriorityOn(
	settings: TerritorySettings,
	{ birthDate, household }: { birthDate: string | null; household: Known['household'] },
	{ answers, today }: { answers: Answers; today: string },
): boolean {
	const known = { age: ageOn(birthDate, today), household: household ?? answers.household?.household ?? null };
	return isPriority(settings, known, answers);
}

/** @throws DomainError `not_found` */
async function situationOf(q: Queries, requestId: string, territory: Territory, now: Date): Promise<Situation> {
	const [row] = await q
		.select({ request: supportRequest, person })
		.from(supportRequest)
		.innerJoin(person, eq(person.id, supportRequest.personId))
		.where(eq(supportRequest.id, requestId))
		.limit(1);
	if (!row) throw notFound();
	const answers = openAnswers(requestId, row.request.answersSealed);
	const age = ageOn(row.person.birthDate, localDay(now, territory.zone));
	const household = row.person.household ?? answers.household?.household ?? null;
	const needs = await needsOf(q, requestId);
	const place = await perimeterOf(q, row.person.inseeCode, territory.id, now);
	return {
		age,
		household,
		themes: needs.filter(({ status }) => status === 'open' || status === 'in_progress').map(({ theme }) => theme),
		audiences: audiencesOf({ age, household }, answers),
		inseeCode: row.person.inseeCode,
		...place,
	};
}

/** Whether this territory serves the commune today (a pilot perimeter grows), and in which basin. */
async function perimeterOf(q: Queries, inseeCode: string | null, territoryId: string, now: Date) {
	if (!inseeCode) return { areaId: null, outsideUntil: null };
	const coverage = await territoryForMunicipality(q, inseeCode, now);
	if (coverage.kind === 'inside') {
		const here = coverage.territory.id === territoryId;
		return { areaId: here ? coverage.employmentAreaId : null, outsideUntil: here ? null : 'never' };
	}
	const { coming } = coverage;
	return { areaId: null, outsideUntil: coming?.territoryId === territoryId ? coming.on : 'never' };
}

export interface Orientation extends Proposal {
	/** Need id → structure proposed for it. */
	byNeed: Record<string, { id: string; name: string } | null>;
}

/** What the territory's rules propose for a request today. @throws DomainError `not_found` */
export async function proposalFor(q: Queries, requestId: string, territoryId: string, now: Date): Promise<Orientation> {
	const territory = await getTerritory(q, territoryId);
	const situation = await situationOf(q, requestId, territory, now);
	const places = await listStructures(q, territoryId);
	const team = (await teamOf(q, territoryId)).filter(({ status, role }) => status === 'active' && role === 'referent');
	const known = { settings: territory.settings, places, team };
	const needs = await needsOf(q, requestId);
	const declined = await q
		.select({ needId: orientation.needId, structureId: orientation.structureId })
		.from(orientation)
		.where(and(eq(orientation.requestId, requestId), eq(orientation.state, 'declined')))
		.limit(100);
	const placeOf = ({ structureId }: { structureId: string }) => structureId;
	return {
		...propose({ ...situation, declinedBy: declined.filter(({ needId }) => needId === null).map(placeOf) }, known),
		byNeed: Object.fromEntries(
			needs.map(({ id, theme }) => {
				const declinedBy = declined.filter(({ needId }) => needId === id).map(placeOf);
				const left = places.filter((place) => !declinedBy.includes(place.id));
				const place = situation.outsideUntil === null ? proposeForNeed(theme, situation, left) : null;
				return [id, place && { id: place.id, name: place.name }];
			}),
		),
	};
}

const RECENT_MS = 90 * 86_400_000;

/** Of the decisions of the last 90 days for which the rules proposed somebody, how many took what was proposed. */
export async function followedProposals(q: Queries, territoryId: string, now: Date) {
	const [row] = await q
		.select({
			proposed: count(),
			followed: sql<number>`count(CASE WHEN ${orientation.followed} = 1 THEN 1 END)`.mapWith(Number),
		})
		.from(orientation)
		.where(
			and(
				eq(orientation.territoryId, territoryId),
				sql`${orientation.followed} IS NOT NULL`,
				gt(orientation.at, new Date(now.getTime() - RECENT_MS)),
			),
		);
	return row!;
}

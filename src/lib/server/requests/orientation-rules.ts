/**
 * What a territory's own rules propose for a request: a structure, a kind of pathway, a referent. They never decide
 * (GDPR art. 22); `why` says what led to it, in the order in which it counted.
 */
import type { Household, PathwayKind } from '../../shared/codes.ts';
import type { OrientationRule, TerritorySettings } from '../territories/settings.ts';

/** Who asks for what, as far as the rules look at it. */
export interface Situation {
	/** Completed years today; null when unknown. */
	age: number | null;
	household: Household | null;
	themes: string[];
	/** Priority audiences of domain.md §3 that the answers tell of. */
	audiences: string[];
	inseeCode: string | null;
	/** Basin of the commune, where the territory has several. */
	areaId: string | null;
	/** Null: the commune is in the perimeter today. Else the day it joins, or `never`. */
	outsideUntil: string | null;
	/** Ids of structures that did not take this request. */
	declinedBy?: string[];
}
export interface Place {
	id: string;
	name: string;
	kind: string;
	employmentAreaId: string | null;
	inseeCode: string | null;
	/** What it answers for unless somebody chooses otherwise. */
	themes: string[];
}
export interface Colleague {
	id: string;
	name: string;
	structureId: string | null;
	side: 'social' | 'work' | null;
	/** People led now. */
	leads: number;
}
export type Why =
	| { code: 'outside'; from: string | null }
	| { code: 'age'; age: number; under: number }
	| { code: 'themes'; themes: string[] }
	| { code: 'household'; household: Household }
	| { code: 'audience'; audience: string }
	| { code: 'by_default' }
	| { code: 'basin' }
	| { code: 'commune' }
	| { code: 'full'; structure: string; limit: number }
	| { code: 'declined'; structure: string }
	| { code: 'least_loaded'; leads: number; limit: number | null }
	| { code: 'pair' }
	/** No structure of those the rules name is here. */
	| { code: 'no_structure' }
	| { code: 'nobody' };

export interface Proposal {
	structure: { id: string; name: string } | null;
	account: { id: string; name: string } | null;
	second: { id: string; name: string } | null;
	kind: PathwayKind | null;
	/** A public served first. */
	isPriority: boolean;
	why: Why[];
}

const NOTHING: Proposal = { structure: null, account: null, second: null, kind: null, isPriority: false, why: [] };

interface Known {
	settings: TerritorySettings;
	places: Place[];
	team: Colleague[];
}

export function propose(situation: Situation, known: Known): Proposal {
	const { settings } = known;
	const audience = situation.audiences.find((code) => settings.priorityAudiences.includes(code));
	const isPriority = audience !== undefined;
	if (situation.outsideUntil !== null) {
		const from = situation.outsideUntil === 'never' ? null : situation.outsideUntil;
		return { ...NOTHING, isPriority, why: [{ code: 'outside', from }] };
	}
	const hasDeclined = ({ id }: Place) => situation.declinedBy?.includes(id) ?? false;
	// Sent there again, it would come back again.
	const places = known.places.filter((place) => !hasDeclined(place));
	const declined = known.places.filter(hasDeclined).map(({ name }) => ({ code: 'declined' as const, structure: name }));
	const rules = rulesOf(settings).filter((rule) => fits(rule, situation));
	// A network that has no structure here proposes nobody: the next rule speaks.
	const isHere = (networks: string[]) =>
		networks.some((name) => nearest(ofNetwork(name), situation, places).length > 0);
	const where = rules.find(({ to }) => to !== undefined && isHere(to));
	const kind = rules.find((rule) => rule.kind !== undefined)?.kind ?? null;
	const chosen = where ? choosePlace(where.to!, situation, { ...known, places }) : NO_PLACE;
	const second = chosen.lead && settings.worksInPairs ? otherHalf(chosen.lead, known) : null;
	return {
		structure: chosen.place && { id: chosen.place.id, name: chosen.place.name },
		account: chosen.lead && { id: chosen.lead.id, name: chosen.lead.name },
		second: second && { id: second.id, name: second.name },
		kind,
		isPriority,
		why: [
			...(where ? reasonsOf(where, situation) : []),
			...(audience && where?.audience !== audience ? [{ code: 'audience' as const, audience }] : []),
			...declined,
			...chosen.why,
			...(second ? [{ code: 'pair' as const }] : []),
		],
	};
}

/** The structure that answers for the theme of one need, in the basin of the commune; null when none does. */
export function proposeForNeed(theme: string, situation: Situation, places: Place[]): Place | null {
	return nearest((place) => place.themes.includes(theme), situation, places)[0] ?? null;
}

const rulesOf = ({ missionLocaleUnder, orientationRules }: TerritorySettings): OrientationRule[] => [
	...(missionLocaleUnder === null ? [] : [{ under: missionLocaleUnder, to: ['mission-locale'] }]),
	...orientationRules,
];

function fits(rule: OrientationRule, { age, household, themes, audiences }: Situation): boolean {
	if (rule.under !== undefined && (age === null || age >= rule.under)) return false;
	if (rule.themes && !rule.themes.some((theme) => themes.includes(theme))) return false;
	if (rule.onlyThemes && !(themes.length > 0 && themes.every((theme) => rule.onlyThemes!.includes(theme))))
		return false;
	if (rule.households && !(household && rule.households.includes(household))) return false;
	return rule.audience === undefined || audiences.includes(rule.audience);
}

function reasonsOf(rule: OrientationRule, { age, household, themes }: Situation): Why[] {
	const why: Why[] = [];
	if (rule.under !== undefined) why.push({ code: 'age', age: age!, under: rule.under });
	if (rule.onlyThemes) why.push({ code: 'themes', themes });
	else if (rule.themes) why.push({ code: 'themes', themes: themes.filter((theme) => rule.themes!.includes(theme)) });
	if (rule.households) why.push({ code: 'household', household: household! });
	if (rule.audience) why.push({ code: 'audience', audience: rule.audience });
	return why.length > 0 ? why : [{ code: 'by_default' }];
}

const ofNetwork = (network: string) => (place: Place) => place.kind === network;

/** Those that fit: those of another basin are not for this commune, those of the commune itself come first. */
function nearest(fitting: (place: Place) => boolean, { areaId, inseeCode }: Situation, places: Place[]): Place[] {
	const all = places.filter(fitting);
	const reachable = all.filter(({ employmentAreaId }) => !areaId || !employmentAreaId || employmentAreaId === areaId);
	const isNear = (place: Place) =>
		(inseeCode !== null && place.inseeCode === inseeCode ? 2 : 0) +
		(areaId && place.employmentAreaId === areaId ? 1 : 0);
	return reachable.toSorted((a, b) => isNear(b) - isNear(a));
}

interface Chosen {
	place: Place | null;
	lead: Colleague | null;
	why: Why[];
}
const NO_PLACE: Chosen = { place: null, lead: null, why: [{ code: 'no_structure' }] };

/** The first structure, in the order of the rule, where somebody still has room; one without anybody is proposed last. */
function choosePlace(networks: string[], situation: Situation, { settings, places, team }: Known): Chosen {
	const limit = settings.caseloadLimit;
	const candidates = networks.flatMap((network) => nearest(ofNetwork(network), situation, places));
	const passed: Why[] = [];
	for (const place of candidates) {
		const [least] = team.filter(({ structureId }) => structureId === place.id).toSorted((a, b) => a.leads - b.leads);
		if (!least) continue;
		if (limit !== null && least.leads >= limit) {
			passed.push({ code: 'full', structure: place.name, limit });
			continue;
		}
		return {
			place,
			lead: least,
			why: [...nearReasons(place, situation), ...passed, { code: 'least_loaded', leads: least.leads, limit }],
		};
	}
	const [place = null] = candidates.filter(({ id }) => !team.some(({ structureId }) => structureId === id));
	return { place, lead: null, why: [...(place ? nearReasons(place, situation) : []), ...passed, { code: 'nobody' }] };
}

function nearReasons(place: Place, { areaId, inseeCode }: Situation): Why[] {
	if (inseeCode !== null && place.inseeCode === inseeCode) return [{ code: 'commune' }];
	return areaId && place.employmentAreaId === areaId ? [{ code: 'basin' }] : [];
}

/** Somebody of the other side, who seconds the fewest people led; their own structure or another. */
function otherHalf(lead: Colleague, { team, places }: Known): Colleague | null {
	const areaOf = (id: string | null) => places.find((place) => place.id === id)?.employmentAreaId ?? null;
	const area = areaOf(lead.structureId);
	const others = team.filter(({ id, side }) => id !== lead.id && side !== null && side !== lead.side);
	const near = area ? others.filter(({ structureId }) => areaOf(structureId) === area) : others;
	return (near.length > 0 ? near : others).toSorted((a, b) => a.leads - b.leads)[0] ?? null;
}

/** What was chosen is what was proposed. */
export const isAsProposed = (
	proposal: Proposal,
	choice: { accountId: string | null; structureId: string | null; kind: PathwayKind },
): boolean =>
	choice.kind === proposal.kind &&
	(choice.accountId
		? choice.accountId === proposal.account?.id
		: proposal.account === null && choice.structureId === proposal.structure?.id);

import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type TerritorySettings } from '../territories/settings.ts';
import {
	isAsProposed,
	propose,
	proposeForNeed,
	type Colleague,
	type Place,
	type Situation,
} from './orientation-rules.ts';

const settings = (own: Partial<TerritorySettings> = {}): TerritorySettings => ({ ...DEFAULT_SETTINGS, ...own });
const asking = (change: Partial<Situation> = {}): Situation => ({
	age: 40,
	household: 'single',
	themes: ['housing'],
	audiences: [],
	inseeCode: '25056',
	areaId: null,
	outsideUntil: null,
	...change,
});
const place = (id: string, kind: string, more: Partial<Place> = {}): Place => ({
	id,
	name: `Structure ${id}`,
	kind,
	employmentAreaId: null,
	inseeCode: null,
	themes: [],
	...more,
});
const colleague = (id: string, structureId: string, leads: number, side: Colleague['side'] = 'social'): Colleague => ({
	id,
	name: `Collègue ${id}`,
	structureId,
	side,
	leads,
});
const PLACES = [place('dept', 'departements'), place('ft', 'france-travail'), place('ml', 'mission-locale')];
const TEAM = [colleague('dee', 'dept', 10), colleague('fay', 'ft', 3, 'work'), colleague('max', 'ml', 5, 'work')];
const whyCodes = ({ why }: ReturnType<typeof propose>) => why.map(({ code }) => code);

describe('under an age, straight to the mission locale', () => {
	const known = { settings: settings({ missionLocaleUnder: 26 }), places: PLACES, team: TEAM };
	test.each([
		[25, 'ml'],
		[26, 'dept'],
		[null, 'dept'],
	])('aged %s: %s', (age, structureId) => {
		expect(propose(asking({ age }), known).structure?.id).toBe(structureId);
	});
	test('the age is said, and the kind of pathway still comes from the needs', () => {
		const proposal = propose(asking({ age: 22, themes: ['employment'] }), known);
		expect(proposal).toMatchObject({ structure: { id: 'ml' }, account: { id: 'max' }, kind: 'pro' });
		expect(proposal.why).toContainEqual({ code: 'age', age: 22, under: 26 });
	});
	test('a territory without the rule orients by needs alone', () => {
		expect(propose(asking({ age: 18 }), { ...known, settings: settings() }).structure?.id).toBe('dept');
	});
});

test('work alone is for France Travail, work and more is global support, the rest is social', () => {
	const known = { settings: settings(), places: PLACES, team: TEAM };
	const of = (themes: string[]) => {
		const { structure, kind } = propose(asking({ themes }), known);
		return [structure?.id, kind];
	};
	expect(of(['employment'])).toEqual(['ft', 'pro']);
	expect(of(['employment', 'housing'])).toEqual(['dept', 'socio_pro']);
	expect(of(['housing'])).toEqual(['dept', 'social']);
	expect(of([])).toEqual(['dept', 'social']);
});

test('a network without a structure here is passed over', () => {
	const known = { settings: settings(), places: [PLACES[0]!], team: TEAM };
	expect(propose(asking({ themes: ['employment'] }), known)).toMatchObject({ structure: { id: 'dept' }, kind: 'pro' });
});

test('the rules are the territory’s own data', () => {
	const own = settings({
		orientationRules: [
			{ households: ['single_parent'], to: ['caf'], kind: 'social' },
			{ to: ['plie'], kind: 'pro' },
		],
	});
	const known = { settings: own, places: [place('caf', 'caf'), place('plie', 'plie')], team: [] };
	expect(propose(asking({ household: 'single_parent' }), known).structure?.id).toBe('caf');
	expect(propose(asking(), known)).toMatchObject({ structure: { id: 'plie' }, kind: 'pro', account: null });
});

test('a commune of a basin is for the team of that basin, and for no other', () => {
	const places = ['besancon', 'montbeliard'].map((area) => place(area, 'departements', { employmentAreaId: area }));
	const team = [colleague('bea', 'besancon', 0), colleague('mona', 'montbeliard', 90)];
	const proposal = propose(asking({ areaId: 'montbeliard' }), { settings: settings(), places, team });
	expect(proposal.account?.id).toBe('mona');
	expect(whyCodes(proposal)).toContain('basin');
});

describe('a caseload limit', () => {
	const limited = settings({ caseloadLimit: 60 });
	const places = [place('near', 'departements', { inseeCode: '25056' }), place('far', 'departements')];
	test('somebody at the limit is not proposed, one below is', () => {
		const of = (leads: number) =>
			propose(asking(), {
				settings: limited,
				places,
				team: [colleague('near-one', 'near', leads), colleague('far-one', 'far', 1)],
			});
		expect(of(59).account?.id).toBe('near-one');
		expect(of(60)).toMatchObject({ account: { id: 'far-one' } });
		expect(of(60).why).toContainEqual({ code: 'full', structure: 'Structure near', limit: 60 });
	});
	test('all full: nobody is proposed, and it is said', () => {
		const proposal = propose(asking(), { settings: limited, places, team: [colleague('near-one', 'near', 60)] });
		expect(proposal.account).toBeNull();
		expect(whyCodes(proposal)).toContain('nobody');
	});
});

test('working in pairs, the second is of the other side', () => {
	const proposal = propose(asking(), { settings: settings({ worksInPairs: true }), places: PLACES, team: TEAM });
	expect(proposal).toMatchObject({ account: { id: 'dee' }, second: { id: 'fay' } });
	expect(propose(asking(), { settings: settings(), places: PLACES, team: TEAM }).second).toBeNull();
});

test('a priority audience is said where the territory serves it first', () => {
	const young = asking({ age: 20, audiences: ['under_26'] });
	const of = (priorityAudiences: string[]) =>
		propose(young, { settings: settings({ priorityAudiences }), places: PLACES, team: TEAM });
	expect(of(['under_26'])).toMatchObject({ isPriority: true });
	expect(of(['under_26']).why).toContainEqual({ code: 'audience', audience: 'under_26' });
	expect(of(['disabled']).isPriority).toBe(false);
});

test('outside the perimeter nothing is proposed; the day it opens is said', () => {
	const known = { settings: settings(), places: PLACES, team: TEAM };
	expect(propose(asking({ outsideUntil: '2026-05-01' }), known)).toMatchObject({
		structure: null,
		kind: null,
		why: [{ code: 'outside', from: '2026-05-01' }],
	});
	expect(propose(asking({ outsideUntil: 'never' }), known).why).toEqual([{ code: 'outside', from: null }]);
});

test('each need has the structure that answers for its theme, in the basin of the commune', () => {
	const of = (area: string) => place(area, 'autre', { employmentAreaId: area, themes: ['housing'] });
	const places = [of('besancon'), of('montbeliard')];
	expect(proposeForNeed('housing', asking({ areaId: 'montbeliard' }), places)?.id).toBe('montbeliard');
	expect(proposeForNeed('health', asking(), places)).toBeNull();
});

test('accepted means the same referent and the same kind', () => {
	const proposal = propose(asking(), { settings: settings(), places: PLACES, team: TEAM });
	const choice = { accountId: 'dee', structureId: null, kind: 'social' as const };
	expect(isAsProposed(proposal, choice)).toBe(true);
	expect(isAsProposed(proposal, { ...choice, kind: 'pro' })).toBe(false);
	expect(isAsProposed(proposal, { ...choice, accountId: 'fay' })).toBe(false);
	expect(isAsProposed(proposal, { accountId: null, structureId: 'dept', kind: 'social' })).toBe(false);
});

import { fakerFR as faker } from '@faker-js/faker';
import type { Household } from '../../../src/lib/shared/codes.ts';
import type { Theme } from '../../../src/lib/shared/themes.ts';

/** Fixed seed: the same people at each start (domain.md §8). Dates are relative to the day it is made. */
faker.seed(20260101);

export const chance = (probability: number): boolean => faker.number.float() < probability;
export const between = (min: number, max: number): number => faker.number.int({ min, max });
export const pick = <T>(list: readonly T[]): T => list[between(0, list.length - 1)]!;

/** One of the keys, as often as its weight says. */
export function weighted<T extends string>(weights: Record<T, number>): T {
	const entries = Object.entries(weights) as [T, number][];
	let left = faker.number.float() * entries.reduce((sum, [, weight]) => sum + weight, 0);
	for (const [value, weight] of entries) if ((left -= weight) < 0) return value;
	return entries.at(-1)![0];
}

/** Days around `mean`, many a little under, a few far over: delays are log-normal. */
export function delay(mean: number): number {
	const normal = Math.sqrt(-2 * Math.log(1 - faker.number.float())) * Math.cos(2 * Math.PI * faker.number.float());
	return Math.max(0, Math.round(mean * Math.exp(0.55 * normal - 0.15)));
}

/** Names that break naive code come first; the others are common ones. */
const AWKWARD: [string, string][] = [
	['Maëlys', 'N’Guessan'],
	['Jean-Baptiste', 'de La Tour'],
	['Anne-Sophie', 'Le Goff-Müller'],
	['Zoé', 'Œuvrard'],
	['Kevin', 'D’Almeida'],
	['Soraya', 'Soraya'],
];
export const name = (index: number): [first: string, last: string] =>
	AWKWARD[index] ?? [faker.person.firstName(), faker.person.lastName()];

export interface Drawn {
	age: number;
	household: Household;
	children: number;
	/** Ages in brackets, for the childcare theme. */
	childAges: ('0_2' | '3_5' | '6_10' | '11_17')[];
	themes: Theme[];
	withHelp: boolean;
}

/** Shares of domain.md §8.2. */
export function drawPerson(): Drawn {
	const age = {
		young: () => between(18, 29),
		thirties: () => between(30, 39),
		forties: () => between(40, 49),
		older: () => between(50, 63),
	}[weighted({ young: 20, thirties: 32, forties: 26, older: 22 })]();
	const household = weighted({ single: 55.6, single_parent: 32.1, couple: 6.3, couple_with_children: 6 });
	const hasChildren = household === 'single_parent' || household === 'couple_with_children';
	const children = hasChildren ? Number(weighted({ 1: 43, 2: 30, 3: 20, 4: 7 })) : 0;
	const childAges = hasChildren ? [pick(['0_2', '3_5', '6_10', '11_17'] as const)] : [];
	const small = childAges.some((bracket) => bracket === '0_2' || bracket === '3_5');
	const themes = (
		[
			['employment', 0.78],
			['mobility', 0.31],
			['health', 0.2],
			['housing', 0.15],
			['childcare', small ? 0.4 : 0.02],
			['training', 0.12],
			['digital', 0.08],
			['rights', 0.08],
			['money', 0.1],
			['french', 0.05],
			['support', 0.05],
		] as [Theme, number][]
	)
		.filter(([, share]) => chance(share))
		.map(([theme]) => theme);
	return {
		age,
		household,
		children,
		childAges,
		themes: themes.length ? themes : ['employment'],
		withHelp: chance(0.2),
	};
}

import { describe, expect, test } from 'vitest';
import { scriptProblems, styleProblems } from './support/old-browsers.ts';

/** The check of what is built (tests/e2e/weights.spec.ts) finds what it is there for. */

describe('a script a Chrome 100 cannot read', () => {
	const problems = (code: string) => scriptProblems(code, { isModule: true });

	test.each([
		['a later syntax', 'const a = /[\\p{L}--[a-z]]/v;'],
		['attributes of an import', "import a from './a.json' with { type: 'json' };"],
		['the explicit end of a resource', '{ using a = b(); }'],
		['a later function of an array', 'export const a = [2, 1].toSorted();'],
		['a later function of an address', 'export const a = URL.canParse("a");'],
		['a deadline for fetch', 'fetch("/", { signal: AbortSignal.timeout(5) });'],
		['a later thing of the page', 'document.startViewTransition(() => {});'],
		['a later global', 'export const a = new CloseWatcher();'],
		['a later event', 'addEventListener("scrollend", () => {});'],
		['what a comment hides', '/* eslint-disable */ export const a = [].toSpliced(0);'],
	])('%s', (_, code) => expect(problems(code)).not.toEqual([]));

	test('what it reads is no problem, nor what may be absent', () => {
		const fine =
			'class A { #a = 1; static { A.b = 1; } has(x) { return #a in x; } } export const b = [1].at(-1) ?? a?.b; document.startViewTransition?.(() => {}); await structuredClone({});';
		expect(problems(fine)).toEqual([]);
	});

	test('a worker is no module', () => {
		expect(scriptProblems('import "a";', { isModule: false })).not.toEqual([]);
	});
});

describe('styles a Chrome 100 would lose', () => {
	test.each([
		'a { b { color: red } }',
		'a { &:hover { color: red } }',
		'a:has(b) { color: red }',
		'p:dir(rtl) { color: red }',
		'@container (min-width: 1px) { a { color: red } }',
		'@media (width >= 40rem) { a { color: red } }',
		'a { color: color-mix(in srgb, red, blue) }',
		'a { color: oklch(50% 0 0) }',
		'a { min-block-size: 100dvh }',
		'a { float: inline-start }',
		'a { rotate: 45deg }',
		'a { grid-template-columns: subgrid }',
		'@media print { a { color: light-dark(red, blue) } }',
	])('%s', (css) => expect(styleProblems(css)).not.toEqual([]));

	test.each([
		'a { min-block-size: 100vh; min-block-size: 100dvh }',
		'@supports (color: oklch(0% 0 0)) { a { color: oklch(50% 0 0) } }',
		'@supports selector(:has(a)) { a:has(b) { color: red } }',
		'a { -webkit-mask-image: none; mask-image: none }',
		'h1 { text-wrap: balance }',
		'a::before { content: "a & b { c: 1dvh }" }',
		'@media (min-width: 40rem) { a:is(b, c):where(d) { inset-inline: 0; margin-block: clamp(1rem, 2vw, 3rem) } }',
		'@keyframes a { from { opacity: 0 } to { opacity: 1 } }',
	])('%s is no problem', (css) => expect(styleProblems(css)).toEqual([]));
});

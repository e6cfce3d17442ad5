import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Tokens = Record<string, string>;

const SHEETS = readdirSync('src/styles').filter((file) => file.endsWith('.css') && file !== 'tokens.css');
const css = readFileSync('src/styles/tokens.css', 'utf8').replace(/@media print[\s\S]*$/, '');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

/** Colours declared for `:root` or for one accent, in one scheme. */
function declared(part: string, selector: string): Tokens {
	const start = part.indexOf(`${selector} {`);
	if (start < 0) return {};
	const block = part.slice(start, part.indexOf('}', start));
	return Object.fromEntries(
		[...block.matchAll(/--([a-z-]+): (#[0-9a-f]{3,6});/g)].map(([, name, value]) => [name, value]),
	);
}

const accents = ['ardennes', ...[...light.matchAll(/\[data-accent='([a-z-]+)'\]/g)].map(([, name]) => name!)];
const cases = accents.flatMap((accent) => {
	const own = `[data-accent='${accent}']`;
	const inLight = { ...declared(light, ':root'), ...declared(light, own) };
	// The same cascade as in the browser: media queries add no specificity, an accent's own block wins over the root.
	const inDark = { ...inLight, ...declared(dark, ':root'), ...declared(light, own), ...declared(dark, own) };
	return [
		{ accent, scheme: 'light', tokens: inLight as Tokens },
		{ accent, scheme: 'dark', tokens: inDark as Tokens },
	];
});

const TEXT = [
	['ink', ['paper', 'surface', 'wash', 'ok-wash', 'wait-wash', 'alert-wash']],
	['ink-soft', ['paper', 'surface', 'wash']],
	['accent', ['paper', 'surface', 'wash']],
	['on-fill', ['fill']],
	['on-fill-soft', ['fill']],
	['fill', ['on-fill']],
	['ok', ['ok-wash']],
	['wait', ['wait-wash']],
	['alert', ['alert-wash', 'surface', 'paper']],
	['paper', ['ink']],
] as const;
const PARTS = [
	['line-strong', ['paper', 'surface', 'wash']],
	['focus', ['paper', 'surface', 'wash', 'alert-wash']],
	['accent', ['paper', 'surface', 'wash']],
] as const;

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
	const hex = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit).join('') : colour.slice(1);
	const [red, green, blue] = [0, 2, 4]
		.map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
		.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
	return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
	const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return (high! + 0.05) / (low! + 0.05);
}

/** Pairs below the ratio, as « ink on wash: 6.9 ». */
const tooWeak = (tokens: Tokens, pairs: typeof TEXT | typeof PARTS, ratio: number) =>
	pairs.flatMap(([front, backs]) =>
		backs
			.map((back) => ({ back, found: contrast(tokens[front]!, tokens[back]!) }))
			.filter(({ found }) => !(found >= ratio))
			.map(({ back, found }) => `${front} on ${back}: ${found.toFixed(2)}`),
	);

test('there is one accent per territory profile', () => {
	expect(accents).toEqual(['ardennes', 'doubs', 'manche', 'deux-sevres', 'guyane']);
});

describe.each(cases)('$accent, $scheme', ({ tokens }) => {
	test('every text reaches 7:1 on what carries it', () => {
		expect(tooWeak(tokens, TEXT, 7)).toEqual([]);
	});
	test('lines of controls and the focus reach 3:1', () => {
		expect(tooWeak(tokens, PARTS, 3)).toEqual([]);
	});
});

test('colours are written in tokens.css and nowhere else', () => {
	for (const file of SHEETS)
		expect(readFileSync(`src/styles/${file}`, 'utf8'), file).not.toMatch(/#[0-9a-f]{3,8}\b|rgb|hsl/i);
});

test('styles use logical properties, so that right-to-left needs nothing more', () => {
	for (const file of SHEETS)
		expect(readFileSync(`src/styles/${file}`, 'utf8'), file).not.toMatch(
			/^\s*((margin|padding|border|inset)-(left|right|top|bottom)|left|right|top|bottom|width|height|(min|max)-(width|height)):/m,
		);
});

test('letters come in two weights: each further one is a file the phone opens before the first paint', () => {
	const components = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
		/\.(css|svelte)$/.test(file),
	);
	for (const file of components)
		expect(readFileSync(`src/${file}`, 'utf8'), file).not.toMatch(/font-weight: (?!400|700)/);
});

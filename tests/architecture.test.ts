import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Locale } from '../src/lib/paraglide/runtime.js';
import { LANGUAGE_NAMES, STAFF_LOCALES } from '../src/lib/shared/locales.ts';
import { areas, catalogue, isForStaff } from './support/catalogues.ts';

const files = (folder: string): string[] =>
	readdirSync(folder).flatMap((name) => {
		const entry = path.join(folder, name);
		if (entry.includes(path.join('lib', 'paraglide'))) return [];
		return statSync(entry).isDirectory() ? files(entry) : [entry];
	});

const code = files('src').filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts'));

/** What a file imports: repository paths for our own code, package names otherwise; type-only imports left out. */
function importsOf(file: string): string[] {
	const source = readFileSync(file, 'utf8');
	const found = source.matchAll(
		/^\s*(?:import|export)\s+(?!type\b)[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm,
	);
	return [...found].map(([, from, bare]) => {
		const name = (from ?? bare)!;
		if (name.startsWith('.')) return path.join(path.dirname(file), name);
		return name.replace(/^\$lib\b/, path.join('src', 'lib'));
	});
}

/** Lowest first: a domain imports itself and those before it (style.md §a). */
const ORDER = [
	['territories'],
	['accounts'],
	['people'],
	['offers'],
	['requests'],
	['papers'],
	['pathway', 'diagnosis'],
	['appointments', 'childcare', 'evaluation'],
	['reminders'],
];
const rank = new Map(ORDER.flatMap((row, index) => row.map((name) => [name, index] as const)));
const domainOf = (file: string) => /^src\/lib\/server\/([a-z-]+)\//.exec(file)?.[1];

describe('imports point the right way', () => {
	test('a domain imports only itself, the domains below it, db, platform, shared and libraries', () => {
		const wrong = code.flatMap((file) => {
			const domain = domainOf(file);
			if (!domain || !rank.has(domain)) return [];
			return importsOf(file)
				.filter((name) => {
					if (/^(@sveltejs\/kit|\$app|\$env|svelte$)/.test(name) || name.startsWith('src/routes')) return true;
					const other = domainOf(name);
					if (!other || other === domain || ['db', 'platform', 'audit'].includes(other)) return false;
					if (other === 'web') return true;
					return !(rank.has(other) && rank.get(other)! < rank.get(domain)!);
				})
				.map((name) => `${file} imports ${name}`);
		});
		expect(wrong).toEqual([]);
	});

	test('db, platform and shared know no domain and no Kit', () => {
		const wrong = code
			.filter((file) => /^src\/lib\/(server\/(db|platform)|shared)\//.test(file))
			.flatMap((file) =>
				importsOf(file)
					.filter((name) => {
						if (/^(@sveltejs\/kit|\$app|\$env)/.test(name)) return true;
						const other = domainOf(name);
						return other !== undefined && !['db', 'platform'].includes(other) && !name.includes('territories/settings');
					})
					.map((name) => `${file} imports ${name}`),
			);
		expect(wrong).toEqual([]);
	});

	test('pages and components take no value from the server, and pages no table', () => {
		const wrong = code.flatMap((file) => {
			const isTemplate =
				file.endsWith('.svelte') || file.startsWith('src/lib/components/') || file.startsWith('src/phone/');
			const isRoute = file.startsWith('src/routes/');
			return importsOf(file)
				.filter(
					(name) => (isTemplate && name.startsWith('src/lib/server')) || (isRoute && name.includes('server/db/schema')),
				)
				.map((name) => `${file} imports ${name}`);
		});
		expect(wrong).toEqual([]);
	});

	test('lucia is known to one module', () => {
		expect(code.filter((file) => importsOf(file).includes('lucia'))).toEqual(['src/lib/server/accounts/sessions.ts']);
	});
});

/** Bodies of every load, endpoint and action of a route file, by name. */
function handlersOf(source: string): [name: string, body: string][] {
	const from = source.search(/^export const actions\b/m);
	const actions = from < 0 ? '' : source.slice(from, from + source.slice(from).search(/^\}/m));
	const exported = source.matchAll(/^export (?:const|async function|function) (load|GET|POST|PUT|PATCH|DELETE)\b/gm);
	const named = actions.matchAll(/^\t(?:async )?['"]?(\w+)['"]?(?:: (?:async )?\(|\()/gm);
	const starts = [
		...[...exported].map((match) => ({ name: match[1]!, at: match.index })),
		...[...named].map((match) => ({ name: `?/${match[1]!}`, at: from + match.index })),
	].sort((one, other) => one.at - other.at);
	return starts.map(({ name, at }, index) => [name, source.slice(at, starts[index + 1]?.at ?? source.length)]);
}

describe('every page is guarded', () => {
	const GUARD = /\b(requireBeneficiary|requireStaff|requireCoordinator|requireSignedIn|openToAll)\(/;

	test('each load, action and endpoint starts with a guard', () => {
		const bare = code
			.filter((file) => file.startsWith('src/routes/') && /\+(page|layout)\.server\.ts$|\+server\.ts$/.test(file))
			.flatMap((file) =>
				handlersOf(readFileSync(file, 'utf8'))
					.filter(([, body]) => !GUARD.test(body))
					.map(([name]) => `${file}: ${name}`),
			);
		expect(bare).toEqual([]);
	});

	test('a page of a person or of a professional never says it is open to all', () => {
		const open = code.filter(
			(file) => /^src\/routes\/\((person|staff)\)\//.test(file) && /openToAll\(/.test(readFileSync(file, 'utf8')),
		);
		expect(open).toEqual([]);
	});
});

describe('words', () => {
	const settings = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as {
		locales: string[];
		'plugin.inlang.messageFormat': { pathPattern: string[] };
	};

	test('every message exists in every language of its readers, with the same parameters', () => {
		const parameters = (text: unknown) =>
			[...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join();
		const wrong = areas.flatMap((area) => {
			const french = catalogue(area, 'fr');
			return settings.locales.flatMap((language) => {
				const words = catalogue(area, language);
				const isNeeded = (key: string) => STAFF_LOCALES.includes(language as Locale) || !isForStaff(area, key);
				const unknown = Object.keys(words).filter((key) => !(key in french));
				const missing = Object.keys(french).filter((key) => !(key in words) && isNeeded(key));
				const unlike = Object.keys(words).filter(
					(key) => key in french && parameters(french[key]) !== parameters(words[key]),
				);
				return [...unknown, ...missing, ...unlike].map((key) => `${area}/${language}: ${key}`);
			});
		});
		expect(wrong).toEqual([]);
	});

	test('every language names itself, and professionals have French and English', () => {
		expect(Object.keys(LANGUAGE_NAMES).toSorted()).toEqual(settings.locales.toSorted());
		expect(STAFF_LOCALES).toEqual(['fr', 'en']);
	});

	test('every catalogue is registered', () => {
		expect(settings['plugin.inlang.messageFormat'].pathPattern.toSorted()).toEqual(
			areas.map((area) => `./messages/${area}/{locale}.json`).toSorted(),
		);
	});
});

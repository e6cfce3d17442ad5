import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Route {
	/** As Kit names it: `/(person)/rendez-vous/[id]`. */
	id: string;
	/** What is in the address bar: `/rendez-vous/[id]`. */
	address: string;
	isPage: boolean;
	/** Names of its form actions. */
	actions: string[];
	/** Methods of its endpoint. */
	methods: string[];
}

const ROOT = path.resolve('src', 'routes');

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** Top-level names of `export const actions = {…}`. */
function actionsOf(source: string): string[] {
	const from = source.search(/export const actions\b/);
	if (from < 0) return [];
	const body = source.slice(from).split(/^\}/m)[0]!;
	return [...body.matchAll(/^\t(?:async )?['"]?(\w+)['"]?\s*(?::|\(|,$)/gm)].map(([, name]) => name!);
}

const methodsOf = (source: string): string[] =>
	[...source.matchAll(/export (?:const|async function|function) (GET|POST|PUT|PATCH|DELETE)\b/g)].map(
		([, name]) => name!,
	);

/** Every page and endpoint there is, read from the folders: a new one cannot be forgotten. */
export function allRoutes(folder = ROOT): Route[] {
	const entries = readdirSync(folder, { withFileTypes: true });
	const below = entries.filter((entry) => entry.isDirectory()).map((entry) => allRoutes(path.join(folder, entry.name)));
	const id = `/${path.relative(ROOT, folder)}`;
	const own: Route = {
		id,
		address: id.replace(/\/\([^)]+\)/g, '') || '/',
		isPage: existsSync(path.join(folder, '+page.svelte')),
		actions: actionsOf(read(path.join(folder, '+page.server.ts'))),
		methods: methodsOf(read(path.join(folder, '+server.ts'))),
	};
	return [...(own.isPage || own.methods.length > 0 ? [own] : []), ...below.flat()];
}

/** `?/name` as a form posts it. */
export const actionQuery = (name: string): string => (name === 'default' ? '' : `?/${name}`);

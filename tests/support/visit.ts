import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCESS } from './access-table.ts';
import { aBrowser } from './http.ts';
import type { Portal } from './portal.ts';
import { actionQuery, allRoutes } from './routes.ts';
import type { ActorName, World } from './world.ts';

const VISITED: readonly ActorName[] = ['visitor', 'person', 'lead', 'decider', 'coordinator'];
/** Would end the very session that visits. */
const NOT_VISITED = /deconnexion|invitation/;

/** Names read from the address, per route, as the sources say. */
export function queryNamesOf(id: string): string[] {
	const file = path.join('src', 'routes', id, '+page.server.ts');
	try {
		const source = readFileSync(file, 'utf8');
		const found = source.matchAll(/searchParams\s*\.(?:get|getAll|has)\('(\w+)'\)/g);
		const paged = /\bpageOf\(url\b/.test(source) ? ['page'] : [];
		return [...new Set([...Array.from(found, ([, name]) => name!), ...paged])];
	} catch {
		return [];
	}
}

/** Address of a route with the ids of A's file in it. */
function filledIn(id: string, address: string, world: World): string {
	const { template, invitation } = world;
	const ids: Record<string, string> = { ...world.a, ...world.evaluated, invitation, template };
	return (ACCESS[id]?.at ?? address).replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
}

/** Everything that something can be sent to from a page. */
export const targetsOf = (world: World) =>
	allRoutes().flatMap(({ id, address, actions, methods }) => {
		const at = filledIn(id, address, world);
		if (ACCESS[id]?.byMachines) return [];
		return [
			...actions.map((name) => ({ path: at + actionQuery(name), method: 'POST' })),
			...methods.filter((method) => method !== 'GET').map((method) => ({ path: at, method })),
		];
	});

/** Every page with somebody who may see it: what is posted from there is read by the portal, not stopped at its door. */
export function visitsOf(world: World) {
	return allRoutes()
		.filter(({ id, isPage }) => isPage && ACCESS[id] && !NOT_VISITED.test(id))
		.flatMap(({ id, address, actions }) => {
			const row = ACCESS[id]!;
			const at = filledIn(id, address, world);
			// What is open to all is seen by a visitor, and by a person.
			const seen = row.for.includes('visitor') ? VISITED.slice(0, 2) : VISITED;
			return seen.filter((actor) => row.for.includes(actor)).map((actor) => ({ id, at, actor, actions, row }));
		});
}

/** One browser for each of them; the visitor's has a draft, without which most questions lead elsewhere. */
export async function browsersOf(portal: Portal, world: World) {
	const browsers = Object.fromEntries(
		VISITED.map((actor, index) => {
			const browser = aBrowser(portal, `198.51.100.${index}`);
			if (actor !== 'visitor') browser.jar.set('session', world.sessions[actor]);
			return [actor, browser];
		}),
	) as Record<ActorName, ReturnType<typeof aBrowser>>;
	await browsers.visitor.ask('/demande/nouvelle', { form: { 'themes[]': ['housing', 'health'] } });
	await browsers.visitor.ask('/demande/nouvelle/commune', { form: { inseeCode: '08105' } });
	return browsers;
}

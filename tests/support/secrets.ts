import { marksIn, type World } from './world.ts';

/**
 * What a log must never hold: texts and names of people, contacts, tokens of sessions and links, codes, endpoints.
 * @returns what was found
 */
export function secretsOf(log: string, world: World, others: string[] = []): string[] {
	const tokens = [...Object.values(world.sessions), world.invitation, world.a.link, world.b.link];
	const contacts = [...Object.values(world.contacts), world.a.endpoint, world.b.endpoint];
	const shapes = [/[\w.+-]+@[\w-]+\.[a-z]{2,}/gi, /(?:\+33|\b0)[67]\d{8}\b/g, /(?:session|browser)=[\w-]{20,}/g];
	return [
		...marksIn(log),
		...[...tokens, ...contacts, ...others].filter((secret) => log.includes(secret)),
		...shapes.flatMap((shape) => log.match(shape) ?? []),
	];
}

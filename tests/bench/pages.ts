import type { Portal } from '../support/portal.ts';
import { filledTerritory, type Filled } from './people.ts';
import {
	alternate,
	atMost,
	concurrently,
	many,
	MANY,
	median,
	milliseconds,
	percentile,
	times,
	type Figure,
	type Part,
} from './harness.ts';
import { get, portalOn } from './server.ts';

const FEW = 1_000;
const REQUESTS = 400;
/** Of each page first: until then the engine still interprets what it will compile, and a page that does more is held back longer. */
const WARM_UP = 1_500;
/** Enough for the server to be the one that is waited for. */
const AT_ONCE = 8;
/** The barest page of the same server, with its layout and its guard: two sentences, two links, nothing read for itself. */
const BARE = '/deconnexion?fait';

const OF_PERSON = ['/accueil', '/parcours', '/rendez-vous'];
const LISTS: [who: 'person' | 'referent' | 'coordinator', address: string][] = [
	...OF_PERSON.map((address) => ['person', address] as ['person', string]),
	['referent', '/pro'],
	['referent', '/pro/personnes'],
	['referent', '/pro/personnes?q=martin'],
	['referent', '/pro/demandes'],
	['referent', '/pro/agenda'],
	['referent', '/pro/aides'],
	['referent', '/pro/rappels'],
	['coordinator', '/pro/personnes'],
	['coordinator', '/pro/personnes?q=martin'],
	['coordinator', '/pilotage'],
	['coordinator', '/pilotage/delais'],
	['coordinator', '/pilotage/evaluation'],
];

/** Requests per second, all at once on kept-alive connections. */
async function rate({ origin }: Portal, address: string, token?: string, requests = REQUESTS): Promise<number> {
	const ms = await milliseconds(() => concurrently(requests, AT_ONCE, () => get(origin + address, token)));
	return (requests / ms) * 1000;
}

async function rates(portal: Portal, { tokens }: Filled): Promise<Figure[]> {
	await rate(portal, BARE, undefined, WARM_UP);
	for (const address of OF_PERSON) await rate(portal, address, tokens.person, WARM_UP);
	const measures = Object.fromEntries([
		['bare', () => rate(portal, BARE)],
		...OF_PERSON.map((address) => [address, () => rate(portal, address, tokens.person)]),
	]) as Record<string, () => Promise<number>>;
	const found = await alternate(measures);
	return OF_PERSON.map((address) => ({
		name: `${address}, signed in, requests per second`,
		value: found[address]!,
		unit: '/s',
		yardstick: { name: `${BARE}, which reads no data, /s`, value: found.bare! },
		limit: times(found[address]! / found.bare!, 0.6, 'least'),
	}));
}

async function underHalfLoad(portal: Portal, { tokens }: Filled): Promise<Figure> {
	const most = await rate(portal, '/accueil', tokens.person);
	const waits: number[] = [];
	const every = 1000 / (most / 2);
	const sent: Promise<unknown>[] = [];
	for (let index = 0; index < REQUESTS; index += 1) {
		sent.push(get(`${portal.origin}/accueil`, tokens.person).then((ms) => waits.push(ms)));
		await new Promise((resolve) => setTimeout(resolve, every));
	}
	await Promise.all(sent);
	const [p50, p99] = [median(waits), percentile(waits, 0.99)];
	return {
		name: '/accueil at half of the maximum load, p99',
		value: p99,
		unit: 'ms',
		yardstick: { name: 'p50, ms', value: p50 },
		limit: { text: '≤ 8 × p50, < 100 ms', kept: p99 <= 8 * p50 && p99 < 100 },
	};
}

/** The same page with few people and with many, in turn: medians of twenty. */
async function growth(few: Portal, large: Portal, { tokens }: Filled): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const [who, address] of LISTS) {
		const token = tokens[who];
		for (const { origin } of [few, large]) await get(origin + address, token);
		const found = await alternate(
			{ few: () => get(few.origin + address, token), large: () => get(large.origin + address, token) },
			20,
		);
		figures.push({
			name: `${address} (${who}) with ${many} people`,
			value: found.large,
			unit: 'ms',
			yardstick: { name: 'with 1,000, ms', value: found.few },
			limit: atMost(found.large / found.few, 1.25, '× yardstick'),
		});
	}
	return figures;
}

const part: Part = {
	name: 'pages',
	usesBuild: true,
	async run() {
		const now = new Date();
		const [small, big] = [await filledTerritory('few', FEW, now), await filledTerritory('many', MANY, now)];
		small.db.close();
		big.db.close();
		const few = await portalOn(small.file, 'few');
		const large = await portalOn(big.file, 'many').catch(async (error: unknown) => {
			await few.stop();
			throw error;
		});
		try {
			return [...(await rates(large, big)), await underHalfLoad(large, big), ...(await growth(few, large, big))];
		} finally {
			await Promise.all([few.stop(), large.stop()]);
		}
	},
};
export default part;

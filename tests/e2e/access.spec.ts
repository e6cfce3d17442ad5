import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import path from 'node:path';
import { ACCESS, type Posted, type Row } from '../support/access-table.ts';
import { findings } from '../support/findings.ts';
import { ask, eachOf, type Ask, type Asked } from '../support/http.ts';
import type { Portal } from '../support/portal.ts';
import { actionQuery, allRoutes } from '../support/routes.ts';
import { secretsOf } from '../support/secrets.ts';
import {
	ACTORS,
	marksIn,
	MARK,
	NAMES,
	OF_AID,
	OF_FIRST_PAGE,
	OF_MOBILITY,
	startWorld,
	type ActorName,
	type World,
} from '../support/world.ts';

/**
 * Every route × who asks × the file of person A (reliability.md §4.6), against the built portal. Who may what is one
 * table, support/access-table.ts.
 */
const routes = allRoutes();
/** Those the table knows: the first test fails for the others. */
const known = routes.filter(({ id }) => ACCESS[id]);
let portal: Portal;
let world: World;

// Every route for sixteen actors: thousands of requests, which a loaded machine answers slowly.
test.describe.configure({ timeout: 300_000 });
test.beforeAll(async () => {
	// Without its worker: what it plans would look like a change of the file.
	({ portal, world } = await startWorld({ ROLE: 'web', LOG_LEVEL: 'trace' }));
});
test.afterAll(() => portal?.stop());

const SIGNED_OUT: readonly ActorName[] = ['visitor', 'disabled', 'ended'];
const sessionOf = (actor: ActorName) => (actor === 'visitor' ? undefined : world.sessions[actor]);

/** Ids of A's file where the table names them. */
function filled<T>(value: T): T {
	const ids: Record<string, string> = {
		...world.a,
		...world.accounts,
		invitation: world.invitation,
		improvement: world.improvement,
		...world.evaluated,
		template: world.template,
	};
	return JSON.parse(JSON.stringify(value ?? null).replace(/\{(\w+)\}/g, (whole, name: string) => ids[name] ?? whole));
}

const addressOf = (id: string, row: Row) => filled(row.at ?? routes.find((route) => route.id === id)!.address);

/** What a script may add to any form; none of it is asked for. */
const EXTRAS = () => ({
	role: 'coordinator',
	personId: world.a.person,
	person_id: world.a.person,
	territoryId: 'doubs',
	territory_id: 'doubs',
	status: 'disabled',
	side: 'work',
});

/** What each relation to A may read of her, besides those who follow the whole of her file (domain.md §7.2). */
const KNOWN: Partial<Record<ActorName, string[]>> = {
	coordinator: NAMES,
	member: OF_MOBILITY,
	opener: OF_FIRST_PAGE,
};

const WORKING = `${MARK}working`;

/** What must not be in an answer to this actor: nothing of A, but what the table above and the decider of her aid know. */
function unduly(actor: ActorName, { body, location }: Asked, where: string): string[] {
	const found = marksIn(body + location);
	// Working notes stay with their author: not even the person, nor the second of the pair.
	if (actor === 'person' || actor === 'second') return found.filter((mark) => mark === WORKING);
	if (actor === 'lead') return [];
	const known = KNOWN[actor] ?? (actor === 'decider' && where.includes('/pro/aides') ? OF_AID : []);
	// She asked to be called back by the coordinator: how to reach her stands beside.
	const called = actor === 'coordinator' && where.includes('/pilotage/evaluation') ? [MARK] : [];
	return found.filter((mark) => !known.includes(mark) && !called.includes(mark));
}

const isSignIn = ({ status, location }: Asked) => status === 303 && /^\/connexion(\?|$)/.test(location);

function isRefused(row: Pick<Row, 'refused' | 'visitor'>, actor: ActorName, answer: Asked, what: string): boolean {
	if (!SIGNED_OUT.includes(actor)) return answer.status === (row.refused ?? 404);
	if (row.visitor) return answer.status === row.visitor;
	if (what.startsWith('/(public)')) return answer.status === 404;
	return isSignIn(answer);
}

/** What is wrong with answers, each as « who was answered what ». */
function wrongs() {
	const { unless, expectNone } = findings();
	const said = ({ status, location }: Asked) => `${status} ${location}`;
	return {
		unless,
		expectNone,
		refused: (row: Pick<Row, 'refused' | 'visitor'>, actor: ActorName, answer: Asked, what: string) =>
			unless(isRefused(row, actor, answer, what), `${what} does not refuse ${actor}: ${said(answer)}`),
		isIn: (statuses: number[], actor: ActorName, answer: Asked, what: string) =>
			unless(statuses.includes(answer.status), `${what} answers ${actor}: ${said(answer)}`),
		saysNothing(actor: ActorName, answer: Asked, what: string) {
			const marks = unduly(actor, answer, what);
			unless(marks.length === 0, `${what} says to ${actor}: ${marks}`);
		},
	};
}

interface Case {
	id: string;
	row: Row;
	actor: ActorName;
	name: string;
	posted: Posted;
	may: boolean;
	send: () => Promise<Asked>;
}

/** All that can be sent to the portal, once for each actor. */
function allPosts(): Case[] {
	return known.flatMap(({ id, actions, methods }) => {
		const row = ACCESS[id]!;
		const address = addressOf(id, row);
		const one = (name: string, posted: Posted, to: string, options: Ask): Case[] =>
			ACTORS.map((actor) => ({
				id,
				row,
				actor,
				name: `${id} ${name}`,
				posted,
				may: (posted.for ?? row.for).includes(actor),
				send: () => {
					const form = posted.json ? undefined : { ...EXTRAS(), ...filled(posted.form ?? {}) };
					const json = posted.json ? filled(posted.json) : undefined;
					return ask(portal, to, {
						...options,
						form,
						json,
						session: sessionOf(actor),
						address: `192.0.2.${ACTORS.indexOf(actor)}`,
					});
				},
			}));
		return [
			...actions
				.filter((name) => row.actions?.[name])
				.flatMap((name) => one(`?/${name}`, row.actions![name]!, address + actionQuery(name), {})),
			...methods
				.filter((method) => row.methods?.[method])
				.flatMap((method) =>
					one(method, row.methods![method]!, address, { method, headers: { accept: 'application/json' } }),
				),
		];
	});
}

function inDatabase<T>(work: (database: Database.Database) => T): T {
	const database = new Database(path.join(portal.dataDir, 'portal.db'), { readonly: true });
	try {
		return work(database);
	} finally {
		database.close();
	}
}

/** Everything A's file holds, as rows. Who opened it is written beside, and is meant to change. */
const fileOfA = () =>
	inDatabase((database) => {
		const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).pluck().all() as string[];
		const hers = new Set<unknown>(Object.values(world.a));
		const tables = names.filter((name) => !['audit_entry', 'session', 'sign_in_code'].includes(name));
		return Object.fromEntries(
			tables.map((name) => [
				name,
				(database.prepare(`SELECT * FROM "${name}" ORDER BY rowid`).all() as Record<string, unknown>[]).filter((row) =>
					Object.entries(row).some(([column, value]) => column !== 'created_by_id' && hers.has(value)),
				),
			]),
		);
	});

/** Who is what, and where. */
const standing = () =>
	inDatabase((database) => [
		database
			// An adult of the household whom A invites is an account of no standing: files that name them, nothing else.
			.prepare(
				`SELECT id, role, status, person_id, territory_id, structure_id, side FROM account
				WHERE role != 'coparent' OR person_id IS NOT NULL OR structure_id IS NOT NULL ORDER BY id`,
			)
			.all(),
		database.prepare(`SELECT id, territory_id FROM person ORDER BY id`).all(),
	]);

test('every route, action and endpoint says whose it is', () => {
	const missing = routes.flatMap(({ id, actions, methods }) => {
		const row = ACCESS[id];
		if (!row) return [id];
		return [
			...actions.filter((name) => !row.actions?.[name]).map((name) => `${id} ?/${name}`),
			...methods.filter((name) => name !== 'GET' && !row.methods?.[name]).map((name) => `${id} ${name}`),
		];
	});
	expect(missing, 'routes that support/access-table.ts does not know').toEqual([]);
	const gone = Object.keys(ACCESS).filter((id) => !routes.some((route) => route.id === id));
	expect(gone, 'routes of support/access-table.ts that are no more').toEqual([]);
});

test('a page is for whom it is meant, and says nothing of somebody else’s file', async () => {
	const seen = new Map<ActorName, Set<string>>(ACTORS.map((actor) => [actor, new Set()]));
	const pages = known.filter(({ isPage, methods }) => isPage || methods.includes('GET'));
	const cases = pages.flatMap(({ id, isPage }) => ACTORS.map((actor) => ({ id, isPage, actor })));
	const wrong = wrongs();
	await eachOf(cases, async ({ id, isPage, actor }) => {
		const row = ACCESS[id]!;
		const address = addressOf(id, row);
		const options = { session: sessionOf(actor), address: `192.0.2.${ACTORS.indexOf(actor)}` };
		const answer = await ask(portal, address, options);
		if (row.for.includes(actor)) wrong.isIn(row.ok ?? [200], actor, answer, id);
		else wrong.refused(row, actor, answer, id);
		if (!row.showsAll) wrong.saysNothing(actor, answer, id);
		for (const mark of marksIn(answer.body)) seen.get(actor)!.add(mark);
		if (!isPage) return;
		const data = await ask(portal, `${address === '/' ? '' : address}/__data.json`, options);
		wrong.unless(data.status < 500, `data of ${id} for ${actor}: ${data.status}`);
		if (!row.showsAll) wrong.saysNothing(actor, data, `data of ${id}`);
	});
	wrong.expectNone();
	// The marks are there to be found: whoever may read A's file finds them.
	expect([...seen.get('person')!]).toEqual(
		expect.arrayContaining(['zzqalixfirstname', 'zzqalixstep', 'zzqalixbring', 'zzqalixplace']),
	);
	expect([...seen.get('lead')!]).toEqual(
		expect.arrayContaining(['zzqalixlastname', 'zzqalixstep', 'zzqalixstuck', 'zzqalixexcuse', WORKING]),
	);
	expect([...seen.get('second')!]).toEqual(
		expect.arrayContaining(['zzqalixhousingpoint', 'zzqalixgoals', 'zzqalixneed']),
	);
	expect([...seen.get('coordinator')!].sort()).toEqual(NAMES);
	expect([...seen.get('member')!].sort()).toEqual([...OF_MOBILITY].sort());
	expect([...seen.get('opener')!].sort()).toEqual([...OF_FIRST_PAGE].sort());
});

test('searches and filters find for each what they may know, in the page and in its data', async () => {
	// What is typed comes back in the page: a beginning of the mark finds her without being it.
	const asked = ['q=zzqali', 'q=ZZQali%20zzqal', 'q=0639984009', 'besoin=housing', 'retard=1', 'page=1'];
	const where = ['/pro/personnes', '/pro/demandes', '/pro/rappels', '/pilotage/delais', '/pilotage/ouvertures'];
	const cases = ACTORS.flatMap((actor) =>
		where.flatMap((page) =>
			asked.flatMap((query) => [`${page}?${query}`, `${page}/__data.json?${query}`].map((to) => ({ actor, to }))),
		),
	);
	const wrong = wrongs();
	await eachOf(cases, async ({ actor, to }) => {
		const answer = await ask(portal, to, { session: sessionOf(actor), address: `192.0.2.${ACTORS.indexOf(actor)}` });
		wrong.saysNothing(actor, answer, to);
		if (actor === 'member' && to.startsWith('/pro/personnes') && to.includes('besoin=housing'))
			wrong.unless(marksIn(answer.body).length === 0, `${to} tells the member who needs housing`);
	});
	wrong.expectNone();
});

test('nobody changes what is not theirs, whatever is added to the form', async () => {
	const before = fileOfA();
	const standingBefore = standing();
	const wrong = wrongs();
	await eachOf(
		allPosts().filter(({ may }) => !may),
		async ({ row, posted, actor, name, send }) => {
			const answer = await send();
			wrong.refused({ ...row, ...posted }, actor, answer, name);
			wrong.saysNothing(actor, answer, name);
		},
	);
	wrong.expectNone();
	expect(fileOfA()).toEqual(before);
	expect(standing()).toEqual(standingBefore);
});

test('what is posted by those who may changes neither roles, nor owners, nor territories', async () => {
	const standingBefore = standing();
	const before = fileOfA();
	// Person A first: what the coordinator does ends the follow-up by the lead.
	const cases = allPosts()
		.filter(({ may, posted }) => may && !posted.endsSession)
		.sort((one, other) => ACTORS.indexOf(one.actor) - ACTORS.indexOf(other.actor));
	const mayTouchA = (actor: ActorName) =>
		['person', 'lead', 'second', 'member', 'opener', 'coordinator', 'decider'].includes(actor);
	const wrong = wrongs();
	const post = async ({ actor, name, posted, send }: Case) => {
		const answer = await send();
		wrong.isIn([200, 303, 400, 409, 410, ...(posted.ok ?? [])], actor, answer, name);
		wrong.unless(!isSignIn(answer) || name.startsWith('/(public)'), `${name} sends ${actor} to sign in`);
		wrong.saysNothing(actor, answer, name);
	};
	await eachOf(
		cases.filter(({ actor }) => !mayTouchA(actor)),
		post,
	);
	wrong.expectNone();
	expect(fileOfA(), 'forms of others, with A’s ids added').toEqual(before);
	await eachOf(
		cases.filter(({ actor }) => mayTouchA(actor)),
		post,
		1,
	);
	wrong.expectNone();
	expect(standing()).toEqual(standingBefore);
});

test('a browser of A stays registered when somebody else takes it away', async () => {
	const registered = () =>
		inDatabase((database) =>
			database.prepare(`SELECT count(*) FROM push_subscription WHERE endpoint = ?`).pluck().get(world.b.endpoint),
		);
	const ended = { method: 'DELETE', json: { endpoint: world.b.endpoint } };
	expect((await ask(portal, '/api/push/subscribe', { ...ended, session: world.sessions.person })).status).toBe(204);
	const form = { endpoint: world.b.endpoint };
	expect((await ask(portal, '/deconnexion', { form, session: world.sessions.person })).status).toBe(303);
	expect(registered()).toBe(1);
});

test('an ended session opens nothing any more, wherever it is replayed', async () => {
	await ask(portal, '/deconnexion', { form: {}, session: world.sessions.lead });
	for (const address of ['/pro', '/pro/personnes', `/pro/personnes/${world.a.person}`, '/pro/__data.json']) {
		const answer = await ask(portal, address, { session: world.sessions.lead });
		expect(marksIn(answer.body), address).toEqual([]);
		expect(isSignIn(answer) || answer.body.includes('"redirect"'), address).toBe(true);
	}
});

test('the log names nobody', () => {
	expect(secretsOf(portal.log(), world)).toEqual([]);
});

import { expect, test } from '@playwright/test';
import { findings } from '../support/findings.ts';
import { formsOf, plausible } from '../support/forms.ts';
import { ask, eachOf, type Ask } from '../support/http.ts';
import type { Portal } from '../support/portal.ts';
import { actionQuery, allRoutes } from '../support/routes.ts';
import { secretsOf } from '../support/secrets.ts';
import { browsersOf, queryNamesOf, targetsOf, visitsOf } from '../support/visit.ts';
import { startWorld, type World } from '../support/world.ts';

/** What a person or a script can send that nobody should: refused in words, never a 500 (reliability.md §4.3, §5). */

let portal: Portal;
let world: World;

test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web', LOG_LEVEL: 'trace' }));
});
test.afterAll(() => portal?.stop());

test('what does not come from our own pages is refused, whatever it is', async () => {
	const types = [
		'',
		'application/x-www-form-urlencoded',
		'multipart/form-data; boundary=x',
		'text/plain',
		'TEXT/PLAIN',
		'application/json',
		'application/octet-stream',
	];
	const origins: Pick<Ask, 'origin' | 'headers'>[] = [
		{ origin: 'https://evil.example' },
		{ origin: null },
		{ origin: 'null' },
		{ origin: `${portal.origin}.evil.example` },
		{ origin: portal.origin, headers: { 'sec-fetch-site': 'cross-site' } },
	];
	const cases = targetsOf(world).flatMap((target) =>
		types.flatMap((type) => origins.map((from) => ({ ...target, ...from, type, body: 'a=1' }))),
	);
	const wrong = findings();
	await eachOf(cases, async ({ path, ...options }) => {
		const { status } = await ask(portal, path, { ...options, session: world.sessions.person });
		wrong.unless(status === 403, `${options.method} ${path} ${options.type} ${options.origin}: ${status}`);
	});
	wrong.expectNone();
});

/** The first of each: who sends it matters to the access tests, not here. */
const once = <T>(cases: T[], keyOf: (one: T) => string): T[] => [
	...new Map(cases.toReversed().map((one) => [keyOf(one), one])).values(),
];

test('bodies that are not what they claim are refused without a fault', async () => {
	const manyFields = new URLSearchParams(Array.from({ length: 10_000 }, (_, n) => [`f${n}[]`, 'x'])).toString();
	const form = 'application/x-www-form-urlencoded';
	const bodies = [
		{ body: 'no form at all', type: 'multipart/form-data; boundary=x' },
		{ body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut', type: 'multipart/form-data; boundary=x' },
		{ body: '', type: 'multipart/form-data' },
		{ body: manyFields, type: form },
		{ body: '%zz=%&&==&a=%ff', type: form },
		{ body: '', type: form },
		{ body: '{"a":', type: 'application/json' },
		{ body: 'x', type: 'application/octet-stream' },
		{ body: 'x', type: '' },
	];
	const browsers = await browsersOf(portal, world);
	const cases = visitsOf(world).flatMap(({ at, actor, actions, row }) =>
		actions
			.filter((name) => !row.actions?.[name]?.endsSession)
			.flatMap((name) => bodies.map((sent) => ({ path: at + actionQuery(name), actor, sent }))),
	);
	const wrong = findings();
	await eachOf(
		once(cases, ({ path, sent }) => `${path} ${bodies.indexOf(sent)}`),
		async ({ path, actor, sent }) => {
			const answer = await browsers[actor].ask(path, sent);
			const what = `${path} as ${actor}: ${sent.type} ${sent.body.slice(0, 20)}`;
			wrong.noFault(answer, what);
			if (sent.body === 'no form at all')
				wrong.unless([303, 400, 404, 409, 410].includes(answer.status), `${what}: ${answer.status}`);
		},
	);
	wrong.expectNone();
});

const HOSTILE = {
	nul: 'avant\u0000après\u0007',
	emoji: '👩‍👩‍👧‍👦'.repeat(50),
	rtl: '\u202Eمرحبا\u202C שלום',
	lone: 'a\uFFFE\uFFFF',
	long: 'é'.repeat(100_000),
	sql: `'; DROP TABLE person; --`,
	template: '${7*7}{{7*7}}%s%n',
	lines: 'a\r\nSet-Cookie: x=1\r\n\r\n<b>',
};
const FORGED = ['', '..', '../../etc/passwd', '\u0000', '__proto__', '-1', '1e309', 'x'.repeat(100_000)];
const XSS = `<img src=x99 onerror=alert(1)>"'><script>x99()</script></textarea><svg/onload=x99()>`;

/** Forms of every page, with who may post them, as they stand. */
async function everyForm(browsers: Awaited<ReturnType<typeof browsersOf>>) {
	const found = [];
	const wrong = findings();
	for (const { id, at, actor } of visitsOf(world)) {
		const page = await browsers[actor].ask(at);
		wrong.noFault(page, `${id} as ${actor}`);
		if (page.status !== 200) continue;
		for (const form of formsOf(page.body, at)) {
			if (/deconnexion|disable|\/others|\/forget|effacer/.test(form.action)) continue;
			// Another contact would end the session of the person, whose pages are asked for afterwards.
			const kept = /identite/.test(form.action) ? ['email', 'phone'] : [];
			found.push({ ...form, typed: form.typed.filter((field) => !kept.includes(field)), actor, id });
		}
	}
	wrong.expectNone();
	return found;
}

test('what is written in forms comes back as text, never as a page', async () => {
	const browsers = await browsersOf(portal, world);
	const wrong = findings();
	// What ends something would hide what was written; the next test posts it.
	const ends = ({ action }: { action: string }) =>
		/withdraw|cancel|annuler|remove|outcome|verifier|close|end|object|reorient/i.test(action);
	for (const form of (await everyForm(browsers)).filter((one) => !ends(one))) {
		const filled = Object.fromEntries(form.typed.map((field) => [field, plausible(field, XSS)]));
		const answer = await browsers[form.actor].ask(form.action, { form: { ...form.values, ...filled } });
		const what = `${form.action} as ${form.actor}`;
		wrong.noFault(answer, what);
		wrong.unless(!/<(?:img src=|script>|svg\/onload=)x99/.test(answer.body), `${what} writes a page`);
	}
	const shown: string[] = [];
	await eachOf(visitsOf(world), async ({ id, at, actor }) => {
		const query = queryNamesOf(id).map((name) => `${name}=${encodeURIComponent(XSS)}`);
		for (const address of [at, `${at}?${query.join('&')}`]) {
			const { body, status } = await browsers[actor].ask(address);
			wrong.unless(status < 500, `${address} as ${actor}: ${status}`);
			wrong.unless(!/<(?:img src=x99|script>x99|svg\/onload=x99)/.test(body), `${address} as ${actor} writes a page`);
			if (address === at && body.includes('&lt;img src=x99')) shown.push(`${actor} ${id}`);
		}
	});
	wrong.expectNone();
	expect(shown.length, 'pages that show what was written').toBeGreaterThan(4);
});

test('every text field of every form takes anything, without a fault', async () => {
	const browsers = await browsersOf(portal, world);
	const forms = await everyForm(browsers);
	expect(forms.filter((form) => form.typed.length > 0).length).toBeGreaterThan(15);
	const cases = forms.flatMap((form) => [
		...Object.entries(HOSTILE).flatMap(([kind, text]) =>
			form.typed.map((field) => ({ form, what: `${kind} in ${field}`, values: { [field]: text } })),
		),
		...FORGED.flatMap((text) =>
			form.hidden.map((field) => ({ form, what: `${text.slice(0, 20)} as ${field}`, values: { [field]: text } })),
		),
	]);
	const wrong = findings();
	await eachOf(cases, async ({ form, what, values }) => {
		const filled = Object.fromEntries(form.typed.map((field) => [field, plausible(field, 'Un texte')]));
		const answer = await browsers[form.actor].ask(form.action, { form: { ...form.values, ...filled, ...values } });
		wrong.noFault(answer, `${form.action} as ${form.actor}: ${what}`);
		wrong.unless(!answer.cookies.some((cookie) => cookie.startsWith('x=1')), `${form.action}: ${what} sets a cookie`);
	});
	wrong.expectNone();
});

test('addresses and questions nobody meant are answered without a fault', async () => {
	const params = [
		'..',
		'%00',
		'%',
		'%zz',
		'%E0%A4%A',
		'x'.repeat(3000),
		'%F0%9F%98%80',
		`'%20OR%201=1--`,
		'__proto__',
		'%2e%2e%2f',
	];
	const queries = [
		'',
		'%00',
		'-1',
		'1e309',
		'NaN',
		'9999-12-31',
		'0000-00-00',
		'2026-13-45',
		'%F0%9F%98%80',
		'é'.repeat(2000),
	];
	const browsers = await browsersOf(portal, world);
	const cases = visitsOf(world).flatMap(({ id, at, actor }) => {
		const { address } = allRoutes().find((route) => route.id === id)!;
		return [
			...params
				.filter(() => address.includes('['))
				.map((value) => ({ actor, path: address.replace(/\[\w+\]/, value) })),
			...queryNamesOf(id).flatMap((name) =>
				queries.map((value) => ({ actor, path: `${at}?${name}=${encodeURI(value)}` })),
			),
		];
	});
	for (const path of [
		'/%',
		'/%zz',
		'/..%2f..%2fetc/passwd',
		'//evil.example',
		'/\\evil',
		'/.env',
		'/en/%00',
		'/__data.json?x=%',
	])
		cases.push({ actor: 'visitor', path });
	const wrong = findings();
	await eachOf(
		once(cases, ({ path }) => path),
		async ({ actor, path }) => wrong.noFault(await browsers[actor].ask(path), `${path.slice(0, 120)} as ${actor}`),
	);
	wrong.expectNone();
});

test('guessing the code of a printed sheet stops at 60 in ten minutes from one address, the crèche reads on from its own', async () => {
	const guesses = Array.from(
		{ length: 65 },
		(_, index) => `/verifier/${'a'.repeat(40)}${String(index).padStart(3, '0')}`,
	);
	const said = async (path: string, address: string) => (await ask(portal, path, { address })).status;
	const found: number[] = [];
	await eachOf(guesses, async (path) => found.push(await said(path, '198.51.100.20')));
	expect(found.filter((status) => status === 200)).toHaveLength(60);
	expect(found.filter((status) => status === 429)).toHaveLength(5);
	expect(await said(guesses[0]!, '198.51.100.21')).toBe(200);
});

test('methods nobody uses are answered without a fault', async () => {
	const browsers = await browsersOf(portal, world);
	const wrong = findings();
	await eachOf(visitsOf(world), async ({ at, actor }) => {
		for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE'])
			wrong.noFault(await browsers[actor].ask(at, { method }), `${method} ${at} as ${actor}`);
	});
	wrong.expectNone();
});

test('guessing links to answer is hopeless, and stops at 300 in ten minutes from one address', async () => {
	const guesses = Array.from({ length: 310 }, (_, index) => `/r/${'a'.repeat(30)}${String(index).padStart(10, '2')}`);
	const said = async (path: string, address: string) => (await ask(portal, path, { address })).status;
	const found: number[] = [];
	await eachOf(guesses, async (path) => found.push(await said(path, '198.51.100.9')));
	expect(found.filter((status) => status === 404)).toHaveLength(300);
	expect(found.filter((status) => status === 429)).toHaveLength(10);
	expect(await said(guesses[0]!, '198.51.100.10')).toBe(404);
});

test('the log tells nothing that was typed', () => {
	expect(secretsOf(portal.log(), world, ['x99', 'DROP TABLE', 'xavier'])).toEqual([]);
	expect(portal.log()).not.toContain('unexpected error');
});

import { expect, test } from '@playwright/test';
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';
import { aPdf, aPhoto } from '../factories/files.ts';
import { ask } from '../support/http.ts';
import { multipart, type Part } from '../support/multipart.ts';
import type { Portal } from '../support/portal.ts';
import { startWorld, type World } from '../support/world.ts';

/** Files as anybody may send them, against the built portal (issue 8, « Must hold »). */

const MB = 1024 * 1024;
let portal: Portal;
let world: World;
let address: string;

test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web', NODE_OPTIONS: '--import ./tests/support/small-disk.mjs' }));
	address = `/demande/${world.a.reference}/papiers`;
});
test.afterAll(() => portal?.stop());

const folder = () => path.join(portal.dataDir, 'files');
const onDisk = () => readdirSync(folder()).sort();
const inDatabase = <T>(work: (database: Database.Database) => T): T => {
	const database = new Database(path.join(portal.dataDir, 'portal.db'), { readonly: true });
	try {
		return work(database);
	} finally {
		database.close();
	}
};
const pages = () => inDatabase((database) => database.prepare(`SELECT id FROM paper_page ORDER BY id`).pluck().all());
/** Every file on the disk has its row, and every row its file. */
const expectWhole = () => expect(onDisk()).toEqual(pages());

const photo = (bytes = aPhoto()): Part => ({ name: 'photo.jpg', bytes, type: 'image/jpeg' });
const send = (files: Part[], { formKey = randomUUID(), session = world.sessions.person, fields = {} } = {}) =>
	ask(portal, `${address}?/join`, { ...multipart({ formKey, ...fields }, files), session });
const everyFile = (from: string): string[] =>
	readdirSync(from).flatMap((name) => {
		const entry = path.join(from, name);
		return statSync(entry).isDirectory() ? everyFile(entry) : [entry];
	});

/** The last page that was joined, as the person is given it. */
async function lastPage(session = world.sessions.person) {
	const { body } = await ask(portal, address, { session });
	const found = [...body.matchAll(/href="\/papiers\/([\w-]+)"/g)].at(-1)![1]!;
	return { id: found, answer: await ask(portal, `/papiers/${found}`, { session }) };
}

/** All but what the world was made with. */
async function takeBackAll() {
	const session = world.sessions.person;
	const { body } = await ask(portal, address, { session });
	for (const [, paper] of body.matchAll(/name="paper" value="([\w-]+)"/g))
		if (paper !== world.a.paper) await ask(portal, `${address}?/withdraw`, { form: { paper: paper! }, session });
}

test('what is refused is said on the page, and leaves nothing', async () => {
	const before = onDisk();
	const cases: [string, Part[], RegExp][] = [
		['nothing', [], /Choisissez une photo/],
		['0 byte', [photo(Buffer.alloc(0))], /fichier est vide/],
		[
			'an SVG with a script',
			[{ name: 'a.jpg', bytes: Buffer.from('<svg><script>alert(1)</script></svg>') }],
			/ni une photo/,
		],
		['a page named as a photo', [{ name: 'a.png', bytes: Buffer.from('<html>'), type: 'image/png' }], /ni une photo/],
		['two things at once', [photo(Buffer.concat([aPhoto(), aPdf()]))], /autre chose/],
		['30 photos', Array.from({ length: 30 }, () => photo()), /10 fichiers au plus/],
		['11 MB', [photo(Buffer.concat([aPhoto(), Buffer.alloc(11 * MB)]))], /trop lourd/],
		['more than is read', [photo(Buffer.alloc(13 * MB, 1))], /trop lourd/],
	];
	for (const [what, files, words] of cases) {
		const { status, body } = await send(files);
		expect.soft(status, what).toBe(400);
		expect.soft(body, what).toMatch(words);
		expect.soft(body, what).toContain('data-error-summary');
	}
	expect(onDisk()).toEqual(before);
	expectWhole();
});

test('more than is read without saying so beforehand is refused in words as well', async () => {
	const { type, body } = multipart({ formKey: randomUUID() }, [photo(Buffer.alloc(13 * MB, 1))]);
	const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
		const headers = {
			...{ origin: portal.origin, accept: 'text/html', 'content-type': type, 'transfer-encoding': 'chunked' },
			cookie: `session=${world.sessions.person}`,
			'x-test-address': '192.0.2.1',
		};
		const request = http.request(`${portal.origin}${address}?/join`, { method: 'POST', headers, agent: false });
		request.on('response', (response) => {
			let text = '';
			response.on('data', (chunk) => (text += chunk));
			response.on('end', () => resolve({ status: response.statusCode!, text }));
		});
		request.on('error', reject);
		for (let at = 0; at < body.length; at += MB) request.write(body.subarray(at, at + MB));
		request.end();
	});
	expect(answer.status).toBe(400);
	expect(answer.text).toContain('trop lourd');
	expectWhole();
});

test('a connection cut in the middle leaves nothing, and the same form sent whole is one paper', async () => {
	const before = onDisk();
	const formKey = randomUUID();
	const { type, body } = multipart({ formKey }, [photo(Buffer.concat([aPhoto(), Buffer.alloc(2 * MB)]))]);
	const { hostname, port } = new URL(portal.origin);
	await new Promise<void>((resolve) => {
		const socket = connect(Number(port), hostname, () => {
			socket.write(
				[
					`POST ${address}?/join HTTP/1.1`,
					`host: ${hostname}:${port}`,
					`origin: ${portal.origin}`,
					`cookie: session=${world.sessions.person}`,
					'x-test-address: 192.0.2.1',
					`content-type: ${type}`,
					`content-length: ${body.length}`,
					'\r\n',
				].join('\r\n'),
			);
			socket.write(body.subarray(0, MB), () => socket.destroy());
		});
		socket.on('close', () => resolve());
		socket.on('error', () => undefined);
	});
	expect((await ask(portal, '/api/health')).status).toBe(200);
	expect(onDisk()).toEqual(before);
	expect((await send([photo()], { formKey })).status).toBe(303);
	expect(onDisk()).toHaveLength(before.length + 1);
	expectWhole();
	await takeBackAll();
});

test('twelve times the same form at once, and once more later, is one paper', async () => {
	await takeBackAll();
	const before = pages().length;
	const formKey = randomUUID();
	const answers = await Promise.all(Array.from({ length: 12 }, () => send([photo()], { formKey })));
	expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
	expect((await send([photo()], { formKey })).status).toBe(303);
	expect(pages()).toHaveLength(before + 1);
	expectWhole();
});

test('the photo that is given back is the picture alone, as an attachment that runs nothing', async () => {
	await takeBackAll();
	const name = 'CANARI%22; filename=x.html%0d%0aX-Injected: 1.html';
	expect((await send([{ name, bytes: aPhoto({ secret: 'GPS-CANARI' }) }])).status).toBe(303);
	const { answer } = await lastPage();
	expect(answer.status).toBe(200);
	expect(answer.body).not.toContain('GPS-CANARI');
	expect(answer.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
	expect(answer.headers['content-disposition']).toMatch(
		/^attachment; filename="[^"]*\.jpg"; filename\*=UTF-8''\S+\.jpg$/,
	);
	expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
	expect(answer.headers['cache-control']).toBe('no-store');
	expect(answer.headers).not.toHaveProperty('x-injected');
});

test('nothing of a paper can be read in any file of the data folder', async () => {
	await takeBackAll();
	const marks = ['CANARI-NOM', 'CANARI-TITRE', 'CANARI-DEDANS'];
	const file = { name: 'CANARI-NOM.pdf', bytes: aPdf('CANARI-DEDANS') };
	expect((await send([file], { fields: { label: 'CANARI-TITRE' } })).status).toBe(303);
	for (const one of everyFile(portal.dataDir)) {
		const bytes = readFileSync(one);
		for (const mark of marks) expect.soft(bytes.includes(mark), `${mark} in ${path.basename(one)}`).toBe(false);
	}
	expect(portal.log()).not.toMatch(/CANARI/);
	expect((await lastPage()).answer.body).toContain('CANARI-DEDANS');
});

const diskIs = (full: boolean) =>
	new Promise<void>((resolve) => {
		portal.process.on('message', (said) => (said as { full?: boolean }).full === full && resolve());
		portal.process.send({ full });
	});

test('on a full disk a paper is refused in words, nothing is half-kept, and it is taken once there is room', async () => {
	await takeBackAll();
	const before = onDisk();
	const formKey = randomUUID();
	await diskIs(true);
	const refused = await send([photo(), photo()], { formKey });
	await diskIs(false);
	expect(refused.status).toBe(503);
	expect(refused.body).toContain('ne peut pas garder ce papier maintenant');
	expect(onDisk()).toEqual(before);
	expect((await send([photo(), photo()], { formKey })).status).toBe(303);
	expectWhole();
});

test('somebody else’s page, a path, and a page of another paper are no pages', async () => {
	const { paper, paperPage } = world.a;
	const odd = ['..%2fportal.db', '%00', 'x'.repeat(300), paper];
	for (const id of odd)
		expect((await ask(portal, `/papiers/${id}`, { session: world.sessions.person })).status).toBe(404);
	const wrong = `/pro/papiers/${world.b.paper}/${paperPage}`;
	expect((await ask(portal, wrong, { session: world.sessions.lead })).status).toBe(404);
	const shown = await ask(portal, `/pro/papiers/${paper}/${paperPage}?voir`, { session: world.sessions.lead });
	expect(shown.headers).toMatchObject({ 'x-frame-options': 'SAMEORIGIN', 'content-type': 'application/pdf' });
	// Sandboxed by its own answer: a browser starts its reader of PDF files in no frame that has the attribute.
	expect(shown.headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors 'self';.*; sandbox$/);
	const { body } = await ask(portal, '/compte/acces', { session: world.sessions.person });
	expect(body).toContain('Un de vos papiers');
});

import { expect, test } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { scriptProblems, styleProblems } from '../support/old-browsers.ts';
import type { Portal } from '../support/portal.ts';
import { browsersOf, visitsOf } from '../support/visit.ts';
import { startWorld, type World } from '../support/world.ts';

/** Budgets of architecture.md §9 for every page of people in every language, and what an old phone makes of what it is sent. */
const KB = 1000;
const PAGE = { html: 14 * KB, total: 65 * KB, requests: 8, script: 50 * 1024 };
const { locales } = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')) as { locales: string[] };

let portal: Portal;
let world: World;
test.beforeAll(async () => {
	({ portal, world } = await startWorld({ ROLE: 'web' }));
});
test.afterAll(() => portal?.stop());

/** As a browser asks: the bytes on the wire, and what is in them. */
function fetched(address: string, jar = new Map<string, string>()) {
	const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
	const headers = { accept: 'text/html', 'accept-encoding': 'gzip, deflate, br', 'save-data': 'on', cookie };
	return new Promise<{ status: number; bytes: number; text: string }>((resolve, reject) => {
		http
			.get(new URL(address, portal.origin), { headers }, (response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('end', () => {
					const body = Buffer.concat(chunks);
					const encoding = response.headers['content-encoding'];
					const plain = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
					resolve({ status: response.statusCode!, bytes: body.length, text: plain.toString('utf8') });
				});
			})
			.on('error', reject);
	});
}

test('each page for people, in each language, fits its budget and loads no picture, no font and no film', async () => {
	const jars = await browsersOf(portal, world);
	const scripts = new Map<string, number>();
	const heaviest: Record<string, { html: number; total: number; page: string }> = {};
	let seen = 0;
	for (const { at, actor } of visitsOf(world).filter(({ at }) => !/\/(pro|pilotage)(\/|$)/.test(at)))
		for (const locale of locales) {
			const address = locale === 'fr' ? at : `/${locale}${at === '/' ? '' : at}`;
			const { status, bytes: html, text } = await fetched(address, jars[actor].jar);
			if (status !== 200) continue;
			seen += 1;
			const what = `${address} as ${actor}`;
			const asked = [...text.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+\.(?:js|css))"/g)].map(
				([, one]) => one!,
			);
			for (const one of asked) if (!scripts.has(one)) scripts.set(one, (await fetched(one)).bytes);
			const script = asked.reduce((sum, one) => sum + scripts.get(one)!, 0);
			expect.soft(html, `HTML of ${what}`).toBeLessThanOrEqual(PAGE.html);
			expect.soft(script, `script of ${what}`).toBeLessThanOrEqual(PAGE.script);
			expect.soft(html + script, `all of ${what}`).toBeLessThanOrEqual(PAGE.total);
			expect.soft(1 + asked.length, `requests of ${what}`).toBeLessThanOrEqual(PAGE.requests);
			const heavy =
				/<(?:img|picture|source|video|audio|object|embed|image)\b|@font-face|\burl\((?!["']?(?:data:|#))/.exec(text);
			expect.soft(heavy?.[0], `${what} loads more than text`).toBeUndefined();
			if (html > (heaviest[locale]?.html ?? 0)) heaviest[locale] = { html, total: html + script, page: at };
		}
	console.table(heaviest);
	for (const one of scripts.keys())
		expect.soft((await fetched(one)).text, `${one} carries the key of professionals`).not.toContain('data-shortcut');
	expect(seen, 'pages weighed').toBeGreaterThan(100);
});

test('what is built is understood by a Chrome 100', () => {
	const client = path.resolve('build', 'client');
	const files = (readdirSync(client, { recursive: true }) as string[]).map((file) => path.join(client, file));
	/** Pages carry these and no other (decisions/0006): each script of the phone, beside the folders of Kit's own. */
	const shipped = files.filter(
		(file) => /service-worker(?:-off)?\.js$/.test(file) || /immutable[\\/][\w-]+\.\w+\.js$/.test(file),
	);
	const styles = files.filter((file) => file.endsWith('.css'));
	expect(shipped.length).toBe(8 + 2);
	expect(styles.length).toBeGreaterThan(20);
	const problems = [
		...shipped.map((file) => [
			file,
			scriptProblems(readFileSync(file, 'utf8'), { isModule: !file.includes('service-worker') }),
		]),
		...styles.map((file) => [file, styleProblems(readFileSync(file, 'utf8'))]),
	].filter(([, found]) => found!.length > 0);
	expect(problems).toEqual([]);
});

import { chromium } from '@playwright/test';
import lighthouse, { type Flags } from 'lighthouse';
import * as constants from 'lighthouse/core/config/constants.js';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHROMIUM_FLAGS, ensureChromium } from '../support/chromium.mjs';
import { freePort } from '../support/portal.ts';
import { filledTerritory } from './people.ts';
import { atLeast, median, times, type Figure, type Part } from './harness.ts';
import { portalOn } from './server.ts';

const ROUNDS = process.argv.includes('--quick') ? 1 : 5;
const [RTT_MS, KBPS] = [400, 400];
/** What Lighthouse applies in the browser for a round trip and a rate: a request opens a connection and more (its documentation of throttling). */
const { DEVTOOLS_RTT_ADJUSTMENT_FACTOR, DEVTOOLS_THROUGHPUT_ADJUSTMENT_FACTOR } = constants.throttling;
/** An old phone at a bus stop (architecture.md §9). */
const SLOW = {
	rttMs: RTT_MS,
	throughputKbps: KBPS,
	cpuSlowdownMultiplier: 4,
	requestLatencyMs: RTT_MS * DEVTOOLS_RTT_ADJUSTMENT_FACTOR,
	downloadThroughputKbps: KBPS * DEVTOOLS_THROUGHPUT_ADJUSTMENT_FACTOR,
	uploadThroughputKbps: KBPS * DEVTOOLS_THROUGHPUT_ADJUSTMENT_FACTOR,
};
const PAGES: [address: string, isSignedIn: boolean][] = [
	['/', false],
	['/demande/nouvelle', false],
	['/accueil', true],
	['/parcours', true],
	['/rendez-vous', true],
	['/aides', true],
];

const PLAIN_BYTES = 14_000;

/** What a page of ours is compared with: the 14 kB of architecture.md §9, in one file, with nothing to run and nothing to compress. */
async function plainPage() {
	const start =
		'<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>Plain</title><h1>Plain</h1><p>';
	const noise = randomBytes(PLAIN_BYTES)
		.toString('base64')
		.replace(/(.{60})/g, '$1 ');
	const html = start + noise.slice(0, PLAIN_BYTES - start.length);
	const server = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end(html));
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return { address: `http://localhost:${(server.address() as AddressInfo).port}/`, stop: () => server.close() };
}

/** Largest paint, in milliseconds, and the scores, of one visit to an empty browser. */
async function visit(port: number, address: string, throttlingMethod: Flags['throttlingMethod'], token?: string) {
	const result = await lighthouse(address, {
		port,
		logLevel: 'error',
		output: 'json',
		throttlingMethod,
		throttling: SLOW,
		...(token && { extraHeaders: { cookie: `session=${token}` } }),
	});
	const { audits, categories } = result!.lhr;
	const paint = audits['largest-contentful-paint']?.numericValue;
	if (paint === undefined) throw new Error(`nothing was painted at ${address}`);
	const score = (name: string) => Math.round((categories[name]?.score ?? 0) * 100);
	return {
		paint,
		accessibility: score('accessibility'),
		practices: score('best-practices'),
		speed: score('performance'),
	};
}

const part: Part = {
	name: 'lighthouse',
	usesBuild: true,
	async run() {
		const { db, file, tokens } = await filledTerritory('lighthouse', 1_000, new Date());
		db.close();
		const portal = await portalOn(file, 'lighthouse');
		const plain = await plainPage();
		const port = await freePort();
		const browser = await chromium.launch({
			executablePath: await ensureChromium(),
			args: [...CHROMIUM_FLAGS, `--remote-debugging-port=${port}`],
		});
		const figures: Figure[] = [];
		try {
			for (const [method, limit] of [
				['devtools', 1.1],
				['simulate', 1.8],
			] as const) {
				const paints = new Map<string, number[]>();
				const scores = new Map<string, Awaited<ReturnType<typeof visit>>>();
				for (let round = 0; round < ROUNDS; round += 1)
					for (const [address, isSignedIn] of [['plain', false] as const, ...PAGES]) {
						const where = address === 'plain' ? plain.address : portal.origin + address;
						const found = await visit(port, where, method, isSignedIn ? tokens.person : undefined);
						paints.set(address, [...(paints.get(address) ?? []), found.paint]);
						scores.set(address, found);
					}
				const yardstick = median(paints.get('plain')!);
				for (const [address] of PAGES) {
					const value = median(paints.get(address)!);
					figures.push({
						name: `${address}, largest paint, ${method === 'devtools' ? 'applied' : 'simulated'}`,
						value,
						unit: 'ms',
						yardstick: { name: 'a plain page of 14 kB, ms', value: yardstick },
						limit: times(value / yardstick, limit, 'most'),
					});
					if (method === 'devtools') continue;
					const { accessibility, practices } = scores.get(address)!;
					const value100 = Math.min(accessibility, practices);
					figures.push({
						name: `${address}, accessibility and best practices`,
						value: value100,
						unit: '/ 100',
						limit: atLeast(value100, 100, ''),
					});
				}
			}
			return figures;
		} finally {
			await browser.close();
			plain.stop();
			await portal.stop();
		}
	},
};
export default part;

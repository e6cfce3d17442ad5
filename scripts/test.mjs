/**
 * `npm test`: everything, in an order that fails early and keeps two cores busy. The last line is `N passed, N failed`.
 * Single parts: `npm test -- lint`, `npm test -- build`, `npm test -- unit`, `npm test -- e2e`.
 */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureChromium } from '../tests/support/chromium.mjs';

const RESULTS = 'test-results';
const only = process.argv.slice(2);
let passed = 0;
let failed = 0;
/** Said again at the very end, of which alone a short record of a run may be left. */
const reasons = [];
const REASON_CHARS = 600;

/** Runs a command; its output is shown when it fails, always with `loud`, never with `quiet`. */
function run(args, { loud = false, quiet = false, env = {} } = {}) {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk) => (loud ? process.stdout.write(chunk) : (output += chunk)));
		child.on('close', (code) => {
			if (code !== 0 && !loud && !quiet) process.stdout.write(output);
			resolve(code === 0);
		});
	});
}

/** A check that passes or fails as one. @returns whether it passed */
async function check(name, args) {
	const started = Date.now();
	const ok = await run(args);
	if (ok) passed++;
	else failed++;
	console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${Math.round((Date.now() - started) / 1000)} s)`);
	return ok;
}

/** A suite that counts its own tests, through the report it writes. */
async function suite(name, args, report, count, env = {}) {
	const started = Date.now();
	rmSync(report, { force: true });
	const ok = await run(args, { loud: true, env });
	const counted = existsSync(report)
		? count(JSON.parse(readFileSync(report, 'utf8')))
		: { passed: 0, failed: 1, why: [] };
	// A runner that dies after its last test, or runs none, is a failure nobody counted.
	if ((!ok && counted.failed === 0) || counted.passed + counted.failed === 0) counted.failed++;
	passed += counted.passed;
	failed += counted.failed;
	reasons.push(...counted.why);
	const seconds = Math.round((Date.now() - started) / 1000);
	console.log(
		`${counted.failed ? 'FAIL' : 'ok  '} ${name}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)`,
	);
}

const withoutColours = (text) => text.replace(/\u001b\[[0-9;]*m/g, '');
const reason = (title, messages) => `${title}\n${withoutColours(messages.join('\n')).slice(0, REASON_CHARS)}`;

/** Of vitest's report. */
const unitReasons = ({ testResults }) =>
	testResults.flatMap(({ name, status, message, assertionResults }) => [
		...(status === 'failed' && assertionResults.length === 0 ? [reason(name, [message])] : []),
		...assertionResults
			.filter((test) => test.status === 'failed')
			.map(({ fullName, failureMessages }) => reason(fullName, failureMessages)),
	]);

/** Of Playwright's report. */
const browserReasons = ({ suites = [], specs = [], errors = [] }) => [
	...errors.map(({ message }) => reason('outside the tests', [message])),
	...suites.flatMap(browserReasons),
	...specs
		.filter(({ ok }) => !ok)
		.map(({ file, line, title, tests }) =>
			reason(
				`${file}:${line} ${title}`,
				tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message }) => message))),
			),
		),
];

const bin = (name) =>
	({
		prettier: 'node_modules/prettier/bin/prettier.cjs',
		eslint: 'node_modules/eslint/bin/eslint.js',
		check: 'node_modules/svelte-check/bin/svelte-check',
		tsc: 'node_modules/typescript/bin/tsc',
		vitest: 'node_modules/vitest/vitest.mjs',
		playwright: 'node_modules/@playwright/test/cli.js',
	})[name];

const wants = (part) => only.length === 0 || only.includes(part);
let isBuilt = true;

/** One core each. Types after the build, which writes those of the routes again. */
const WITHOUT_TESTS = [
	async () => {
		if (wants('build')) isBuilt = await check('build', ['scripts/build-if-stale.mjs']);
		if (!wants('lint')) return;
		await check('types', [bin('check'), '--tsconfig', './tsconfig.json', '--output', 'human']);
		await check('types of the service worker', [bin('tsc'), '-p', 'tsconfig.worker.json']);
	},
	async () => {
		if (wants('lint')) {
			await check('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']);
			await check('lint', [bin('eslint'), '.']);
		}
		// The browser tests make it otherwise, while the other core waits; what fails is said there.
		if (only.length === 0) await run(['--import', 'tsx', 'tests/support/seed-if-stale.ts'], { quiet: true });
	},
];

const parts = {
	unit: () =>
		suite(
			'unit',
			[bin('vitest'), 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${RESULTS}/unit.json`],
			`${RESULTS}/unit.json`,
			(report) => ({
				passed: report.numPassedTests,
				// A file that could not even be loaded has no test to fail.
				failed:
					report.numFailedTests +
					report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
				why: unitReasons(report),
			}),
		),
	e2e: async () => {
		if (!isBuilt) {
			failed++;
			console.log('FAIL browser: there is nothing to look at');
			return;
		}
		const chromium = await ensureChromium();
		await suite(
			'browser',
			[bin('playwright'), 'test', '--config', 'tests/playwright.config.ts'],
			`${RESULTS}/e2e.json`,
			(report) => ({
				passed: report.stats.expected,
				failed: report.stats.unexpected + report.stats.flaky + report.errors.length,
				why: browserReasons(report),
			}),
			{ CHROMIUM_PATH: chromium },
		);
	},
};

mkdirSync(RESULTS, { recursive: true });
try {
	await Promise.all(WITHOUT_TESTS.map((lane) => lane()));
	for (const [name, part] of Object.entries(parts)) if (wants(name)) await part();
} catch (error) {
	failed++;
	console.error(error instanceof Error ? error.message : error);
}
for (const why of reasons) console.log(`\nfailed: ${why}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

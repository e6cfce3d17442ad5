/**
 * `npm test`: everything, in an order that fails early and keeps two cores busy. The last line is `N passed, N failed`.
 * A single part: `npm test -- lint`, `npm test -- unit`, `npm test -- e2e`.
 */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { buildIfStale } from './build-if-stale.mjs';
import { ensureChromium } from '../tests/support/chromium.mjs';

const RESULTS = 'test-results';
const only = process.argv.slice(2);
let passed = 0;
let failed = 0;

/** Runs a command; its output is shown when it fails, or always with `loud`. */
function run(args, { loud = false, env = {} } = {}) {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk) => (loud ? process.stdout.write(chunk) : (output += chunk)));
		child.on('close', (code) => {
			if (code !== 0 && !loud) process.stdout.write(output);
			resolve(code === 0);
		});
	});
}

/** A check that passes or fails as one. */
async function check(name, args) {
	const started = Date.now();
	const ok = await run(args);
	if (ok) passed++;
	else failed++;
	console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${Math.round((Date.now() - started) / 1000)} s)`);
}

/** A suite that counts its own tests, through the report it writes. */
async function suite(name, args, report, count, env = {}) {
	const started = Date.now();
	rmSync(report, { force: true });
	const ok = await run(args, { loud: true, env });
	const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 1 };
	// A runner that dies after its last test, or runs none, is a failure nobody counted.
	if ((!ok && counted.failed === 0) || counted.passed + counted.failed === 0) counted.failed++;
	passed += counted.passed;
	failed += counted.failed;
	const seconds = Math.round((Date.now() - started) / 1000);
	console.log(
		`${counted.failed ? 'FAIL' : 'ok  '} ${name}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)`,
	);
}

const bin = (name) =>
	({
		prettier: 'node_modules/prettier/bin/prettier.cjs',
		eslint: 'node_modules/eslint/bin/eslint.js',
		check: 'node_modules/svelte-check/bin/svelte-check',
		tsc: 'node_modules/typescript/bin/tsc',
		vitest: 'node_modules/vitest/vitest.mjs',
		playwright: 'node_modules/@playwright/test/cli.js',
	})[name];

const parts = {
	lint: () =>
		Promise.all([
			check('format', [bin('prettier'), '--check', '--log-level', 'warn', '.']),
			(async () => {
				await check('lint', [bin('eslint'), '.']);
				await check('types', [bin('check'), '--tsconfig', './tsconfig.json', '--output', 'human']);
				await check('types of the service worker', [bin('tsc'), '-p', 'tsconfig.worker.json']);
			})(),
		]),
	build: async () => {
		buildIfStale();
		passed++;
		console.log('ok   build');
	},
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
			}),
		),
	e2e: async () => {
		const chromium = await ensureChromium();
		await suite(
			'browser',
			[bin('playwright'), 'test', '--config', 'tests/playwright.config.ts'],
			`${RESULTS}/e2e.json`,
			({ stats, errors }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length }),
			{ CHROMIUM_PATH: chromium },
		);
	},
};

mkdirSync(RESULTS, { recursive: true });
try {
	for (const [name, part] of Object.entries(parts)) if (only.length === 0 || only.includes(name)) await part();
} catch (error) {
	failed++;
	console.error(error instanceof Error ? error.message : error);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

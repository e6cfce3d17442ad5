import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * A full Chromium, never the headless shell: notifications are denied there (reliability.md §2.2).
 * Order: CHROMIUM_PATH, the system's, Playwright's own.
 * @returns {Promise<string | null>}
 */
export async function findChromium() {
	const { chromium } = await import('playwright');
	const candidates = [
		process.env.CHROMIUM_PATH,
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
		chromium.executablePath(),
	];
	return candidates.find((file) => file && existsSync(file)) ?? null;
}

/**
 * Finds a Chromium or installs one: Playwright's download, else the distribution's package when this user may.
 * @returns {Promise<string>}
 * @throws with the one line that says what to run
 */
export async function ensureChromium() {
	const found = await findChromium();
	if (found) return found;
	console.log('No Chromium on this machine: installing one…');
	/** @param {string} command @param {...string} args */
	const run = (command, ...args) =>
		spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 }).status === 0;
	if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
		run('apt-get', 'update', '-qq');
		run('apt-get', 'install', '-y', '-qq', 'chromium');
	}
	if (!(await findChromium())) run('npx', 'playwright', 'install', '--with-deps', '--no-shell', 'chromium');
	const installed = await findChromium();
	if (!installed)
		throw new Error('Tests need a full Chromium: install one (apt-get install chromium) or set CHROMIUM_PATH.');
	return installed;
}

/** How every test starts it: quiet, alone, reaching for nothing outside. */
export const CHROMIUM_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Portal {
	origin: string;
	dataDir: string;
	process: ChildProcess;
	/** Everything written to the log so far. */
	log(): string;
	/** Moves the clock of the portal to an instant; it then runs on from there. */
	setClock(at: Date): Promise<void>;
	/** Stops and waits; removes the data unless `keep`. @returns the exit code, or the signal that ended it */
	stop(options?: { signal?: NodeJS.Signals; keep?: boolean }): Promise<number | string>;
}

export interface PortalOptions {
	/** Database to start from (a seeded demo); a new one is made otherwise. */
	from?: string;
	/** Data folder to use as it is, e.g. that of a portal that was killed. */
	dataDir?: string;
	/** Where the release stands that is started; this one otherwise. */
	root?: string;
	clock?: Date;
	/** As in production, without the clock that tests move: it makes every date slower. */
	isMeasured?: boolean;
	env?: Record<string, string>;
}

/** Below those that systems give to whoever asks for any: on a busy machine a portal comes to listen half a minute later. */
const PORTS = { from: 15_000, to: 32_000 };

export async function freePort(): Promise<number> {
	const port = randomInt(PORTS.from, PORTS.to);
	const server = createServer();
	const isFree = await new Promise<boolean>((resolve) => {
		server.on('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
	});
	if (!isFree) return freePort();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Starts the built portal as its own process on a free port of loopback, as a demo with its own data. */
export async function startPortal({
	from,
	dataDir,
	root = '.',
	clock,
	isMeasured = false,
	env = {},
}: PortalOptions = {}): Promise<Portal> {
	const port = await freePort();
	const folder = dataDir ?? mkdtempSync(path.join(tmpdir(), 'portal-'));
	if (from) cpSync(from, folder, { recursive: true });
	const origin = `http://localhost:${port}`;
	const clockScript = path.resolve('tests', 'support', 'moved-clock.mjs');
	const child = spawn(process.execPath, [...(isMeasured ? [] : ['--import', clockScript]), 'server.js'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		env: {
			...process.env,
			DEMO: '1',
			PORT: String(port),
			HOST: '127.0.0.1',
			ORIGIN: origin,
			DATA_DIR: folder,
			LOG_LEVEL: 'info',
			NODE_ENV: 'production',
			...(clock && { MOVED_CLOCK: String(clock.getTime()) }),
			...env,
		},
	});
	let output = '';
	for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => (output += chunk));
	const ended = new Promise<number | string>((resolve) =>
		child.on('exit', (code, signal) => resolve(code ?? signal ?? 0)),
	);

	const portal: Portal = {
		origin,
		dataDir: folder,
		process: child,
		log: () => output,
		setClock: (at) =>
			new Promise((resolve) => {
				const moved = (message: unknown) => {
					if ((message as { clockMoved?: number }).clockMoved !== at.getTime()) return;
					child.off('message', moved);
					resolve();
				};
				child.on('message', moved);
				child.send({ clock: at.getTime() });
			}),
		async stop({ signal = 'SIGTERM', keep = false } = {}) {
			if (child.exitCode === null && child.signalCode === null) child.kill(signal);
			const code = await ended;
			if (!keep) rmSync(folder, { recursive: true, force: true });
			return code;
		},
	};
	await answering(origin, child, () => output);
	return portal;
}

/** Ends what hangs: a busy machine is slow. */
const ANSWERS_WITHIN_MS = 180_000;

async function answering(origin: string, child: ChildProcess, output: () => string): Promise<void> {
	const deadline = Date.now() + ANSWERS_WITHIN_MS;
	while (Date.now() < deadline) {
		if (child.exitCode !== null) throw new Error(`the portal ended before it answered:\n${output()}`);
		try {
			const response = await fetch(`${origin}/api/health`);
			await response.arrayBuffer();
			if (response.status < 500) return;
		} catch {
			// Not listening yet.
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	child.kill('SIGKILL');
	throw new Error(`the portal did not answer within ${ANSWERS_WITHIN_MS / 1000} s:\n${output()}`);
}

/** The data folder seeded once for all browser tests (seed-if-stale.ts). */
export const SEEDED = path.resolve('test-results', 'seeded');

/** A private copy of the seeded data, without what a running portal leaves beside it. */
export function seededCopy(): string {
	if (!existsSync(path.join(SEEDED, 'portal.db'))) throw new Error('run the browser tests through npm run e2e');
	const folder = mkdtempSync(path.join(tmpdir(), 'portal-'));
	for (const name of ['portal.db', 'demo-keys.json']) copyFileSync(path.join(SEEDED, name), path.join(folder, name));
	return folder;
}

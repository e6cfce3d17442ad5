/**
 * `npm run demo`: from nothing to a working portal with fictitious people. Builds when sources changed, fills an empty
 * database once, serves. `--dev` serves through Vite with reload instead of the build.
 */
import './node-version.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { buildIfStale } from './build-if-stale.mjs';

const dev = process.argv.includes('--dev');
const port = Number(process.env.PORT ?? 3000);
process.env.DEMO = '1';
process.env.PORT = String(port);
process.env.DATA_DIR ??= path.resolve('data', 'demo');
process.env.ORIGIN ??= `http://localhost:${port}`;
process.env.LOG_LEVEL ??= 'warn';

if (!dev) buildIfStale();
if (!existsSync(path.join(process.env.DATA_DIR, 'portal.db'))) {
	console.log('Filling an empty database with fictitious people…');
	const seeded = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/seed.ts'], {
		stdio: 'inherit',
		// One long write is what filling is.
		env: { ...process.env, LOG_LEVEL: 'error' },
	});
	if (seeded.status !== 0) process.exit(seeded.status ?? 1);
}

if (dev) {
	const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'dev', '--port', String(port)], {
		stdio: 'inherit',
	});
	vite.on('exit', (code) => process.exit(code ?? 0));
} else {
	const { serve } = await import('../server.js');
	try {
		await serve();
	} catch (error) {
		// What refuses to start says why in a sentence; anything else is a bug and shows its stack.
		const sentence = ['ConfigError', 'WrongDatabaseError'].includes(error?.name) ? error.message : error;
		console.error(error?.code === 'EADDRINUSE' ? `Port ${port} is taken: PORT=3001 npm run demo` : sentence);
		process.exit(1);
	}
	console.log(`
Sans Couture is served at  ${process.env.ORIGIN}
Everybody in it is fictitious. Sign in at ${process.env.ORIGIN}/connexion as one of the people listed there;
codes, e-mails and SMS arrive at ${process.env.ORIGIN}/demo/messages.
`);
	const { people } = await import('./demo-people.mjs');
	for (const line of await people(process.env.DATA_DIR)) console.log(line);
}

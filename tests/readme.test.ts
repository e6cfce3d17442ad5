import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

test('each decision is linked, and each link leads to one', () => {
	const linked = [...readme.matchAll(/\(src\/decisions\/([^)]+)\)/g)].map(([, file]) => file!);
	expect(linked).toEqual(readdirSync('src/decisions').sort());
});

test('whatever the environment may hold is told to who deploys', () => {
	const read = ['src/lib/server/platform/config.ts', 'server.js'].flatMap((file) =>
		[...readFileSync(file, 'utf8').matchAll(/\benv\.([A-Z][A-Z_]+)/g)].map(([, name]) => name!),
	);
	// The demo sets its own; the engine is not served yet; the rest is found from where the server stands.
	const ours = ['DEMO', 'DATABASE_URL', 'PORTAL_ROOT', 'BODY_SIZE_LIMIT', 'NODE_ENV'];
	const untold = [...new Set(read)].filter((name) => !ours.includes(name) && !readme.includes(`\`${name}`));
	expect(untold).toEqual([]);
});

test('each command of the operator is told', () => {
	const [, commands] = /subCommands: \{\s*(keys[^}]+)\}/.exec(readFileSync('scripts/portal.ts', 'utf8'))!;
	const names = commands!
		.split(',')
		.map((name) => name.split(':')[0]!.trim())
		.filter(Boolean);
	expect(names.length).toBeGreaterThan(8);
	expect(names.filter((name) => name !== 'import' && !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});

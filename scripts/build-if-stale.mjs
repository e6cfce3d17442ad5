import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCES = ['src', 'messages', 'static', 'project.inlang', 'package.json', 'svelte.config.js', 'vite.config.ts'];
const STAMP = 'build/.made-from';

/**
 * Names, sizes and times of all that goes into something made: a few milliseconds, against half a minute to make it.
 * @param {string[]} sources
 */
export function fingerprint(sources) {
	const hash = createHash('sha256').update(process.versions.node);
	/** @param {string} entry */
	const add = (entry) => {
		const stat = statSync(entry);
		if (stat.isDirectory()) {
			if (entry === path.join('src', 'lib', 'paraglide')) return;
			for (const name of readdirSync(entry).sort()) add(path.join(entry, name));
		} else hash.update(`${entry}:${stat.size}:${stat.mtimeMs}\n`);
	};
	sources.forEach(add);
	return hash.digest('hex');
}

/** Builds the portal when its sources changed since the last build. @returns whether it built */
export function buildIfStale() {
	const wanted = fingerprint(SOURCES);
	if (existsSync('build/handler.js') && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return false;
	console.log('Building the portal (about half a minute, only when something changed)…');
	const result = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	if (result.status !== 0) process.exit(result.status ?? 1);
	writeFileSync(STAMP, wanted);
	return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildIfStale();

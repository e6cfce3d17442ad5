import { createHash } from 'node:crypto';
import {
	cpSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the scripts of the next release say of themselves, on the page. */
const MARK = "\ndocument.documentElement.dataset.release='next';\n";
const SCRIPT = /^([\w-]+)\.([0-9a-f]{10})\.js$/;

/**
 * A next release of the portal, made of this build without building: each script of the phone has other words and so another
 * name, pages and worker ask for these, the worker is another version. Files of the present names are not in it.
 */
export function nextRelease(): { root: string; remove(): void } {
	const root = mkdtempSync(path.join(tmpdir(), 'release-'));
	for (const name of ['build', 'server.js', 'earlier-builds.js', 'security-headers.js', 'package.json'])
		cpSync(name, path.join(root, name), { recursive: true });
	for (const name of ['node_modules', 'drizzle', 'static', 'reference'])
		symlinkSync(path.resolve(name), path.join(root, name));
	const client = path.join(root, 'build', 'client');
	const immutable = path.join(client, '_app', 'immutable');
	const { version } = JSON.parse(readFileSync(path.join(client, '_app', 'version.json'), 'utf8')) as {
		version: string;
	};
	const changes = new Map([[version, `${version}1`]]);
	for (const name of readdirSync(immutable)) {
		const [, script, hash] = SCRIPT.exec(name) ?? [];
		if (!script || !hash) continue;
		const code = readFileSync(path.join(immutable, name), 'utf8') + MARK;
		const next = `${script}.${createHash('sha256').update(code).digest('hex').slice(0, 10)}.js`;
		writeFileSync(path.join(immutable, name), code);
		renameSync(path.join(immutable, name), path.join(immutable, next));
		changes.set(name, next);
	}
	for (const entry of readdirSync(path.join(root, 'build'), { recursive: true, withFileTypes: true })) {
		const at = path.join(entry.parentPath, entry.name);
		// Made of the files beside them, and no longer true.
		if (/\.(br|gz)$/.test(at)) rmSync(at);
		if (!entry.isFile() || !/\.(js|json)$/.test(at)) continue;
		const before = readFileSync(at, 'utf8');
		let after = before;
		for (const [name, next] of changes) after = after.replaceAll(name, next);
		if (after !== before) writeFileSync(at, after);
	}
	return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepEarlierBuilds } from '../earlier-builds.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'builds-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DAY_MS = 24 * 3_600_000;
const monday = new Date('2026-11-23T08:00:00Z');
const after = (days: number) => new Date(monday.getTime() + days * DAY_MS);

/** A start of the portal with a build of these files. @returns what it still serves of earlier ones */
async function startWith(files: Record<string, string>, at: Date) {
	const build = path.join(folder, 'build');
	rmSync(build, { recursive: true, force: true });
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(build, name)), { recursive: true });
		writeFileSync(path.join(build, name), text);
	}
	const earlier = await keepEarlierBuilds(build, path.join(folder, 'kept'), at);
	return Object.fromEntries([...earlier].map(([name, { body, type }]) => [name, `${type}: ${body.toString()}`]));
}

test('a page that was open during a deploy still finds its files, for a week', async () => {
	expect(await startWith({ 'phone.v1.js': 'one', 'assets/page.v1.css': 'look' }, monday)).toEqual({});
	const v1 = { 'phone.v1.js': 'text/javascript: one', 'assets/page.v1.css': 'text/css: look' };
	// It ran for a month: what counts is when it left, not when it came.
	expect(await startWith({ 'phone.v2.js': 'two' }, after(30))).toEqual(v1);
	expect(await startWith({ 'phone.v2.js': 'two' }, after(36))).toEqual(v1);
	expect(await startWith({ 'phone.v2.js': 'two' }, after(38))).toEqual({});
	expect(readdirSync(path.join(folder, 'kept'))).not.toContain('phone.v1.js');
});

test('a build that comes back is served by itself, and kept anew when it leaves again', async () => {
	await startWith({ 'phone.v1.js': 'one' }, monday);
	await startWith({ 'phone.v2.js': 'two' }, after(1));
	expect(await startWith({ 'phone.v1.js': 'one' }, after(2))).toEqual({ 'phone.v2.js': 'text/javascript: two' });
	expect(Object.keys(await startWith({ 'phone.v3.js': 'three' }, after(8)))).toEqual(['phone.v1.js', 'phone.v2.js']);
});

test('a copy cut by a crash is never served', async () => {
	await startWith({ 'phone.v1.js': 'one' }, monday);
	writeFileSync(path.join(folder, 'kept', 'phone.v0.js.part'), 'o');
	expect(Object.keys(await startWith({ 'phone.v2.js': 'two' }, after(1)))).toEqual(['phone.v1.js']);
});

/**
 * The timed budgets of architecture.md §9: `npm run bench`, or some parts of it (`npm run bench -- push search`). Loopback
 * only, ends by itself; the table goes to the screen and to bench-results/ as JSON and text.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { Figure, Part } from './harness.ts';

const PARTS: Record<string, () => Promise<{ default: Part }>> = {
	push: () => import('./push.ts'),
	planning: () => import('./planning.ts'),
	processes: () => import('./processes.ts'),
	search: () => import('./search.ts'),
	booking: () => import('./booking.ts'),
	pages: () => import('./pages.ts'),
	evaluation: () => import('./evaluation.ts'),
	lighthouse: () => import('./lighthouse.ts'),
	phone: () => import('./phone.ts'),
	start: () => import('./start.ts'),
	memory: () => import('./memory.ts'),
};

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const long = process.argv.includes('--long');
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
	console.error(`No such part: ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}`);
	process.exit(2);
}

const round = (value: number) => Number(value.toPrecision(3));
const line = ({ name, value, unit, yardstick, limit }: Figure) =>
	[
		limit.kept ? 'ok  ' : 'OVER',
		name.padEnd(58),
		`${round(value)} ${unit}`.padStart(16),
		limit.text.padEnd(20),
		yardstick ? `${yardstick.name}: ${round(yardstick.value)}` : '',
	].join('  ');

const load = loadavg()[0]!;
const busy = load > cpus().length / 2 ? ', which other work was using: figures are indicative only' : '';
const lines = [`Node ${process.versions.node}, ${cpus().length} cores, load ${load.toFixed(1)} at the start${busy}`];
console.log(lines[0]);
const results: Record<string, Figure[] | { error: string }> = {};
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
	lines.push('', name);
	console.log(`\n${name}`);
	try {
		const part = (await PARTS[name]!()).default;
		results[name] = await part.run({ long });
		for (const figure of results[name]) {
			lines.push(line(figure));
			console.log(line(figure));
		}
	} catch (error) {
		results[name] = { error: String(error) };
		lines.push(`OVER  ${String(error)}`);
		console.error(error);
	}
}

mkdirSync('bench-results', { recursive: true });
const machine = { node: process.versions.node, cores: cpus().length, load };
writeFileSync('bench-results/latest.json', `${JSON.stringify({ at: new Date(), machine, results }, null, '\t')}\n`);
writeFileSync('bench-results/latest.txt', `${lines.join('\n')}\n`);
const figures = Object.values(results).flatMap((found) => ('error' in found ? [] : found));
const broken = Object.values(results).filter((found) => 'error' in found).length;
const over = figures.filter(({ limit }) => !limit.kept).length;
console.log(`\n${figures.length} figures, ${over} over their limit, ${broken} parts that could not be measured`);
process.exit(over + broken > 0 ? 1 : 0);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testEnvironment } from '../support/environment.ts';

/** One line of the table of architecture.md §9. */
export interface Figure {
	name: string;
	value: number;
	unit: string;
	/** What it is compared with, measured in the same run. */
	yardstick?: { name: string; value: number };
	limit: { text: string; kept: boolean };
}

export interface Part {
	name: string;
	/** Needs `build/`. */
	usesBuild?: true;
	run(options: { long: boolean }): Promise<Figure[]>;
}

const ROUNDS = 5;

/** People of a large territory; a tenth of them with `--quick`, to try a part. */
export const MANY = process.argv.includes('--quick') ? 10_000 : 100_000;
export const many = MANY.toLocaleString('en');

/** Files of this run, removed when it ends; the configuration that every part reads. */
export const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
Object.assign(process.env, testEnvironment(folder), { LOG_LEVEL: 'error' });

export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)]!;
}

/** Highest value but the worst `1 − share` of them. */
export function percentile(values: number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Medians of five of each, taken in turn, so that a machine that slows down slows down all of them. */
export async function alternate<Name extends string>(
	measures: Record<Name, () => Promise<number> | number>,
	rounds = ROUNDS,
): Promise<Record<Name, number>> {
	const names = Object.keys(measures) as Name[];
	const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
	for (let round = 0; round < rounds; round += 1)
		for (const name of names) taken.get(name)!.push(await measures[name]());
	return Object.fromEntries(names.map((name) => [name, median(taken.get(name)!)])) as Record<Name, number>;
}

/** Seconds by the clock, and of this process's CPU: what a busy machine takes away is the difference. */
export async function seconds(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
	const started = process.cpuUsage();
	const wall = (await milliseconds(work)) / 1000;
	const { user, system } = process.cpuUsage(started);
	return { wall, cpu: (user + system) / 1e6 };
}

export async function milliseconds(work: () => Promise<unknown> | unknown): Promise<number> {
	const started = performance.now();
	await work();
	return performance.now() - started;
}

/** Microseconds of this process's CPU per turn of a loop. */
export function cpuPerTurn(turns: number, work: () => unknown): number {
	const started = process.cpuUsage();
	for (let turn = 0; turn < turns; turn += 1) work();
	const { user, system } = process.cpuUsage(started);
	return (user + system) / turns;
}

/** Runs `count` turns with at most `width` at once. */
export async function concurrently(count: number, width: number, work: (index: number) => Promise<unknown>) {
	let next = 0;
	const lane = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: width }, lane));
}

export const atMost = (value: number, limit: number, unit: string) => ({
	text: `≤ ${limit} ${unit}`.trim(),
	kept: value <= limit,
});
export const atLeast = (value: number, limit: number, unit: string) => ({
	text: `≥ ${limit} ${unit}`.trim(),
	kept: value >= limit,
});
export const times = (ratio: number, limit: number, sense: 'most' | 'least') =>
	sense === 'most' ? atMost(ratio, limit, '× yardstick') : atLeast(ratio, limit, '× yardstick');

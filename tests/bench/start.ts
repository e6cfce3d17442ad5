import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../support/portal.ts';
import { filledTerritory } from './people.ts';
import { atMost, folder, median, milliseconds, type Part } from './harness.ts';
import { get, portalOn } from './server.ts';

const STARTS = 3;
const PATIENCE_MS = 30_000;

/** From the command to the first page of a demo that was filled before. */
async function secondStart(dataDir: string): Promise<number> {
	const port = await freePort();
	const origin = `http://localhost:${port}`;
	const env = { ...process.env, DEMO: '1', PORT: String(port), ORIGIN: origin, DATA_DIR: dataDir, HOST: '127.0.0.1' };
	const started = performance.now();
	const child = spawn(process.execPath, ['scripts/demo.mjs'], { env, stdio: 'ignore' });
	try {
		while (performance.now() - started < PATIENCE_MS) {
			const answered = await get(`${origin}/`).then(
				() => true,
				() => false,
			);
			if (answered) return performance.now() - started;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		throw new Error('the demo did not answer');
	} finally {
		child.kill('SIGTERM');
		await new Promise((resolve) => child.once('exit', resolve));
	}
}

const part: Part = {
	name: 'start',
	usesBuild: true,
	async run() {
		const { db, file } = await filledTerritory('start', 1_000, new Date());
		db.close();
		const starts: number[] = [];
		for (let turn = 0; turn < STARTS; turn += 1) {
			let stop = async () => {};
			starts.push(
				await milliseconds(async () => {
					const portal = await portalOn(file, `start-${turn}`);
					stop = async () => void (await portal.stop());
					await get(`${portal.origin}/`);
				}),
			);
			await stop();
		}
		const dataDir = path.join(folder, 'demo');
		const env = { ...process.env, DEMO: '1', DATA_DIR: dataDir };
		const seeded = spawnSync(process.execPath, ['--import', 'tsx', 'tests/support/seed.ts'], { env, stdio: 'ignore' });
		if (seeded.status !== 0) throw new Error('the demo could not be filled');
		const demo = [await secondStart(dataDir), await secondStart(dataDir), await secondStart(dataDir)];
		return [
			{
				name: 'start of the built server to its first page',
				value: median(starts) / 1000,
				unit: 's',
				limit: atMost(median(starts) / 1000, 1, 's'),
			},
			{
				name: 'second start of the demo to its first page',
				value: median(demo) / 1000,
				unit: 's',
				limit: atMost(median(demo) / 1000, 3, 's'),
			},
		];
	},
};
export default part;

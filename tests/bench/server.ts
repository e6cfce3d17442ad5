import { copyFileSync, mkdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { startPortal, type Portal } from '../support/portal.ts';
import { folder } from './harness.ts';

/** The built portal on a copy of a database, without worker: what is measured is answering. */
export function portalOn(file: string, name: string): Promise<Portal> {
	const dataDir = path.join(folder, `portal-${name}`);
	mkdirSync(dataDir, { recursive: true });
	copyFileSync(file, path.join(dataDir, 'portal.db'));
	return startPortal({ dataDir, isMeasured: true, env: { ROLE: 'web', LOG_LEVEL: 'error' } });
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** One request on a kept-alive connection, read to its end. @returns milliseconds */
export function get(address: string, token?: string): Promise<number> {
	const started = performance.now();
	return new Promise((resolve, reject) => {
		const headers = { accept: 'text/html', ...(token && { cookie: `session=${token}` }) };
		http
			.get(address, { agent, headers }, (response) => {
				response.resume();
				response.on('end', () => {
					if (response.statusCode !== 200) return reject(new Error(`${response.statusCode} ${address}`));
					resolve(performance.now() - started);
				});
				response.on('error', reject);
			})
			.on('error', reject);
	});
}

import type { Db } from './db/client.ts';
import { config } from './platform/config.ts';
import { log } from './platform/log.ts';

/** What this process does besides answering: checks its database belongs to it, then runs the worker when it is one. */
export async function start(_db: Db): Promise<void> {
	const { role, demo } = config();
	log.info({ role, demo }, 'started');
}

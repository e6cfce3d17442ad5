import type { Db } from './client.ts';

/**
 * The log of writes (WAL) still holds pages as they were before something was erased: it is brought into the database, where what
 * is deleted is overwritten (`secure_delete`), and emptied. Waits for nobody, as the wait would stop this process: with a write
 * under way elsewhere, the next time does it. @returns whether it is empty
 */
export function emptyWriteLog({ raw }: Db): boolean {
	const patience = raw.pragma('busy_timeout', { simple: true }) as number;
	raw.pragma('busy_timeout = 0');
	try {
		const [{ busy }] = raw.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
		return busy === 0;
	} finally {
		raw.pragma(`busy_timeout = ${patience}`);
	}
}

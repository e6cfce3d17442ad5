import { eq } from 'drizzle-orm';
import type { Db } from './client.ts';
import { account, meta, territory } from './schema/index.ts';

/** The database and this process do not belong together: real people never meet demo rules, nor the reverse. */
export class WrongDatabaseError extends Error {
	override name = 'WrongDatabaseError';
}

/**
 * The demo runs on a database made by the demo, or on an empty one; a portal never runs on the demo's.
 * @throws WrongDatabaseError
 */
export async function refuseWrongDatabase({ read }: Db, { demo }: { demo: boolean }): Promise<void> {
	const [madeBy] = await read.select().from(meta).where(eq(meta.key, 'made_by')).limit(1);
	const isDemos = madeBy?.value === 'demo';
	if (!demo && isDemos)
		throw new WrongDatabaseError('This database was made by the demo: set DEMO=1, or another DATA_DIR');
	if (demo && !isDemos && (await hasRows(read)))
		throw new WrongDatabaseError(
			'DEMO=1 refuses a database that the demo did not make: unset DEMO, or set another DATA_DIR',
		);
}

async function hasRows(read: Db['read']): Promise<boolean> {
	const territories = await read.select({ id: territory.id }).from(territory).limit(1);
	const accounts = await read.select({ id: account.id }).from(account).limit(1);
	return territories.length + accounts.length > 0;
}

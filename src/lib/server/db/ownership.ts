import { eq } from 'drizzle-orm';
import { reseal, seal, unseal } from '../platform/sealing.ts';
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

/** A word sealed when the database was first started: whatever opens it opens the rest. */
const KEY_CHECK = 'key_check';
const KEY_PLACE = `meta.value:${KEY_CHECK}`;
const keyCheck = async (read: Db['read']) =>
	(await read.select().from(meta).where(eq(meta.key, KEY_CHECK)).limit(1))[0]?.value;

/**
 * A portal that started with another key than the database was sealed with would show no text to anybody, and seal new ones that
 * the right key does not open. `DATA_KEY_PREVIOUS` opens it too until `sealedAnew`.
 * @throws WrongDatabaseError
 */
export async function refuseWrongKey(db: Db): Promise<void> {
	const known = await keyCheck(db.read);
	if (!known) {
		const row = { key: KEY_CHECK, value: seal(KEY_PLACE, 'opens') };
		await db.write((tx) => tx.insert(meta).values(row).onConflictDoNothing());
		return;
	}
	try {
		unseal(KEY_PLACE, known);
	} catch {
		throw new WrongDatabaseError(
			'This database was sealed with another DATA_KEY: set the one it was made with, or set it as DATA_KEY_PREVIOUS',
		);
	}
}

/** Everything is under the present key: the one before is asked for no more. */
export async function sealedAnew(db: Db): Promise<void> {
	const known = await keyCheck(db.read);
	const value = known && reseal(KEY_PLACE, known);
	if (value) await db.write((tx) => tx.update(meta).set({ value }).where(eq(meta.key, KEY_CHECK)));
}

async function hasRows(read: Db['read']): Promise<boolean> {
	const territories = await read.select({ id: territory.id }).from(territory).limit(1);
	const accounts = await read.select({ id: account.id }).from(account).limit(1);
	return territories.length + accounts.length > 0;
}

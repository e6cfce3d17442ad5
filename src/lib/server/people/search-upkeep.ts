import { asc, eq, gt } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { meta, person } from '../db/schema/index.ts';
import { refreshSearch } from './commands.ts';
import { SEARCH_KEYS_VERSION } from './rules.ts';

const KEY = 'search_keys';
/** In one write: it holds the only writer for a fraction of a second. */
const AT_ONCE = 200;

/**
 * What finds people is written with their record: when a version of the portal writes it otherwise, those who are there already are written
 * anew, once, by the worker. Interrupted, it begins again.
 */
export async function renewSearchKeys(db: Db): Promise<void> {
	const [written] = await db.read.select().from(meta).where(eq(meta.key, KEY)).limit(1);
	if (written?.value === SEARCH_KEYS_VERSION) return;
	for (let last: string | undefined = ''; last !== undefined;)
		last = await db.write(async (tx) => {
			const after = gt(person.id, last!);
			const people = await tx
				.select({ id: person.id })
				.from(person)
				.where(after)
				.orderBy(asc(person.id))
				.limit(AT_ONCE);
			for (const { id } of people) await refreshSearch(tx, id);
			return people.at(-1)?.id;
		});
	const row = { key: KEY, value: SEARCH_KEYS_VERSION };
	await db.write((tx) =>
		tx
			.insert(meta)
			.values(row)
			.onConflictDoUpdate({ target: meta.key, set: { value: row.value } }),
	);
}

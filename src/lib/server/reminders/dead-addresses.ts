import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { account, deadAddress, person } from '../db/schema/index.ts';
import { addressHash as hashOf } from '../people/signing-in.ts';

/**
 * E-mail addresses that a mail server gave up. The ladder skips them, the person and their referent read it; another
 * address is another one, and a person who signs in by a code sent there, or says that it works, is believed.
 */

/** @param email the address that came back; null when the report names none: the present one of that person */
export async function rememberDead(
	tx: Tx,
	{ personId, email, now }: { personId: string; email: string | null; now: Date },
): Promise<void> {
	const own = await emailOf(tx, personId);
	// A report about an address that was changed since says nothing of the new one.
	if (!own || (email && email.toLowerCase() !== own.toLowerCase())) return;
	const addressHash = hashOf(own);
	await tx
		.insert(deadAddress)
		.values({ personId, addressHash, since: now })
		.onConflictDoUpdate({ target: deadAddress.personId, set: { addressHash, since: now } });
}

/** Somebody received a code there: whoever has this address is written to again. */
export async function addressWorks(tx: Tx, email: string): Promise<void> {
	await tx.delete(deadAddress).where(eq(deadAddress.addressHash, hashOf(email)));
}

/** The person says that their address works: tried again from the next message. */
export async function confirmAddress(tx: Tx, personId: string): Promise<void> {
	await tx.delete(deadAddress).where(eq(deadAddress.personId, personId));
}

/** Which of these people's addresses of today are dead. */
export async function deadAmong(
	q: Queries,
	people: { personId: string; email: string | null }[],
): Promise<Set<string>> {
	const ids = people.map(({ personId }) => personId);
	if (ids.length === 0) return new Set();
	const rows = await q.select().from(deadAddress).where(inArray(deadAddress.personId, ids));
	const hashes = new Map(rows.map(({ personId, addressHash }) => [personId, addressHash]));
	const isDead = (one: (typeof people)[number]) => one.email !== null && hashes.get(one.personId) === hashOf(one.email);
	return new Set(people.filter((one) => hashes.has(one.personId) && isDead(one)).map(({ personId }) => personId));
}

/** The person's own address when it is known not to work, and since when; null when it does, as far as anybody knows. */
export async function deadAddressOf(q: Queries, personId: string): Promise<{ email: string; since: Date } | null> {
	const [row] = await deadRow(q).execute({ personId });
	if (!row) return null;
	const email = await emailOf(q, personId);
	return email && row.addressHash === hashOf(email) ? { email, since: row.since } : null;
}

const deadRow = prepared((q) =>
	q
		.select()
		.from(deadAddress)
		.where(eq(deadAddress.personId, sql.placeholder('personId')))
		.limit(1)
		.prepare(),
);

async function emailOf(q: Queries, personId: string): Promise<string | null> {
	const [row] = await q
		.select({ email: person.email, own: account.email })
		.from(person)
		.leftJoin(account, and(eq(account.personId, person.id), eq(account.status, 'active')))
		.where(eq(person.id, personId))
		.limit(1);
	return row?.email ?? row?.own ?? null;
}

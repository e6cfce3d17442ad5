import { eq } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { person } from '../db/schema/index.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import { recordAudit } from '../audit/commands.ts';
import { config } from '../platform/config.ts';
import { pepperedHash, sameSecret } from '../platform/ids.ts';
import { MUTABLE_KINDS } from './kinds.ts';

const signatureOf = (personId: string, kind: string) =>
	pepperedHash(config().codePepper, 'unsubscribe', personId, kind);

/** What a mail holds so that its reader may stop this kind of message without signing in (RFC 8058). */
export const unsubscribeToken = (personId: string, kind: ReminderKind): string =>
	`${personId}.${kind}.${signatureOf(personId, kind)}`;

/** Whose message of which kind a token stops; null when it is not one of ours. */
function readToken(token: string) {
	const [personId = '', code = '', signature = ''] = token.split('.');
	const kind = MUTABLE_KINDS.find((known) => known === code);
	return kind && sameSecret(signature, signatureOf(personId, kind)) ? { personId, kind } : null;
}

/** For the page that asks before it stops anything: the person's language, and whether it is stopped already. Changes nothing. */
export async function unsubscribeLink(q: Queries, token: string): Promise<{ locale: string; stopped: boolean } | null> {
	const read = readToken(token);
	if (!read) return null;
	const [found] = await q
		.select({ locale: person.locale, mutedKinds: person.mutedKinds })
		.from(person)
		.where(eq(person.id, read.personId))
		.limit(1);
	return found ? { locale: found.locale, stopped: found.mutedKinds.includes(read.kind) } : null;
}

/**
 * Mutes one kind of message, from the link of a mail. Said twice, it is done once; the person turns it on again in their
 * settings.
 * @returns false when the token is not one of ours
 */
export async function unsubscribe(tx: Tx, { token, now }: { token: string; now: Date }): Promise<boolean> {
	const read = readToken(token);
	if (!read) return false;
	const { personId, kind } = read;
	const [found] = await tx
		.select({ mutedKinds: person.mutedKinds })
		.from(person)
		.where(eq(person.id, personId))
		.limit(1);
	if (!found) return false;
	if (found.mutedKinds.includes(kind)) return true;
	await tx
		.update(person)
		.set({ mutedKinds: [...found.mutedKinds, kind] })
		.where(eq(person.id, personId));
	await recordAudit(tx, { action: 'person.unsubscribed', personId, detail: { kind }, at: now });
	return true;
}

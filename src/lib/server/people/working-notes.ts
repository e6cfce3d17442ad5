import { and, eq } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { workingNote } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import type { Actor } from './commands.ts';

const place = (id: string) => `working_note.text_sealed:${id}`;

async function ownRow(q: Queries, personId: string, accountId: string) {
	const [row] = await q
		.select()
		.from(workingNote)
		.where(and(eq(workingNote.personId, personId), eq(workingNote.accountId, accountId)))
		.limit(1);
	return row;
}

/** What this professional wrote for themselves about a person; null: nothing. Nobody else's is ever read (domain.md §7.2). */
export async function ownNote(q: Queries, personId: string, accountId: string) {
	const row = await ownRow(q, personId, accountId);
	return row ? { text: unseal(place(row.id), row.textSealed), writtenAt: row.writtenAt } : null;
}

/** Keeps the professional's own working notes on a person; empty, there are none any more. */
export async function keepNote(
	tx: Tx,
	{ personId, text, by, now }: { personId: string; text: string; by: Actor; now: Date },
): Promise<void> {
	const old = await ownRow(tx, personId, by.accountId);
	if (!old && !text) return;
	const id = old?.id ?? newId();
	if (!text) await tx.delete(workingNote).where(eq(workingNote.id, id));
	else {
		const words = { textSealed: seal(place(id), text), writtenAt: now };
		if (old) await tx.update(workingNote).set(words).where(eq(workingNote.id, id));
		else await tx.insert(workingNote).values({ id, personId, accountId: by.accountId, ...words });
	}
	await recordAudit(tx, { action: 'working_note.kept', actor: by, subjectId: id, personId, at: now });
}

/** Two files become one: each author keeps one text, what they wrote of both. */
export async function joinNotes(tx: Tx, { from, to }: { from: string; to: string }): Promise<void> {
	const rows = await tx.select().from(workingNote).where(eq(workingNote.personId, from)).limit(100);
	for (const row of rows) {
		const kept = await ownRow(tx, to, row.accountId);
		if (!kept) {
			await tx.update(workingNote).set({ personId: to }).where(eq(workingNote.id, row.id));
			continue;
		}
		const both = `${unseal(place(kept.id), kept.textSealed)}\n\n${unseal(place(row.id), row.textSealed)}`;
		await tx
			.update(workingNote)
			.set({ textSealed: seal(place(kept.id), both) })
			.where(eq(workingNote.id, kept.id));
		await tx.delete(workingNote).where(eq(workingNote.id, row.id));
	}
}

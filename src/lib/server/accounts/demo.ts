import { desc, eq } from 'drizzle-orm';
import * as v from 'valibot';
import type { Db, Queries } from '../db/client.ts';
import { demoMessage, meta } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import type { MailboxMessage } from '../platform/mailbox.ts';

const demoAccounts = v.array(
	v.object({ label: v.string(), role: v.string(), territory: v.string(), contact: v.string() }),
);
/** Somebody the demo invites to sign in as; `territory` is a name to group by, `contact` goes in the field. */
export type DemoAccount = v.InferOutput<typeof demoAccounts>[number];

/** Who one can sign in as, as the seed wrote it down; none outside the demo. */
export async function listDemoAccounts(q: Queries): Promise<DemoAccount[]> {
	const [row] = await q.select().from(meta).where(eq(meta.key, 'demo_accounts')).limit(1);
	return row ? v.parse(demoAccounts, JSON.parse(row.value)) : [];
}

/** Keeps what the demo would have sent, for the mailbox page. */
export const keepMessage =
	(db: Db, now: () => Date) =>
	async ({ channel, to, subject, text, html }: MailboxMessage): Promise<void> => {
		const row = { id: newId(), channel, recipient: to, subject, body: text, html, at: now() };
		await db.write(async (tx) => {
			await tx.insert(demoMessage).values(row);
		});
	};

/** What the demo sent, newest first. */
export const listMessages = (q: Queries, { recipient, limit }: { recipient: string | null; limit: number }) =>
	q
		.select()
		.from(demoMessage)
		.where(recipient ? eq(demoMessage.recipient, recipient) : undefined)
		.orderBy(desc(demoMessage.at), desc(demoMessage.id))
		.limit(limit);

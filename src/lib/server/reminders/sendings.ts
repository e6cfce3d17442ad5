import { and, count, desc, eq, gt, isNotNull, max, min, sql } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { person, reminder } from '../db/schema/index.ts';
import { textsOf } from './templates.ts';

const DAY_MS = 24 * 60 * 60_000;
/** How long a professional finds their sendings again. */
const SHOWN_DAYS = 90;

const among = (...states: (typeof reminder.$inferSelect)['state'][]) =>
	sql<number>`sum(CASE WHEN ${reminder.state} IN (${sql.join(
		states.map((state) => sql`${state}`),
		sql`, `,
	)}) THEN 1 ELSE 0 END)`;

/** The latest sendings by hand of this professional, one row each, however many people: how far each is. */
export async function sendingsOf(q: Queries, accountId: string, now: Date, limit = 20) {
	const rows = await q
		.select({
			batch: reminder.subjectId,
			template: max(reminder.template),
			versionId: max(reminder.templateVersionId),
			dueAt: min(reminder.dueAt),
			people: count(),
			/** Whose it is, when there is one. */
			name: max(sql<string>`${person.firstName} || ' ' || ${person.lastName}`),
			waiting: among('scheduled', 'sending'),
			answered: among('answered'),
			failed: among('failed'),
		})
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.where(
			and(
				eq(reminder.createdById, accountId),
				isNotNull(reminder.subjectId),
				eq(reminder.kind, 'manual'),
				gt(reminder.createdAt, new Date(now.getTime() - SHOWN_DAYS * DAY_MS)),
			),
		)
		.groupBy(reminder.subjectId)
		.orderBy(desc(max(reminder.createdAt)))
		.limit(limit);
	const texts = await textsOf(
		q,
		rows.map(({ versionId }) => versionId),
	);
	return rows.map(({ versionId, batch, dueAt, ...row }) => ({
		...row,
		batch: batch!,
		dueAt: dueAt!,
		kind: 'manual' as const,
		wording: texts.get(versionId ?? '')?.fr ?? null,
	}));
}
export type Sending = Awaited<ReturnType<typeof sendingsOf>>[number];

/** Which requests and needs wait, for whom and in which order: the inbox, its counts and the first page read the same. */
import { and, asc, desc, eq, isNull, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { need, orientation, supportRequest } from '../db/schema/index.ts';

// A partial index is only used when its condition is written as it was declared.
export const waiting = sql`${supportRequest.status} = 'submitted'`;
/** As `support_request_waiting_idx` holds them. */
export const WAITING_ORDER = [
	desc(supportRequest.urgent),
	desc(supportRequest.priority),
	asc(supportRequest.respondBy),
	asc(supportRequest.submittedAt),
];
/** The decision that counts for the whole request. */
export const presentDecision = and(
	eq(orientation.requestId, supportRequest.id),
	sql`${orientation.present} = 1 AND ${orientation.needId} IS NULL`,
);

/** The decision that counts for one need, as `orientation_one_need_idx` was declared. */
export const presentNeedDecision = and(
	eq(orientation.needId, need.id),
	sql`${orientation.present} = 1 AND ${orientation.needId} IS NOT NULL`,
);

/** The need of the outer query waits at a structure, which reads it. */
export const needSent = (q: Queries) =>
	q
		.select({ one: sql`1` })
		.from(orientation)
		.where(and(presentNeedDecision, eq(orientation.state, 'sent')));

/** What was sent to another structure is theirs to take: joined by `presentDecision`, what is left for somebody of this one. */
export const freeFor = (structureId: string | null): SQL | undefined =>
	or(isNull(orientation.id), ne(orientation.state, 'sent'), eq(orientation.structureId, structureId ?? ''));

import { sql } from 'drizzle-orm';

/** The latest of a table for the person of the row; 0: nothing. Each has its index by person. */
const latest = (what: string, from: string, where = '') =>
	sql.raw(`coalesce((SELECT max(${what}) FROM ${from} AS t WHERE t.person_id = "person"."id"${where}), 0)`);

/**
 * When something last happened with a person, UTC milliseconds: `lastContactAt`, and what is not written there. For queries and
 * updates of `person`. Asked of those who may be leaving only: nine point reads each.
 */
export const lastTrace = sql<number>`max("person"."last_contact_at",
	${latest('t.last_seen_at', 'account')},
	${latest('t.updated_at', 'support_request')},
	${latest('t.ends_at', 'appointment')},
	${latest('max(t.created_at, coalesce(t.done_at, 0))', 'step')},
	${latest('t.held_at', 'situation_review')},
	${latest('t.status_since', 'childcare_aid')},
	${latest('t.written_at', 'working_note')},
	${latest('t.sent_at', 'reminder', " AND t.kind = 'manual'")})`;

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';

/**
 * Who read, signed in or was sent something, and what belongs to nobody's file: kept 12 months. The rest is the history of a
 * file and lives as long as it. The purge repeats these very words, or their index does not serve it.
 */
export const KEPT_A_YEAR = sql.raw(
	`(person_id IS NULL OR action IN (${[
		'person.opened',
		'exception.opened',
		'aid.opened',
		'paper.opened',
		'session.started',
		'session.ended',
		'session.others_ended',
		'reminder.dropped',
		'reminder.undone',
		'reminder.sent_by_hand',
	]
		.map((action) => `'${action}'`)
		.join(', ')}))`,
);

export const defineAudit = (d: Columns) => ({
	/** Who did what to whose file, when. Ids and codes, and why in sealed words; kept apart from the things themselves. */
	auditEntry: d.table(
		'audit_entry',
		{
			id: d.text('id').primaryKey(),
			at: d.instant('at').notNull(),
			actorId: d.text('actor_id'),
			actorRole: d.text('actor_role'),
			structureId: d.text('structure_id'),
			/** `<domain>.<past participle>`, e.g. `request.submitted`, `person.opened`. */
			action: d.text('action').notNull(),
			subjectId: d.text('subject_id'),
			/** Whose file, so that the person can read it. */
			personId: d.text('person_id'),
			detail: d.json('detail').$type<Record<string, unknown>>().notNull(),
			/** Why, in the words that were written for the person: later decisions do not erase it. */
			reasonSealed: d.sealed('reason_sealed'),
		},
		(t) => [
			d.index('audit_entry_person_id_at_idx').on(t.personId, t.at),
			d.index('audit_entry_subject_id_idx').on(t.subjectId),
			// What is forgotten after a year, the oldest first.
			d.index('audit_entry_kept_a_year_idx').on(t.at).where(KEPT_A_YEAR),
		],
	),
});

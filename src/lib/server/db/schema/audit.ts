import type { Columns } from '../columns.ts';

export const defineAudit = (d: Columns) => ({
	/** Who did what to whose file, when. Ids and codes only; kept apart from the things themselves, 12 months. */
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
		},
		(t) => [
			d.index('audit_entry_person_id_at_idx').on(t.personId, t.at),
			d.index('audit_entry_subject_id_idx').on(t.subjectId),
			d.index('audit_entry_at_idx').on(t.at),
		],
	),
});

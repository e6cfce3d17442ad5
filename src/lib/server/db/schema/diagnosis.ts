import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { DIAGNOSIS_STATES, POINTS } from '../../../shared/diagnosis.ts';

export const defineDiagnosis = (
	d: Columns,
	{ territory, structure }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
) => {
	/** One social and professional diagnosis: the person's part, the professionals' grid, the person's answer. */
	const diagnosis = d.table(
		'diagnosis',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			state: d.text('state', { enum: DIAGNOSIS_STATES }).notNull(),
			/** The person's part, sealed JSON (shared/diagnosis.ts `SelfPart`). */
			selfSealed: d.sealed('self_sealed'),
			selfAt: d.instant('self_at'),
			sharedAt: d.instant('shared_at'),
			/** Last day to answer, in the territory's zone and calendar; set when it is shared. */
			answerBy: d.day('answer_by'),
			/** Answers given so far, sealed JSON: a contested point stays readable after it was amended. */
			answersSealed: d.sealed('answers_sealed'),
			createdAt: d.instant('created_at').notNull(),
			/** When a later one took its place. */
			replacedAt: d.instant('replaced_at'),
		},
		(t) => [
			d
				.uniqueIndex('diagnosis_one_present_idx')
				.on(t.personId)
				.where(sql`replaced_at IS NULL`),
			d.index('diagnosis_person_id_created_at_idx').on(t.personId, t.createdAt),
		],
	);
	/** Every value ever noted, never changed: the highest version of a point is the present one. */
	const diagnosisValue = d.table(
		'diagnosis_value',
		{
			id: d.text('id').primaryKey(),
			diagnosisId: d
				.text('diagnosis_id')
				.notNull()
				.references(() => diagnosis.id, { onDelete: 'cascade' }),
			point: d.text('point', { enum: POINTS as [(typeof POINTS)[number]] }).notNull(),
			version: d.integer('version').notNull(),
			/** Sealed JSON (shared/diagnosis.ts `PointValue`). */
			valueSealed: d.sealed('value_sealed').notNull(),
			byId: d
				.text('by_id')
				.notNull()
				.references(() => account.id),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			at: d.instant('at').notNull(),
		},
		// Two professionals cannot both write the same version.
		(t) => [d.uniqueIndex('diagnosis_value_version_idx').on(t.diagnosisId, t.point, t.version)],
	);
	return { diagnosis, diagnosisValue };
};
export type DiagnosisSchema = ReturnType<typeof defineDiagnosis>;

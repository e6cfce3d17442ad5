import type { Columns } from '../columns.ts';

export const defineEvaluation = (
	d: Columns,
	{ territory }: import('./territories.ts').TerritoriesSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ appointment }: import('./appointments.ts').AppointmentsSchema,
) => {
	/** Says only « was asked » and « has answered »; nothing joins it to an answer. */
	const ratingInvitation = d.table(
		'rating_invitation',
		{
			id: d.text('id').primaryKey(),
			personId: d.text('person_id').notNull().references(() => person.id, { onDelete: 'cascade' }),
			appointmentId: d.text('appointment_id').notNull().unique().references(() => appointment.id, { onDelete: 'cascade' }),
			askedAt: d.instant('asked_at').notNull(),
			/** Calendar month only: a finer date would join it to the answer. */
			answeredMonth: d.text('answered_month'),
			expiresAt: d.instant('expires_at').notNull(),
		},
		(t) => [d.index('rating_invitation_person_id_idx').on(t.personId, t.answeredMonth)],
	);
	/** An anonymous answer: no account, no person, no exact time, a random id. */
	const rating = d.table(
		'rating',
		{
			id: d.text('id').primaryKey(),
			territoryId: d.text('territory_id').notNull().references(() => territory.id),
			/** 0, 5 or 10. */
			score: d.integer('score').notNull(),
			commentSealed: d.sealed('comment_sealed'),
			/** `YYYY-MM`. */
			month: d.text('month').notNull(),
		},
		(t) => [d.index('rating_territory_id_month_idx').on(t.territoryId, t.month, t.score)],
	);
	return { ratingInvitation, rating };
};

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';

export const defineEvaluation = (
	d: Columns,
	{ territory }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ appointment }: import('./appointments.ts').AppointmentsSchema,
) => {
	/** Says only « was asked » and « has answered »; nothing joins it to an answer. */
	const ratingInvitation = d.table(
		'rating_invitation',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			appointmentId: d
				.text('appointment_id')
				.notNull()
				.unique()
				.references(() => appointment.id, { onDelete: 'cascade' }),
			askedAt: d.instant('asked_at').notNull(),
			/** Closed or not, and how; never when: a date would join it to the answer. */
			outcome: d.text('outcome', { enum: ['answered', 'skipped'] }),
			expiresAt: d.instant('expires_at').notNull(),
		},
		(t) => [
			d.index('rating_invitation_person_id_idx').on(t.personId, t.askedAt),
			d
				.index('rating_invitation_open_asked_at_idx')
				.on(t.askedAt)
				.where(sql`outcome IS NULL`),
		],
	);
	/**
	 * Answers wait here, sealed whole and all of one length, until five of the territory leave together. The key is drawn
	 * at random, so that the order of the rows is not the order of the answers (evaluation/README.md).
	 */
	const ratingBox = d.table(
		'rating_box',
		{
			id: d.integer('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			answerSealed: d.sealed('answer_sealed').notNull(),
		},
		(t) => [d.index('rating_box_territory_id_idx').on(t.territoryId)],
	);
	/** An anonymous answer: no account, no person, no time of its own, a random key. */
	const rating = d.table(
		'rating',
		{
			id: d.integer('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			/** 0, 5 or 10. */
			score: d.integer('score').notNull(),
			commentSealed: d.sealed('comment_sealed'),
			/** `YYYY-MM` in which its batch was counted, in the zone of the territory. */
			month: d.text('month').notNull(),
		},
		(t) => [d.index('rating_territory_id_month_idx').on(t.territoryId, t.month, t.score)],
	);
	/** « Vous avez dit, nous avons fait »: a finding, what was done about it, by whom, when. */
	const improvement = d.table(
		'improvement',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			finding: d.text('finding').notNull(),
			answer: d.text('answer').notNull(),
			/** Who did it, as the public reads it: a service, never a name. */
			ownerLabel: d.text('owner_label').notNull(),
			doneOn: d.day('done_on'),
			publishedAt: d.instant('published_at'),
			createdAt: d.instant('created_at').notNull(),
			createdById: d.text('created_by_id').references(() => account.id),
		},
		(t) => [d.index('improvement_territory_id_published_at_idx').on(t.territoryId, t.publishedAt)],
	);
	return { ratingInvitation, ratingBox, rating, improvement };
};

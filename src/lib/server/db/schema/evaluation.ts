import { sql } from 'drizzle-orm';
import {
	AUDIENCES,
	MOMENTS,
	QUESTIONNAIRE_STATUSES,
	type Moment,
	type StoredQuestion,
} from '../../../shared/questions.ts';
import type { Theme } from '../../../shared/themes.ts';
import type { Columns } from '../columns.ts';

export const defineEvaluation = (
	d: Columns,
	{ territory, employmentArea }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ appointment }: import('./appointments.ts').AppointmentsSchema,
) => {
	/** Built by a coordinator; what is asked is in its versions. */
	const questionnaire = d.table(
		'questionnaire',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			title: d.text('title').notNull(),
			status: d.text('status', { enum: QUESTIONNAIRE_STATUSES }).notNull(),
			/** The draft; frozen in a version when it opens. */
			questions: d.json('questions').$type<StoredQuestion[]>().notNull(),
			moments: d.json('moments').$type<Moment[]>().notNull(),
			audience: d.text('audience', { enum: AUDIENCES }).notNull(),
			/** Null: the whole territory. */
			employmentAreaId: d.text('employment_area_id').references(() => employmentArea.id),
			/** First and last day, in the zone of the territory; null: no limit. */
			startsOn: d.day('starts_on'),
			endsOn: d.day('ends_on'),
			createdAt: d.instant('created_at').notNull(),
			createdById: d.text('created_by_id').references(() => account.id),
			updatedAt: d.instant('updated_at').notNull(),
		},
		(t) => [d.index('questionnaire_territory_id_status_idx').on(t.territoryId, t.status)],
	);
	/** What was asked, word for word: written once, never changed. A change of an open questionnaire makes the next one. */
	const questionnaireVersion = d.table(
		'questionnaire_version',
		{
			id: d.text('id').primaryKey(),
			questionnaireId: d
				.text('questionnaire_id')
				.notNull()
				.references(() => questionnaire.id),
			number: d.integer('number').notNull(),
			questions: d.json('questions').$type<StoredQuestion[]>().notNull(),
			openedAt: d.instant('opened_at').notNull(),
		},
		(t) => [d.uniqueIndex('questionnaire_version_number_idx').on(t.questionnaireId, t.number)],
	);
	/** Says only « was asked » and « has answered »; nothing joins it to an answer. */
	const ratingInvitation = d.table(
		'rating_invitation',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			moment: d.text('moment', { enum: MOMENTS }).notNull().default('appointment_seen'),
			appointmentId: d
				.text('appointment_id')
				.unique()
				.references(() => appointment.id, { onDelete: 'cascade' }),
			/** `<moment>:<id>` of what else it is about: asked once. */
			aboutKey: d.text('about_key').unique(),
			/** What is asked besides the faces; null: nothing. */
			versionId: d.text('version_id').references(() => questionnaireVersion.id),
			askedAt: d.instant('asked_at').notNull(),
			/** Closed or not, and how; never when: a date would join it to the answer. */
			outcome: d.text('outcome', { enum: ['answered', 'skipped'] }),
			expiresAt: d.instant('expires_at').notNull(),
		},
		(t) => [
			d.index('rating_invitation_person_id_idx').on(t.personId, t.askedAt),
			d.index('rating_invitation_asked_at_idx').on(t.askedAt),
			d
				.index('rating_invitation_open_asked_at_idx')
				.on(t.askedAt)
				.where(sql`outcome IS NULL`),
		],
	);
	/** Opens one invitation without signing in; only the hash of the token is kept. */
	const ratingLink = d.table(
		'rating_link',
		{
			tokenHash: d.text('token_hash').primaryKey(),
			invitationId: d
				.text('invitation_id')
				.notNull()
				.references(() => ratingInvitation.id, { onDelete: 'cascade' }),
			expiresAt: d.instant('expires_at').notNull(),
		},
		(t) => [
			d.index('rating_link_invitation_id_idx').on(t.invitationId),
			d.index('rating_link_expires_at_idx').on(t.expiresAt),
		],
	);
	/**
	 * Answers of the month wait here, sealed whole and all of one length. The key is drawn at random, so that the order of
	 * the rows is not the order of the answers (evaluation/README.md).
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
	/** Counts that are still too small to be shown, sealed together; and the month the box is being filled in. */
	const evaluationPool = d.table('evaluation_pool', {
		territoryId: d
			.text('territory_id')
			.primaryKey()
			.references(() => territory.id),
		/** `YYYY-MM`, in the zone of the territory. */
		month: d.text('month').notNull(),
		poolSealed: d.sealed('pool_sealed').notNull(),
	});
	/**
	 * What was counted at the end of a month: every row is safe to be shown alone, so that whatever is computed from these rows
	 * is safe too (evaluation/README.md). Rows are added, never changed. Empty area or moment: not detailed.
	 */
	const tally = d.table(
		'tally',
		{
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			month: d.text('month').notNull(),
			/** `face`, a field of the bank (shared/questions.ts), or `reply_…`. */
			measure: d.text('measure').notNull(),
			areaId: d.text('area_id').notNull(),
			moment: d.text('moment').notNull(),
			level: d.text('level').notNull(),
			answers: d.integer('answers').notNull(),
		},
		(t) => [
			d.primaryKey({ columns: [t.territoryId, t.measure, t.month, t.areaId, t.moment, t.level] }),
			d.index('tally_territory_id_month_idx').on(t.territoryId, t.month),
		],
	);
	/** The indicators as a month shows them, with the numbers that the next month is compared to (evaluation/publication.ts). */
	const indicatorPublication = d.table('indicator_publication', {
		territoryId: d
			.text('territory_id')
			.primaryKey()
			.references(() => territory.id),
		/** `YYYY-MM`, in the zone of the territory. */
		month: d.text('month').notNull(),
		figuresSealed: d.sealed('figures_sealed').notNull(),
	});
	/** Free words, apart from the answer they came with: no face, no place, no moment, a random key. */
	const ratingComment = d.table(
		'rating_comment',
		{
			id: d.integer('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			month: d.text('month').notNull(),
			textSealed: d.sealed('text_sealed').notNull(),
			/** Put by hand by who read it. */
			themes: d.json('themes').$type<Theme[]>().notNull(),
		},
		(t) => [d.index('rating_comment_territory_id_month_idx').on(t.territoryId, t.month)],
	);
	/** A question proposed by somebody; nothing says who. */
	const panelQuestion = d.table(
		'panel_question',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			/** `YYYY-1` to `YYYY-4`: the quarter. */
			season: d.text('season').notNull(),
			textSealed: d.sealed('text_sealed').notNull(),
			/** Words by language, once read by the coordinator. */
			words: d.json('words').$type<Record<string, string>>(),
			state: d.text('state', { enum: ['proposed', 'accepted', 'refused', 'chosen'] }).notNull(),
			/** Counted when the season ends, from sealed ballots. */
			votes: d.integer('votes').notNull(),
		},
		(t) => [d.index('panel_question_territory_id_season_idx').on(t.territoryId, t.season, t.state)],
	);
	/** Says only « has voted this season ». */
	const panelVoter = d.table(
		'panel_voter',
		{
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			season: d.text('season').notNull(),
		},
		(t) => [d.primaryKey({ columns: [t.personId, t.season] })],
	);
	/** « Je veux qu’on me rappelle », for a coordinator: says that somebody wants to talk, nothing of what they answered. */
	const callback = d.table(
		'callback',
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
			/** Last day to call, in the zone of the territory. */
			dueOn: d.day('due_on').notNull(),
			handledAt: d.instant('handled_at'),
			handledById: d.text('handled_by_id').references(() => account.id),
		},
		(t) => [
			d.index('callback_person_id_idx').on(t.personId),
			d
				.index('callback_waiting_idx')
				.on(t.territoryId, t.dueOn)
				.where(sql`handled_at IS NULL`),
		],
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
			/** The same in other languages, read by somebody who speaks them; French where there is none. */
			translations: d.json('translations').$type<Record<string, { finding: string; answer: string }>>(),
			/** When those who took part were told. */
			toldAt: d.instant('told_at'),
			doneOn: d.day('done_on'),
			publishedAt: d.instant('published_at'),
			createdAt: d.instant('created_at').notNull(),
			createdById: d.text('created_by_id').references(() => account.id),
		},
		(t) => [d.index('improvement_territory_id_published_at_idx').on(t.territoryId, t.publishedAt)],
	);
	return {
		questionnaire,
		questionnaireVersion,
		ratingInvitation,
		ratingLink,
		ratingBox,
		evaluationPool,
		tally,
		indicatorPublication,
		ratingComment,
		panelQuestion,
		panelVoter,
		callback,
		improvement,
	};
};

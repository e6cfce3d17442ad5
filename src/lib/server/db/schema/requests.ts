import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { NEED_STATUSES, OPEN_REQUEST_STATUSES, REQUEST_STATUSES } from '../../../shared/codes.ts';
import type { Question } from '../../requests/questions.ts';
import { THEMES } from '../../../shared/themes.ts';

const open = sql.raw(`status IN (${OPEN_REQUEST_STATUSES.map((status) => `'${status}'`).join(', ')})`);

export const defineRequests = (
	d: Columns,
	{ territory, structure, municipality }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
) => {
	/**
	 * The single request, from the first answer typed (`draft`) to its end. Its id is the idempotency key: sending turns
	 * the draft into a submitted request once; a replay finds it already sent.
	 */
	const supportRequest = d.table(
		'support_request',
		{
			id: d.text('id').primaryKey(),
			/** What the person holds, e.g. `08-7K4M-2QXR`; null while a draft. */
			reference: d.text('reference').unique(),
			status: d.text('status', { enum: REQUEST_STATUSES }).notNull(),
			personId: d.text('person_id').references(() => person.id, { onDelete: 'cascade' }),
			territoryId: d.text('territory_id').references(() => territory.id),
			inseeCode: d.text('insee_code').references(() => municipality.inseeCode),
			/** Hash of the cookie of the browser that fills it in, until the person is identified. */
			browserHash: d.text('browser_hash'),
			/** All answers as typed, sealed JSON (requests/answers.ts). */
			answersSealed: d.sealed('answers_sealed'),
			/** « Je ne sais pas, appelez-moi ». */
			wantsCall: d.flag('wants_call').notNull(),
			/** A roof or food is missing now (rules.ts `isUrgent`): shown first to professionals, says no more than that. */
			urgent: d.flag('urgent').notNull().default(false),
			/** Of a public that the territory serves first (orientation.ts `isPriority`), as known when it was sent; not of which. */
			priority: d.flag('priority').notNull().default(false),
			channel: d.text('channel', { enum: ['self', 'helped', 'professional'] }).notNull(),
			locale: d.text('locale').notNull(),
			createdAt: d.instant('created_at').notNull(),
			updatedAt: d.instant('updated_at').notNull(),
			submittedAt: d.instant('submitted_at'),
			assignedAt: d.instant('assigned_at'),
			assignedToId: d.text('assigned_to_id').references(() => account.id),
			closedAt: d.instant('closed_at'),
			/** First contact is due by this day, in the territory's zone and calendar. */
			respondBy: d.day('respond_by'),
			/** Silence becomes refusal for requests of money on this day (CRPA L231-4). */
			silenceOn: d.day('silence_on'),
			/** Last time the person said « J'attends toujours »: once a day at most. */
			stillWaitingAt: d.instant('still_waiting_at'),
			/** The open request its needs were added to; it stays so that a replay finds the first receipt. */
			mergedIntoId: d.text('merged_into_id'),
			/** The request of another territory that this one goes on with, after a move. */
			continuesId: d.text('continues_id'),
		},
		(t) => [
			d.uniqueIndex('support_request_one_open_idx').on(t.personId).where(open),
			d.index('support_request_territory_id_status_idx').on(t.territoryId, t.status, t.submittedAt),
			// What nobody took yet, in the order of the list: urgent, priority audiences, then the day to answer by.
			d
				.index('support_request_waiting_idx')
				.on(t.territoryId, sql`urgent DESC`, sql`priority DESC`, t.respondBy, t.submittedAt)
				.where(sql`status = 'submitted'`),
			// Those whose person said that they still wait.
			d
				.index('support_request_still_waiting_idx')
				.on(t.territoryId, t.stillWaitingAt)
				.where(sql`status = 'submitted' AND still_waiting_at IS NOT NULL`),
			// What somebody took and has not answered yet, the oldest first.
			d
				.index('support_request_taken_idx')
				.on(t.territoryId, t.submittedAt)
				.where(sql`status IN ('assigned', 'in_diagnosis')`),
			// Closed lately: in how many days they were answered.
			d
				.index('support_request_closed_idx')
				.on(t.territoryId, t.closedAt)
				.where(sql`status = 'closed'`),
			d.index('support_request_territory_id_submitted_at_idx').on(t.territoryId, t.submittedAt),
			d.index('support_request_continues_id_idx').on(t.continuesId),
			d.index('support_request_person_id_idx').on(t.personId),
			d.index('support_request_browser_hash_idx').on(t.browserHash),
			// Drafts by their last change: about to close, or old enough to be forgotten.
			d
				.index('support_request_draft_updated_at_idx')
				.on(t.updatedAt)
				.where(sql`status = 'draft'`),
		],
	);
	const need = d.table(
		'need',
		{
			id: d.text('id').primaryKey(),
			requestId: d
				.text('request_id')
				.notNull()
				.references(() => supportRequest.id, { onDelete: 'cascade' }),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			theme: d.text('theme', { enum: THEMES }).notNull(),
			status: d.text('status', { enum: NEED_STATUSES }).notNull(),
			/** What was answered about it, in words, sealed. */
			detailSealed: d.sealed('detail_sealed'),
			structureId: d.text('structure_id').references(() => structure.id),
			expectedOn: d.day('expected_on'),
			createdAt: d.instant('created_at').notNull(),
			closedAt: d.instant('closed_at'),
		},
		(t) => [
			d.uniqueIndex('need_request_id_theme_idx').on(t.requestId, t.theme),
			d.index('need_person_id_idx').on(t.personId),
			// What nobody has begun, by the day it was said: the list of delays (people/follow-up-delays.ts repeats these very words).
			d
				.index('need_open_expected_on_idx')
				.on(t.expectedOn)
				.where(sql`status = 'open' AND expected_on IS NOT NULL`),
		],
	);
	/** Questions of a theme in a territory that changed those every territory starts with (requests/questions.json). */
	const themeQuestions = d.table(
		'theme_questions',
		{
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			theme: d.text('theme', { enum: THEMES }).notNull(),
			questions: d.json('questions').$type<Question[]>().notNull(),
		},
		(t) => [d.primaryKey({ columns: [t.territoryId, t.theme] })],
	);
	return { supportRequest, need, themeQuestions };
};
export type RequestsSchema = ReturnType<typeof defineRequests>;

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import {
	GOAL_STATES,
	GROUP_STATES,
	PATHWAY_KINDS,
	STAGE_STATES,
	STEP_OWNERS,
	STEP_STATES,
} from '../../../shared/codes.ts';
import { CHECK_IN_ANSWERS, END_REASONS, WORK_CONTRACTS } from '../../../shared/closing.ts';
import { THEMES, type Theme } from '../../../shared/themes.ts';

export const definePathway = (
	d: Columns,
	{ territory, structure }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
) => {
	const pathway = d.table(
		'pathway',
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
			kind: d.text('kind', { enum: PATHWAY_KINDS }).notNull(),
			startedAt: d.instant('started_at').notNull(),
			endedAt: d.instant('ended_at'),
			endReason: d.text('end_reason', { enum: END_REASONS }),
			/** Of a return to work, as far as known. */
			workContract: d.text('work_contract', { enum: WORK_CONTRACTS }),
			endNoteSealed: d.sealed('end_note_sealed'),
			/** Latest orientation decision: the month to sign the contract counts from here; null: from `startedAt`. */
			orientedAt: d.instant('oriented_at'),
			orientationReasonSealed: d.sealed('orientation_reason_sealed'),
			/** When the person said « j’attends toujours »; null again once something moved. */
			stillWaitingAt: d.instant('still_waiting_at'),
			// What an open pathway waits since. The database keeps these by itself (decision 0009): never written from here.
			/** Latest of its beginning, a step added or done, a stage entered. */
			movedAt: d.instant('moved_at'),
			/** Latest of its beginning and an appointment the person came to. */
			metAt: d.instant('met_at'),
			/** The last appointment that is booked. */
			meetsAt: d.instant('meets_at'),
			/** Latest of its beginning, its orientation and a *point de situation*. */
			reviewedAt: d.instant('reviewed_at'),
		},
		(t) => [
			d
				.uniqueIndex('pathway_one_open_idx')
				.on(t.personId)
				.where(sql`ended_at IS NULL`),
			d.index('pathway_person_id_started_at_idx').on(t.personId, t.startedAt),
			// What open pathways wait for, the longest first.
			d
				.index('pathway_open_moved_at_idx')
				.on(t.territoryId, t.movedAt)
				.where(sql`ended_at IS NULL`),
			d
				.index('pathway_open_met_at_idx')
				.on(t.territoryId, t.metAt)
				.where(sql`ended_at IS NULL`),
			d
				.index('pathway_open_reviewed_at_idx')
				.on(t.territoryId, t.kind, t.reviewedAt)
				.where(sql`ended_at IS NULL`),
			// Those supported for three months.
			d.index('pathway_started_at_idx').on(t.startedAt),
		],
	);
	/** Copied from the territory's template when the pathway opens: a later change of template changes nobody's past. */
	const stage = d.table(
		'stage',
		{
			id: d.text('id').primaryKey(),
			pathwayId: d
				.text('pathway_id')
				.notNull()
				.references(() => pathway.id, { onDelete: 'cascade' }),
			position: d.integer('position').notNull(),
			name: d.json('name').$type<Record<string, string>>().notNull(),
			targetDays: d.integer('target_days').notNull(),
			dayType: d.text('day_type', { enum: ['calendar', 'ouvrable', 'ouvre'] }).notNull(),
			state: d.text('state', { enum: STAGE_STATES }).notNull(),
			enteredAt: d.instant('entered_at'),
			leftAt: d.instant('left_at'),
			/** Day by which it should be left, in the territory's zone and calendar; set when it is entered. */
			targetOn: d.day('target_on'),
			/** The first months at work: of no template, entered on a return to work. */
			inWork: d.flag('in_work').notNull().default(false),
			/** Why it was skipped or gone back to. */
			reasonSealed: d.sealed('reason_sealed'),
		},
		(t) => [
			d.uniqueIndex('stage_pathway_id_position_idx').on(t.pathwayId, t.position),
			d
				.uniqueIndex('stage_one_current_idx')
				.on(t.pathwayId)
				.where(sql`state = 'current'`),
			// How long stages took, lately.
			d.index('stage_left_at_idx').on(t.leftAt),
			// The list of passed targets, oldest first.
			d
				.index('stage_current_target_on_idx')
				.on(t.targetOn)
				.where(sql`state = 'current'`),
		],
	);
	/** What the person is after, by theme; several steps may serve one. */
	const goal = d.table(
		'goal',
		{
			id: d.text('id').primaryKey(),
			pathwayId: d
				.text('pathway_id')
				.notNull()
				.references(() => pathway.id, { onDelete: 'cascade' }),
			theme: d.text('theme', { enum: THEMES }).notNull(),
			textSealed: d.sealed('text_sealed').notNull(),
			state: d.text('state', { enum: GOAL_STATES }).notNull(),
			createdById: d.text('created_by_id').references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
			/** When it was reached or given up. */
			endedAt: d.instant('ended_at'),
			/** As for steps: a form made from an older one is refused. */
			version: d.integer('version').notNull(),
		},
		(t) => [d.index('goal_pathway_id_created_at_idx').on(t.pathwayId, t.createdAt)],
	);
	/** One *point de situation* that was held: what was looked at; its decisions are steps. When the next is due is computed. */
	const situationReview = d.table(
		'situation_review',
		{
			id: d.text('id').primaryKey(),
			pathwayId: d
				.text('pathway_id')
				.notNull()
				.references(() => pathway.id, { onDelete: 'cascade' }),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			heldAt: d.instant('held_at').notNull(),
			heldById: d
				.text('held_by_id')
				.notNull()
				.references(() => account.id),
			/** In plain words: the person reads it. */
			lookedSealed: d.sealed('looked_sealed').notNull(),
		},
		(t) => [d.index('situation_review_pathway_id_held_at_idx').on(t.pathwayId, t.heldAt)],
	);
	/** One meeting of professionals about one person, who is told why beforehand and answered afterwards. */
	const caseGroup = d.table(
		'case_group',
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
			proposedById: d
				.text('proposed_by_id')
				.notNull()
				.references(() => account.id),
			state: d.text('state', { enum: GROUP_STATES }).notNull(),
			/** Why: told to the person. */
			whySealed: d.sealed('why_sealed').notNull(),
			agendaSealed: d.sealed('agenda_sealed'),
			/** What they meet about: those invited read goals and steps of these alone. Null: proposed before it was asked, all. */
			themes: d.json('themes').$type<Theme[] | null>(),
			/** The person's own word. */
			wordSealed: d.sealed('word_sealed'),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
			zone: d.text('zone').notNull(),
			lookedSealed: d.sealed('looked_sealed'),
			/** What the person is answered, in plain words. */
			answerSealed: d.sealed('answer_sealed'),
			createdAt: d.instant('created_at').notNull(),
			/** When the person refused, it was called off, or the decisions were written. */
			closedAt: d.instant('closed_at'),
		},
		(t) => [
			d.index('case_group_person_id_starts_at_idx').on(t.personId, t.startsAt),
			d.index('case_group_territory_id_starts_at_idx').on(t.territoryId, t.startsAt),
		],
	);
	const caseGroupMember = d.table(
		'case_group_member',
		{
			groupId: d
				.text('group_id')
				.notNull()
				.references(() => caseGroup.id, { onDelete: 'cascade' }),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id),
		},
		(t) => [
			d.primaryKey({ columns: [t.groupId, t.accountId] }),
			d.index('case_group_member_account_id_idx').on(t.accountId),
		],
	);
	const step = d.table(
		'step',
		{
			id: d.text('id').primaryKey(),
			pathwayId: d
				.text('pathway_id')
				.notNull()
				.references(() => pathway.id, { onDelete: 'cascade' }),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			titleSealed: d.sealed('title_sealed').notNull(),
			noteSealed: d.sealed('note_sealed'),
			/** What the person says when they cannot manage, in their own words. */
			personNoteSealed: d.sealed('person_note_sealed'),
			/** When the person said « je n’y arrive pas »; null again once a professional moved it on, or it is done. */
			stuckAt: d.instant('stuck_at'),
			theme: d.text('theme', { enum: THEMES }),
			owner: d.text('owner', { enum: STEP_OWNERS }).notNull(),
			ownerAccountId: d.text('owner_account_id').references(() => account.id),
			ownerStructureId: d.text('owner_structure_id').references(() => structure.id),
			/** Last day to do it, in the territory's zone. */
			dueOn: d.day('due_on'),
			state: d.text('state', { enum: STEP_STATES }).notNull(),
			goalId: d.text('goal_id').references(() => goal.id, { onDelete: 'set null' }),
			/** Hours a week it counts for in the weekly activity of the contract; null: it does not count. */
			weeklyHours: d.integer('weekly_hours'),
			/** Themes of the territory's roadmap. */
			tags: d.json('tags').$type<string[]>(),
			/** The review or the meeting that decided it. */
			decidedInId: d.text('decided_in_id'),
			createdById: d.text('created_by_id').references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
			/** Bumped at each change: a form that carries an older one is refused, nobody overwrites silently. */
			version: d.integer('version').notNull(),
			doneAt: d.instant('done_at'),
		},
		(t) => [
			d.index('step_person_id_state_due_on_idx').on(t.personId, t.state, t.dueOn),
			d.index('step_pathway_id_idx').on(t.pathwayId),
			// Those to remind of, by last day (reminders/prompts.ts repeats these very words).
			d
				.index('step_own_open_due_on_idx')
				.on(t.dueOn)
				.where(sql`owner = 'person' AND state IN ('planned', 'in_progress')`),
			// What professionals promised, by last day: the list of delays (follow-up-delays.ts repeats these very words).
			d
				.index('step_promised_open_due_on_idx')
				.on(t.dueOn)
				.where(sql`owner IN ('referent', 'structure') AND state IN ('planned', 'in_progress', 'waiting')`),
			// « Mes actions » of a professional (pathway/own-steps.ts repeats these very words).
			d
				.index('step_owner_account_id_open_due_on_idx')
				.on(t.ownerAccountId, t.dueOn)
				.where(sql`owner = 'referent' AND state IN ('planned', 'in_progress', 'waiting')`),
		],
	);
	/** One question asked during the first months at work, on the day it is due. */
	const checkIn = d.table(
		'check_in',
		{
			id: d.text('id').primaryKey(),
			pathwayId: d
				.text('pathway_id')
				.notNull()
				.references(() => pathway.id, { onDelete: 'cascade' }),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			week: d.integer('week').notNull(),
			/** In the territory's zone. */
			dueOn: d.day('due_on').notNull(),
			answer: d.text('answer', { enum: CHECK_IN_ANSWERS }),
			noteSealed: d.sealed('note_sealed'),
			answeredAt: d.instant('answered_at'),
			/** When a professional took it in hand, a later answer made it past, or the job ended. */
			handledAt: d.instant('handled_at'),
		},
		(t) => [
			// Not the week: who is taken on again is asked the same weeks, on other days.
			d.uniqueIndex('check_in_pathway_id_due_on_idx').on(t.pathwayId, t.dueOn),
			d.index('check_in_person_id_due_on_idx').on(t.personId, t.dueOn),
		],
	);
	return { pathway, stage, goal, situationReview, step, checkIn, caseGroup, caseGroupMember };
};
export type PathwaySchema = ReturnType<typeof definePathway>;

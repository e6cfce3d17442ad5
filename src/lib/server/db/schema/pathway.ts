import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { PATHWAY_KINDS, STAGE_STATES, STEP_OWNERS, STEP_STATES } from '../../../shared/codes.ts';
import { CHECK_IN_ANSWERS, END_REASONS } from '../../../shared/closing.ts';
import { THEMES } from '../../../shared/themes.ts';

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
			endNoteSealed: d.sealed('end_note_sealed'),
			/** Latest orientation decision: the month to sign the contract counts from here; null: from `startedAt`. */
			orientedAt: d.instant('oriented_at'),
			orientationReasonSealed: d.sealed('orientation_reason_sealed'),
		},
		(t) => [
			d
				.uniqueIndex('pathway_one_open_idx')
				.on(t.personId)
				.where(sql`ended_at IS NULL`),
			d.index('pathway_person_id_started_at_idx').on(t.personId, t.startedAt),
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
			theme: d.text('theme', { enum: THEMES }),
			owner: d.text('owner', { enum: STEP_OWNERS }).notNull(),
			ownerAccountId: d.text('owner_account_id').references(() => account.id),
			ownerStructureId: d.text('owner_structure_id').references(() => structure.id),
			/** Last day to do it, in the territory's zone. */
			dueOn: d.day('due_on'),
			state: d.text('state', { enum: STEP_STATES }).notNull(),
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
			/** When a professional took it in hand, or a later answer made it past. */
			handledAt: d.instant('handled_at'),
		},
		(t) => [
			d.uniqueIndex('check_in_pathway_id_week_idx').on(t.pathwayId, t.week),
			d.index('check_in_person_id_due_on_idx').on(t.personId, t.dueOn),
		],
	);
	return { pathway, stage, step, checkIn };
};
export type PathwaySchema = ReturnType<typeof definePathway>;

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { AID_STATUSES } from '../../../shared/codes.ts';

/** What a change brought, as codes, `YYYY-MM-DD` days and cents. */
export interface AidEventDetail {
	papers?: string[];
	dueOn?: string;
	reason?: string;
	amountCents?: number;
	/** The person declared this paper sent: the status did not change. */
	declared?: string;
}

export const defineChildcare = (
	d: Columns,
	{ territory, structure }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ supportRequest }: import('./requests.ts').RequestsSchema,
) => {
	const childcareAid = d.table(
		'childcare_aid',
		{
			id: d.text('id').primaryKey(),
			reference: d.text('reference').notNull().unique(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			requestId: d.text('request_id').references(() => supportRequest.id),
			deciderStructureId: d.text('decider_structure_id').references(() => structure.id),
			status: d.text('status', { enum: AID_STATUSES }).notNull(),
			/** Who must do what next: kept with the status so that page and message say the same. */
			nextActor: d.text('next_actor', { enum: ['person', 'structure', 'nobody'] }).notNull(),
			/** Last day for the next actor, in the territory's zone. */
			nextBy: d.day('next_by'),
			statusSince: d.instant('status_since').notNull(),
			/** Where the status comes from, and of when: the portal cannot know France Travail's own. */
			source: d.text('source', { enum: ['portal', 'referent', 'person'] }).notNull(),
			asOf: d.instant('as_of').notNull(),
			amountCents: d.integer('amount_cents'),
			/** Code of why it was refused or granted in part. */
			reason: d.text('reason'),
			/** Silence becomes refusal on this day (CRPA L231-4 3°), moved by pauses. */
			silenceOn: d.day('silence_on'),
			/** While papers are asked for, the clock stands still until this day at most (CRPA L114-5). */
			pausedUntil: d.day('paused_until'),
			version: d.integer('version').notNull(),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [
			d.index('childcare_aid_person_id_idx').on(t.personId),
			d.index('childcare_aid_decider_idx').on(t.deciderStructureId, t.status, t.silenceOn),
			d
				.uniqueIndex('childcare_aid_one_open_idx')
				.on(t.personId)
				.where(sql`status IN ('draft', 'submitted', 'incomplete', 'under_review')`),
		],
	);
	/** Dated history: every change keeps who, when and why. */
	const childcareAidEvent = d.table(
		'childcare_aid_event',
		{
			id: d.text('id').primaryKey(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			status: d.text('status', { enum: AID_STATUSES }).notNull(),
			/** Version of the aid that it made: the order of the history. */
			version: d.integer('version').notNull(),
			byAccountId: d.text('by_account_id').references(() => account.id),
			/** Codes, days and amounts only, to tell the history in the words of the day. */
			detail: d.json('detail').$type<AidEventDetail>().notNull(),
			noteSealed: d.sealed('note_sealed'),
			at: d.instant('at').notNull(),
		},
		(t) => [d.uniqueIndex('childcare_aid_event_aid_id_version_idx').on(t.aidId, t.version)],
	);
	/** A paper that is asked for: named, why, until when. */
	const supportingDocument = d.table(
		'supporting_document',
		{
			id: d.text('id').primaryKey(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			kind: d.text('kind').notNull(),
			askedAt: d.instant('asked_at').notNull(),
			dueOn: d.day('due_on'),
			/** The person says it was sent or handed in. */
			declaredAt: d.instant('declared_at'),
			receivedAt: d.instant('received_at'),
		},
		(t) => [
			d.uniqueIndex('supporting_document_aid_id_kind_idx').on(t.aidId, t.kind),
			// Papers still missing, by last day.
			d
				.index('supporting_document_missing_due_on_idx')
				.on(t.dueOn)
				.where(sql`declared_at IS NULL AND received_at IS NULL`),
		],
	);
	return { childcareAid, childcareAidEvent, supportingDocument };
};

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { AID_STATUSES, type AidStatus } from '../../../shared/codes.ts';

/** What a change brought, as codes, `YYYY-MM-DD` days and cents. */
export interface AidEventDetail {
	papers?: string[];
	dueOn?: string;
	reason?: string;
	amountCents?: number;
	/** The person declared this paper sent: the status did not change. */
	declared?: string;
	/** Granted from and to these days, for so many hours a week. */
	periodFrom?: string;
	periodTo?: string;
	hoursPerWeek?: number;
	/** Who it was handed to, when another body decides. */
	transmittedTo?: string;
	/** Day of the payment. */
	paidOn?: string;
	/** Waits for a second pair of eyes: nothing is decided, and the person is not told. */
	proposed?: boolean;
	/** The person said another day that cannot wait: the status did not change. */
	urgentOn?: string;
	/** Refused by silence, and asked for again: reference of the new file. */
	replacedBy?: string;
}

/** A decision that one professional proposed and another must confirm (four eyes). */
export interface AidProposal {
	to: AidStatus;
	byAccountId: string;
	detail: AidEventDetail;
}

/** Words by language; French is always there. */
export type Words = Record<string, string> & { fr: string };

/** All that a territory decides about one of its aids; a version of it never changes (aid_scheme_version). */
export interface SchemeContent {
	name: Words;
	/** What it pays for, in a sentence. */
	purpose: Words;
	conditions: Words[];
	/** Dated amounts: what for, how much at most. */
	amounts: { label: Words; cents: number }[];
	/** Codes of papers (shared/aids.ts). */
	papers: string[];
	deciderStructureId: string | null;
	/** People may ask for it. */
	open: boolean;
	/** Months to ask, from the start of the work or training; null: at any time. */
	applyWithinMonths: number | null;
	/** From this amount, two professionals decide; null: one is enough. */
	fourEyesCents: number | null;
	/** Envelope of a calendar year; null: none. */
	budgetCents: number | null;
}

export const defineChildcare = (
	d: Columns,
	{ territory, structure }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ supportRequest }: import('./requests.ts').RequestsSchema,
) => {
	/** An aid of a territory: childcare, driving licence, repair… Its rules are in its versions. */
	const aidScheme = d.table(
		'aid_scheme',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			/** `childcare`, `driving_licence`…: kind of its files, never changed. */
			code: d.text('code').notNull(),
			/** Theme of the need that it answers. */
			theme: d.text('theme').notNull(),
			position: d.integer('position').notNull(),
		},
		(t) => [d.uniqueIndex('aid_scheme_territory_id_code_idx').on(t.territoryId, t.code)],
	);
	/** Rules of an aid from a day on: a change adds a version, so that files keep the one they were sent under. */
	const aidSchemeVersion = d.table(
		'aid_scheme_version',
		{
			id: d.text('id').primaryKey(),
			schemeId: d
				.text('scheme_id')
				.notNull()
				.references(() => aidScheme.id),
			version: d.integer('version').notNull(),
			/** Day included, in the territory's zone. */
			startsOn: d.day('starts_on').notNull(),
			content: d.json('content').$type<SchemeContent>().notNull(),
			/** Null: shipped with the profile. */
			changedById: d.text('changed_by_id').references(() => account.id),
			changedAt: d.instant('changed_at').notNull(),
		},
		(t) => [d.uniqueIndex('aid_scheme_version_scheme_id_version_idx').on(t.schemeId, t.version)],
	);
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
			/** Code of the aid of the territory, or `elsewhere:<body>` for a file that another body decides. */
			kind: d.text('kind').notNull(),
			/** The rules it was sent under; null for a file decided elsewhere. */
			schemeVersionId: d.text('scheme_version_id').references(() => aidSchemeVersion.id),
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
			/** Null for a draft. */
			sentAt: d.instant('sent_at'),
			/** Day of an interview or of a job that cannot wait. */
			urgentOn: d.day('urgent_on'),
			/** First day of the work or training, when the person said it. */
			startsOn: d.day('starts_on'),
			/** Day of the decision: year of the envelope, delay of the statistics. */
			decidedOn: d.day('decided_on'),
			/** What was granted, to whom it was handed, when it was paid. */
			outcome: d.json('outcome').$type<AidEventDetail | null>(),
			proposal: d.json('proposal').$type<AidProposal | null>(),
			amountCents: d.integer('amount_cents'),
			/** Code of why it was refused or granted in part. */
			reason: d.text('reason'),
			/** Silence becomes refusal on this day (CRPA L231-4 3°), moved by pauses. */
			silenceOn: d.day('silence_on'),
			/** While papers are asked for, the clock stands still until this day at most (CRPA L114-5). */
			pausedUntil: d.day('paused_until'),
			/** Silence refused it and another was asked for: it stays to be read and contested, and nothing moves it any more. */
			replacedAt: d.instant('replaced_at'),
			version: d.integer('version').notNull(),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [
			d.index('childcare_aid_person_id_idx').on(t.personId),
			// Those decided lately.
			d.index('childcare_aid_status_since_idx').on(t.statusSince),
			d.index('childcare_aid_decider_idx').on(t.deciderStructureId, t.status, t.silenceOn),
			d
				.uniqueIndex('childcare_aid_one_open_idx')
				.on(t.personId, t.kind)
				.where(sql`status IN ('draft', 'submitted', 'incomplete', 'under_review') AND replaced_at IS NULL`),
			// Files that silence will refuse soon.
			d
				.index('childcare_aid_silence_on_idx')
				.on(t.silenceOn)
				.where(sql`status IN ('submitted', 'incomplete', 'under_review')`),
			// Delays, reasons and money of a territory.
			d.index('childcare_aid_territory_id_kind_decided_on_idx').on(t.territoryId, t.kind, t.decidedOn),
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
	/** A child that a file is for. */
	const aidChild = d.table(
		'aid_child',
		{
			id: d.text('id').primaryKey(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			firstNameSealed: d.sealed('first_name_sealed').notNull(),
			/** `YYYY-MM-DD`. */
			birthDateSealed: d.sealed('birth_date_sealed').notNull(),
			/** Lives in turn with each parent: each may have a file. */
			sharedCustody: d.flag('shared_custody').notNull(),
			/** Keyed hash of the child and the aid once the file is sent, while it is open and custody is not shared: one file for one child. */
			claim: d.text('claim'),
			/** The same hash once the file is sent, whatever the custody, and kept: who decides is told when two files differ on it. */
			mention: d.text('mention'),
		},
		(t) => [
			d.index('aid_child_aid_id_idx').on(t.aidId),
			d.uniqueIndex('aid_child_claim_idx').on(t.claim),
			d
				.index('aid_child_mention_idx')
				.on(t.mention)
				.where(sql`mention IS NOT NULL`),
		],
	);
	/** Another adult of the household who may read this file, until it is withdrawn. */
	const aidGuest = d.table(
		'aid_guest',
		{
			id: d.text('id').primaryKey(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			/** First name that the person gave, for their own list. */
			nameSealed: d.sealed('name_sealed').notNull(),
			createdAt: d.instant('created_at').notNull(),
			endedAt: d.instant('ended_at'),
		},
		(t) => [
			d.index('aid_guest_account_id_idx').on(t.accountId),
			d
				.uniqueIndex('aid_guest_once_idx')
				.on(t.aidId, t.accountId)
				.where(sql`ended_at IS NULL`),
		],
	);
	/** A sheet that was printed: what it says, and the address that proves it. */
	const aidProof = d.table(
		'aid_proof',
		{
			id: d.text('id').primaryKey(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			tokenHash: d.text('token_hash').notNull().unique(),
			/** To print the same sheet again. */
			tokenSealed: d.sealed('token_sealed').notNull(),
			/** What the paper says, as JSON: the address shows nothing else. */
			factsSealed: d.sealed('facts_sealed').notNull(),
			/** Version of the file it was printed from. */
			aidVersion: d.integer('aid_version').notNull(),
			createdAt: d.instant('created_at').notNull(),
			expiresAt: d.instant('expires_at').notNull(),
			revokedAt: d.instant('revoked_at'),
		},
		(t) => [d.index('aid_proof_aid_id_idx').on(t.aidId)],
	);
	/** An e-mail to those who decide or follow: a date that comes near, something that cannot wait. Names nobody. */
	const aidNotice = d.table(
		'aid_notice',
		{
			id: d.text('id').primaryKey(),
			onceKey: d.text('once_key').notNull().unique(),
			aidId: d
				.text('aid_id')
				.notNull()
				.references(() => childcareAid.id, { onDelete: 'cascade' }),
			kind: d.text('kind', { enum: ['silence', 'urgent', 'transmitted'] }).notNull(),
			/** To the structure's address, or to this professional's; with both, to one of those who work in that structure. */
			structureId: d.text('structure_id').references(() => structure.id),
			accountId: d.text('account_id').references(() => account.id),
			/** Day that it names. */
			day: d.day('day').notNull(),
			/** Next try; null when nothing is left to do. */
			actAt: d.instant('act_at'),
			attempts: d.integer('attempts').notNull(),
			sentAt: d.instant('sent_at'),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [
			d
				.index('aid_notice_act_at_idx')
				.on(t.actAt)
				.where(sql`act_at IS NOT NULL`),
		],
	);
	return {
		aidScheme,
		aidSchemeVersion,
		childcareAid,
		childcareAidEvent,
		supportingDocument,
		aidChild,
		aidGuest,
		aidProof,
		aidNotice,
	};
};
export type ChildcareSchema = ReturnType<typeof defineChildcare>;

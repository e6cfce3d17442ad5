import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { PATHWAY_KINDS } from '../../../shared/codes.ts';
import { DECLINE_REASONS, FILING_WAYS, ORIENTATION_STATES } from '../../../shared/handling.ts';

/** What professionals do with a sent request (requests/README.md, « Handling »). */
export const defineHandling = (
	d: Columns,
	{ territory, structure, municipality }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ supportRequest, need }: import('./requests.ts').RequestsSchema,
) => {
	/**
	 * One decision: to whom the whole request (`needId` null) or one of its needs goes. The `present` one counts, those
	 * before it are its history.
	 */
	const orientation = d.table(
		'orientation',
		{
			id: d.text('id').primaryKey(),
			requestId: d
				.text('request_id')
				.notNull()
				.references(() => supportRequest.id, { onDelete: 'cascade' }),
			needId: d.text('need_id').references(() => need.id, { onDelete: 'cascade' }),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			/** The professional it was given to, or who took it. */
			accountId: d.text('account_id').references(() => account.id),
			kind: d.text('kind', { enum: PATHWAY_KINDS }),
			state: d.text('state', { enum: ORIENTATION_STATES }).notNull(),
			present: d.flag('present').notNull(),
			/** What the rules proposed then; null when they proposed nothing. */
			proposedStructureId: d.text('proposed_structure_id'),
			proposedAccountId: d.text('proposed_account_id'),
			proposedKind: d.text('proposed_kind', { enum: PATHWAY_KINDS }),
			/** The proposal was accepted as it was; null when nothing was proposed, or nobody had to choose. */
			followed: d.flag('followed'),
			/** Why something else was chosen. */
			reasonSealed: d.sealed('reason_sealed'),
			declineReason: d.text('decline_reason', { enum: DECLINE_REASONS }),
			declineNoteSealed: d.sealed('decline_note_sealed'),
			byId: d
				.text('by_id')
				.notNull()
				.references(() => account.id),
			at: d.instant('at').notNull(),
			endedById: d.text('ended_by_id').references(() => account.id),
			endedAt: d.instant('ended_at'),
		},
		(t) => [
			d
				.uniqueIndex('orientation_one_whole_idx')
				.on(t.requestId)
				.where(sql`present = 1 AND need_id IS NULL`),
			d
				.uniqueIndex('orientation_one_need_idx')
				.on(t.needId)
				.where(sql`present = 1 AND need_id IS NOT NULL`),
			d.index('orientation_request_id_idx').on(t.requestId, t.at),
			d
				.index('orientation_structure_id_sent_idx')
				.on(t.structureId, t.at)
				.where(sql`present = 1 AND state = 'sent'`),
			d
				.index('orientation_territory_id_sent_idx')
				.on(t.territoryId, t.at)
				.where(sql`present = 1 AND state = 'sent'`),
			d
				.index('orientation_territory_id_declined_idx')
				.on(t.territoryId, t.at)
				.where(sql`present = 1 AND state = 'declined'`),
			// How often proposals are followed, lately.
			d
				.index('orientation_territory_id_followed_idx')
				.on(t.territoryId, t.at)
				.where(sql`followed IS NOT NULL`),
		],
	);
	/** A professional proposes to take note of a move; only the person's agreement moves anything. */
	const moveProposal = d.table(
		'move_proposal',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			inseeCode: d
				.text('insee_code')
				.notNull()
				.references(() => municipality.inseeCode),
			proposedById: d
				.text('proposed_by_id')
				.notNull()
				.references(() => account.id),
			at: d.instant('at').notNull(),
			answeredAt: d.instant('answered_at'),
			agreed: d.flag('agreed'),
		},
		(t) => [
			d
				.uniqueIndex('move_proposal_one_open_idx')
				.on(t.personId)
				.where(sql`answered_at IS NULL`),
			d.index('move_proposal_person_id_idx').on(t.personId),
		],
	);
	/** Somebody compared two files: the same person, merged into `keptId`, or two people, never proposed again. */
	const identityDecision = d.table(
		'identity_decision',
		{
			id: d.text('id').primaryKey(),
			keptId: d
				.text('kept_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			/** No reference: a merged file is no more. */
			otherId: d.text('other_id').notNull(),
			answer: d.text('answer', { enum: ['same', 'different'] }).notNull(),
			/** Names, birth date and contact of the file that is no more, sealed JSON: a mistake can be read back. */
			mergedSealed: d.sealed('merged_sealed'),
			byId: d.text('by_id').references(() => account.id),
			at: d.instant('at').notNull(),
		},
		(t) => [
			d.index('identity_decision_kept_id_idx').on(t.keptId, t.at),
			d.index('identity_decision_other_id_idx').on(t.otherId),
		],
	);
	/** A request that a professional typed: who, how, and when the person agreed. */
	const filing = d.table('filing', {
		requestId: d
			.text('request_id')
			.primaryKey()
			.references(() => supportRequest.id, { onDelete: 'cascade' }),
		byId: d
			.text('by_id')
			.notNull()
			.references(() => account.id),
		structureId: d
			.text('structure_id')
			.notNull()
			.references(() => structure.id),
		way: d.text('way', { enum: FILING_WAYS }).notNull(),
		consentAt: d.instant('consent_at').notNull(),
	});
	/** The link of a printed sheet, by which the person takes their request over. Only the hash is stored. */
	const handover = d.table(
		'handover',
		{
			tokenHash: d.text('token_hash').primaryKey(),
			requestId: d
				.text('request_id')
				.notNull()
				.references(() => supportRequest.id, { onDelete: 'cascade' }),
			createdById: d
				.text('created_by_id')
				.notNull()
				.references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
			expiresAt: d.instant('expires_at').notNull(),
			/** Wrong birth dates typed so far. */
			tries: d.integer('tries').notNull(),
			usedAt: d.instant('used_at'),
		},
		(t) => [d.index('handover_request_id_idx').on(t.requestId), d.index('handover_expires_at_idx').on(t.expiresAt)],
	);
	return { orientation, moveProposal, identityDecision, filing, handover };
};
export type HandlingSchema = ReturnType<typeof defineHandling>;

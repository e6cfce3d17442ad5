import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { DEVICES, ROLES } from '../../../shared/codes.ts';

export const defineAccounts = (d: Columns, territories: import('./territories.ts').TerritoriesSchema) => {
	const account = d.table(
		'account',
		{
			id: d.text('id').primaryKey(),
			role: d.text('role', { enum: ROLES }).notNull(),
			status: d.text('status', { enum: ['active', 'disabled'] }).notNull(),
			/** Normalised; not unique, because couples share phones and e-mail. */
			email: d.text('email'),
			/** E.164; not unique either. */
			phone: d.text('phone'),
			/** Professionals' own name; a beneficiary's is on the person. */
			displayName: d.text('display_name').notNull(),
			/** Beneficiaries and co-parents only; the row is of `person`, which depends on accounts, hence no reference here. */
			personId: d.text('person_id'),
			territoryId: d.text('territory_id').references(() => territories.territory.id),
			structureId: d.text('structure_id').references(() => territories.structure.id),
			/** Professionals: which half of a pair they are. */
			side: d.text('side', { enum: ['social', 'work'] }),
			locale: d.text('locale').notNull(),
			createdAt: d.instant('created_at').notNull(),
			lastSeenAt: d.instant('last_seen_at'),
		},
		(t) => [
			d.index('account_email_idx').on(t.email),
			d.index('account_phone_idx').on(t.phone),
			d.uniqueIndex('account_person_id_idx').on(t.personId),
			d.index('account_territory_id_role_idx').on(t.territoryId, t.role),
			d
				.index('account_staff_idx')
				.on(t.territoryId, t.status, t.displayName)
				.where(sql`role IN ('referent', 'coordinator')`),
			d.index('account_structure_id_idx').on(t.structureId),
		],
	);
	const session = d.table(
		'session',
		{
			/** SHA-256 of the cookie's token: a stolen database opens nothing. */
			id: d.text('id').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			kind: d.text('kind', { enum: ['own_phone', 'shared_phone', 'professional'] }).notNull(),
			/** System of the phone or computer, for the list of places one is signed in. */
			device: d.text('device', { enum: DEVICES }).notNull(),
			createdAt: d.instant('created_at').notNull(),
			/** Moved by use, never past `endsAt`. */
			idleUntil: d.instant('idle_until').notNull(),
			endsAt: d.instant('ends_at').notNull(),
		},
		(t) => [d.index('session_account_id_idx').on(t.accountId), d.index('session_idle_until_idx').on(t.idleUntil)],
	);
	/** One-time codes: 6 digits, 10 minutes, 5 tries, bound to the browser that asked. */
	const signInCode = d.table(
		'sign_in_code',
		{
			id: d.text('id').primaryKey(),
			/** Keyed hash of the contact: the table says nothing about who tried to sign in. */
			contactHash: d.text('contact_hash').notNull(),
			browserHash: d.text('browser_hash').notNull(),
			codeHash: d.text('code_hash').notNull(),
			tries: d.integer('tries').notNull(),
			createdAt: d.instant('created_at').notNull(),
			expiresAt: d.instant('expires_at').notNull(),
			usedAt: d.instant('used_at'),
		},
		(t) => [
			d.index('sign_in_code_contact_hash_created_at_idx').on(t.contactHash, t.createdAt),
			d.index('sign_in_code_expires_at_idx').on(t.expiresAt),
		],
	);
	/** Single-use invitation by a referent, 7 days. */
	const invitation = d.table(
		'invitation',
		{
			tokenHash: d.text('token_hash').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			createdById: d.text('created_by_id'),
			createdAt: d.instant('created_at').notNull(),
			expiresAt: d.instant('expires_at').notNull(),
			usedAt: d.instant('used_at'),
		},
		(t) => [d.index('invitation_account_id_idx').on(t.accountId), d.index('invitation_expires_at_idx').on(t.expiresAt)],
	);
	return { account, session, signInCode, invitation };
};
export type AccountsSchema = ReturnType<typeof defineAccounts>;

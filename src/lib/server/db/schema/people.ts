import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { HOUSEHOLDS, type Channel } from '../../../shared/codes.ts';

const sqlOpen = sql`ended_at IS NULL`;
const sqlOpenLead = sql`ended_at IS NULL AND part <> 'member'`;

export const definePeople = (
	d: Columns,
	{ territory, structure, municipality }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
) => {
	const person = d.table(
		'person',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			inseeCode: d.text('insee_code').references(() => municipality.inseeCode),
			firstName: d.text('first_name').notNull(),
			lastName: d.text('last_name').notNull(),
			/** Both names, lower case, no accents: what a search compares. */
			searchName: d.text('search_name').notNull(),
			/** `YYYY-MM-DD`; `YYYY-00-00` when only the year is known (people born abroad). */
			birthDate: d.text('birth_date'),
			email: d.text('email'),
			/** E.164. */
			phone: d.text('phone'),
			/** When a code proved that a contact is theirs; null for what was only typed. */
			contactConfirmedAt: d.instant('contact_confirmed_at'),
			addressSealed: d.sealed('address_sealed'),
			household: d.text('household', { enum: HOUSEHOLDS }),
			childrenCount: d.integer('children_count'),
			locale: d.text('locale').notNull(),
			/** Order of channels for reminders. */
			channelOrder: d.json('channel_order').$type<Channel[]>().notNull(),
			/** Says « rendez-vous » only (discreet, default) or the place too. */
			wording: d.text('wording', { enum: ['discreet', 'detailed'] }).notNull(),
			/** First channel of some kinds, when it is another than usual. */
			kindChannels: d.json('kind_channels').$type<Partial<Record<string, Channel>>>(),
			/** Kinds of reminders the person does not want. */
			mutedKinds: d.json('muted_kinds').$type<string[]>().notNull(),
			createdAt: d.instant('created_at').notNull(),
			/** Last message, answer or visit: retention counts from here. */
			lastContactAt: d.instant('last_contact_at').notNull(),
		},
		(t) => [
			d.index('person_territory_id_search_name_idx').on(t.territoryId, t.searchName, t.id),
			d.index('person_territory_id_last_contact_at_idx').on(t.territoryId, t.lastContactAt),
			d.index('person_last_contact_at_idx').on(t.lastContactAt),
			d.index('person_phone_idx').on(t.phone),
			d.index('person_email_idx').on(t.email),
		],
	);
	/**
	 * What a search compares, one row per word of the name and per ending of the phone number (rules.ts `searchKeys`): a
	 * range of this index finds any word and any fragment of a number, on both engines.
	 */
	const personSearchKey = d.table(
		'person_search_key',
		{
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			key: d.text('key').notNull(),
		},
		(t) => [
			d.primaryKey({ columns: [t.personId, t.key] }),
			d.index('person_search_key_territory_id_key_idx').on(t.territoryId, t.key, t.personId),
		],
	);
	/** Who follows whom, from when to when. One lead (référent unique) and at most one second at a time. */
	const followUpMember = d.table(
		'follow_up_member',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			part: d.text('part', { enum: ['lead', 'second', 'member'] }).notNull(),
			/** Themes a plain member sees; null for lead and second, who see all. */
			themes: d.json('themes').$type<string[] | null>(),
			startedAt: d.instant('started_at').notNull(),
			/** Instant from which a member sees nothing any more; null: until somebody ends it. */
			endsAt: d.instant('ends_at'),
			endedAt: d.instant('ended_at'),
			/** Why they follow the person, in words the person reads: of a guest and of a transfer. Else why a limit was passed. */
			reasonSealed: d.sealed('reason_sealed'),
		},
		(t) => [
			d.index('follow_up_member_person_id_idx').on(t.personId),
			d.index('follow_up_member_account_id_idx').on(t.accountId, t.endedAt, t.part),
			// Members whose day has come.
			d
				.index('follow_up_member_ends_at_idx')
				.on(t.endsAt)
				.where(sql`ended_at IS NULL AND ends_at IS NOT NULL`),
			// One lead and one second at a time, even when two professionals take a request at once.
			d.uniqueIndex('follow_up_member_one_lead_idx').on(t.personId, t.part).where(sqlOpenLead),
			d.uniqueIndex('follow_up_member_once_idx').on(t.personId, t.accountId).where(sqlOpen),
		],
	);
	/** A file opened by somebody who does not follow the person (« bris de glace »): why, and until when. */
	const exceptionalOpening = d.table(
		'exceptional_opening',
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
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			reasonSealed: d.sealed('reason_sealed').notNull(),
			openedAt: d.instant('opened_at').notNull(),
			/** First instant at which nothing is seen any more. */
			endsAt: d.instant('ends_at').notNull(),
		},
		(t) => [
			d.index('exceptional_opening_person_id_opened_at_idx').on(t.personId, t.openedAt),
			d.index('exceptional_opening_account_id_ends_at_idx').on(t.accountId, t.endsAt),
			d.index('exceptional_opening_territory_id_opened_at_idx').on(t.territoryId, t.openedAt),
		],
	);
	/** What a professional writes for themselves about a person. */
	const workingNote = d.table(
		'working_note',
		{
			id: d.text('id').primaryKey(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			/** Whose it is: nobody else reads it. */
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id),
			textSealed: d.sealed('text_sealed').notNull(),
			writtenAt: d.instant('written_at').notNull(),
		},
		(t) => [d.uniqueIndex('working_note_once_idx').on(t.personId, t.accountId)],
	);
	/**
	 * The file of somebody not heard of for two years, out of every page and search: one sealed text, read by the operator alone,
	 * for two more years (CASF R263-8). The id is the person's, who is no more in the tables.
	 */
	const archivedFile = d.table(
		'archived_file',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			/** JSON: rows by table, sealed columns opened. */
			contentSealed: d.sealed('content_sealed').notNull(),
			archivedAt: d.instant('archived_at').notNull(),
			/** Destroyed from then on. */
			eraseAt: d.instant('erase_at').notNull(),
		},
		(t) => [
			d.index('archived_file_erase_at_idx').on(t.eraseAt),
			d.index('archived_file_territory_id_idx').on(t.territoryId, t.archivedAt),
		],
	);
	return { person, personSearchKey, followUpMember, exceptionalOpening, workingNote, archivedFile };
};
export type PeopleSchema = ReturnType<typeof definePeople>;

import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { CHANNELS, DELIVERY_OUTCOMES, REMINDER_STATES, type Channel } from '../../../shared/codes.ts';

export const REMINDER_KINDS = [
	'appointment_7d',
	'appointment_2d',
	'appointment_evening',
	'appointment_2h',
	'appointment_changed',
	'manual',
	'invitation',
	'earlier_hour',
	'step_due',
	'paper_due',
	'aid_silence',
	'draft_closing',
	'file_closing',
	'request_received',
	'aid_changed',
	'rating',
	'results_news',
	'pathway_changed',
	'check_in',
] as const;
export type ReminderKind = (typeof REMINDER_KINDS)[number];

export const defineReminders = (
	d: Columns,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
	{ appointment }: import('./appointments.ts').AppointmentsSchema,
) => {
	const pushSubscription = d.table(
		'push_subscription',
		{
			id: d.text('id').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			/** One browser, one row: registered by somebody else on a shared phone, it moves to them. */
			endpoint: d.text('endpoint').notNull().unique(),
			p256dh: d.text('p256dh').notNull(),
			auth: d.text('auth').notNull(),
			/** The session it last said itself in (its id, a hash): it stays when the others are ended. Null: said before that was kept. */
			sessionId: d.text('session_id'),
			/** « Chrome sur Android »: what the person recognises in the list of devices. */
			label: d.text('label').notNull(),
			createdAt: d.instant('created_at').notNull(),
			/** Last registration or « shown » beacon: forgotten after 60 days without. */
			lastAliveAt: d.instant('last_alive_at').notNull(),
		},
		(t) => [d.index('push_subscription_account_id_idx').on(t.accountId)],
	);
	/** One message to one person about one thing. Unique by `onceKey`: planned twice, it exists once. */
	const reminder = d.table(
		'reminder',
		{
			id: d.text('id').primaryKey(),
			/** e.g. `appointment_2d:<appointment id>:<sequence>`. */
			onceKey: d.text('once_key').notNull().unique(),
			kind: d.text('kind', { enum: REMINDER_KINDS }).notNull(),
			personId: d
				.text('person_id')
				.notNull()
				.references(() => person.id, { onDelete: 'cascade' }),
			appointmentId: d.text('appointment_id').references(() => appointment.id, { onDelete: 'cascade' }),
			/** Version of the appointment it was planned for: a moved one makes it void. */
			appointmentSequence: d.integer('appointment_sequence'),
			/** What else it is about: a request, an aid, a rating; the sending it belongs to when sent by hand. */
			subjectId: d.text('subject_id'),
			/** Path opened by the message. */
			path: d.text('path').notNull(),
			/** Which fixed sentence a referent chose, a code. */
			template: d.text('template'),
			/** The territory's wording of it, as it was previewed: one of `message_template_version`, which keeps them all. */
			templateVersionId: d.text('template_version_id'),
			/** Free text of a manual reminder, sealed. */
			textSealed: d.sealed('text_sealed'),
			dueAt: d.instant('due_at').notNull(),
			/** After this it is dropped, never sent late. */
			usefulUntil: d.instant('useful_until').notNull(),
			state: d.text('state', { enum: REMINDER_STATES }).notNull(),
			/** Why it was dropped or failed, a code (reminders/README.md). */
			reason: d.text('reason'),
			/** Channels still to try, in order; decided at first sending. */
			ladder: d.json('ladder').$type<Channel[] | null>(),
			/** Next moment the worker has something to do: due, retry, or no « shown » within 4 h. Null when nothing is left. */
			actAt: d.instant('act_at'),
			/** End of the lease of the worker that claimed it; a worker records only under its own. */
			leaseUntil: d.instant('lease_until'),
			/** Failed attempts on the present channel. */
			attempts: d.integer('attempts').notNull(),
			sentAt: d.instant('sent_at'),
			shownAt: d.instant('shown_at'),
			answeredAt: d.instant('answered_at'),
			/** Hash of the token by which the service worker says « shown ». */
			beaconHash: d.text('beacon_hash'),
			createdById: d.text('created_by_id').references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [
			d
				.index('reminder_act_at_idx')
				.on(t.actAt)
				.where(sql`act_at IS NOT NULL`),
			d.index('reminder_person_id_created_at_idx').on(t.personId, t.createdAt),
			d.index('reminder_appointment_id_idx').on(t.appointmentId),
			d.uniqueIndex('reminder_beacon_hash_idx').on(t.beaconHash),
			d
				.index('reminder_created_by_id_created_at_idx')
				.on(t.createdById, t.createdAt)
				.where(sql`created_by_id IS NOT NULL`),
		],
	);
	/** One attempt on one channel. */
	const delivery = d.table(
		'delivery',
		{
			id: d.text('id').primaryKey(),
			reminderId: d
				.text('reminder_id')
				.notNull()
				.references(() => reminder.id, { onDelete: 'cascade' }),
			channel: d.text('channel', { enum: CHANNELS }).notNull(),
			outcome: d.text('outcome', { enum: DELIVERY_OUTCOMES }).notNull(),
			/** Code, never a message text: `201`, `410`, `timeout`… */
			reason: d.text('reason').notNull(),
			at: d.instant('at').notNull(),
		},
		(t) => [d.index('delivery_reminder_id_idx').on(t.reminderId)],
	);
	/** A browser that its owner removed: it says itself again at each start, and is not taken back unless it is asked for anew. */
	const removedDevice = d.table('removed_device', {
		/** Hash of its address and of the account: on a shared phone somebody else may want it. */
		id: d.text('id').primaryKey(),
		accountId: d
			.text('account_id')
			.notNull()
			.references(() => account.id, { onDelete: 'cascade' }),
		removedAt: d.instant('removed_at').notNull(),
	});
	/** The e-mail address of a person that a mail server gave up: skipped until it is changed or confirmed. */
	const deadAddress = d.table(
		'dead_address',
		{
			personId: d
				.text('person_id')
				.primaryKey()
				.references(() => person.id, { onDelete: 'cascade' }),
			/** Peppered: once the person has another address, this says nothing of it. */
			addressHash: d.text('address_hash').notNull(),
			since: d.instant('since').notNull(),
		},
		(t) => [d.index('dead_address_address_hash_idx').on(t.addressHash)],
	);
	return { pushSubscription, reminder, delivery, removedDevice, deadAddress };
};
export type RemindersSchema = ReturnType<typeof defineReminders>;

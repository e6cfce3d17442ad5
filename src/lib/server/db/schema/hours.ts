import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import { APPOINTMENT_MODES } from '../../../shared/codes.ts';

/** When professionals may be met, and what becomes of an hour given back. */
export const defineHours = (
	d: Columns,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ appointment }: import('./appointments.ts').AppointmentsSchema,
) => {
	/** Weekly hours in which a professional may be met, in the zone of their territory. Lunch is time that no row covers. */
	const availability = d.table(
		'availability',
		{
			id: d.text('id').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			/** 1 Monday … 7 Sunday. */
			weekday: d.integer('weekday').notNull(),
			/** `HH:MM`, the second excluded. */
			fromTime: d.text('from_time').notNull(),
			toTime: d.text('to_time').notNull(),
			mode: d.text('mode', { enum: APPOINTMENT_MODES }).notNull(),
			placeName: d.text('place_name'),
			address: d.text('address'),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [d.index('availability_account_id_weekday_idx').on(t.accountId, t.weekday)],
	);
	/** Days on which the weekly hours do not hold, both included. */
	const availabilityException = d.table(
		'availability_exception',
		{
			id: d.text('id').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			fromDay: d.day('from_day').notNull(),
			toDay: d.day('to_day').notNull(),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [d.index('availability_exception_account_id_to_day_idx').on(t.accountId, t.toDay)],
	);
	/** An hour its holder gave back: proposed to those who wait for an earlier one, one after the other. */
	const freedHour = d.table(
		'freed_hour',
		{
			id: d.text('id').primaryKey(),
			referentId: d
				.text('referent_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			mode: d.text('mode', { enum: APPOINTMENT_MODES }).notNull(),
			placeName: d.text('place_name'),
			localDay: d.day('local_day').notNull(),
			localTime: d.text('local_time').notNull(),
			zone: d.text('zone').notNull(),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
			freedAt: d.instant('freed_at').notNull(),
			/** When it is to be proposed, or proposed to the next one; null: nothing is left to do. */
			actAt: d.instant('act_at'),
		},
		(t) => [d.index('freed_hour_act_at_idx').on(t.actAt)],
	);
	/** An earlier hour proposed to somebody. At most one on a day, and each hour once. */
	const earlierProposal = d.table(
		'earlier_proposal',
		{
			id: d.text('id').primaryKey(),
			appointmentId: d
				.text('appointment_id')
				.notNull()
				.references(() => appointment.id, { onDelete: 'cascade' }),
			freedHourId: d
				.text('freed_hour_id')
				.notNull()
				.references(() => freedHour.id, { onDelete: 'cascade' }),
			/** In the zone of the appointment. */
			proposedOn: d.day('proposed_on').notNull(),
			proposedAt: d.instant('proposed_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
			state: d.text('state', { enum: ['open', 'taken', 'declined'] }).notNull(),
		},
		(t) => [
			d.uniqueIndex('earlier_proposal_appointment_id_proposed_on_idx').on(t.appointmentId, t.proposedOn),
			d.uniqueIndex('earlier_proposal_freed_hour_id_appointment_id_idx').on(t.freedHourId, t.appointmentId),
			d
				.index('earlier_proposal_open_ends_at_idx')
				.on(t.endsAt)
				.where(sql`state = 'open'`),
		],
	);
	/** Another calendar of a professional, read from an address: one per account. */
	const outsideCalendar = d.table(
		'outside_calendar',
		{
			accountId: d
				.text('account_id')
				.primaryKey()
				.references(() => account.id, { onDelete: 'cascade' }),
			/** The address opens the calendar to whoever holds it. */
			addressSealed: d.sealed('address_sealed').notNull(),
			createdAt: d.instant('created_at').notNull(),
			/** When the worker reads it next. */
			pullAt: d.instant('pull_at').notNull(),
			readAt: d.instant('read_at'),
			/** Why the last reading failed; null when it did not. */
			problem: d.text('problem'),
		},
		(t) => [d.index('outside_calendar_pull_at_idx').on(t.pullAt)],
	);
	/** From when to when a professional is busy elsewhere; nothing else of that calendar is kept. */
	const outsideBusy = d.table(
		'outside_busy',
		{
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
		},
		(t) => [d.primaryKey({ columns: [t.accountId, t.startsAt, t.endsAt] })],
	);
	return { availability, availabilityException, freedHour, earlierProposal, outsideCalendar, outsideBusy };
};

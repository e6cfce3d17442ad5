import { sql } from 'drizzle-orm';
import type { Columns } from '../columns.ts';
import {
	ABSENCE_REASONS,
	APPOINTMENT_ANSWERS,
	APPOINTMENT_MODES,
	APPOINTMENT_STATES,
	APPOINTMENT_TYPES,
} from '../../../shared/codes.ts';

/** Booked, moved, answered or ended since its reminders were planned. The planner's query repeats these very words. */
export const PLAN_IS_STALE =
	"coalesce(planned_sequence, -1) <> (CASE WHEN state = 'booked' THEN sequence ELSE -1 END) OR coalesce(planned_answer, 'none') <> answer";

export const defineAppointments = (
	d: Columns,
	{ territory, structure }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ person }: import('./people.ts').PeopleSchema,
) => {
	/** A meeting of several people, with seats. Each participant holds an appointment of their own (`workshop_id`, `seat`). */
	const workshop = d.table(
		'workshop',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			referentId: d
				.text('referent_id')
				.notNull()
				.references(() => account.id),
			type: d.text('type', { enum: APPOINTMENT_TYPES }).notNull(),
			title: d.text('title').notNull(),
			mode: d.text('mode', { enum: APPOINTMENT_MODES }).notNull(),
			placeName: d.text('place_name'),
			address: d.text('address'),
			phone: d.text('phone'),
			toBring: d.text('to_bring'),
			/** As for an appointment: the wall of the place, the instants derived. */
			localDay: d.day('local_day').notNull(),
			localTime: d.text('local_time').notNull(),
			zone: d.text('zone').notNull(),
			durationMinutes: d.integer('duration_minutes').notNull(),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
			seats: d.integer('seats').notNull(),
			/** Calendars know again what moved; participants have a sequence of their own. */
			sequence: d.integer('sequence').notNull(),
			createdAt: d.instant('created_at').notNull(),
			cancelledAt: d.instant('cancelled_at'),
		},
		(t) => [
			d.index('workshop_territory_id_starts_at_idx').on(t.territoryId, t.startsAt),
			d.index('workshop_referent_id_starts_at_idx').on(t.referentId, t.startsAt),
		],
	);
	const appointment = d.table(
		'appointment',
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
			referentId: d
				.text('referent_id')
				.notNull()
				.references(() => account.id),
			/** The other professional of a meeting held by two: both must be free. */
			secondReferentId: d.text('second_referent_id').references(() => account.id),
			/** A seat in a workshop: who holds it is busy through the workshop, not through each participant. */
			workshopId: d.text('workshop_id').references(() => workshop.id),
			/** 1 to the number of seats; taken once while the hour stands. */
			seat: d.integer('seat'),
			structureId: d
				.text('structure_id')
				.notNull()
				.references(() => structure.id),
			type: d.text('type', { enum: APPOINTMENT_TYPES }).notNull(),
			mode: d.text('mode', { enum: APPOINTMENT_MODES }).notNull(),
			placeName: d.text('place_name'),
			address: d.text('address'),
			/** Number that answers, or that will call. */
			phone: d.text('phone'),
			toBringSealed: d.sealed('to_bring_sealed'),
			/** Somebody who comes along, somebody who translates: planned, and said to the person. */
			companion: d.flag('companion').notNull().default(false),
			interpreter: d.flag('interpreter').notNull().default(false),
			/** What was agreed: wall-clock day and time in `zone`. The instant is derived, never the other way round. */
			localDay: d.day('local_day').notNull(),
			/** `HH:MM`. */
			localTime: d.text('local_time').notNull(),
			zone: d.text('zone').notNull(),
			durationMinutes: d.integer('duration_minutes').notNull(),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
			state: d.text('state', { enum: APPOINTMENT_STATES }).notNull(),
			answer: d.text('answer', { enum: APPOINTMENT_ANSWERS }).notNull(),
			answeredAt: d.instant('answered_at'),
			answeredVia: d.text('answered_via', { enum: ['portal', 'notification', 'link', 'professional'] }),
			answerNoteSealed: d.sealed('answer_note_sealed'),
			/** Chosen by the person or imposed: absence rates differ (11 % against 24 %). */
			origin: d.text('origin', { enum: ['invitation', 'convocation'] }).notNull(),
			/** Why the very first contact was imposed, when it was. */
			convocationReasonSealed: d.sealed('convocation_reason_sealed'),
			/** iCalendar SEQUENCE and version against silent overwrites: bumped when place, hour or person changes. */
			sequence: d.integer('sequence').notNull(),
			createdById: d.text('created_by_id').references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
			/** While `invited`: until when a slot may be chosen. The day and hour above are then the first slot offered. */
			chooseBy: d.instant('choose_by'),
			/** Its times are computed from the professional's weekly hours when they are looked at; otherwise they are in appointment_slot. */
			fromAvailability: d.flag('from_availability').notNull().default(false),
			/** The cancelled one after which this choice was offered: its link leads here. */
			afterId: d.text('after_id'),
			/** Since when the person waits for an earlier hour; null: they do not. */
			earlierWantedAt: d.instant('earlier_wanted_at'),
			/** Why the person did not come, when it is known. */
			absenceReason: d.text('absence_reason', { enum: ABSENCE_REASONS }),
			outcomeAt: d.instant('outcome_at'),
			/** Who said how it ended: the person when they cancelled, else a professional. */
			outcomeById: d.text('outcome_by_id').references(() => account.id),
			/** What the reminders were last planned for (written by reminders/planning.ts alone); null: no plan stands. */
			plannedSequence: d.integer('planned_sequence'),
			plannedAnswer: d.text('planned_answer'),
		},
		(t) => [
			d.index('appointment_person_id_starts_at_idx').on(t.personId, t.startsAt),
			d.index('appointment_referent_id_starts_at_idx').on(t.referentId, t.startsAt),
			// Invitations only: an index of every state would be read, without statistics, for one person's appointments.
			d
				.index('appointment_invited_idx')
				.on(t.startsAt)
				.where(sql`state = 'invited'`),
			// Those whose plan of reminders no longer fits what was agreed: a handful at a time.
			d.index('appointment_plan_is_stale_idx').on(t.startsAt).where(sql.raw(PLAN_IS_STALE)),
			d
				.uniqueIndex('appointment_no_double_idx')
				.on(t.referentId, t.startsAt)
				.where(sql`state = 'booked' AND workshop_id IS NULL`),
			d
				.uniqueIndex('appointment_no_double_second_idx')
				.on(t.secondReferentId, t.startsAt)
				.where(sql`state = 'booked' AND second_referent_id IS NOT NULL`),
			// The last seat is taken once, whoever asks at the same time.
			d
				.uniqueIndex('appointment_workshop_seat_idx')
				.on(t.workshopId, t.seat)
				.where(sql`state = 'booked' AND workshop_id IS NOT NULL`),
			d.index('appointment_workshop_id_idx').on(t.workshopId),
			d.index('appointment_second_referent_id_starts_at_idx').on(t.secondReferentId, t.startsAt),
			d.index('appointment_after_id_idx').on(t.afterId),
			d
				.index('appointment_earlier_wanted_idx')
				.on(t.referentId, t.earlierWantedAt)
				.where(sql`earlier_wanted_at IS NOT NULL`),
		],
	);
	/** `/r/[token]`: answers one appointment without signing in; dead when it ends. Only the hash is stored. */
	const answerLink = d.table(
		'answer_link',
		{
			tokenHash: d.text('token_hash').primaryKey(),
			appointmentId: d
				.text('appointment_id')
				.notNull()
				.references(() => appointment.id, { onDelete: 'cascade' }),
			createdAt: d.instant('created_at').notNull(),
			expiresAt: d.instant('expires_at').notNull(),
		},
		(t) => [
			d.index('answer_link_appointment_id_idx').on(t.appointmentId),
			d.index('answer_link_expires_at_idx').on(t.expiresAt),
		],
	);
	/** A time offered to the person, in the zone and for the length of its appointment. Taken by a booking of the referent, by anybody. */
	const appointmentSlot = d.table(
		'appointment_slot',
		{
			id: d.text('id').primaryKey(),
			appointmentId: d
				.text('appointment_id')
				.notNull()
				.references(() => appointment.id, { onDelete: 'cascade' }),
			localDay: d.day('local_day').notNull(),
			/** `HH:MM`. */
			localTime: d.text('local_time').notNull(),
			startsAt: d.instant('starts_at').notNull(),
			endsAt: d.instant('ends_at').notNull(),
		},
		(t) => [d.uniqueIndex('appointment_slot_appointment_id_starts_at_idx').on(t.appointmentId, t.startsAt)],
	);
	/** `/agenda/[token].ics`: one private feed per account, read by other calendars. Only the hash is stored. */
	const calendarFeed = d.table(
		'calendar_feed',
		{
			tokenHash: d.text('token_hash').primaryKey(),
			accountId: d
				.text('account_id')
				.notNull()
				.references(() => account.id, { onDelete: 'cascade' }),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [d.uniqueIndex('calendar_feed_account_id_idx').on(t.accountId)],
	);
	return { workshop, appointment, answerLink, appointmentSlot, calendarFeed };
};
export type AppointmentsSchema = ReturnType<typeof defineAppointments>;

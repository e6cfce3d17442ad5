import { and, eq, inArray } from 'drizzle-orm';
import type { AppointmentMode } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { appointment, workshop } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { addDays } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import {
	agreedHours,
	endLinks,
	meetingColumns,
	NOT_ANSWERED,
	settle,
	type Actor,
	type AgreedHour,
	type AppointmentRow,
} from './commands.ts';
import { isPersonHeld, isProfessionalHeld } from './held.ts';
import { DAY_MS, INVITATION_DAYS } from './rules.ts';
import { freeSeat } from './seats.ts';

export type WorkshopRow = typeof workshop.$inferSelect;
export const WORKSHOP_TYPES = ['workshop', 'information_meeting'] as const;
export const MOST_SEATS = 60;
/** Once a week, a term at most. */
export const MOST_WEEKS = 12;
const MOST_PEOPLE = 500;

interface Place {
	mode: AppointmentMode;
	placeName?: string | null;
	address?: string | null;
	phone?: string | null;
	toBring?: string | null;
}
type Host = Actor & { structureId: string; territoryId: string };

/** @throws DomainError `not_found` */
export async function workshopRow(q: Queries, id: string): Promise<WorkshopRow> {
	const [row] = await q.select().from(workshop).where(eq(workshop.id, id)).limit(1);
	if (!row) throw notFound();
	return row;
}

/**
 * Sets a workshop, or the same one each week at the same hour on the wall; weeks on a holiday of the territory are left out.
 * @throws DomainError `seats_outside`, `weeks_outside`, `title_missing` (invalid), `referent_busy` (conflict), or the problem of the hour
 */
export async function createWorkshops(
	tx: Tx,
	input: Place &
		AgreedHour & {
			host: Host;
			type: (typeof WORKSHOP_TYPES)[number];
			title: string;
			seats: number;
			weeks?: number;
			now: Date;
		},
): Promise<{ ids: string[] }> {
	const { host, type, seats, weeks = 1, zone, time, durationMinutes, now } = input;
	const title = input.title.trim();
	if (!title) throw new DomainError('title_missing', 'invalid');
	if (!Number.isInteger(seats) || seats < 1 || seats > MOST_SEATS) throw new DomainError('seats_outside', 'invalid');
	if (!Number.isInteger(weeks) || weeks < 1 || weeks > MOST_WEEKS) throw new DomainError('weeks_outside', 'invalid');
	agreedHours(input, now);
	const { holidayZone } = await getTerritory(tx, host.territoryId);
	const holidays = await holidaysOf(tx, holidayZone);
	const ids: string[] = [];
	for (let week = 0; week < weeks; week += 1) {
		const day = addDays(input.day, week * 7);
		if (weeks > 1 && holidays.has(day)) continue;
		const hours = agreedHours({ day, time, zone, durationMinutes }, now);
		if (await isProfessionalHeld(tx, host.accountId, hours)) throw new DomainError('referent_busy', 'conflict');
		const id = newId();
		await tx.insert(workshop).values({
			id,
			territoryId: host.territoryId,
			structureId: host.structureId,
			referentId: host.accountId,
			type,
			title,
			...placeColumns(input),
			...hours,
			zone,
			durationMinutes,
			seats,
			sequence: 0,
			createdAt: now,
		});
		await recordAudit(tx, { action: 'workshop.created', actor: host, subjectId: id, at: now });
		ids.push(id);
	}
	return { ids };
}

const placeColumns = ({ mode, placeName, address, phone, toBring }: Place) => ({
	mode,
	placeName: placeName || null,
	address: address || null,
	phone: phone || null,
	toBring: toBring || null,
});

/** What a participant's appointment takes from its workshop. */
const sharedColumns = (id: string, from: WorkshopRow) => ({
	...meetingColumns(id, from),
	territoryId: from.territoryId,
	referentId: from.referentId,
	structureId: from.structureId,
	workshopId: from.id,
	localDay: from.localDay,
	localTime: from.localTime,
	startsAt: from.startsAt,
	endsAt: from.endsAt,
	zone: from.zone,
	durationMinutes: from.durationMinutes,
});

interface Joining {
	workshopId: string;
	personId: string;
	by: Actor;
	now: Date;
}

/**
 * A professional gives a person a seat.
 * @throws DomainError `workshop_full`, `person_busy`, `already_in_workshop` (conflict)
 */
export async function joinWorkshop(tx: Tx, { workshopId, personId, by, now }: Joining): Promise<{ id: string }> {
	const from = await refuseAgain(tx, workshopId, personId);
	const seat = await freeSeat(tx, workshopId, now);
	if (!seat) throw new DomainError('workshop_full', 'conflict');
	if (await isPersonHeld(tx, personId, from)) throw new DomainError('person_busy', 'conflict');
	const id = newId();
	const shared = sharedColumns(id, from);
	const { territoryId } = await personOf(tx, personId);
	await tx.insert(appointment).values({
		...shared,
		id,
		personId,
		territoryId,
		seat,
		state: 'booked',
		answer: 'none',
		origin: 'invitation',
		sequence: 0,
		createdById: by.accountId,
		createdAt: now,
	});
	await recordAudit(tx, { action: 'appointment.booked', actor: by, subjectId: id, personId, at: now });
	return { id };
}

/**
 * Proposes a seat to somebody: theirs once they take it, for ten days or until it begins.
 * @throws DomainError `workshop_full`, `already_in_workshop` (conflict)
 */
export async function inviteToWorkshop(tx: Tx, { workshopId, personId, by, now }: Joining): Promise<{ id: string }> {
	const from = await refuseAgain(tx, workshopId, personId);
	if (!(await freeSeat(tx, workshopId, now))) throw new DomainError('workshop_full', 'conflict');
	const id = newId();
	const { territoryId } = await personOf(tx, personId);
	await tx.insert(appointment).values({
		...sharedColumns(id, from),
		id,
		personId,
		territoryId,
		state: 'invited',
		answer: 'none',
		origin: 'invitation',
		sequence: 0,
		createdById: by.accountId,
		createdAt: now,
		chooseBy: seatUntil(from.startsAt, now),
	});
	await recordAudit(tx, { action: 'appointment.invited', actor: by, subjectId: id, personId, at: now });
	return { id };
}

async function refuseAgain(tx: Tx, workshopId: string, personId: string): Promise<WorkshopRow> {
	const from = await workshopRow(tx, workshopId);
	const [already] = await tx
		.select({ id: appointment.id })
		.from(appointment)
		.where(
			and(
				eq(appointment.workshopId, workshopId),
				eq(appointment.personId, personId),
				inArray(appointment.state, ['invited', 'booked']),
			),
		)
		.limit(1);
	if (already) throw new DomainError('already_in_workshop', 'conflict');
	return from;
}

/** Whose hour changed: the action tells each of them, once. */
export interface Told {
	id: string;
	personId: string;
	/** After the change. */
	sequence: number;
	/** `invited`: something else is booked at the new hour, the seat is theirs to take again. */
	state: 'booked' | 'invited' | 'revoked';
}

const participants = (tx: Tx, workshopId: string): Promise<AppointmentRow[]> =>
	tx
		.select()
		.from(appointment)
		.where(and(eq(appointment.workshopId, workshopId), inArray(appointment.state, ['invited', 'booked'])))
		.orderBy(appointment.id)
		.limit(MOST_PEOPLE);

/** A seat may be taken for ten days, or until it begins. */
const seatUntil = (startsAt: Date, now: Date): Date =>
	new Date(Math.min(now.getTime() + INVITATION_DAYS * DAY_MS, startsAt.getTime()));

/**
 * Moves it, for all at once: each answer is asked again, links to the former hour die. Who has something else booked at the new hour
 * is not in two places: they keep what is booked, and are invited to the workshop anew.
 * @throws DomainError `not_found` for another's, `appointment_refused`, `appointment_changed`, `referent_busy` (conflict), or the
 * problem of the hour
 */
export async function moveWorkshop(
	tx: Tx,
	input: AgreedHour & { workshopId: string; sequence?: number; place?: Place; by: Actor; now: Date },
): Promise<Told[]> {
	const { workshopId, by, place, now } = input;
	const found = await ownWorkshop(tx, workshopId, by);
	if (found.cancelledAt || now >= found.endsAt) throw new DomainError('appointment_refused', 'conflict');
	if (input.sequence !== undefined && input.sequence !== found.sequence)
		throw new DomainError('appointment_changed', 'conflict');
	const hours = agreedHours(input, now);
	if (await isProfessionalHeld(tx, found.referentId, { ...hours, except: workshopId }))
		throw new DomainError('referent_busy', 'conflict');
	const { zone, durationMinutes } = input;
	await tx
		.update(workshop)
		.set({ ...hours, ...(place && placeColumns(place)), zone, durationMinutes, sequence: found.sequence + 1 })
		.where(eq(workshop.id, workshopId));
	const moved = await workshopRow(tx, workshopId);
	const told: Told[] = [];
	const chooseBy = seatUntil(moved.startsAt, now);
	for (const { id, personId, territoryId, sequence, seat, state: before } of await participants(tx, workshopId)) {
		const isKept = before === 'booked' && !(await isPersonHeld(tx, personId, { ...hours, except: id }));
		const state = isKept ? ('booked' as const) : ('invited' as const);
		const held = isKept ? { seat, chooseBy: null } : { seat: null, chooseBy };
		await tx
			.update(appointment)
			.set({ ...sharedColumns(id, moved), territoryId, ...NOT_ANSWERED, ...held, state, sequence: sequence + 1 })
			.where(eq(appointment.id, id));
		await endLinks(tx, id, now);
		if (before === 'invited') continue;
		told.push({ id, personId, sequence: sequence + 1, state });
		if (!isKept) await recordAudit(tx, { action: 'appointment.invited', actor: by, subjectId: id, personId, at: now });
	}
	await recordAudit(tx, { action: 'workshop.moved', actor: by, subjectId: workshopId, at: now });
	return told;
}

/**
 * The service cancels it: participants are told, invitations to it are over.
 * @throws DomainError `not_found` for another's, `appointment_refused` once it began
 */
export async function cancelWorkshop(
	tx: Tx,
	{ workshopId, by, now }: { workshopId: string; by: Actor; now: Date },
): Promise<Told[]> {
	const found = await ownWorkshop(tx, workshopId, by);
	if (found.cancelledAt) return [];
	if (now >= found.startsAt) throw new DomainError('appointment_refused', 'conflict');
	await tx
		.update(workshop)
		.set({ cancelledAt: now, sequence: found.sequence + 1 })
		.where(eq(workshop.id, workshopId));
	const told: Told[] = [];
	for (const row of await participants(tx, workshopId)) {
		await settle(tx, row, 'revoked', by, now);
		const { id, personId, sequence } = row;
		if (row.state === 'booked') told.push({ id, personId, sequence: sequence + 1, state: 'revoked' });
	}
	await recordAudit(tx, { action: 'workshop.cancelled', actor: by, subjectId: workshopId, at: now });
	return told;
}

/** Of who holds it alone. @throws DomainError `not_found` */
export async function ownWorkshop(
	q: Queries,
	id: string,
	{ accountId }: Pick<Actor, 'accountId'>,
): Promise<WorkshopRow> {
	const found = await workshopRow(q, id);
	if (found.referentId !== accountId) throw notFound();
	return found;
}

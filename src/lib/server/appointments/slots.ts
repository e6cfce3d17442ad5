import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import type { AnswerNote } from '../../shared/answers.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { appointment, appointmentSlot } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { answerAppointment, appointmentOfLink, newAnswerLink, sealNote } from './answers.ts';
import { isAway } from './availability-rules.ts';
import { availableHours, daysAway, holders, isAvailableHour, worksNoMore } from './availability.ts';
import {
	agreedHours,
	appointmentRow,
	endLinks,
	meetingColumns,
	NOT_ANSWERED,
	refuseChanged,
	refuseStranger,
	whoIsHeld,
	type Actor,
	type AppointmentRow,
	type Meeting,
} from './commands.ts';
import { noteFreed } from './freed.ts';
import { DAY_MS, INVITATION_DAYS, LEAST_SLOTS, plan, stillBefore } from './rules.ts';
import { seatsLeftIn, takeSeat } from './seats.ts';

/** A time that may be offered, in the zone of its appointment. */
export interface OfferedHour {
	/** `YYYY-MM-DD` */
	day: string;
	/** `HH:MM` */
	time: string;
}

interface Invitation extends Meeting {
	personId: string;
	referent: Actor & { structureId: string };
	/** The other professional, of a meeting held by two. */
	secondReferentId?: string | null;
	zone: string;
	durationMinutes: number;
	/** Left out: the free times of the professional's weekly hours, as they are when the person looks. */
	slots?: OfferedHour[];
	now: Date;
}

/**
 * Invites a person to choose among at least three times, for ten days.
 * @throws DomainError `too_few_slots`, `day_away` (conflict), or the problem of one hour (`hour_past`…)
 */
export async function inviteToChoose(tx: Tx, input: Invitation): Promise<{ id: string }> {
	const { personId, referent, secondReferentId = null, zone, durationMinutes, now } = input;
	if (secondReferentId) await refuseStranger(tx, personId, secondReferentId, referent.accountId);
	const { territoryId } = await personOf(tx, personId);
	const meeting = { ...input, territoryId, referentId: referent.accountId };
	const found = input.slots ?? (await availableHours(tx, meeting, now, LEAST_SLOTS));
	const hours = slotHours({ zone, durationMinutes, slots: found }, now);
	if (input.slots) await refuseDaysAway(tx, meeting, hours);
	const id = newId();
	await tx.insert(appointment).values({
		id,
		personId,
		territoryId,
		referentId: referent.accountId,
		secondReferentId,
		structureId: referent.structureId,
		...meetingColumns(id, input),
		...hours[0]!,
		zone,
		durationMinutes,
		state: 'invited',
		answer: 'none',
		origin: 'invitation',
		sequence: 0,
		createdById: referent.accountId,
		createdAt: now,
		chooseBy: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
		fromAvailability: !input.slots,
	});
	if (input.slots)
		await tx.insert(appointmentSlot).values(hours.map((hour) => ({ id: newId(), appointmentId: id, ...hour })));
	await recordAudit(tx, { action: 'appointment.invited', actor: referent, subjectId: id, personId, at: now });
	return { id };
}

/**
 * Offers other times: for an invitation that ran out, or a booked hour the person cannot keep. Replaces those offered before. `sequence`: as
 * the page had it.
 * @throws DomainError `appointment_refused`, `appointment_changed`, `too_few_slots`, `day_away` (conflict), or the problem of one hour
 */
export async function offerSlots(
	tx: Tx,
	input: { appointmentId: string; sequence?: number; slots: OfferedHour[]; by: Actor; now: Date },
): Promise<void> {
	const { appointmentId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	const isOpen = found.state === 'invited' || (found.state === 'booked' && now < found.startsAt);
	// A workshop has one hour for all.
	if (!isOpen || found.workshopId) throw new DomainError('appointment_refused', 'conflict');
	refuseChanged(found, input.sequence);
	const hours = slotHours({ ...found, slots: input.slots }, now);
	const hands = await handsOfOffer(tx, found, by);
	await refuseDaysAway(tx, hands, hours);
	await tx.delete(appointmentSlot).where(eq(appointmentSlot.appointmentId, appointmentId));
	await tx.insert(appointmentSlot).values(hours.map((hour) => ({ id: newId(), appointmentId, ...hour })));
	await tx
		.update(appointment)
		.set({
			chooseBy: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
			fromAvailability: false,
			// « Aucune ne me va » was about the times that are gone. A booked hour they cannot keep is still one they cannot keep.
			...(found.state === 'invited' ? { ...hours[0], ...NOT_ANSWERED, ...hands } : {}),
		})
		.where(eq(appointment.id, appointmentId));
	const { personId } = found;
	await recordAudit(tx, {
		action: 'appointment.slots_offered',
		actor: by,
		subjectId: appointmentId,
		personId,
		at: now,
	});
}

/**
 * Nobody chooses a time with who works here no more: it is of the colleague of the same structure, and office, who offers others, and
 * held without a second who left.
 */
async function handsOfOffer(tx: Tx, { referentId, secondReferentId, structureId, state }: AppointmentRow, by: Actor) {
	if (state !== 'invited') return { referentId, secondReferentId };
	const isGone = (accountId: string) => worksNoMore(tx, [accountId]);
	const lead = by.structureId === structureId && (await isGone(referentId)) ? by.accountId : referentId;
	const isAlone = !secondReferentId || secondReferentId === lead || (await isGone(secondReferentId));
	return { referentId: lead, secondReferentId: isAlone ? null : secondReferentId };
}

/**
 * The person takes one of the times they may choose among, or a seat. Who is free is looked for inside the write, and the change
 * holds only for the version that was read: of two who want an hour one gets it.
 * @throws DomainError `not_found`, `slot_taken`, `appointment_changed` (conflict): the page then shows the others
 */
export async function chooseSlot(
	tx: Tx,
	input: { slotId: string; personId: string; sequence?: number; by?: Actor; now: Date },
): Promise<{ appointmentId: string }> {
	const { slotId, personId, now } = input;
	const { slot, own, isComputed } = await wantedSlot(tx, slotId, personId);
	if (own.state === 'booked' && own.startsAt.getTime() === slot.startsAt.getTime()) return { appointmentId: own.id };
	refuseChanged(own, input.sequence);
	if (own.workshopId) {
		await takeSeat(tx, own, input);
		return { appointmentId: own.id };
	}
	const from = await choiceOf(tx, own, now);
	const isOffered = isComputed
		? from.computed && (await isAvailableHour(tx, own, slot, now))
		: from.stored && !isAway(slot.localDay, await daysAway(tx, holders(own), slot.localDay));
	if (!isOffered || slot.startsAt <= now) throw new DomainError('slot_taken', 'conflict');
	await takeHour(tx, own, slot, input);
	return { appointmentId: own.id };
}

/**
 * As `chooseSlot`, without signing in, among the times of the one appointment behind the link. The link dies with the former hour.
 * @returns the token of the new hour's link
 * @throws DomainError `link_unknown` (not_found), `link_ended` (gone), `slot_taken` (conflict)
 */
export async function chooseByLink(
	tx: Tx,
	{ token, slotId, now }: { token: string; slotId: string; now: Date },
): Promise<string> {
	const { appointmentId } = await appointmentOfLink(tx, token, now);
	const offered = await freeSlots(tx, appointmentId, now);
	if (!offered.some(({ id }) => id === slotId)) throw new DomainError('slot_taken', 'conflict');
	const { personId } = await appointmentRow(tx, appointmentId);
	await chooseSlot(tx, { slotId, personId, now });
	return newAnswerLink(tx, { appointmentId, now });
}

type Hour = Pick<AppointmentRow, 'localDay' | 'localTime' | 'startsAt' | 'endsAt'>;

/**
 * This hour becomes the appointment's, chosen by the person; the one it leaves is free.
 * @throws DomainError `slot_taken` (conflict)
 */
export async function takeHour(tx: Tx, own: AppointmentRow, hour: Hour, { by, now }: { by?: Actor; now: Date }) {
	const { localDay: day, localTime, startsAt, endsAt } = hour;
	const { id, personId, referentId, secondReferentId } = own;
	const held = await whoIsHeld(tx, { referentId, secondReferentId, personId, startsAt, endsAt, except: id });
	if (held) throw new DomainError('slot_taken', 'conflict');
	const [taken] = await tx
		.update(appointment)
		.set({
			state: 'booked',
			localDay: day,
			localTime,
			startsAt,
			endsAt,
			...NOT_ANSWERED,
			// Chosen by the person, whoever had set the former hour.
			origin: 'invitation',
			chooseBy: null,
			sequence: own.sequence + 1,
		})
		.where(
			and(
				eq(appointment.id, id),
				inArray(appointment.state, ['invited', 'booked']),
				eq(appointment.sequence, own.sequence),
			),
		)
		.returning({ id: appointment.id });
	if (!taken) throw new DomainError('slot_taken', 'conflict');
	await noteFreed(tx, own, now);
	await endLinks(tx, id, now);
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'appointment.chosen', actor: by, subjectId: id, personId, at: now });
}

/**
 * What one may choose among: times offered while the choice is open; the professional's free hours when they were offered, or when
 * a booked hour may still be moved (product.md §5: until 24 hours before).
 */
async function choiceOf(q: Queries, own: AppointmentRow, now: Date): Promise<{ stored: boolean; computed: boolean }> {
	const isOpen = own.chooseBy !== null && own.chooseBy > now;
	if (own.state === 'invited') return { stored: isOpen, computed: isOpen && own.fromAvailability };
	if (own.state !== 'booked') return { stored: false, computed: false };
	const { settings } = await getTerritory(q, own.territoryId);
	return { stored: isOpen, computed: stillBefore(own.startsAt, settings.moveUntilHours, now) };
}

/**
 * « Aucune ne me va »: the person wants other times; what suits them is kept with the answer, and reaches the referent.
 * @throws DomainError `not_found`, `answer_too_late`, `appointment_changed`
 */
export async function askOtherTimes(
	tx: Tx,
	input: { appointmentId: string; personId: string; sequence?: number; note: AnswerNote; by: Actor; now: Date },
): Promise<void> {
	const { appointmentId, personId, note, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.personId !== personId) throw notFound();
	if (found.state === 'booked' || found.state === 'invited') refuseChanged(found, input.sequence);
	if (found.state === 'booked') {
		const { changed } = await answerAppointment(tx, { appointmentId, answer: 'cannot', note, via: 'portal', by, now });
		// The same words as before, said of the times that were offered since.
		if (!changed) await tx.update(appointment).set({ answeredAt: now }).where(eq(appointment.id, appointmentId));
		return;
	}
	if (found.state !== 'invited') throw new DomainError('answer_too_late', 'gone');
	await tx
		.update(appointment)
		.set({ answer: 'cannot', answeredAt: now, answeredVia: 'portal', answerNoteSealed: sealNote(appointmentId, note) })
		.where(eq(appointment.id, appointmentId));
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'appointment.other_times', actor: by, subjectId: appointmentId, personId, at: now });
}

/** Times that can still be taken, earliest first: to come, and free for the professionals and for the person. */
export async function freeSlots(q: Queries, appointmentId: string, now: Date, most = MOST_SHOWN): Promise<FreeSlot[]> {
	const [own] = await q.select().from(appointment).where(eq(appointment.id, appointmentId)).limit(1);
	if (!own) return [];
	if (own.workshopId) return seatOffered(q, own, now);
	const from = await choiceOf(q, own, now);
	const stored = from.stored ? await storedSlots(q, own, now) : [];
	if (stored.length > 0 || !from.computed) return stored.slice(0, most);
	const hours = await availableHours(q, own, now, most);
	return hours.map(({ day, time, startsAt, endsAt }) => ({
		id: computedId(own.id, day, time),
		localDay: day,
		localTime: time,
		startsAt,
		endsAt,
	}));
}
export interface FreeSlot extends Hour {
	id: string;
	/** Seats left, when it is a workshop. */
	seatsLeft?: number;
}

async function storedSlots(q: Queries, own: AppointmentRow, now: Date): Promise<FreeSlot[]> {
	const slots = await q
		.select()
		.from(appointmentSlot)
		.where(and(eq(appointmentSlot.appointmentId, own.id), gt(appointmentSlot.startsAt, now)))
		.orderBy(appointmentSlot.startsAt)
		.limit(60);
	const { referentId, secondReferentId, personId } = own;
	// Said after the hours were offered: they are not held all the same.
	const away = await daysAway(q, holders(own), localDay(now, own.zone));
	const free: FreeSlot[] = [];
	for (const { startsAt, endsAt, ...slot } of slots) {
		if (isAway(slot.localDay, away)) continue;
		const held = await whoIsHeld(q, { referentId, secondReferentId, personId, startsAt, endsAt, except: own.id });
		if (!held) free.push({ ...slot, startsAt, endsAt });
	}
	return free;
}

async function seatOffered(q: Queries, own: AppointmentRow, now: Date): Promise<FreeSlot[]> {
	const { id, localDay: day, localTime, startsAt, endsAt } = own;
	if (own.state !== 'invited' || !own.chooseBy || own.chooseBy <= now) return [];
	const seatsLeft = await seatsLeftIn(q, own.workshopId!);
	return seatsLeft > 0
		? [{ id: computedId(id, day, localTime), localDay: day, localTime, startsAt, endsAt, seatsLeft }]
		: [];
}

/** A choice that can be taken in at a glance. */
const MOST_SHOWN = 18;

/** A computed time has no row: its id says which. No id of ours holds a point. */
export const computedId = (appointmentId: string, day: string, time: string) => `${appointmentId}.${day}.${time}`;

/**
 * The time behind the id, for this person's appointment.
 * @throws DomainError `not_found`, `slot_taken` (conflict) when others were offered since the page was read
 */
async function wantedSlot(
	q: Queries,
	slotId: string,
	personId: string,
): Promise<{ own: AppointmentRow; slot: Hour; isComputed: boolean }> {
	const [appointmentId, day, time] = slotId.split('.');
	if (day && time) {
		const own = await appointmentRow(q, appointmentId!);
		if (own.personId !== personId) throw notFound();
		const { durationMinutes, zone } = own;
		const planned = plan(day, time, zone, durationMinutes, new Date(0));
		if (planned.problem) throw notFound();
		const { startsAt, endsAt } = planned;
		return { own, slot: { localDay: day, localTime: time, startsAt, endsAt }, isComputed: true };
	}
	const [stored] = await storedSlot(q).execute({ slotId });
	if (!stored) throw new DomainError('slot_taken', 'conflict');
	if (stored.own.personId !== personId) throw notFound();
	return { ...stored, isComputed: false };
}

const storedSlot = prepared((q) =>
	q
		.select({ slot: appointmentSlot, own: appointment })
		.from(appointmentSlot)
		.innerJoin(appointment, eq(appointment.id, appointmentSlot.appointmentId))
		.where(eq(appointmentSlot.id, sql.placeholder('slotId')))
		.limit(1)
		.prepare(),
);

/** @throws DomainError `day_away` (conflict): such a time would not be shown to the person */
async function refuseDaysAway(tx: Tx, whose: Parameters<typeof holders>[0], hours: Hour[]): Promise<void> {
	const away = await daysAway(tx, holders(whose), hours[0]!.localDay);
	if (hours.some((hour) => isAway(hour.localDay, away))) throw new DomainError('day_away', 'conflict');
}

function slotHours(input: { slots: OfferedHour[]; zone: string; durationMinutes: number }, now: Date) {
	const { zone, durationMinutes } = input;
	const once = new Map(input.slots.map((slot) => [`${slot.day} ${slot.time}`, slot]));
	if (once.size < LEAST_SLOTS) throw new DomainError('too_few_slots', 'invalid');
	const hours = [...once.values()].map(({ day, time }) => agreedHours({ day, time, zone, durationMinutes }, now));
	return hours.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

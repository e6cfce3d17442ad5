import { and, eq, gt, inArray, lt, ne, notExists, or } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { AnswerNote } from '../../shared/answers.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { appointment, appointmentSlot } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { answerAppointment, sealNote } from './answers.ts';
import { availableHours, isAvailableHour } from './availability.ts';
import {
	agreedHours,
	appointmentRow,
	endLinks,
	meetingColumns,
	NOT_ANSWERED,
	type Actor,
	type Meeting,
} from './commands.ts';
import { DAY_MS, INVITATION_DAYS, LEAST_SLOTS, LONGEST_MINUTES, plan } from './rules.ts';

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
	zone: string;
	durationMinutes: number;
	/** Left out: the free times of the professional's weekly hours, as they are when the person looks. */
	slots?: OfferedHour[];
	now: Date;
}

/**
 * Invites a person to choose among at least three times, for ten days.
 * @throws DomainError `too_few_slots`, or the problem of one hour (`hour_past`…)
 */
export async function inviteToChoose(tx: Tx, input: Invitation): Promise<{ id: string }> {
	const { personId, referent, zone, durationMinutes, now } = input;
	const { territoryId } = await personOf(tx, personId);
	const meeting = { ...input, territoryId, referentId: referent.accountId };
	const found = input.slots ?? (await availableHours(tx, meeting, now, LEAST_SLOTS));
	const hours = slotHours({ zone, durationMinutes, slots: found }, now);
	const id = newId();
	await tx.insert(appointment).values({
		id,
		personId,
		territoryId,
		referentId: referent.accountId,
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
 * Offers other times: for an invitation that ran out, or a booked hour the person cannot keep. Replaces those offered before.
 * @throws DomainError `appointment_refused`, `too_few_slots`, or the problem of one hour
 */
export async function offerSlots(
	tx: Tx,
	input: { appointmentId: string; slots: OfferedHour[]; by: Actor; now: Date },
): Promise<void> {
	const { appointmentId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.state !== 'invited' && (found.state !== 'booked' || now >= found.startsAt))
		throw new DomainError('appointment_refused', 'conflict');
	const hours = slotHours({ ...found, slots: input.slots }, now);
	await tx.delete(appointmentSlot).where(eq(appointmentSlot.appointmentId, appointmentId));
	await tx.insert(appointmentSlot).values(hours.map((hour) => ({ id: newId(), appointmentId, ...hour })));
	await tx
		.update(appointment)
		.set({
			chooseBy: new Date(now.getTime() + INVITATION_DAYS * DAY_MS),
			fromAvailability: false,
			...(found.state === 'invited' ? hours[0] : {}),
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
 * The person takes one of the times offered: decided by one conditional update, so of two who want it one gets it.
 * @throws DomainError `not_found`, `slot_taken` (conflict): the page then shows the others
 */
export async function chooseSlot(
	tx: Tx,
	input: { slotId: string; personId: string; by: Actor; now: Date },
): Promise<{ appointmentId: string }> {
	const { slotId, personId, by, now } = input;
	const { slot, appointment: own } = await wantedSlot(tx, slotId, personId);
	if (own.state === 'booked' && own.startsAt.getTime() === slot.startsAt.getTime()) return { appointmentId: own.id };
	const { localDay, localTime, startsAt, endsAt } = slot;
	const isOver = startsAt <= now || (own.fromAvailability && !(await isAvailableHour(tx, own, slot, now)));
	if (isOver) throw new DomainError('slot_taken', 'conflict');
	const [taken] = await tx
		.update(appointment)
		.set({
			state: 'booked',
			localDay,
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
				eq(appointment.id, own.id),
				inArray(appointment.state, ['invited', 'booked']),
				gt(appointment.chooseBy, now),
				notExists(bookedOver(tx, { ...slot, referentId: own.referentId, personId })),
			),
		)
		.returning({ id: appointment.id });
	if (!taken) throw new DomainError('slot_taken', 'conflict');
	await endLinks(tx, own.id, now);
	await touchContact(tx, personId, now);
	await recordAudit(tx, { action: 'appointment.chosen', actor: by, subjectId: own.id, personId, at: now });
	return { appointmentId: own.id };
}

/**
 * « Aucune ne me va »: the person wants other times; what suits them is kept with the answer, and reaches the referent.
 * @throws DomainError `not_found`, `answer_too_late`
 */
export async function askOtherTimes(
	tx: Tx,
	input: { appointmentId: string; personId: string; note: AnswerNote; by: Actor; now: Date },
): Promise<void> {
	const { appointmentId, personId, note, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.personId !== personId) throw notFound();
	if (found.state === 'booked') {
		await answerAppointment(tx, { appointmentId, answer: 'cannot', note, via: 'portal', by, now });
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

/** Times that can still be taken, earliest first: to come, and free for the referent and for the person. */
export async function freeSlots(q: Queries, appointmentId: string, now: Date) {
	const [own] = await q.select().from(appointment).where(eq(appointment.id, appointmentId)).limit(1);
	if (!own?.chooseBy || own.chooseBy <= now) return [];
	if (own.fromAvailability) {
		const hours = await availableHours(q, own, now, MOST_SHOWN);
		return hours.map(({ day, time, startsAt, endsAt }) => ({
			id: computedId(own.id, day, time),
			appointmentId: own.id,
			localDay: day,
			localTime: time,
			startsAt,
			endsAt,
		}));
	}
	const slots = await q
		.select()
		.from(appointmentSlot)
		.where(and(eq(appointmentSlot.appointmentId, appointmentId), gt(appointmentSlot.startsAt, now)))
		.orderBy(appointmentSlot.startsAt)
		.limit(60);
	const free = [];
	for (const slot of slots) {
		const taken = await bookedOver(q, { ...slot, referentId: own.referentId, personId: own.personId }).limit(1);
		if (taken.length === 0) free.push(slot);
	}
	return free;
}
export type FreeSlot = Awaited<ReturnType<typeof freeSlots>>[number];

/** A choice that can be taken in at a glance. */
const MOST_SHOWN = 18;

/** A computed time has no row: its id says which. No id of ours holds a point. */
export const computedId = (appointmentId: string, day: string, time: string) => `${appointmentId}.${day}.${time}`;

/** The time behind the id, offered to this person. @throws DomainError `not_found` */
async function wantedSlot(q: Queries, slotId: string, personId: string) {
	const [appointmentId, day, time] = slotId.split('.');
	if (day && time) {
		const own = await appointmentRow(q, appointmentId!);
		if (own.personId !== personId || !own.fromAvailability) throw notFound();
		const { durationMinutes, zone } = own;
		const planned = plan(day, time, zone, durationMinutes, new Date(0));
		if (planned.problem) throw notFound();
		const { startsAt, endsAt } = planned;
		return { appointment: own, slot: { appointmentId: own.id, localDay: day, localTime: time, startsAt, endsAt } };
	}
	const [stored] = await q
		.select({ slot: appointmentSlot, appointment })
		.from(appointmentSlot)
		.innerJoin(appointment, eq(appointment.id, appointmentSlot.appointmentId))
		.where(and(eq(appointmentSlot.id, slotId), eq(appointment.personId, personId)))
		.limit(1);
	if (!stored) throw notFound();
	return stored;
}

const other = alias(appointment, 'other');

interface Over {
	appointmentId: string;
	referentId: string;
	personId: string;
	startsAt: Date;
	endsAt: Date;
}
const bookedOver = (q: Queries, { appointmentId, referentId, personId, startsAt, endsAt }: Over) =>
	q
		.select({ id: other.id })
		.from(other)
		.where(
			and(
				or(eq(other.referentId, referentId), eq(other.personId, personId)),
				eq(other.state, 'booked'),
				gt(other.startsAt, new Date(startsAt.getTime() - LONGEST_MINUTES * 60_000)),
				lt(other.startsAt, endsAt),
				gt(other.endsAt, startsAt),
				ne(other.id, appointmentId),
			),
		);

function slotHours(input: { slots: OfferedHour[]; zone: string; durationMinutes: number }, now: Date) {
	const { zone, durationMinutes } = input;
	const once = new Map(input.slots.map((slot) => [`${slot.day} ${slot.time}`, slot]));
	if (once.size < LEAST_SLOTS) throw new DomainError('too_few_slots', 'invalid');
	const hours = [...once.values()].map(({ day, time }) => agreedHours({ day, time, zone, durationMinutes }, now));
	return hours.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

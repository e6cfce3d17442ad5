import { and, eq, gt } from 'drizzle-orm';
import type { AbsenceReason, AppointmentMode, AppointmentState, AppointmentType } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, answerLink, appointment } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { findMembership, personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { getTerritory } from '../territories/queries.ts';
import { inviteAgain } from './again.ts';
import { isFirstContact, refuseShortNotice } from './convocation.ts';
import { holders, worksNoMore } from './availability.ts';
import { noteFreed } from './freed.ts';
import { needFrom } from './need-from.ts';
import { isBusyOutside, isPersonHeld, isProfessionalHeld } from './held.ts';
import { plan, refusesTransition, stillBefore, type Outcome } from './rules.ts';

export type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;
export type AppointmentRow = typeof appointment.$inferSelect;

/** Where and how, as a professional decides it. */
export interface Meeting {
	type: AppointmentType;
	mode: AppointmentMode;
	placeName?: string | null;
	address?: string | null;
	/** E.164: the number that answers, or that will call. */
	phone?: string | null;
	toBring?: string | null;
	companion?: boolean;
	interpreter?: boolean;
}
/** What was agreed, as a clock on the wall of the place shows it. */
export interface AgreedHour {
	/** `YYYY-MM-DD` */
	day: string;
	/** `HH:MM` */
	time: string;
	/** IANA name. */
	zone: string;
	durationMinutes: number;
}
type Referent = Pick<SignedIn, 'accountId' | 'role' | 'structureId'> & { structureId: string };

/** The row itself. @throws DomainError `not_found` */
export async function appointmentRow(q: Queries, id: string): Promise<AppointmentRow> {
	const [row] = await q.select().from(appointment).where(eq(appointment.id, id)).limit(1);
	if (!row) throw notFound();
	return row;
}

/**
 * What is asked about an appointment was read on a page, perhaps long ago: nothing is said of an hour the person has not seen.
 * `sequence`: as the page had it; a page of before tells none.
 * @throws DomainError `appointment_changed` (conflict)
 */
export function refuseChanged({ sequence: now }: AppointmentRow, sequence: number | undefined): void {
	if (sequence !== undefined && sequence !== now) throw new DomainError('appointment_changed', 'conflict');
}

/** @throws DomainError with the problem's code (`hour_past`, `hour_missing`, `hour_outside`…) */
export function agreedHours({ day, time, zone, durationMinutes }: AgreedHour, now: Date) {
	const planned = plan(day, time, zone, durationMinutes, now);
	if (planned.problem) throw new DomainError(planned.problem, 'invalid');
	return { localDay: day, localTime: time, startsAt: planned.startsAt, endsAt: planned.endsAt };
}

/**
 * Books an hour. The overlap is looked for inside the write, and a unique index on the referent's hour backs it.
 * A convocation (an hour imposed) leaves the territory's notice, and says why when it is the very first contact.
 * @throws DomainError `referent_busy`, `second_busy`, `person_busy` (conflict), `second_unknown`, `hour_past`, `hour_missing`, `hour_outside`, `hour_malformed`,
 * `duration_outside`, `convocation_too_soon`, `convocation_reason_missing` (invalid)
 */
export async function bookAppointment(
	tx: Tx,
	input: Meeting &
		AgreedHour & {
			personId: string;
			referent: Referent;
			/** The other professional, of a meeting held by two. */
			secondReferentId?: string | null;
			origin: 'invitation' | 'convocation';
			/** Why a first contact is imposed; kept sealed. */
			convocationReason?: string | null;
			now: Date;
		},
): Promise<{ id: string }> {
	const { personId, referent, secondReferentId = null, now } = input;
	const hours = agreedHours(input, now);
	if (secondReferentId) await refuseStranger(tx, personId, secondReferentId, referent.accountId);
	await refuseOverlap(tx, { ...hours, referentId: referent.accountId, secondReferentId, personId });
	const { territoryId } = await personOf(tx, personId);
	const isImposed = input.origin === 'convocation';
	const firstContact = isImposed && (await isFirstContact(tx, personId));
	if (isImposed) await refuseShortNotice(tx, { ...input, territoryId });
	const reason = isImposed ? input.convocationReason?.trim() || null : null;
	if (firstContact && !reason) throw new DomainError('convocation_reason_missing', 'invalid');
	const id = newId();
	await tx.insert(appointment).values({
		id,
		personId,
		territoryId,
		referentId: referent.accountId,
		secondReferentId,
		structureId: referent.structureId,
		...meetingColumns(id, input),
		convocationReasonSealed: sealNullable(`appointment.convocation_reason_sealed:${id}`, reason),
		...hours,
		zone: input.zone,
		durationMinutes: input.durationMinutes,
		state: 'booked',
		answer: 'none',
		origin: input.origin,
		sequence: 0,
		createdById: referent.accountId,
		createdAt: now,
	});
	const detail = isImposed ? { origin: input.origin, firstContact } : undefined;
	await recordAudit(tx, { action: 'appointment.booked', actor: referent, subjectId: id, personId, detail, at: now });
	return { id };
}

/**
 * Moves a booked appointment, and may change where, how and who holds it: one change, one sequence. The answer is asked again, links
 * to the former hour die; a convocation gives its notice again when its hour changes: another room or professional needs none. Other times
 * that were offered for it are no more, but for another room.
 * @throws as `bookAppointment`, and DomainError `appointment_refused`, `appointment_changed` (conflict) when somebody moved it
 * since `sequence`
 */
export async function moveAppointment(tx: Tx, input: Move): Promise<void> {
	const { appointmentId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	const isFixed = found.workshopId !== null;
	if (found.state !== 'booked' || isFixed || now >= found.endsAt)
		throw new DomainError('appointment_refused', 'conflict');
	refuseChanged(found, input.sequence);
	const hours = agreedHours(input, now);
	const isSameHour = hours.startsAt.getTime() === found.startsAt.getTime();
	if (found.origin === 'convocation' && !isSameHour)
		await refuseShortNotice(tx, { ...input, territoryId: found.territoryId });
	const hands = await handsOf(tx, found, input);
	await refuseOverlap(tx, { ...hours, ...hands, personId: found.personId, except: found.id });
	const { zone, durationMinutes } = input;
	const isOfferKept = isSameHour && durationMinutes === found.durationMinutes && hands.referentId === found.referentId;
	await tx
		.update(appointment)
		.set({
			...hours,
			...hands,
			zone,
			durationMinutes,
			...(input.meeting ? meetingColumns(found.id, input.meeting) : {}),
			...NOT_ANSWERED,
			...(isOfferKept ? {} : { chooseBy: null }),
			sequence: found.sequence + 1,
		})
		.where(eq(appointment.id, appointmentId));
	const holdStill = isSameHour ? holders(hands) : [];
	const freed = holders(found).filter((id) => !holdStill.includes(id));
	await noteFreed(tx, found, now, freed);
	await endLinks(tx, appointmentId, now);
	const { personId } = found;
	const detail = { startsAt: found.startsAt.toISOString(), held: holders(found) };
	await recordAudit(tx, {
		action: 'appointment.moved',
		actor: by,
		subjectId: appointmentId,
		personId,
		detail,
		at: now,
	});
}

type Move = AgreedHour & {
	appointmentId: string;
	sequence?: number;
	meeting?: Meeting;
	/** Who holds it from now on, among those who follow the person; left out: the same. */
	referentId?: string;
	/** Null: nobody beside. Left out: the same. */
	secondReferentId?: string | null;
	by: Actor;
	now: Date;
};

/** @throws DomainError `second_unknown` (invalid) for somebody who does not follow the person, or works here no more */
async function handsOf(tx: Tx, found: AppointmentRow, { referentId = found.referentId, secondReferentId }: Move) {
	const second = secondReferentId === undefined ? found.secondReferentId : secondReferentId;
	const beside = second === referentId ? null : second;
	if (beside && beside !== found.secondReferentId) await refuseStranger(tx, found.personId, beside, referentId);
	if (referentId === found.referentId) return { referentId, secondReferentId: beside, structureId: found.structureId };
	await refuseStranger(tx, found.personId, referentId, '');
	const [own] = await tx
		.select({ structureId: account.structureId })
		.from(account)
		.where(eq(account.id, referentId))
		.limit(1);
	return { referentId, secondReferentId: beside, structureId: own?.structureId ?? found.structureId };
}

/**
 * The person cancels their own appointment: its hour is free, and they may choose another one under the same link.
 * @throws DomainError `not_found`, `appointment_refused`, `appointment_over`, `cancel_too_late`, `appointment_changed`
 */
export async function cancelAppointment(
	tx: Tx,
	input: { appointmentId: string; personId: string; sequence?: number; by: Actor; now: Date },
): Promise<{ changed: boolean }> {
	const { appointmentId, personId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.personId !== personId) throw notFound();
	if (found.state === 'excused') return { changed: false };
	const refusal = refusesTransition('person', found.state, 'excused', found, now);
	if (refusal) throw new DomainError(refusal, 'conflict');
	refuseChanged(found, input.sequence);
	const { settings } = await getTerritory(tx, found.territoryId);
	if (!stillBefore(found.startsAt, settings.cancelUntilHours, now))
		throw new DomainError('cancel_too_late', 'conflict');
	await settle(tx, found, 'excused', by, now);
	await noteFreed(tx, found, now);
	await inviteAgain(tx, found, now);
	await touchContact(tx, personId, now);
	return { changed: true };
}

/**
 * A professional says how it ended; only after the beginning, but for `revoked` and `excused`: the person rang before, and the hour is
 * given back as when they cancel it themselves. Said twice, it is written once. `sequence`: as the page had it. `was`: what it was until then.
 * @throws DomainError `not_found`, `appointment_refused`, `outcome_too_early`, `appointment_over`, `appointment_changed`
 */
export async function markOutcome(
	tx: Tx,
	input: { appointmentId: string; sequence?: number; by: Actor; outcome: Outcome; now: Date },
): Promise<{ changed: boolean; was: AppointmentState }> {
	const { appointmentId, by, outcome, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	const was = found.state;
	if (was === outcome) return { changed: false, was };
	refuseChanged(found, input.sequence);
	const refusal = refusesTransition('professional', found.state, outcome, found, now);
	if (refusal) throw new DomainError(refusal, 'conflict');
	await settle(tx, found, outcome, by, now);
	const isGivenBack = outcome === 'excused' && now < found.startsAt;
	if (isGivenBack) {
		await noteFreed(tx, found, now);
		await inviteAgain(tx, found, now);
	}
	if (outcome === 'seen' || isGivenBack) await touchContact(tx, found.personId, now);
	return { changed: true, was };
}

/** More times to choose among than anybody was ever asked about. */
const MOST_INVITATIONS = 50;

/** The person is asked to choose no more: their follow-up is over here. @returns ids of what is withdrawn */
export async function withdrawInvitations(
	tx: Tx,
	{ personId, by, now }: { personId: string; by: Actor; now: Date },
): Promise<string[]> {
	const rows = await tx
		.select({ id: appointment.id })
		.from(appointment)
		// The hour is only the first one that was offered: that it passed changes nothing.
		.where(and(eq(appointment.personId, personId), eq(appointment.state, 'invited')))
		.limit(MOST_INVITATIONS);
	for (const { id } of rows) await markOutcome(tx, { appointmentId: id, by, outcome: 'revoked', now });
	return rows.map(({ id }) => id);
}

/**
 * Why the person did not come, when it is known; what stands in the way becomes a need, as when they say it themselves.
 * @throws DomainError `not_found`, `appointment_refused` (conflict) when they were not said absent
 */
export async function noteAbsence(
	tx: Tx,
	{ appointmentId, reason, by, now }: { appointmentId: string; reason: AbsenceReason; by: Actor; now: Date },
): Promise<void> {
	const found = await appointmentRow(tx, appointmentId);
	if (found.state !== 'noshow') throw new DomainError('appointment_refused', 'conflict');
	if (found.absenceReason === reason) return;
	const { personId } = found;
	await tx.update(appointment).set({ absenceReason: reason }).where(eq(appointment.id, appointmentId));
	await needFrom(tx, { personId, reason, note: '', now });
	const action = 'appointment.absence_noted';
	await recordAudit(tx, { action, actor: by, subjectId: appointmentId, personId, at: now });
}

export async function settle(tx: Tx, found: AppointmentRow, state: Outcome, by: Actor, now: Date) {
	await tx
		.update(appointment)
		.set({
			state,
			outcomeAt: now,
			outcomeById: by.accountId,
			// Held as it was agreed is nothing new to a calendar; mended after « annulé », it is.
			sequence: found.sequence + (state === 'seen' && found.state === 'booked' ? 0 : 1),
			earlierWantedAt: null,
		})
		.where(eq(appointment.id, found.id));
	await endLinks(tx, found.id, now);
	await recordAudit(tx, {
		action: 'appointment.outcome',
		actor: by,
		subjectId: found.id,
		personId: found.personId,
		detail: { from: found.state, to: state },
		at: now,
	});
}

export const NOT_ANSWERED = {
	answer: 'none',
	answeredAt: null,
	answeredVia: null,
	answerNoteSealed: null,
} as const satisfies Partial<AppointmentRow>;

export const meetingColumns = (id: string, meeting: Meeting) => ({
	type: meeting.type,
	mode: meeting.mode,
	placeName: meeting.placeName || null,
	address: meeting.address || null,
	phone: meeting.phone || null,
	toBringSealed: sealNullable(`appointment.to_bring_sealed:${id}`, meeting.toBring),
	companion: meeting.companion ?? false,
	interpreter: meeting.interpreter ?? false,
});

/** Links made for what the appointment was: they say « ended » from now on. */
export const endLinks = (tx: Tx, appointmentId: string, now: Date) =>
	tx
		.update(answerLink)
		.set({ expiresAt: now })
		.where(and(eq(answerLink.appointmentId, appointmentId), gt(answerLink.expiresAt, now)));

interface Wanted {
	referentId: string;
	secondReferentId?: string | null;
	personId: string;
	startsAt: Date;
	endsAt: Date;
	/** The appointment itself, when it moves. */
	except?: string;
}

/** Who of them holds something over these hours already; null when all are free. The second one's other calendar counts. */
export async function whoIsHeld(q: Queries, wanted: Wanted): Promise<'referent' | 'second' | 'person' | null> {
	const { referentId, secondReferentId, personId } = wanted;
	if (await isProfessionalHeld(q, referentId, wanted)) return 'referent';
	if (secondReferentId) {
		if (await isProfessionalHeld(q, secondReferentId, wanted)) return 'second';
		if (await isBusyOutside(q, secondReferentId, wanted)) return 'second';
	}
	return (await isPersonHeld(q, personId, wanted)) ? 'person' : null;
}

/** @throws DomainError `referent_busy`, `second_busy`, `person_busy` */
export async function refuseOverlap(tx: Tx, wanted: Wanted): Promise<void> {
	const who = await whoIsHeld(tx, wanted);
	if (who) throw new DomainError(`${who}_busy`, 'conflict');
}

/**
 * The other professional of a meeting held by two follows the same person, and works here.
 * @throws DomainError `second_unknown` (invalid)
 */
export async function refuseStranger(q: Queries, personId: string, accountId: string, leadId: string): Promise<void> {
	const isThere = (await findMembership(q, personId, accountId)) && !(await worksNoMore(q, [accountId]));
	if (accountId === leadId || !isThere) throw new DomainError('second_unknown', 'invalid');
}

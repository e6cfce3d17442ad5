import { and, eq, gt, lt, ne } from 'drizzle-orm';
import type { AppointmentMode, AppointmentType } from '../../shared/codes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { answerLink, appointment } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { personOf } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { sealNullable } from '../platform/sealing.ts';
import { getTerritory } from '../territories/queries.ts';
import { isFirstContact, refuseShortNotice } from './convocation.ts';
import { LONGEST_MINUTES, plan, refusesTransition, stillBefore, type Outcome } from './rules.ts';

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

/** @throws DomainError with the problem's code (`hour_past`, `hour_missing`, `hour_outside`…) */
export function agreedHours({ day, time, zone, durationMinutes }: AgreedHour, now: Date) {
	const planned = plan(day, time, zone, durationMinutes, now);
	if (planned.problem) throw new DomainError(planned.problem, 'invalid');
	return { localDay: day, localTime: time, startsAt: planned.startsAt, endsAt: planned.endsAt };
}

/**
 * Books an hour. The overlap is looked for inside the write, and a unique index on the referent's hour backs it.
 * A convocation (an hour imposed) leaves the territory's notice, and says why when it is the very first contact.
 * @throws DomainError `referent_busy`, `person_busy` (conflict), `hour_past`, `hour_missing`, `hour_outside`, `hour_malformed`,
 * `duration_outside`, `convocation_too_soon`, `convocation_reason_missing` (invalid)
 */
export async function bookAppointment(
	tx: Tx,
	input: Meeting &
		AgreedHour & {
			personId: string;
			referent: Referent;
			origin: 'invitation' | 'convocation';
			/** Why a first contact is imposed; kept sealed. */
			convocationReason?: string | null;
			now: Date;
		},
): Promise<{ id: string }> {
	const { personId, referent, now } = input;
	const hours = agreedHours(input, now);
	await refuseOverlap(tx, { ...hours, referentId: referent.accountId, personId });
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
 * Moves a booked appointment, and may change where and how. The answer is asked again, links to the former hour die; a
 * convocation gives its notice again.
 * @throws as `bookAppointment`, and DomainError `appointment_refused`, `appointment_changed` (conflict) when somebody moved it
 * since `sequence`
 */
export async function moveAppointment(
	tx: Tx,
	input: AgreedHour & { appointmentId: string; sequence?: number; meeting?: Meeting; by: Actor; now: Date },
): Promise<void> {
	const { appointmentId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.state !== 'booked' || now >= found.endsAt) throw new DomainError('appointment_refused', 'conflict');
	if (input.sequence !== undefined && input.sequence !== found.sequence)
		throw new DomainError('appointment_changed', 'conflict');
	const hours = agreedHours(input, now);
	if (found.origin === 'convocation') await refuseShortNotice(tx, { ...input, territoryId: found.territoryId });
	await refuseOverlap(tx, { ...hours, referentId: found.referentId, personId: found.personId, except: found.id });
	await tx
		.update(appointment)
		.set({
			...hours,
			zone: input.zone,
			durationMinutes: input.durationMinutes,
			...(input.meeting ? meetingColumns(found.id, input.meeting) : {}),
			...NOT_ANSWERED,
			sequence: found.sequence + 1,
		})
		.where(eq(appointment.id, appointmentId));
	await endLinks(tx, appointmentId, now);
	const { personId } = found;
	await recordAudit(tx, { action: 'appointment.moved', actor: by, subjectId: appointmentId, personId, at: now });
}

/** The person cancels their own appointment. @throws DomainError `not_found`, `appointment_refused`, `appointment_over`, `cancel_too_late` */
export async function cancelAppointment(
	tx: Tx,
	input: { appointmentId: string; personId: string; by: Actor; now: Date },
): Promise<{ changed: boolean }> {
	const { appointmentId, personId, by, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.personId !== personId) throw notFound();
	if (found.state === 'excused') return { changed: false };
	const refusal = refusesTransition('person', found.state, 'excused', found, now);
	if (refusal) throw new DomainError(refusal, 'conflict');
	const { settings } = await getTerritory(tx, found.territoryId);
	if (!stillBefore(found.startsAt, settings.cancelUntilHours, now))
		throw new DomainError('cancel_too_late', 'conflict');
	await settle(tx, found, 'excused', by, now);
	await touchContact(tx, personId, now);
	return { changed: true };
}

/**
 * A professional says how it ended; only after the beginning, but for `revoked`. Said twice, it is written once.
 * @throws DomainError `not_found`, `appointment_refused`, `outcome_too_early`, `appointment_over`
 */
export async function markOutcome(
	tx: Tx,
	input: { appointmentId: string; by: Actor; outcome: Outcome; now: Date },
): Promise<{ changed: boolean }> {
	const { appointmentId, by, outcome, now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (found.state === outcome) return { changed: false };
	const refusal = refusesTransition('professional', found.state, outcome, found, now);
	if (refusal) throw new DomainError(refusal, 'conflict');
	await settle(tx, found, outcome, by, now);
	if (outcome === 'seen') await touchContact(tx, found.personId, now);
	return { changed: true };
}

async function settle(tx: Tx, found: AppointmentRow, state: Outcome, by: Actor, now: Date) {
	await tx
		.update(appointment)
		.set({ state, outcomeAt: now, outcomeById: by.accountId, sequence: found.sequence + (state === 'seen' ? 0 : 1) })
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
});

/** Links made for what the appointment was: they say « ended » from now on. */
export const endLinks = (tx: Tx, appointmentId: string, now: Date) =>
	tx
		.update(answerLink)
		.set({ expiresAt: now })
		.where(and(eq(answerLink.appointmentId, appointmentId), gt(answerLink.expiresAt, now)));

interface Wanted {
	referentId: string;
	personId: string;
	startsAt: Date;
	endsAt: Date;
	/** The appointment itself, when it moves. */
	except?: string;
}

/** @throws DomainError `referent_busy`, `person_busy` */
export async function refuseOverlap(tx: Tx, wanted: Wanted): Promise<void> {
	const { startsAt, endsAt, except = '' } = wanted;
	// Nothing lasts longer than LONGEST_MINUTES, so the index is read over a bounded range.
	const overlaps = and(
		eq(appointment.state, 'booked'),
		gt(appointment.startsAt, new Date(startsAt.getTime() - LONGEST_MINUTES * 60_000)),
		lt(appointment.startsAt, endsAt),
		gt(appointment.endsAt, startsAt),
		ne(appointment.id, except),
	);
	const booked = (whose: ReturnType<typeof eq>) =>
		tx.select({ id: appointment.id }).from(appointment).where(and(whose, overlaps)).limit(1);
	if ((await booked(eq(appointment.referentId, wanted.referentId))).length > 0)
		throw new DomainError('referent_busy', 'conflict');
	if ((await booked(eq(appointment.personId, wanted.personId))).length > 0)
		throw new DomainError('person_busy', 'conflict');
}

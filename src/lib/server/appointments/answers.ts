import { and, eq } from 'drizzle-orm';
import type { AnswerNote } from '../../shared/answers.ts';
import type { AppointmentAnswer } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { answerLink, appointment } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { hashToken, newToken } from '../platform/ids.ts';
import { seal, unseal } from '../platform/sealing.ts';
import { appointmentRow, refuseChanged, type Actor, type AppointmentRow } from './commands.ts';
import { needFrom } from './need-from.ts';
import { mayAnswer } from './rules.ts';

export type GivenAnswer = Exclude<AppointmentAnswer, 'none'>;
type Via = 'portal' | 'notification' | 'link' | 'professional';

interface Answering {
	appointmentId: string;
	answer: GivenAnswer;
	/** Free words, or what was tapped beside the answer. */
	note?: string | AnswerNote;
	via: Via;
	/** Of the page it was said on; a page of before tells none. */
	sequence?: number;
	by?: Actor;
	/** When the person said it, for what waited on their phone; now without it. */
	saidAt?: Date;
	now: Date;
}

const notePlace = (id: string) => `appointment.answer_note_sealed:${id}`;

export const sealNote = (id: string, note: AnswerNote): string => seal(notePlace(id), JSON.stringify(note));

/** What the person added to their answer; null when nothing. */
export const readNote = (row: Pick<AppointmentRow, 'id' | 'answerNoteSealed'>): AnswerNote | null =>
	row.answerNoteSealed ? (JSON.parse(unseal(notePlace(row.id), row.answerNoteSealed)) as AnswerNote) : null;

/**
 * Keeps the person's answer. The same answer again changes nothing, whatever the channel; a note given later completes it.
 * What was said last counts, in whatever order it arrives: an answer said before the one that is kept changes nothing.
 * @throws DomainError `not_found`, `answer_too_late` (gone) once it ended or no longer stands, `appointment_changed` (conflict) when
 * it was said of another hour
 */
export async function answerAppointment(tx: Tx, input: Answering): Promise<{ changed: boolean }> {
	const { appointmentId, answer, via, by, now, saidAt = now } = input;
	const found = await appointmentRow(tx, appointmentId);
	if (!mayAnswer(found.state, found.endsAt, now)) throw new DomainError('answer_too_late', 'gone');
	refuseChanged(found, input.sequence);
	if (found.answer !== 'none' && found.answeredAt && saidAt < found.answeredAt) return { changed: false };
	const added = typeof input.note === 'string' ? { text: input.note } : input.note;
	const kept = found.answer === answer ? readNote(found) : null;
	const note = kept || added ? { ...kept, ...added } : null;
	if (found.answer === answer && JSON.stringify(note) === JSON.stringify(kept)) {
		// Said again, it is younger than what may still arrive.
		await tx.update(appointment).set({ answeredAt: saidAt }).where(eq(appointment.id, appointmentId));
		return { changed: false };
	}
	await tx
		.update(appointment)
		.set({
			answer,
			answeredAt: saidAt,
			answeredVia: via,
			answerNoteSealed: note ? sealNote(found.id, note) : null,
		})
		.where(and(eq(appointment.id, appointmentId), eq(appointment.state, 'booked')));
	if (note?.reason) await needFrom(tx, { personId: found.personId, reason: note.reason, note: note.text ?? '', now });
	await touchContact(tx, found.personId, now);
	await recordAudit(tx, {
		action: 'appointment.answered',
		actor: by,
		subjectId: appointmentId,
		personId: found.personId,
		detail: { answer, via },
		at: now,
	});
	return { changed: true };
}

/** As `answerAppointment`, by the person themselves. @throws DomainError `not_found` for somebody else's */
export async function answerOwnAppointment(tx: Tx, input: Omit<Answering, 'via'> & { personId: string }) {
	const found = await appointmentRow(tx, input.appointmentId);
	if (found.personId !== input.personId) throw notFound();
	return answerAppointment(tx, { ...input, via: 'portal' });
}

/**
 * A link that answers one appointment without signing in, until it ends. Only its hash is kept.
 * @throws DomainError `not_found`, `appointment_refused` when there is nothing to answer any more
 */
export async function newAnswerLink(
	tx: Tx,
	{ appointmentId, now }: { appointmentId: string; now: Date },
): Promise<string> {
	const found = await appointmentRow(tx, appointmentId);
	if (!mayAnswer(found.state, found.endsAt, now)) throw new DomainError('appointment_refused', 'conflict');
	const token = newToken();
	await tx
		.insert(answerLink)
		.values({ tokenHash: hashToken(token), appointmentId, createdAt: now, expiresAt: found.endsAt });
	return token;
}

/**
 * The appointment behind a link, without a name, a theme or a place.
 * @throws DomainError `link_unknown` (not_found), `link_ended` (gone)
 */
export async function appointmentOfLink(q: Queries, token: string, now: Date) {
	const [row] = await q
		.select({
			appointmentId: appointment.id,
			startsAt: appointment.startsAt,
			endsAt: appointment.endsAt,
			zone: appointment.zone,
			state: appointment.state,
			answer: appointment.answer,
			territoryId: appointment.territoryId,
			expiresAt: answerLink.expiresAt,
		})
		.from(answerLink)
		.innerJoin(appointment, eq(appointment.id, answerLink.appointmentId))
		.where(eq(answerLink.tokenHash, hashToken(token)))
		.limit(1);
	if (!row) throw new DomainError('link_unknown', 'not_found');
	if (now >= row.expiresAt || !mayAnswer(row.state, row.endsAt, now))
		throw new DomainError('link_ended', 'gone', { territoryId: row.territoryId });
	return row;
}

/** Whose territory to call about a link, dead ones included; null for one that never was. */
export async function territoryOfLink(q: Queries, token: string): Promise<string | null> {
	const [row] = await q
		.select({ territoryId: appointment.territoryId })
		.from(answerLink)
		.innerJoin(appointment, eq(appointment.id, answerLink.appointmentId))
		.where(eq(answerLink.tokenHash, hashToken(token)))
		.limit(1);
	return row?.territoryId ?? null;
}

/** @throws DomainError `link_unknown` (not_found), `link_ended` (gone) */
export async function answerByLink(
	tx: Tx,
	input: { token: string; answer: GivenAnswer; note?: string | AnswerNote; via?: Via; saidAt?: Date; now: Date },
): Promise<{ appointmentId: string; changed: boolean }> {
	const { token, answer, note, via = 'link', saidAt, now } = input;
	const { appointmentId } = await appointmentOfLink(tx, token, now);
	const { changed } = await answerAppointment(tx, { appointmentId, answer, note, via, saidAt, now });
	return { appointmentId, changed };
}

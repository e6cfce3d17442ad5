import { and, eq, isNull } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { reminder } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { addDays, instantOf, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { planNotice } from './commands.ts';
import { problemOf } from './free-text.ts';
import { allowedFrom, quietRuleOf } from './quiet.ts';
import { MAX_RECIPIENTS, pathByHand, recipientsOf, type Recipient } from './recipients.ts';
import type { Subject } from './template-rules.ts';
import { versionFor } from './templates.ts';

/** Time to think again (product.md §5). */
export const UNDO_MS = 10_000;
/** How far ahead a message can be given a day, and the hour it then leaves at. */
export const MAX_DAYS_AHEAD = 30;
const DAY_HOUR = '10:00';

/** A referent or a coordinator, as guards give them. */
export type Sender = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

/**
 * When a message given this day leaves: in ten seconds, or at 10:00 of a later day; at the first allowed hour from then, in the
 * territory. What the preview shows and what is planned ask it alike.
 * @throws DomainError `day_out_of_range` when it is past or more than 30 days ahead
 */
export async function leavingAt(
	q: Queries,
	{ territoryId, day, now }: { territoryId: string; day: string | null; now: Date },
): Promise<Date> {
	const place = await getTerritory(q, territoryId);
	return allowedFrom(hourOn(day, place.zone, now), await quietRuleOf(q, place));
}

function hourOn(day: string | null, zone: string, now: Date): Date {
	const soonest = new Date(now.getTime() + UNDO_MS);
	const today = localDay(now, zone);
	if (!day || day === today) return soonest;
	if (day < today || day > addDays(today, MAX_DAYS_AHEAD)) throw new DomainError('day_out_of_range', 'invalid');
	return instantOf(day, DAY_HOUR, zone);
}

/** Whether a message of this subject can be sent to somebody, as the preview said. */
export const canGetIt = ({ blocked, nextAppointment }: Recipient, subject: Subject): boolean =>
	blocked === null && (subject !== 'appointment' || nextAppointment !== null);

export interface ByHand {
	/** Made with the preview: the same sending posted twice is one. */
	batch: string;
	personIds: string[];
	template: Subject;
	/** A template of the territory, and the version that was previewed. */
	wording?: { id: string; number: number } | null;
	text: string;
	/** `YYYY-MM-DD` in the zone of the territory; null for now. */
	day?: string | null;
	by: Sender & { territoryId: string };
	now: Date;
}

/**
 * Plans one message to each of these people, ten seconds from now so that it can be undone, or on the day given; at the
 * first allowed hour. Those reminded within 24 hours of it, who muted it, whom no channel reaches or who have no appointment to be
 * reminded of are left out; so are those the sender no longer follows, who are counted apart (`gone`).
 * @throws DomainError `text_…` when the free text may not leave, `nobody_chosen`, `too_many`, `day_out_of_range`,
 * `template_unapproved` for several people, `template_changed` since the preview, `not_followed` when none of them is
 */
export async function sendByHand(tx: Tx, input: ByHand): Promise<{ planned: number; gone: number }> {
	const { batch, template, text, by, now } = input;
	const people = [...new Set(input.personIds)];
	if (people.length === 0) throw new DomainError('nobody_chosen', 'invalid');
	if (people.length > MAX_RECIPIENTS) throw new DomainError('too_many', 'invalid');
	const problem = problemOf(text);
	if (problem) throw new DomainError(`text_${problem}`, 'invalid');
	const dueAt = await leavingAt(tx, { territoryId: by.territoryId, day: input.day ?? null, now });
	const followed = await recipientsOf(tx, by.accountId, now, { at: dueAt, among: people });
	if (followed.length === 0) throw new DomainError('not_followed', 'not_found');
	const templateVersionId = await previewedVersion(tx, input, people.length);
	let planned = 0;
	for (const recipient of followed) {
		if (!canGetIt(recipient, template)) continue;
		const personId = recipient.id;
		const appointmentId = template === 'appointment' ? recipient.nextAppointment?.id : undefined;
		const notice = await planNotice(tx, {
			kind: 'manual',
			personId,
			path: pathByHand(appointmentId),
			onceKey: `manual:${by.accountId}:${batch}:${personId}`,
			now,
			dueAt,
			appointmentId,
			subjectId: batch,
			template,
			templateVersionId,
			text: text || undefined,
			createdById: by.accountId,
		});
		if (notice) planned += 1;
	}
	const detail = { template, people: planned, ...(templateVersionId && { templateVersionId }) };
	await recordAudit(tx, { action: 'reminder.sent_by_hand', actor: by, subjectId: batch, detail, at: now });
	return { planned, gone: people.length - followed.length };
}

async function previewedVersion(q: Queries, { wording, template, by }: ByHand, people: number) {
	if (!wording) return undefined;
	const { version, subject } = await versionFor(q, { territoryId: by.territoryId, id: wording.id, people });
	if (version.number !== wording.number || subject !== template) throw new DomainError('template_changed', 'conflict');
	return version.id;
}

/** Takes back what has not left yet. @returns how many messages */
export async function undoByHand(
	tx: Tx,
	{ batch, by, now }: { batch: string; by: Sender; now: Date },
): Promise<number> {
	const rows = await tx
		.update(reminder)
		.set({ state: 'dropped', reason: 'undone', actAt: null })
		.where(
			and(
				eq(reminder.createdById, by.accountId),
				eq(reminder.subjectId, batch),
				eq(reminder.state, 'scheduled'),
				isNull(reminder.sentAt),
			),
		)
		.returning({ id: reminder.id });
	if (rows.length > 0)
		await recordAudit(tx, {
			action: 'reminder.undone',
			actor: by,
			subjectId: batch,
			detail: { people: rows.length },
			at: now,
		});
	return rows.length;
}

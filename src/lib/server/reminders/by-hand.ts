import { and, eq, gt, inArray, isNull, lt, notInArray } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { nextAppointment } from '../appointments/queries.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { followUpMember, reminder } from '../db/schema/index.ts';
import { followedBy } from '../people/queries.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { addDays, instantOf, localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { planNotice } from './commands.ts';
import { problemOf } from './free-text.ts';
import type { Subject } from './template-rules.ts';
import { versionFor } from './templates.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Time to think again (product.md §5). */
export const UNDO_MS = 10_000;
export const MAX_RECIPIENTS = 500;
/** How far ahead a message can be given a day, and the hour it then leaves at. */
export const MAX_DAYS_AHEAD = 30;
const DAY_HOUR = '10:00';

/** A referent or a coordinator, as guards give them. */
export type Sender = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

/** Those of these people this professional follows now. Nobody else may be written to. */
export async function followedAmong(
	q: Queries,
	accountId: string,
	personIds: string[],
	now: Date,
): Promise<Set<string>> {
	if (personIds.length === 0) return new Set();
	const rows = await q
		.selectDistinct({ personId: followUpMember.personId })
		.from(followUpMember)
		.where(and(followedBy(accountId, now), inArray(followUpMember.personId, personIds)));
	return new Set(rows.map(({ personId }) => personId));
}

/**
 * When a message given this day leaves, before quiet hours are looked at: in ten seconds, or at 10:00 of a later day.
 * @throws DomainError `day_out_of_range` when it is past or more than 30 days ahead
 */
export function leavingAt(day: string | null, zone: string, now: Date): Date {
	const soonest = new Date(now.getTime() + UNDO_MS);
	const today = localDay(now, zone);
	if (!day || day === today) return soonest;
	if (day < today || day > addDays(today, MAX_DAYS_AHEAD)) throw new DomainError('day_out_of_range', 'invalid');
	return instantOf(day, DAY_HOUR, zone);
}

/** Reminded by hand within 24 hours of this moment, before or after, by whomever, unless it did not arrive. */
export async function remindedLately(q: Queries, personIds: string[], at: Date): Promise<Map<string, Date>> {
	if (personIds.length === 0) return new Map();
	const rows = await q
		.select({ personId: reminder.personId, at: reminder.dueAt })
		.from(reminder)
		.where(
			and(
				inArray(reminder.personId, personIds),
				gt(reminder.dueAt, new Date(at.getTime() - DAY_MS)),
				lt(reminder.dueAt, new Date(at.getTime() + DAY_MS)),
				eq(reminder.kind, 'manual'),
				notInArray(reminder.state, ['failed', 'dropped']),
			),
		);
	return new Map(rows.map(({ personId, at }) => [personId, at]));
}

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
 * first allowed hour. Those reminded within 24 hours of it, who muted it or have no appointment to be reminded of are left out.
 * @throws DomainError `text_…` when the free text may not leave, `nobody_chosen`, `too_many`, `day_out_of_range`,
 * `template_unapproved` for several people, `template_changed` since the preview, `not_found`
 */
export async function sendByHand(tx: Tx, input: ByHand): Promise<number> {
	const { batch, template, text, by, now } = input;
	const people = [...new Set(input.personIds)];
	if (people.length === 0) throw new DomainError('nobody_chosen', 'invalid');
	if (people.length > MAX_RECIPIENTS) throw new DomainError('too_many', 'invalid');
	const problem = problemOf(text);
	if (problem) throw new DomainError(`text_${problem}`, 'invalid');
	const { zone } = await getTerritory(tx, by.territoryId);
	const dueAt = leavingAt(input.day ?? null, zone, now);
	const followed = await followedAmong(tx, by.accountId, people, now);
	if (people.some((id) => !followed.has(id))) throw notFound();
	const templateVersionId = await previewedVersion(tx, input, people.length);
	const lately = await remindedLately(tx, people, dueAt);
	let planned = 0;
	for (const personId of people) {
		if (lately.has(personId)) continue;
		const appointmentId = template === 'appointment' ? (await nextAppointment(tx, personId, dueAt))?.id : undefined;
		if (template === 'appointment' && !appointmentId) continue;
		const notice = await planNotice(tx, {
			kind: 'manual',
			personId,
			path: appointmentId ? `/rendez-vous/${appointmentId}` : '/compte/messages',
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
	return planned;
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

import { and, eq, gt, inArray, isNull, notInArray } from 'drizzle-orm';
import type { SignedIn } from '../accounts/sessions.ts';
import { nextAppointment } from '../appointments/queries.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { followUpMember, reminder } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { planNotice } from './commands.ts';
import { problemOf } from './free-text.ts';
import type { Template } from './wording.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Time to think again (product.md §5). */
export const UNDO_MS = 10_000;
export const MAX_RECIPIENTS = 500;

/** A referent or a coordinator, as guards give them. */
export type Sender = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;

/** Those of these people this professional follows now. Nobody else may be written to. */
export async function followedAmong(q: Queries, accountId: string, personIds: string[]): Promise<Set<string>> {
	if (personIds.length === 0) return new Set();
	const rows = await q
		.selectDistinct({ personId: followUpMember.personId })
		.from(followUpMember)
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				isNull(followUpMember.endedAt),
				inArray(followUpMember.personId, personIds),
			),
		);
	return new Set(rows.map(({ personId }) => personId));
}

/** Reminded by hand within 24 hours, by whomever, unless it did not arrive. */
export async function remindedLately(q: Queries, personIds: string[], now: Date): Promise<Map<string, Date>> {
	if (personIds.length === 0) return new Map();
	const rows = await q
		.select({ personId: reminder.personId, at: reminder.createdAt })
		.from(reminder)
		.where(
			and(
				inArray(reminder.personId, personIds),
				gt(reminder.createdAt, new Date(now.getTime() - DAY_MS)),
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
	template: Template;
	text: string;
	by: Sender;
	now: Date;
}

/**
 * Plans one message to each of these people, ten seconds from now so that it can be undone, or at the first allowed hour.
 * Those reminded in the last 24 hours, who muted it or have no appointment to be reminded of are left out.
 * @throws DomainError `text_…` when the free text may not leave, `nobody_chosen`, `too_many`, `not_found`
 */
export async function sendByHand(tx: Tx, { batch, personIds, template, text, by, now }: ByHand): Promise<number> {
	const people = [...new Set(personIds)];
	if (people.length === 0) throw new DomainError('nobody_chosen', 'invalid');
	if (people.length > MAX_RECIPIENTS) throw new DomainError('too_many', 'invalid');
	const problem = problemOf(text);
	if (problem) throw new DomainError(`text_${problem}`, 'invalid');
	const followed = await followedAmong(tx, by.accountId, people);
	if (people.some((id) => !followed.has(id))) throw notFound();
	const lately = await remindedLately(tx, people, now);
	let planned = 0;
	for (const personId of people) {
		if (lately.has(personId)) continue;
		const appointmentId = template === 'appointment' ? (await nextAppointment(tx, personId, now))?.id : undefined;
		if (template === 'appointment' && !appointmentId) continue;
		const notice = await planNotice(tx, {
			kind: 'manual',
			personId,
			path: appointmentId ? `/rendez-vous/${appointmentId}` : '/compte/messages',
			onceKey: `manual:${by.accountId}:${batch}:${personId}`,
			now,
			dueAt: new Date(now.getTime() + UNDO_MS),
			appointmentId,
			subjectId: batch,
			template,
			text: text || undefined,
			createdById: by.accountId,
		});
		if (notice) planned += 1;
	}
	await recordAudit(tx, {
		action: 'reminder.sent_by_hand',
		actor: by,
		subjectId: batch,
		detail: { template, people: planned },
		at: now,
	});
	return planned;
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

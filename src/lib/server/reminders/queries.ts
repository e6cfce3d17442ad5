import { and, asc, desc, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { Queries } from '../db/client.ts';
import { among, prepared } from '../db/prepared.ts';
import { appointment, delivery, person, reminder, territory } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { unsealNullable } from '../platform/sealing.ts';
import type { Channel } from '../../shared/codes.ts';
import { MAX_RECIPIENTS } from './recipients.ts';
import { textsOf } from './templates.ts';

const columns = {
	id: reminder.id,
	personId: reminder.personId,
	kind: reminder.kind,
	template: reminder.template,
	templateVersionId: reminder.templateVersionId,
	textSealed: reminder.textSealed,
	path: reminder.path,
	state: reminder.state,
	reason: reminder.reason,
	dueAt: reminder.dueAt,
	actAt: reminder.actAt,
	sentAt: reminder.sentAt,
	shownAt: reminder.shownAt,
	answeredAt: reminder.answeredAt,
	createdAt: reminder.createdAt,
	firstName: person.firstName,
	lastName: person.lastName,
	phone: person.phone,
};
type Row = Awaited<ReturnType<typeof rowsOf>>[number];

const rowsOf = (q: Queries, where: SQL | undefined, limit: number) =>
	q
		.select(columns)
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.where(where)
		.orderBy(desc(reminder.createdAt), desc(reminder.dueAt))
		.limit(limit);

export interface AttemptMade {
	channel: Channel;
	outcome: (typeof delivery.$inferSelect)['outcome'];
	/** The address takes nothing any more: « ne reçoit plus », rather than « refusé ». */
	isDeadAddress: boolean;
	at: Date;
}

/** With what was tried on which channel, oldest first; several devices of one attempt are one, accepted by any. */
async function withAttempts(q: Queries, rows: Row[]) {
	const made = await attemptsOf(q, rows);
	const texts = await textsOf(
		q,
		rows.map(({ templateVersionId }) => templateVersionId),
	);
	return rows.map(({ textSealed, templateVersionId, ...row }) => {
		const attempts = new Map<string, AttemptMade>();
		for (const { channel, outcome, reason, at } of made.get(row.id) ?? []) {
			const key = `${channel} ${at.getTime()}`;
			const isDeadAddress = reason === 'dead_address';
			if (outcome === 'accepted' || !attempts.has(key)) attempts.set(key, { channel, outcome, isDeadAddress, at });
		}
		const text = unsealNullable(`reminder.text_sealed:${row.id}`, textSealed);
		if (row.shownAt) arrived(attempts);
		const wording = texts.get(templateVersionId ?? '')?.fr ?? null;
		return { ...row, wording, text, attempts: [...attempts.values()] };
	});
}

/** A phone showed it: a push left, whatever the push service answered, or did not answer. */
function arrived(attempts: Map<string, AttemptMade>) {
	const pushed = [...attempts.values()].filter(({ channel }) => channel === 'push');
	if (!pushed.some(({ outcome }) => outcome === 'accepted'))
		Object.assign(pushed.at(-1) ?? {}, { outcome: 'accepted' });
}

const deliveryRows = prepared((q) =>
	q.select().from(delivery).where(among(delivery.reminderId, 'ids')).orderBy(asc(delivery.at)).limit(WHOLE).prepare(),
);

async function attemptsOf(q: Queries, rows: Row[]) {
	const made = new Map<string, (typeof delivery.$inferSelect)[]>();
	if (rows.length === 0) return made;
	for (const row of await deliveryRows(q).execute({ ids: JSON.stringify(rows.map(({ id }) => id)) }))
		made.set(row.reminderId, [...(made.get(row.reminderId) ?? []), row]);
	return made;
}
export type ReminderView = Awaited<ReturnType<typeof withAttempts>>[number];

/** What was and will be sent to a person, the latest first: for their file. The caller has checked who is asking. */
export const remindersOf = async (q: Queries, personId: string, limit = 50): Promise<ReminderView[]> =>
	withAttempts(q, await rowsOf(q, eq(reminder.personId, personId), limit));

/** What reached the person themselves, with the words of their referent. */
export const messagesOf = async (q: Queries, personId: string, limit = 50) => {
	const rows = await q
		.select({
			id: reminder.id,
			kind: reminder.kind,
			template: reminder.template,
			templateVersionId: reminder.templateVersionId,
			textSealed: reminder.textSealed,
			path: reminder.path,
			at: reminder.sentAt,
			usefulUntil: reminder.usefulUntil,
			sequence: reminder.appointmentSequence,
			startsAt: appointment.startsAt,
			zone: appointment.zone,
			appointmentState: appointment.state,
			/** Who answers: as in what left (content.ts). */
			phone: sql<string>`coalesce(${appointment.phone}, ${territory.phone})`,
			homeZone: territory.zone,
		})
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.leftJoin(appointment, eq(appointment.id, reminder.appointmentId))
		.where(and(eq(reminder.personId, personId), isNotNull(reminder.sentAt)))
		.orderBy(desc(reminder.sentAt), desc(reminder.createdAt))
		.limit(limit);
	const texts = await textsOf(
		q,
		rows.map(({ templateVersionId }) => templateVersionId),
	);
	return rows.map(({ textSealed, templateVersionId, ...row }) => ({
		...row,
		texts: texts.get(templateVersionId ?? '') ?? null,
		text: unsealNullable(`reminder.text_sealed:${row.id}`, textSealed),
	}));
};
export type MessageView = Awaited<ReturnType<typeof messagesOf>>[number];

/** One sending by hand, person by person; empty when it is somebody else's. */
export const sendingOf = async (q: Queries, accountId: string, batch: string): Promise<ReminderView[]> =>
	withAttempts(
		q,
		await rowsOf(q, and(eq(reminder.createdById, accountId), eq(reminder.subjectId, batch)), MAX_RECIPIENTS),
	);

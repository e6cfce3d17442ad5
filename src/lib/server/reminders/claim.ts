import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import { newAnswerLink } from '../appointments/answers.ts';
import { newRatingLink } from '../evaluation/commands.ts';
import { isUnavailable, type Db, type Queries, type Tx } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import {
	account,
	appointment,
	delivery,
	person,
	pushSubscription,
	reminder,
	step,
	territory,
} from '../db/schema/index.ts';
import { isProved } from '../people/signing-in.ts';
import { config } from '../platform/config.ts';
import { hashToken, newId, pepperedHash } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { isMobile } from '../platform/phone.ts';
import { topicOf } from '../platform/push-payload.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { hasSms } from '../platform/sms.ts';
import { withDefaults } from '../territories/settings.ts';
import type { AppointmentAnswer, AppointmentState, Channel } from '../../shared/codes.ts';
import { progressMessage } from '../requests/progress.ts';
import { receiptLines } from '../requests/receipt.ts';
import { asks, contentOf, localeOf, wordingFor, type Said } from './content.ts';
import { deadAmong } from './dead-addresses.ts';
import { isMuted } from './kinds.ts';
import { nextMove, type Move, type World } from './ladder.ts';
import { orderFor } from './preferences.ts';
import { settledAmong } from './prompts.ts';
import { quietRuleOf, type QuietRule } from './quiet.ts';
import { FORGOTTEN_AFTER_MS } from './subscriptions.ts';
import { textsOf } from './templates.ts';
import type { TemplateTexts } from './template-rules.ts';
import type { Content } from './wording.ts';

/** Longer than the longest wait for a turn (60 s), the longest exchange (30 s for a mail) and its record; a worker killed meanwhile gives way after it. */
export const LEASE_MS = 120_000;

export type ReminderRow = typeof reminder.$inferSelect;
type Subscription = Pick<typeof pushSubscription.$inferSelect, 'id' | 'accountId' | 'endpoint' | 'p256dh' | 'auth'>;

/** A claimed reminder, with all that is needed to send it: nothing is read while it is on its way. */
export interface Job {
	row: ReminderRow;
	leaseUntil: Date;
	channel: Channel;
	ladder: Channel[];
	quiet: QuietRule;
	/** Hours of the territory (`Turn`). */
	shownWithinHours: number;
	content: Content;
	/** What the person had answered when it was claimed. */
	answer: AppointmentAnswer | null;
	/** What it was then. */
	appointmentState: AppointmentState | null;
	tag: string;
	beacon: string;
	devices: Subscription[];
	email: string | null;
	phone: string | null;
}

const isDue = (now: Date) => lte(reminder.actAt, now);

export async function hasDue(q: Queries, now: Date): Promise<boolean> {
	const rows = await q.select({ id: reminder.id }).from(reminder).where(isDue(now)).limit(1);
	return rows.length > 0;
}

/** No lease that was taken by this clock lasts so long: it was ahead when whoever holds it took it. */
const isHeldTooLong = (now: Date) =>
	and(eq(reminder.state, 'sending'), gt(reminder.actAt, new Date(now.getTime() + LEASE_MS)));

/**
 * A worker that was killed while the clock was a day ahead left a lease that ends in a day. Who holds one and lives keeps it, and has
 * the usual time to record: only the moment at which it is due again comes back.
 */
export async function shortenLeases(db: Db, now: Date): Promise<void> {
	const [one] = await db.read.select({ id: reminder.id }).from(reminder).where(isHeldTooLong(now)).limit(1);
	if (!one) return;
	const actAt = new Date(now.getTime() + LEASE_MS);
	await db.write((tx) => tx.update(reminder).set({ actAt }).where(isHeldTooLong(now)));
}

/** Still held under this lease: another worker may have taken it over since. */
export const isHeldBy = (id: string, leaseUntil: Date) =>
	and(eq(reminder.id, id), eq(reminder.state, 'sending'), eq(reminder.leaseUntil, leaseUntil));

const nowOf = prepared((q) =>
	q
		.select({
			state: reminder.state,
			leaseUntil: reminder.leaseUntil,
			reason: reminder.reason,
			shownAt: reminder.shownAt,
			answeredAt: reminder.answeredAt,
			sequence: appointment.sequence,
			answer: appointment.answer,
			appointmentState: appointment.state,
			mutedKinds: person.mutedKinds,
			channelOrder: person.channelOrder,
			kindChannels: person.kindChannels,
		})
		.from(reminder)
		.innerJoin(person, eq(person.id, reminder.personId))
		.leftJoin(appointment, eq(appointment.id, reminder.appointmentId))
		.where(eq(reminder.id, sql.placeholder('id')))
		.limit(1)
		.prepare(),
);

const dueFirst = (q: Queries, now: Date, limit: number) =>
	q.select({ id: reminder.id }).from(reminder).where(isDue(now)).orderBy(asc(reminder.actAt)).limit(limit);

interface Claim {
	now: Date;
	limit: number;
	pushClosedForMs: number;
	/** This one alone. */
	id?: string;
}

/**
 * Takes what is due (`claimDue`) in one write; when one of them cannot even be read, each in a write of its own, and that one is marked:
 * it would otherwise end every tick.
 */
export async function claim(db: Db, claim: Claim): Promise<{ claimed: number; jobs: Job[] }> {
	try {
		return await db.write((tx) => claimDue(tx, claim));
	} catch (error) {
		if (isUnavailable(error)) throw error;
		log.error({ err: error }, 'reminders could not be claimed together');
	}
	const jobs: Job[] = [];
	const due = await dueFirst(db.read, claim.now, claim.limit);
	try {
		for (const { id } of due) jobs.push(...(await claimAlone(db, { ...claim, id })));
	} catch (error) {
		// What was claimed until then leaves.
		if (jobs.length === 0) throw error;
	}
	return { claimed: due.length, jobs };
}

async function claimAlone(db: Db, alone: Claim & { id: string }): Promise<Job[]> {
	try {
		return (await db.write((tx) => claimDue(tx, alone))).jobs;
	} catch (error) {
		if (isUnavailable(error)) throw error;
		log.error({ err: error, reminder: alone.id }, 'a reminder could not be read');
		const failed = { state: 'failed', reason: 'technical', actAt: null, leaseUntil: null } as const;
		await db.write((tx) =>
			tx
				.update(reminder)
				.set(failed)
				.where(and(eq(reminder.id, alone.id), isDue(alone.now))),
		);
		return [];
	}
}

/**
 * Takes what is due, under a lease, and decides each again from what is true now. What needs no sending is concluded here.
 * One statement claims, so that two workers never hold the same one.
 */
export async function claimDue(
	tx: Tx,
	{ now, limit, pushClosedForMs, id }: Claim,
): Promise<{ claimed: number; jobs: Job[] }> {
	const leaseUntil = new Date(now.getTime() + LEASE_MS);
	const chosen = id ? eq(reminder.id, id) : inArray(reminder.id, dueFirst(tx, now, limit));
	const rows = await tx
		.update(reminder)
		.set({ state: 'sending', leaseUntil, actAt: leaseUntil })
		.where(and(chosen, isDue(now)))
		.returning();
	if (rows.length === 0) return { claimed: 0, jobs: [] };
	const surroundings = await surroundingsOf(tx, rows, now);
	const jobs: Job[] = [];
	for (const row of rows) {
		try {
			const around = surroundings.of(row);
			const move = nextMove(row, worldOf(row, around, { now, pushClosedForMs }));
			await noteSkipped(tx, row, { around, move, now });
			if (move.do === 'send') jobs.push(await jobOf(tx, row, around, { move, leaseUntil, now }));
			else await conclude(tx, row, move);
		} catch (error) {
			// One that cannot be read (sealed under another key) must not hold the others back.
			log.error({ err: error, reminder: row.id }, 'a reminder could not be prepared');
			await conclude(tx, row, { do: 'conclude', state: 'failed', reason: 'technical' });
		}
	}
	return { claimed: rows.length, jobs };
}

/** Decided for the first time without an address that is known to be dead: said as the refusal it would have been. */
async function noteSkipped(tx: Tx, row: ReminderRow, { around, move, now }: { around: Around; move: Move; now: Date }) {
	const isFirst = row.ladder === null && orderFor(row.kind, around.person).includes('email');
	const isDecided = move.do === 'send' || (move.do === 'conclude' && move.reason === 'unreachable');
	if (!around.isMailDead || !isFirst || !isDecided) return;
	const skipped = { channel: 'email', outcome: 'permanent_failure', reason: 'dead_address' } as const;
	await tx.insert(delivery).values({ id: newId(), reminderId: row.id, ...skipped, at: now });
}

async function conclude(tx: Tx, row: ReminderRow, move: Exclude<Move, { do: 'send' }>) {
	const waiting = row.sentAt ? ('sent' as const) : ('scheduled' as const);
	await tx
		.update(reminder)
		.set(
			move.do === 'wait'
				? { state: waiting, actAt: move.until, leaseUntil: null }
				: { state: move.state, reason: move.reason, actAt: null, leaseUntil: null },
		)
		.where(eq(reminder.id, row.id));
}

interface Around {
	person: typeof person.$inferSelect;
	quiet: QuietRule;
	/** Hours of the territory (`Turn`). */
	shownWithinHours: number;
	territoryPhone: string;
	account?: { email: string | null; phone: string | null };
	isMailDead: boolean;
	devices: Subscription[];
	appointment?: typeof appointment.$inferSelect;
	texts: TemplateTexts | null;
	stepTitleSealed: string | null;
	isDone: boolean;
}

/** Everything around a batch, in one query per table. */
async function surroundingsOf(tx: Tx, rows: ReminderRow[], now: Date) {
	const personIds = [...new Set(rows.map((row) => row.personId))];
	const people = await tx
		.select({
			person,
			zone: territory.zone,
			holidayZone: territory.holidayZone,
			phone: territory.phone,
			own: territory.settings,
		})
		.from(person)
		.innerJoin(territory, eq(territory.id, person.territoryId))
		.where(inArray(person.id, personIds));
	const accounts = await tx
		.select({ personId: account.personId, id: account.id, email: account.email, phone: account.phone })
		.from(account)
		.where(and(inArray(account.personId, personIds), eq(account.status, 'active')));
	const devices = await tx
		.select()
		.from(pushSubscription)
		.where(
			and(
				inArray(
					pushSubscription.accountId,
					accounts.map(({ id }) => id),
				),
				gt(pushSubscription.lastAliveAt, new Date(now.getTime() - FORGOTTEN_AFTER_MS)),
			),
		);
	const appointmentIds = [...new Set(rows.flatMap((row) => row.appointmentId ?? []))];
	const appointments = await tx.select().from(appointment).where(inArray(appointment.id, appointmentIds));
	const settled = await settledAmong(tx, rows);
	const titles = await stepTitles(tx, rows);
	const texts = await textsOf(
		tx,
		rows.map(({ templateVersionId }) => templateVersionId),
	);

	const accountOf = (personId: string) => accounts.find((one) => one.personId === personId);
	const addresses = people.map(({ person: one }) => ({
		personId: one.id,
		email: emailOf({ person: one, account: accountOf(one.id) }),
	}));
	const dead = await deadAmong(tx, addresses);
	const found = new Map<string, Omit<Around, 'appointment' | 'texts' | 'stepTitleSealed' | 'isDone'>>();
	for (const one of people) {
		const own = accountOf(one.person.id);
		found.set(one.person.id, {
			person: one.person,
			quiet: await quietRuleOf(tx, { ...one, settings: one.own }),
			shownWithinHours: withDefaults(one.own).shownWithinHours,
			territoryPhone: one.phone,
			account: own,
			isMailDead: dead.has(one.person.id),
			devices: own ? devices.filter(({ accountId }) => accountId === own.id) : [],
		});
	}
	return {
		of: (row: ReminderRow): Around => ({
			...found.get(row.personId)!,
			appointment: appointments.find(({ id }) => id === row.appointmentId),
			texts: texts.get(row.templateVersionId ?? '') ?? null,
			stepTitleSealed: titles.get(row.subjectId ?? '') ?? null,
			isDone: settled.has(row.id),
		}),
	};
}

/** Sealed: one that cannot be read fails its own reminder, not the batch. */
async function stepTitles(tx: Tx, rows: ReminderRow[]): Promise<Map<string, string>> {
	const ids = rows.flatMap(({ kind, subjectId }) => (kind === 'step_due' && subjectId ? [subjectId] : []));
	if (ids.length === 0) return new Map();
	const found = await tx.select({ id: step.id, title: step.titleSealed }).from(step).where(inArray(step.id, ids));
	return new Map(found.map(({ id, title }) => [id, title]));
}

const emailOf = ({ person, account }: Pick<Around, 'person' | 'account'>) => person.email ?? account?.email ?? null;
const mobileOf = ({ person, account }: Around) =>
	[person.phone, account?.phone].find((phone) => phone && isMobile(phone)) ?? null;

function reachableBy(around: Around): Set<Channel> {
	const reachable = new Set<Channel>();
	if (around.devices.length > 0) reachable.add('push');
	if (emailOf(around) && !around.isMailDead) reachable.add('email');
	if (mobileOf(around) && hasSms()) reachable.add('sms');
	return reachable;
}

const worldOf = (
	row: ReminderRow,
	around: Around,
	{ now, pushClosedForMs }: { now: Date; pushClosedForMs: number },
): World => ({
	now,
	quiet: around.quiet,
	order: orderFor(row.kind, around.person),
	reachable: reachableBy(around),
	isMuted: isMuted(row.kind, around.person.mutedKinds),
	isDone: around.isDone,
	pushClosedForMs,
	appointment: around.appointment,
});

const forChannel = (around: Around, channel: Channel): Around => {
	const isMailProved = isProved(around.account, 'email', emailOf(around));
	return { ...around, person: { ...around.person, wording: wordingFor(channel, around.person.wording, isMailProved) } };
};

async function jobOf(
	tx: Tx,
	row: ReminderRow,
	known: Around,
	{ move, leaseUntil, now }: { move: Extract<Move, { do: 'send' }>; leaseUntil: Date; now: Date },
): Promise<Job> {
	const around = forChannel(known, move.channel);
	// The same for each sending of one reminder: a phone may say « shown » of the first after a second one left.
	const beacon = pepperedHash(config().codePepper, 'beacon', row.id);
	if (!row.beaconHash)
		await tx
			.update(reminder)
			.set({ beaconHash: hashToken(beacon) })
			.where(eq(reminder.id, row.id));
	const isAsked = asks(row.kind, around.appointment, now);
	const path = await ratingPath(tx, row);
	const token = isAsked ? await newAnswerLink(tx, { appointmentId: row.appointmentId!, now }) : null;
	return {
		row,
		leaseUntil,
		channel: move.channel,
		ladder: move.ladder,
		quiet: around.quiet,
		shownWithinHours: around.shownWithinHours,
		content: {
			...contentOf(saidBy({ ...row, path }, around, { token, now }), readerOf(around), around.appointment),
			...(await linesOf(tx, row, around.person, now)),
		},
		answer: around.appointment?.answer ?? null,
		appointmentState: around.appointment?.state ?? null,
		tag: tagOf(row),
		beacon,
		devices: around.devices,
		email: emailOf(around),
		phone: mobileOf(around),
	};
}

/**
 * From the thing it is about: a newer message replaces the one on the screen, and the one still waiting at the push service. Each
 * message of a professional stands for itself.
 */
export function tagOf({
	id,
	kind,
	appointmentId,
	subjectId,
}: Pick<ReminderRow, 'id' | 'kind' | 'appointmentId' | 'subjectId'>) {
	if (appointmentId) return `rdv-${appointmentId}`;
	return kind === 'manual' || !subjectId ? `msg-${id}` : `msg-${topicOf(kind, subjectId)}`;
}

/** A question about what helped opens without signing in (evaluation/README.md); once answered, its usual page says so. */
async function ratingPath(tx: Tx, { kind, subjectId, path }: ReminderRow): Promise<string> {
	const token = kind === 'rating' && subjectId ? await newRatingLink(tx, subjectId) : null;
	return token ? `/avis/r/${token}` : path;
}

const readerOf = ({ person, territoryPhone }: Around) => ({ ...person, territoryPhone });

const saidBy = (
	row: ReminderRow,
	{ person, texts, stepTitleSealed, quiet }: Around,
	{ token, now }: { token: string | null; now: Date },
): Said => ({
	kind: row.kind,
	template: row.template,
	texts,
	text:
		unsealNullable(`reminder.text_sealed:${row.id}`, row.textSealed) ??
		// What only who chose « detailed » reads of a step.
		(person.wording === 'detailed' ? unsealNullable(`step.title_sealed:${row.subjectId}`, stepTitleSealed) : null),
	path: row.path,
	isNew: row.appointmentSequence === 0,
	lastDay: { at: row.usefulUntil, zone: quiet.zone },
	token,
	now,
});

/**
 * What a mail says of a request, in the words of its page. A receipt is owed to the address the person used (CRPA R112-11-1): all
 * of it. Where the request stands names subjects and structures: for who asked for detail.
 */
async function linesOf(tx: Tx, { kind, subjectId, path }: ReminderRow, who: Around['person'], now: Date) {
	if (!subjectId) return {};
	const locale = localeOf(who.locale);
	if (kind === 'request_received') return { lines: await receiptLines(tx, subjectId, locale, now) };
	const isOfRequest = kind === 'pathway_changed' && path.startsWith('/demande/');
	return isOfRequest && who.wording === 'detailed' ? { lines: await progressMessage(tx, subjectId, locale, now) } : {};
}

/**
 * Just before it leaves: whether it is still ours to send, and wanted, by this channel; and whether the appointment and its answer are
 * still what the message says.
 */
export async function stillStands(q: Queries, job: Job): Promise<boolean> {
	const { row, leaseUntil, channel } = job;
	const [found] = await nowOf(q).execute({ id: row.id });
	const isOurs = found?.state === 'sending' && found.leaseUntil?.getTime() === leaseUntil.getTime();
	if (!found || !isOurs || found.reason || found.shownAt || found.answeredAt) return false;
	if (isMuted(row.kind, found.mutedKinds) || !orderFor(row.kind, found).includes(channel)) return false;
	return row.appointmentId === null || isUnchanged(job, found);
}

const isUnchanged = (
	{ row, answer, appointmentState }: Job,
	now: { sequence: number | null; answer: AppointmentAnswer | null; appointmentState: AppointmentState | null },
): boolean =>
	now.sequence === row.appointmentSequence && now.answer === answer && now.appointmentState === appointmentState;

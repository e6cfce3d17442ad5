import { and, eq, gt, inArray } from 'drizzle-orm';
import { newAnswerLink } from '../appointments/answers.ts';
import type { Tx } from '../db/client.ts';
import { account, appointment, person, pushSubscription, reminder, step, territory } from '../db/schema/index.ts';
import { newRatingLink } from '../evaluation/commands.ts';
import { isProved } from '../people/signing-in.ts';
import { config } from '../platform/config.ts';
import { hashToken, pepperedHash } from '../platform/ids.ts';
import { isMobile } from '../platform/phone.ts';
import { topicOf } from '../platform/push-payload.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { hasSms } from '../platform/sms.ts';
import { progressMessage } from '../requests/progress.ts';
import { receiptLines } from '../requests/receipt.ts';
import { withDefaults } from '../territories/settings.ts';
import type { AppointmentAnswer, AppointmentState, Channel } from '../../shared/codes.ts';
import { asks, contentOf, localeOf, wordingFor, type Said } from './content.ts';
import { deadAmong } from './dead-addresses.ts';
import { isMuted } from './kinds.ts';
import type { Move, World } from './ladder.ts';
import { lastDayZones } from './last-days.ts';
import { orderFor } from './preferences.ts';
import { settledAmong } from './prompts.ts';
import { quietRuleOf, type QuietRule } from './quiet.ts';
import { FORGOTTEN_AFTER_MS } from './subscriptions.ts';
import { textsOf } from './templates.ts';
import type { TemplateTexts } from './template-rules.ts';
import type { Content } from './wording.ts';

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
	/** To whom, how much may be said, and where they are written to: as it was then. */
	reader: Record<'id' | 'wording', string> & Record<'email' | 'phone' | 'accountEmail' | 'accountPhone', string | null>;
	email: string | null;
	phone: string | null;
}

/** What is true now around a reminder: what decides whether it leaves, and what it says. */
export interface Around {
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
	/** In which the last day it tells is one. */
	lastDayZone: string;
	isDone: boolean;
}

/** Everything around a batch, in one query per table. */
export async function surroundingsOf(tx: Tx, rows: ReminderRow[], now: Date) {
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
	const settled = await settledAmong(tx, rows, now);
	const titles = await stepTitles(tx, rows);
	const zones = await lastDayZones(tx, rows);
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
	const found = new Map<string, Omit<Around, 'appointment' | 'texts' | 'stepTitleSealed' | 'lastDayZone' | 'isDone'>>();
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
			lastDayZone: zones.get(row.id) ?? found.get(row.personId)!.quiet.zone,
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

export const worldOf = (
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

export async function jobOf(
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
		reader: addresseeOf(known),
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

const addresseeOf = ({ person: { id, wording, email, phone }, account: own }: Around): Job['reader'] => ({
	...{ id, wording, email, phone },
	...{ accountEmail: own?.email ?? null, accountPhone: own?.phone ?? null },
});

const readerOf = ({ person, territoryPhone }: Around) => ({ ...person, territoryPhone });

const saidBy = (
	row: ReminderRow,
	{ person, texts, stepTitleSealed, lastDayZone }: Around,
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
	lastDay: { at: row.usefulUntil, zone: lastDayZone },
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

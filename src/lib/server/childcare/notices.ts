import { and, asc, between, eq, inArray, isNotNull, lte } from 'drizzle-orm';
import { m } from '../../paraglide/messages.js';
import { localizeHref, type Locale } from '../../paraglide/runtime.js';
import type { Db, Queries, Tx } from '../db/client.ts';
import { account, aidNotice, childcareAid, structure, territory } from '../db/schema/index.ts';
import { formatDayWhen } from '../../shared/dates.ts';
import { displayPhone } from '../../shared/phones.ts';
import { config } from '../platform/config.ts';
import { newId } from '../platform/ids.ts';
import type { Mail } from '../platform/mail.ts';
import type { Delivery } from '../platform/outcome.ts';
import { addDays, localDay } from '../territories/calendar.ts';
import { isWaiting, WAITING, warningDays, WARNED_DAYS } from './rules.ts';

const RETRY_MS = 15 * 60_000;
const MOST_TRIES = 8;
const BATCH = 100;
const MOST = 5_000;
/** E-mails on their way at once: each may last as long as a mail server that hangs is let to. */
const AT_ONCE = 8;

type Notice = Pick<typeof aidNotice.$inferInsert, 'onceKey' | 'aidId' | 'kind' | 'structureId' | 'accountId' | 'day'>;

/** Writes an e-mail to those who decide or follow, once for a key. */
export const writeNotice = (tx: Tx, notice: Notice, now: Date) =>
	tx
		.insert(aidNotice)
		.values({ ...notice, id: newId(), actAt: now, attempts: 0, createdAt: now })
		.onConflictDoNothing({ target: aidNotice.onceKey });

/** Most professionals of a service that are written to one by one. */
const MOST_STAFF = 20;

type ToService = Notice & { structureId: string };

/**
 * Who reads e-mails to a service: its address (null), else each of its referents who has one, so that a service without an
 * address of its own is told all the same.
 */
async function readersOf(q: Queries, structureId: string): Promise<(string | null)[]> {
	const [place] = await q.select().from(structure).where(eq(structure.id, structureId)).limit(1);
	if (place?.email) return [null];
	const staff = await q
		.select({ id: account.id })
		.from(account)
		.where(
			and(
				eq(account.structureId, structureId),
				eq(account.role, 'referent'),
				eq(account.status, 'active'),
				isNotNull(account.email),
			),
		)
		.orderBy(asc(account.id))
		.limit(MOST_STAFF);
	return staff.map(({ id }) => id);
}

const toReader = (notice: ToService, accountId: string | null): Notice =>
	accountId ? { ...notice, accountId, onceKey: `${notice.onceKey}:${accountId}` } : notice;

/** Writes an e-mail to a service, once for a key. */
export async function writeToService(tx: Tx, notice: ToService, now: Date): Promise<void> {
	for (const reader of await readersOf(tx, notice.structureId)) await writeNotice(tx, toReader(notice, reader), now);
}

/**
 * Files that silence will refuse in 15 and in 3 days, said to the service that decides. Asks what is not done: a worker
 * that was down catches up. The date that a pause moved is another one.
 */
export async function planSilenceNotices(db: Db, now: Date): Promise<void> {
	const found: Notice[] = [];
	const readers = new Map<string, (string | null)[]>();
	for (const notice of await silentSoon(db.read, now)) {
		const { structureId } = notice;
		if (!readers.has(structureId)) readers.set(structureId, await readersOf(db.read, structureId));
		found.push(...readers.get(structureId)!.map((reader) => toReader(notice, reader)));
	}
	for (let from = 0; from < found.length; from += BATCH) {
		const batch = found.slice(from, from + BATCH);
		const known = await db.read
			.select({ onceKey: aidNotice.onceKey })
			.from(aidNotice)
			.where(
				inArray(
					aidNotice.onceKey,
					batch.map(({ onceKey }) => onceKey),
				),
			);
		const keys = new Set(known.map(({ onceKey }) => onceKey));
		const missing = batch.filter(({ onceKey }) => !keys.has(onceKey));
		if (missing.length > 0)
			await db.write(async (tx) => {
				for (const notice of missing) await writeNotice(tx, notice, now);
			});
	}
}

/** The nearest warning that is due for each file: the one of 15 days is not said once the one of 3 is. */
async function silentSoon(q: Queries, now: Date): Promise<ToService[]> {
	const day = now.toISOString().slice(0, 10);
	const { id, silenceOn, pausedUntil, deciderStructureId } = childcareAid;
	const rows = await q
		.select({ id, silenceOn, pausedUntil, structureId: deciderStructureId, zone: territory.zone })
		.from(childcareAid)
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.where(
			and(
				inArray(childcareAid.status, [...WAITING]),
				// A day either side covers every zone.
				between(silenceOn, addDays(day, -1), addDays(day, WARNED_DAYS[0] + 1)),
			),
		)
		.orderBy(asc(silenceOn))
		.limit(MOST);
	return rows.flatMap(({ id: aidId, silenceOn: last, pausedUntil: pause, structureId, zone }) => {
		const today = localDay(now, zone);
		if (!structureId || !last || today >= last) return [];
		const due = warningDays({ silenceOn: last, pausedUntil: pause }).findLast(({ on }) => on <= today);
		if (!due) return [];
		return [{ onceKey: `silence:${aidId}:${last}:${due.before}`, kind: 'silence', aidId, structureId, day: last }];
	});
}

type Sent = (mail: Mail) => Promise<Delivery>;

/** Sends what is due, a few at once; a try that fails for now is made again later. @returns how many left */
export async function sendAidNotices(db: Db, send: Sent, now: Date): Promise<number> {
	const due = await db.read
		.select({ notice: aidNotice, aid: childcareAid, place: structure, who: account, zone: territory.zone })
		.from(aidNotice)
		.innerJoin(childcareAid, eq(childcareAid.id, aidNotice.aidId))
		.innerJoin(territory, eq(territory.id, childcareAid.territoryId))
		.leftJoin(structure, eq(structure.id, aidNotice.structureId))
		.leftJoin(account, eq(account.id, aidNotice.accountId))
		.where(lte(aidNotice.actAt, now))
		.orderBy(asc(aidNotice.actAt))
		.limit(BATCH);
	let left = 0;
	const waiting = [...due];
	const sendWaiting = async () => {
		for (let one = waiting.shift(); one; one = waiting.shift()) if (await sendOne(db, send, one, now)) left += 1;
	};
	await Promise.all(Array.from({ length: AT_ONCE }, sendWaiting));
	return left;
}

interface Due {
	notice: Row;
	aid: typeof childcareAid.$inferSelect;
	place: typeof structure.$inferSelect | null;
	who: typeof account.$inferSelect | null;
	zone: string;
}

/** @returns whether it left */
async function sendOne(db: Db, send: Sent, { notice, aid, place, who, zone }: Due, now: Date): Promise<boolean> {
	const to = who ? who.email : (place?.email ?? null);
	const isVain = notice.kind === 'silence' && (aid.silenceOn !== notice.day || !isWaiting(aid.status));
	if (!to || isVain) {
		await settle(db, notice.id, { actAt: null });
		return false;
	}
	// Claimed before it leaves: two workers send it once.
	if (!(await claim(db, notice, now))) return false;
	const { deciderStructureId } = aid;
	const [decider] = deciderStructureId
		? await db.read.select().from(structure).where(eq(structure.id, deciderStructureId)).limit(1)
		: [];
	const locale = (who?.locale ?? 'fr') as Locale;
	const { outcome } = await send({
		to,
		...wordsOf(notice, { aid, decider, toWho: who !== null && place === null, locale, zone, now }),
	});
	if (outcome === 'accepted') await settle(db, notice.id, { actAt: null, sentAt: now });
	else if (outcome === 'permanent_failure') await settle(db, notice.id, { actAt: null });
	return outcome === 'accepted';
}

type Row = typeof aidNotice.$inferSelect;

const claim = (db: Db, { id, attempts }: Row, now: Date) =>
	db.write(async (tx) => {
		const actAt = attempts + 1 >= MOST_TRIES ? null : new Date(now.getTime() + RETRY_MS);
		const taken = await tx
			.update(aidNotice)
			.set({ actAt, attempts: attempts + 1 })
			.where(and(eq(aidNotice.id, id), eq(aidNotice.attempts, attempts)))
			.returning({ id: aidNotice.id });
		return taken.length > 0;
	});

const settle = (db: Db, id: string, to: { actAt: null; sentAt?: Date }) =>
	db.write(async (tx) => void (await tx.update(aidNotice).set(to).where(eq(aidNotice.id, id))));

interface Words {
	aid: typeof childcareAid.$inferSelect;
	/** The service that has the file. */
	decider: typeof structure.$inferSelect | undefined;
	/** To a professional of their own, who follows the person, rather than to a service. */
	toWho: boolean;
	locale: Locale;
	zone: string;
	now: Date;
}

/** A reference and a day: no name, no benefit. */
function wordsOf({ kind, day }: Row, { aid, decider, toWho, locale, zone, now }: Words): Omit<Mail, 'to'> {
	const { reference, personId } = aid;
	const inLanguage = { locale };
	const path = toWho ? `/pro/personnes/${personId}/aides` : `/pro/aides/${reference}`;
	const link = config().origin + localizeHref(path, inLanguage);
	const on = formatDayWhen(day, zone, locale, now);
	const words = { reference, day: on, link };
	if (kind === 'urgent')
		return {
			subject: m.aid_pro_mail_urgent_subject({ reference }, inLanguage),
			text: m.aid_pro_mail_urgent(words, inLanguage),
		};
	if (kind === 'transmitted') {
		const { name = '', phone = '' } = decider ?? {};
		return {
			subject: m.aid_pro_mail_transmitted_subject({ reference }, inLanguage),
			// The file opens to who decides it alone: who it is handed to asks them for it.
			text: m.aid_pro_mail_transmitted({ reference, who: name, phone: displayPhone(phone) }, inLanguage),
		};
	}
	return {
		subject: m.aid_pro_mail_silence_subject({ reference, day: on }, inLanguage),
		text: m.aid_pro_mail_silence(words, inLanguage),
	};
}

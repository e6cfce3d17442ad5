import { and, asc, between, eq, inArray, lte } from 'drizzle-orm';
import { m } from '../../paraglide/messages.js';
import { localizeHref, type Locale } from '../../paraglide/runtime.js';
import type { Db, Queries, Tx } from '../db/client.ts';
import { account, aidNotice, childcareAid, structure, territory } from '../db/schema/index.ts';
import { formatDayWhen } from '../../shared/dates.ts';
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

type Notice = Pick<typeof aidNotice.$inferInsert, 'onceKey' | 'aidId' | 'kind' | 'structureId' | 'accountId' | 'day'>;

/** Writes an e-mail to those who decide or follow, once for a key. */
export const writeNotice = (tx: Tx, notice: Notice, now: Date) =>
	tx
		.insert(aidNotice)
		.values({ ...notice, id: newId(), actAt: now, attempts: 0, createdAt: now })
		.onConflictDoNothing({ target: aidNotice.onceKey });

/**
 * Files that silence will refuse in 15 and in 3 days, said to the service that decides. Asks what is not done: a worker
 * that was down catches up. The date that a pause moved is another one.
 */
export async function planSilenceNotices(db: Db, now: Date): Promise<void> {
	const found = await silentSoon(db.read, now);
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
async function silentSoon(q: Queries, now: Date): Promise<Notice[]> {
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

/** Sends what is due; a try that fails for now is made again later. @returns how many left */
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
	for (const { notice, aid, place, who, zone } of due) {
		const to = who?.email ?? place?.email ?? null;
		const isVain = notice.kind === 'silence' && (aid.silenceOn !== notice.day || !isWaiting(aid.status));
		if (!to || isVain) {
			await settle(db, notice.id, { actAt: null });
			continue;
		}
		// Claimed before it leaves: two workers send it once.
		if (!(await claim(db, notice, now))) continue;
		const locale = (who?.locale ?? 'fr') as Locale;
		const { outcome } = await send({
			to,
			...wordsOf(notice, { reference: aid.reference, personId: aid.personId, toWho: who !== null, locale, zone, now }),
		});
		if (outcome === 'accepted') {
			left += 1;
			await settle(db, notice.id, { actAt: null, sentAt: now });
		} else if (outcome === 'permanent_failure') await settle(db, notice.id, { actAt: null });
	}
	return left;
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
	reference: string;
	personId: string;
	/** To a professional of their own, who follows the person, rather than to the service that decides. */
	toWho: boolean;
	locale: Locale;
	zone: string;
	now: Date;
}

/** A reference and a day: no name, no benefit. */
function wordsOf({ kind, day }: Row, { reference, personId, toWho, locale, zone, now }: Words): Omit<Mail, 'to'> {
	const path = toWho ? `/pro/personnes/${personId}/aides` : `/pro/aides/${reference}`;
	const link = config().origin + localizeHref(path, { locale });
	const on = formatDayWhen(day, zone, locale, now);
	const words = { reference, day: on, link };
	return kind === 'urgent'
		? {
				subject: m.aid_pro_mail_urgent_subject({ reference }, { locale }),
				text: m.aid_pro_mail_urgent(words, { locale }),
			}
		: {
				subject: m.aid_pro_mail_silence_subject({ reference, day: on }, { locale }),
				text: m.aid_pro_mail_silence(words, { locale }),
			};
}

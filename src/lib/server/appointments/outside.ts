import { and, asc, eq, lte } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Db, Queries, Tx } from '../db/client.ts';
import { account, outsideBusy, outsideCalendar, territory } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { getPublic, type Reading, type ReadProblem } from '../platform/public-get.ts';
import { isPublicAddress } from '../platform/push-endpoint.ts';
import { seal, unseal } from '../platform/sealing.ts';
import type { Actor } from './commands.ts';
import { readBusy, type BusySpan } from './outside-reader.ts';
import { DAY_MS } from './rules.ts';

/** Every quarter of an hour; less often an address that does not answer. */
const AGAIN_MS = 15 * 60_000;
const AFTER_PROBLEM_MS = 60 * 60_000;
/** Further than any hour that is offered. */
const AHEAD_DAYS = 60;
/** Read in one round. */
const ROUND = 10;

const place = (accountId: string) => `outside_calendar.address_sealed:${accountId}`;

/**
 * Another calendar of the professional: read from its address from now on, for its busy times alone.
 * @param hosts as in the configuration (`isPublicAddress`)
 * @throws DomainError `calendar_address` (invalid)
 */
export async function followCalendar(
	tx: Tx,
	{ address, hosts, by, now }: { address: string; hosts: string[]; by: Actor; now: Date },
): Promise<void> {
	const read = address.trim().replace(/^webcals?:/i, 'https:');
	if (!isPublicAddress(read, hosts)) throw new DomainError('calendar_address', 'invalid');
	await forget(tx, by.accountId);
	const addressSealed = seal(place(by.accountId), read);
	await tx.insert(outsideCalendar).values({ accountId: by.accountId, addressSealed, createdAt: now, pullAt: now });
	await recordAudit(tx, { action: 'outside_calendar.followed', actor: by, subjectId: by.accountId, at: now });
}

/** The other calendar counts no more. */
export async function leaveCalendar(tx: Tx, { by, now }: { by: Actor; now: Date }): Promise<void> {
	await forget(tx, by.accountId);
	await recordAudit(tx, { action: 'outside_calendar.left', actor: by, subjectId: by.accountId, at: now });
}

async function forget(tx: Tx, accountId: string): Promise<void> {
	await tx.delete(outsideBusy).where(eq(outsideBusy.accountId, accountId));
	await tx.delete(outsideCalendar).where(eq(outsideCalendar.accountId, accountId));
}

/** What the professional is told of it: where it is, when it was last read, what went wrong. Never the whole address, which opens it. */
export async function followedCalendar(q: Queries, accountId: string) {
	const [row] = await q.select().from(outsideCalendar).where(eq(outsideCalendar.accountId, accountId)).limit(1);
	if (!row) return null;
	const { createdAt, readAt, problem } = row;
	return { host: new URL(unseal(place(accountId), row.addressSealed)).host, createdAt, readAt, problem };
}

/** Reads one text; `hosts` as in the configuration. */
export type Reader = (address: string) => Promise<Reading>;
export const readerOf =
	(hosts: string[]): Reader =>
	(address) =>
		getPublic(address, { hosts });

/**
 * Reads the calendars whose turn has come, one after the other, outside any write. A reading that fails keeps the busy times known.
 * @returns how many were read, well or not
 */
export async function readOutsideCalendars(db: Db, now: Date, read: Reader): Promise<number> {
	const due = await db.read
		.select({ calendar: outsideCalendar, zone: territory.zone })
		.from(outsideCalendar)
		.innerJoin(account, eq(account.id, outsideCalendar.accountId))
		.innerJoin(territory, eq(territory.id, account.territoryId))
		// Of who works here no more, nothing is read.
		.where(and(lte(outsideCalendar.pullAt, now), eq(account.status, 'active')))
		.orderBy(asc(outsideCalendar.pullAt))
		.limit(ROUND);
	let done = 0;
	for (const { calendar, zone } of due) {
		if (!(await claim(db, calendar, now))) continue;
		const { accountId } = calendar;
		const outcome = busyIn(await read(unseal(place(accountId), calendar.addressSealed)), zone, now);
		await db.write((tx) => keep(tx, calendar, outcome, now));
		done += 1;
	}
	return done;
}

type Calendar = typeof outsideCalendar.$inferSelect;
const same = ({ accountId, addressSealed }: Calendar) =>
	and(eq(outsideCalendar.accountId, accountId), eq(outsideCalendar.addressSealed, addressSealed));

/** Of two workers one reads it; killed meanwhile, it is due again like any other. */
async function claim(db: Db, calendar: Calendar, now: Date): Promise<boolean> {
	const pullAt = new Date(now.getTime() + AGAIN_MS);
	const claimed = await db.write((tx) =>
		tx
			.update(outsideCalendar)
			.set({ pullAt })
			.where(and(same(calendar), eq(outsideCalendar.pullAt, calendar.pullAt)))
			.returning({ id: outsideCalendar.accountId }),
	);
	return claimed.length > 0;
}

type Outcome = { spans: BusySpan[] } | { problem: ReadProblem | 'unreadable' };

function busyIn(reading: Reading, zone: string, now: Date): Outcome {
	if ('problem' in reading) return reading;
	try {
		const to = new Date(now.getTime() + AHEAD_DAYS * DAY_MS);
		return { spans: readBusy(reading.body, { from: new Date(now.getTime() - DAY_MS), to, zone }) };
	} catch {
		return { problem: 'unreadable' };
	}
}

async function keep(tx: Tx, calendar: Calendar, outcome: Outcome, now: Date): Promise<void> {
	const { accountId } = calendar;
	if ('problem' in outcome) {
		const pullAt = new Date(now.getTime() + AFTER_PROBLEM_MS);
		await tx.update(outsideCalendar).set({ problem: outcome.problem, pullAt }).where(same(calendar));
		return;
	}
	const stillFollowed = await tx
		.update(outsideCalendar)
		.set({ problem: null, readAt: now })
		.where(same(calendar))
		.returning({ id: outsideCalendar.accountId });
	if (stillFollowed.length === 0) return;
	await tx.delete(outsideBusy).where(eq(outsideBusy.accountId, accountId));
	for (let at = 0; at < outcome.spans.length; at += 200)
		await tx.insert(outsideBusy).values(outcome.spans.slice(at, at + 200).map((span) => ({ accountId, ...span })));
}

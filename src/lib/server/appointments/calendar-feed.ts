import { and, asc, desc, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm';
import { isVideoLink } from '../../shared/video.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { account, appointment, calendarFeed, person, territory, workshop } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { hashToken, newToken } from '../platform/ids.ts';
import type { Actor } from './commands.ts';
import { DAY_MS, hasPlace } from './rules.ts';

/** Older ones leave the feed; calendars keep their own past. */
const KEPT_DAYS = 90;
/** Of what is past, the latest; of what is to come, the nearest. */
const MOST = 500;

/** Makes the account's private feed; the former address, if any, is dead at once. Only the hash is kept. */
export async function makeFeed(tx: Tx, { by, now }: { by: Actor; now: Date }): Promise<string> {
	const token = newToken();
	await tx.delete(calendarFeed).where(eq(calendarFeed.accountId, by.accountId));
	await tx.insert(calendarFeed).values({ tokenHash: hashToken(token), accountId: by.accountId, createdAt: now });
	await recordAudit(tx, { action: 'calendar_feed.made', actor: by, subjectId: by.accountId, at: now });
	return token;
}

/** The address answers nobody any more. Said twice, it is done once. */
export async function revokeFeed(tx: Tx, { by, now }: { by: Actor; now: Date }): Promise<void> {
	const gone = await tx
		.delete(calendarFeed)
		.where(eq(calendarFeed.accountId, by.accountId))
		.returning({ id: calendarFeed.accountId });
	if (gone.length > 0)
		await recordAudit(tx, { action: 'calendar_feed.revoked', actor: by, subjectId: by.accountId, at: now });
}

const feedRow = prepared((q) =>
	q
		.select()
		.from(calendarFeed)
		.where(eq(calendarFeed.accountId, sql.placeholder('accountId')))
		.limit(1)
		.prepare(),
);

/** Since when the account has a feed, and whether `token` is its address; undefined without one. */
export async function findFeed(q: Queries, accountId: string, token = '') {
	const [row] = await feedRow(q).execute({ accountId });
	return row && { createdAt: row.createdAt, isItsToken: row.tokenHash === hashToken(token) };
}

/**
 * What a calendar that subscribed may read: hours that stand, stood or were cancelled, of the person themselves or held by the
 * professional; nothing that only waits to be chosen.
 * @throws DomainError `feed_unknown` (not_found): never was, revoked, or the account is closed
 */
export async function feedOf(q: Queries, token: string, now: Date) {
	const [owner] = await q
		.select({
			accountId: account.id,
			personId: account.personId,
			locale: account.locale,
			zone: territory.zone,
			wording: person.wording,
		})
		.from(calendarFeed)
		.innerJoin(account, eq(account.id, calendarFeed.accountId))
		.innerJoin(territory, eq(territory.id, account.territoryId))
		.leftJoin(person, eq(person.id, account.personId))
		.where(and(eq(calendarFeed.tokenHash, hashToken(token)), eq(account.status, 'active')))
		.limit(1);
	if (!owner) throw new DomainError('feed_unknown', 'not_found');
	const { personId, accountId } = owner;
	const whose = personId
		? eq(appointment.personId, personId)
		: and(
				or(eq(appointment.referentId, accountId), eq(appointment.secondReferentId, accountId)),
				isNull(appointment.workshopId),
			);
	const since = new Date(now.getTime() - KEPT_DAYS * DAY_MS);
	const part = (when: ReturnType<typeof and>, order: typeof asc) =>
		q
			.select({ appointment, firstName: person.firstName, lastName: person.lastName })
			.from(appointment)
			.innerJoin(person, eq(person.id, appointment.personId))
			.where(and(whose, when, ne(appointment.state, 'invited')))
			.orderBy(order(appointment.startsAt), order(appointment.id))
			.limit(MOST);
	// Each with room of its own: a full past takes nothing from what is to come.
	const coming = await part(gt(appointment.startsAt, now), asc);
	const past = await part(and(gt(appointment.startsAt, since), lte(appointment.startsAt, now)), desc);
	const entries = [...past.reverse(), ...coming];
	const held = personId ? [] : await workshopsHeld(q, accountId, now);
	return {
		kind: personId ? ('person' as const) : ('professional' as const),
		locale: owner.locale,
		zone: owner.zone,
		detailed: owner.wording === 'detailed',
		entries: [
			...entries.map(({ appointment: row, firstName, lastName }) => ({
				...row,
				place: placeOf(row),
				initials: initialsOf(firstName, lastName),
				title: null as string | null,
			})),
			...held.map((row) => ({
				...row,
				place: placeOf(row),
				state: row.cancelledAt ? ('revoked' as const) : ('booked' as const),
				initials: '',
			})),
		],
	};
}

/** One entry for a workshop, however many take part. */
const workshopsHeld = (q: Queries, accountId: string, now: Date) =>
	q
		.select()
		.from(workshop)
		.where(and(eq(workshop.referentId, accountId), gt(workshop.startsAt, new Date(now.getTime() - KEPT_DAYS * DAY_MS))))
		.orderBy(asc(workshop.startsAt))
		.limit(MOST);

type Met = Pick<typeof appointment.$inferSelect, 'mode' | 'placeName' | 'address'>;
/** Where somebody goes, or the link of a video; forms come filled in with the office, whatever the way of meeting. */
function placeOf({ mode, placeName, address }: Met): string | null {
	if (mode === 'video') return address && isVideoLink(address) ? address : null;
	return hasPlace(mode) ? [placeName, address].filter(Boolean).join(', ') || null : null;
}

/** « A. M. »: enough for the professional who holds the hour, nothing for who looks over a shoulder. */
export const initialsOf = (...names: string[]): string =>
	names.map((name) => `${[...name.trim()][0]?.toLocaleUpperCase('fr') ?? '?'}.`).join(' ');

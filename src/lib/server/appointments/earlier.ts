import { and, asc, eq, gt, isNotNull, isNull, lt, lte, not } from 'drizzle-orm';
import { recordAudit } from '../audit/commands.ts';
import type { Db, Queries, Tx } from '../db/client.ts';
import { is } from '../db/prepared.ts';
import { appointment, earlierProposal, freedHour } from '../db/schema/index.ts';
import { touchContact } from '../people/commands.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { addDays, localDay, nextAllowed, startOfDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { sendingHoursOf } from '../territories/settings.ts';
import { holders, isClosed } from './availability.ts';
import { appointmentRow, whoIsHeld, type Actor, type AppointmentRow } from './commands.ts';
import { lastToWait, mayPropose, mayWait, MOST_PROPOSALS, PROPOSAL_MS } from './earlier-rules.ts';
import { DAY_MS } from './rules.ts';
import { takeHour } from './slots.ts';

type Freed = typeof freedHour.$inferSelect;
export type EarlierProposal = typeof earlierProposal.$inferSelect;
/** Freed hours looked at in one write. */
const BATCH = 20;
/** People asked about one hour: those after them have a choice of their own to come. */
const MOST_WAITING = 200;

interface Own {
	appointmentId: string;
	personId: string;
	by: Actor;
	now: Date;
}
/** What is said of an hour that was proposed. `proposalId`: as the page had it; a page of before tells none. */
interface Word extends Own {
	proposalId?: string;
}

async function ownRow(tx: Tx, { appointmentId, personId }: Own): Promise<AppointmentRow> {
	const found = await appointmentRow(tx, appointmentId);
	if (found.personId !== personId) throw notFound();
	return found;
}

/**
 * The person asks to be told when an earlier hour is free, or no longer. Said twice, it is kept once.
 * @throws DomainError `not_found`, `earlier_refused` (conflict) when it is not booked, is a workshop, or is less than seven days away
 */
export async function wantEarlier(tx: Tx, input: Own & { wanted: boolean }): Promise<void> {
	const { appointmentId, personId, by, wanted, now } = input;
	const found = await ownRow(tx, input);
	if (Boolean(found.earlierWantedAt) === wanted) return;
	const may = found.state === 'booked' && !found.workshopId && mayWait(found.startsAt, now);
	if (wanted && !may) throw new DomainError('earlier_refused', 'conflict');
	await tx
		.update(appointment)
		.set({ earlierWantedAt: wanted ? now : null })
		.where(eq(appointment.id, appointmentId));
	const action = wanted ? 'appointment.earlier_wanted' : 'appointment.earlier_left';
	await recordAudit(tx, { action, actor: by, subjectId: appointmentId, personId, at: now });
}

/**
 * Proposes the hours that were given back, each to the one who has waited longest; to the next one when nobody said yes within a
 * day. Asks what is due and not done: nothing is lost when the worker was down.
 * @returns how many were proposed
 */
export async function proposeEarlier(db: Db, now: Date): Promise<number> {
	if ((await dueHours(db.read, now, 1)).length === 0) return 0;
	return db.write(async (tx) => {
		let proposed = 0;
		for (const freed of await dueHours(tx, now, BATCH)) {
			const { actAt, isProposed } = await proposeHour(tx, freed, now);
			if (isProposed) proposed += 1;
			await tx.update(freedHour).set({ actAt }).where(eq(freedHour.id, freed.id));
		}
		return proposed;
	});
}

const dueHours = (q: Queries, now: Date, most: number): Promise<Freed[]> =>
	q.select().from(freedHour).where(lte(freedHour.actAt, now)).orderBy(asc(freedHour.actAt)).limit(most);

interface Proposed {
	/** Until when it waits for a word, or the morning it is looked at again; null when it is gone, too close, or nobody is left to ask. */
	actAt: Date | null;
	isProposed: boolean;
}

async function proposeHour(tx: Tx, freed: Freed, now: Date): Promise<Proposed> {
	const { startsAt, zone } = freed;
	const today = localDay(now, zone);
	// From tomorrow, as all free hours: time to read and to come.
	if (freed.localDay <= today) return { actAt: null, isProposed: false };
	let isForAnotherDay = false;
	for (const waiting of await waitingFor(tx, freed, now)) {
		const proposals = await proposalsOf(tx, waiting.id);
		if (proposals.some(({ freedHourId }) => freedHourId === freed.id)) continue;
		const proposedOn = proposals.map((each) => each.proposedOn);
		if (!mayPropose({ startsAt: waiting.startsAt, zone: waiting.zone, proposedOn }, now)) {
			// Asked about another hour today; after three, they are asked no more.
			if (proposals.length < MOST_PROPOSALS) isForAnotherDay = true;
			continue;
		}
		const { personId, referentId, secondReferentId } = waiting;
		const hour = { localDay: freed.localDay, startsAt, endsAt: endOf(freed, waiting) };
		const held = await whoIsHeld(tx, { ...hour, referentId, secondReferentId, personId, except: waiting.id });
		// Taken meanwhile: given back, it comes again by itself.
		if (held === 'referent') continue;
		if (held || (await isClosed(tx, holders(waiting), hour))) {
			isForAnotherDay = true;
			continue;
		}
		const endsAt = await lastMoment(tx, waiting.territoryId, startsAt, now);
		await tx.insert(earlierProposal).values({
			id: newId(),
			appointmentId: waiting.id,
			freedHourId: freed.id,
			proposedOn: localDay(now, waiting.zone),
			proposedAt: now,
			endsAt,
			state: 'open',
		});
		return { actAt: endsAt, isProposed: true };
	}
	return { actAt: isForAnotherDay ? startOfDay(addDays(today, 1), zone) : null, isProposed: false };
}

const endOf = ({ startsAt }: Pick<Freed, 'startsAt'>, { durationMinutes }: Pick<AppointmentRow, 'durationMinutes'>) =>
	new Date(startsAt.getTime() + durationMinutes * 60_000);

/** Those whom it suits: same professional, same way and place, not longer than what was freed, later than it and not too soon themselves. */
export const waitingFor = (q: Queries, freed: Freed, now: Date): Promise<AppointmentRow[]> =>
	q
		.select()
		.from(appointment)
		.where(
			and(
				eq(appointment.referentId, freed.referentId),
				isNotNull(appointment.earlierWantedAt),
				is(appointment.state, 'booked'),
				eq(appointment.mode, freed.mode),
				freed.placeName === null ? isNull(appointment.placeName) : eq(appointment.placeName, freed.placeName),
				eq(appointment.zone, freed.zone),
				// Said as what it is not: the index of those who wait is read, in its order, rather than that of the hours.
				not(lte(appointment.startsAt, freed.startsAt)),
				not(lt(appointment.startsAt, lastToWait(now))),
				lte(appointment.durationMinutes, (freed.endsAt.getTime() - freed.startsAt.getTime()) / 60_000),
			),
		)
		.orderBy(asc(appointment.earlierWantedAt))
		.limit(MOST_WAITING);

const proposalsOf = (q: Queries, appointmentId: string): Promise<EarlierProposal[]> =>
	q.select().from(earlierProposal).where(eq(earlierProposal.appointmentId, appointmentId)).limit(10);

/** A day after it may be read, which is not at night or on a Sunday; four hours before it begins at the latest. */
async function lastMoment(q: Queries, territoryId: string, startsAt: Date, now: Date): Promise<Date> {
	const { zone, holidayZone, settings } = await getTerritory(q, territoryId);
	const readable = nextAllowed(now, zone, await holidaysOf(q, holidayZone), sendingHoursOf(settings));
	return new Date(Math.min(readable.getTime() + PROPOSAL_MS, startsAt.getTime() - 4 * 60 * 60_000));
}

/** A proposal, its hour, and the appointment it is for. */
export const PROPOSED = { proposal: earlierProposal, hour: freedHour, own: appointment };
interface ProposedHour {
	proposal: EarlierProposal;
	hour: Freed;
	own: AppointmentRow;
}

/** The first earlier hour that waits for the person's word and can still be taken: another one may be proposed while it does. */
export async function openProposal(q: Queries, appointmentId: string, now: Date) {
	const rows = await q
		.select(PROPOSED)
		.from(earlierProposal)
		.innerJoin(freedHour, eq(freedHour.id, earlierProposal.freedHourId))
		.innerJoin(appointment, eq(appointment.id, earlierProposal.appointmentId))
		.where(
			and(
				eq(earlierProposal.appointmentId, appointmentId),
				eq(earlierProposal.state, 'open'),
				gt(earlierProposal.endsAt, now),
			),
		)
		.orderBy(asc(earlierProposal.endsAt))
		.limit(MOST_PROPOSALS);
	for (const row of rows) {
		const hour = await takeable(q, row);
		if (hour) return hour;
	}
	return undefined;
}

/**
 * The hour of an open proposal, unless it is held or closed since, the person's own now comes before it, or is with somebody else or
 * met elsewhere.
 */
export async function takeable(q: Queries, { proposal, hour, own }: ProposedHour) {
	if (own.state !== 'booked' || own.startsAt <= hour.startsAt) return undefined;
	const isSame = own.referentId === hour.referentId && own.mode === hour.mode && own.placeName === hour.placeName;
	if (!isSame) return undefined;
	const { id, endsAt: until } = proposal;
	const { localDay: day, localTime, zone, startsAt } = hour;
	const endsAt = endOf(hour, own);
	const { referentId, secondReferentId, personId } = own;
	const held = await whoIsHeld(q, { referentId, secondReferentId, personId, startsAt, endsAt, except: own.id });
	if (held || (await isClosed(q, holders(own), { localDay: day, startsAt, endsAt }))) return undefined;
	return { id, until, localDay: day, localTime, zone, startsAt, endsAt };
}

/**
 * The person takes the earlier hour: their booking moves to it, and the one it leaves is free in turn.
 * @throws DomainError `not_found`, `slot_taken` (conflict)
 */
export async function takeEarlier(tx: Tx, input: Word): Promise<void> {
	const found = await ownRow(tx, input);
	const hour = await spokenOf(tx, input);
	if (!hour) throw new DomainError('slot_taken', 'conflict');
	await takeHour(tx, found, hour, input);
	await endProposal(tx, hour.id, 'taken');
	await tx.update(appointment).set({ earlierWantedAt: null }).where(eq(appointment.id, found.id));
}

/** The person keeps their own hour: the next one who waits is asked at once. Said twice, it is done once. */
export async function declineEarlier(tx: Tx, input: Word): Promise<void> {
	await ownRow(tx, input);
	const hour = await spokenOf(tx, input);
	if (!hour) return;
	const { freedHourId } = await endProposal(tx, hour.id, 'declined');
	await tx.update(freedHour).set({ actAt: input.now }).where(eq(freedHour.id, freedHourId));
	await touchContact(tx, input.personId, input.now);
}

/** Nothing is said of an hour that the page did not show. */
async function spokenOf(q: Queries, { appointmentId, proposalId, now }: Word) {
	const hour = await openProposal(q, appointmentId, now);
	return proposalId === undefined || proposalId === hour?.id ? hour : undefined;
}

async function endProposal(tx: Tx, id: string, state: 'taken' | 'declined'): Promise<{ freedHourId: string }> {
	const [row] = await tx
		.update(earlierProposal)
		.set({ state })
		.where(eq(earlierProposal.id, id))
		.returning({ freedHourId: earlierProposal.freedHourId });
	return row!;
}

/** Freed hours that are past, with what was proposed of them. */
export const forgetFreedHours = (tx: Tx, now: Date) =>
	tx.delete(freedHour).where(lte(freedHour.startsAt, new Date(now.getTime() - 30 * DAY_MS)));

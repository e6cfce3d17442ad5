import { localDay } from '../territories/calendar.ts';
import { DAY_MS } from './rules.ts';

/** The waiting list for an earlier hour: at most 3 proposals, one a day, none in the last 7 days before. */
export const MOST_PROPOSALS = 3;
export const LAST_DAYS = 7;
/** How long a proposed hour waits for a word, once it can be read, before the next one is asked. */
export const PROPOSAL_MS = DAY_MS;

/** What is booked from then on leaves the seven days, that moment included. */
export const lastToWait = (now: Date): Date => new Date(now.getTime() + LAST_DAYS * DAY_MS);

/** Whether somebody may still wait. */
export const mayWait = (startsAt: Date, now: Date): boolean => startsAt >= lastToWait(now);

/** `proposedOn`: days (`YYYY-MM-DD`, in `zone`) of the proposals already made for this appointment. */
export const mayPropose = (
	{ startsAt, zone, proposedOn }: { startsAt: Date; zone: string; proposedOn: string[] },
	now: Date,
): boolean => mayWait(startsAt, now) && proposedOn.length < MOST_PROPOSALS && !proposedOn.includes(localDay(now, zone));

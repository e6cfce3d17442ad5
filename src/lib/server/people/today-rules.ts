import type { AnswerNote } from '../../shared/answers.ts';
import type { CheckInAnswer } from '../../shared/closing.ts';
import type { Channel } from '../../shared/codes.ts';

/** Why somebody needs a professional today, from the most to the least pressing. The order is the sort. */
export const REASONS = [
	'urgent_need',
	'unreachable',
	'unsent',
	'called_off',
	'no_lead',
	'noshow',
	'needs_help',
	'cannot',
	'other_times',
	'unseen',
	'waiting',
	'check_in',
	'stuck',
	'contested',
	'new_need',
	'need_left',
	'proposed',
	'dead_address',
	'delay',
	'group_unwritten',
	'group_refused',
	'objected',
	'request_late',
	'request_waiting',
	'outcome',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Why {
	reason: Reason;
	since: Date;
	/** The person's own words, when they gave some. */
	note: string | null;
	/** What a sentence needs: which delay, which stage, how many channels. */
	detail: Omit<AnswerNote, 'text'> & {
		/** What they said of their first months at work; null: nothing. */
		checkIn?: CheckInAnswer | null;
		delayKind?: string;
		stageName?: Record<string, string> | null;
		channels?: number;
		daysLate?: number;
		appointmentAt?: Date;
		zone?: string;
		/** Last day for the first contact. */
		respondBy?: string | null;
		/** Something cannot wait: before the others of the same reason. */
		urgent?: boolean;
	};
	/** Reference of a request to take; the page's link. */
	reference: string | null;
}

/** A request nobody took yet has no file to open. */
export interface Concerned {
	personId: string;
	firstName: string;
	lastName: string;
	commune: string | null;
	birthDate: string | null;
	phone: string | null;
	email: string | null;
}

export type Alert = Concerned & Why;

export interface TodayRow extends Concerned {
	/** Most pressing first; never empty. */
	reasons: [Why, ...Why[]];
	nextAppointment: { startsAt: Date; zone: string } | null;
	channels: Channel[];
}

const rank = ({ reason }: Why) => REASONS.indexOf(reason);
const urgency = ({ detail }: Why) => (detail.urgent ? 0 : 1);
const bySeverity = (a: Why, b: Why) =>
	rank(a) - rank(b) || urgency(a) - urgency(b) || a.since.getTime() - b.since.getTime();

/**
 * One line per person with all their reasons, the worst first; people by their worst reason, what cannot wait first, then by how long it has lasted.
 * The same reason twice (two failed messages) counts once, since the first.
 */
export function mergeAlerts(alerts: Alert[]): Pick<TodayRow, keyof Concerned | 'reasons'>[] {
	const people = new Map<string, { who: Concerned; reasons: Why[] }>();
	for (const { reason, since, note, detail, reference, ...who } of [...alerts].sort(bySeverity)) {
		const entry = people.get(who.personId) ?? { who, reasons: [] };
		if (!entry.reasons.some((other) => other.reason === reason))
			entry.reasons.push({ reason, since, note, detail, reference });
		people.set(who.personId, entry);
	}
	return [...people.values()]
		.sort((a, b) => bySeverity(a.reasons[0]!, b.reasons[0]!))
		.map(({ who, reasons }) => ({ ...who, reasons: reasons as [Why, ...Why[]] }));
}

import { addMonths, daysBetween } from '../territories/calendar.ts';
import type { LeadAges, Scale } from './scale.ts';

/** What the person says; nothing of it is kept. */
export interface Situation {
	/** Completed years of each child kept. */
	ages: number[];
	activity: 'job' | 'training';
	/** First day of work or training, `YYYY-MM-DD`. */
	startsOn: string;
	hoursPerWeek: number;
	/** Long enough: 28 days of job, 40 hours of training. */
	longEnough: boolean;
	/** Somebody is paid to keep the child. */
	paysCare: boolean;
	/** Had this aid less than a year ago. */
	hadItThisYear: boolean;
	singleParent: boolean;
	mayotte: boolean;
}

/** Conditions that are not met, as codes the page says kindly. */
export type Unmet = 'age' | 'too_short' | 'no_cost' | 'too_late' | 'once_a_year';
/** Other helps to ask about. */
export type Lead = 'cmg' | 'avip' | 'territory';

export interface Estimate {
	/** Null when a condition is not met. Never a promise. */
	amountCents: number | null;
	children: number;
	unmet: Unmet[];
	/** Last day to ask, in the calendar of the territory; and days left, negative when it is over. */
	askBefore: string;
	daysLeft: number;
	leads: Lead[];
}

/** Estimates the aid of France Travail. `today` is the day of the territory. */
export function estimate(scale: Scale, situation: Situation, today: string, leadAges: LeadAges): Estimate {
	const { ages, startsOn, hoursPerWeek, singleParent } = situation;
	const children = ages.filter((age) => age < scale.ageLimit).length;
	const askBefore = addMonths(startsOn, scale.askWithinMonths);
	const daysLeft = daysBetween(today, askBefore);
	const unmet: Unmet[] = [];
	if (children === 0) unmet.push('age');
	if (!situation.longEnough) unmet.push('too_short');
	if (!situation.paysCare) unmet.push('no_cost');
	if (daysLeft < 0) unmet.push('too_late');
	if (situation.hadItThisYear) unmet.push('once_a_year');
	const table = scale.amounts[situation.mayotte ? 'mayotte' : 'mainland'];
	const row = hoursPerWeek >= scale.fullHours ? table.full : table.part;
	return {
		amountCents: unmet.length === 0 ? row[Math.min(children, row.length) - 1]! : null,
		children,
		unmet,
		askBefore,
		daysLeft,
		leads: leadsOf(ages, singleParent, leadAges),
	};
}

function leadsOf(ages: number[], singleParent: boolean, limit: LeadAges): Lead[] {
	const youngest = Math.min(...ages);
	return [
		...(youngest < (singleParent ? limit.cmgAlone : limit.cmg) ? (['cmg'] as const) : []),
		...(youngest < limit.avip ? (['avip'] as const) : []),
		'territory',
	];
}

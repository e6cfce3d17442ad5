import { addMonths, daysBetween } from '../territories/calendar.ts';
import type { LeadAges, Scale } from './scale.ts';

/** What the person says; nothing of it is kept. Null: passed over, or not known. */
export interface Situation {
	/** Completed years of each child kept. */
	ages: number[] | null;
	activity: 'job' | 'training' | null;
	/** First day of work or training, `YYYY-MM-DD`. */
	startsOn: string | null;
	hoursPerWeek: number | null;
	/** Long enough: 28 days of job, 40 hours of training. */
	longEnough: boolean | null;
	/** Somebody is paid to keep the child. */
	paysCare: boolean | null;
	/** Had this aid less than a year ago. */
	hadItThisYear: boolean | null;
	/** Unemployment benefit: none, up to the limit, above it. */
	benefit: 'none' | 'low' | 'high' | null;
	/** Registered in a category that gives the right, in one where only some cases do (4 and 5), or not at all. */
	registration: 'usual' | 'special' | 'no' | null;
	singleParent: boolean | null;
	mayotte: boolean;
}

/** Conditions, as codes the page says kindly. */
const CONDITIONS = [
	'age',
	'too_short',
	'no_cost',
	'too_late',
	'once_a_year',
	'resources',
	'registration',
	'category',
] as const;
export type Condition = (typeof CONDITIONS)[number];
/** Other helps to ask about. */
export type Lead = 'cmg' | 'avip' | 'territory';

export interface Estimate {
	/** Between these two, the same when all that makes the amount is known; null when a condition is not met. Never a promise. */
	range: { leastCents: number; mostCents: number } | null;
	/** Under the age; null when ages were not said. */
	children: number | null;
	unmet: Condition[];
	/** Conditions that the answers do not settle: the estimate holds only if they are met. */
	unknown: Condition[];
	/** Last day to ask, in the calendar of the territory; and days left, negative when it is over. Null without a start. */
	askBefore: string | null;
	daysLeft: number | null;
	leads: Lead[];
}

/**
 * Estimates the aid of France Travail (instruction DG 2024-16). What was passed over is never taken for met.
 * `today` is the day of the territory.
 */
export function estimate(scale: Scale, situation: Situation, today: string, leadAges: LeadAges): Estimate {
	const { ages, startsOn, singleParent } = situation;
	const children = ages && ages.filter((age) => age < scale.ageLimit).length;
	const askBefore = startsOn && addMonths(startsOn, scale.askWithinMonths);
	const daysLeft = askBefore === null ? null : daysBetween(today, askBefore);
	const met = conditionsOf(situation, { children, daysLeft });
	const unmet = CONDITIONS.filter((code) => met[code] === false);
	return {
		range: unmet.length === 0 ? rangeOf(scale, situation, children) : null,
		children,
		unmet,
		unknown: CONDITIONS.filter((code) => met[code] === null),
		...{ askBefore, daysLeft },
		leads: leadsOf(ages, singleParent, leadAges),
	};
}

const opposite = (answer: boolean | null) => (answer === null ? null : !answer);

/** Whether each condition is met; null when nobody can tell from the answers. */
function conditionsOf(
	{ longEnough, paysCare, hadItThisYear, benefit, registration }: Situation,
	{ children, daysLeft }: { children: number | null; daysLeft: number | null },
): Record<Condition, boolean | null> {
	return {
		age: children === null ? null : children > 0,
		too_short: longEnough,
		no_cost: paysCare,
		too_late: daysLeft === null ? null : daysLeft >= 0,
		once_a_year: opposite(hadItThisYear),
		resources: benefit === null ? null : benefit !== 'high',
		registration: registration === null ? null : registration !== 'no',
		// Categories 4 and 5 give the right in some cases, which only the agency knows.
		category: registration === 'special' ? null : true,
	};
}

function rangeOf(scale: Scale, { mayotte, hoursPerWeek }: Situation, children: number | null) {
	const { full, part } = scale.amounts[mayotte ? 'mayotte' : 'mainland'];
	const rows = hoursPerWeek === null ? [part, full] : [hoursPerWeek >= scale.fullHours ? full : part];
	const amounts = rows.flatMap((row) => (children === null ? [...row] : [row[Math.min(children, row.length) - 1]!]));
	return { leastCents: Math.min(...amounts), mostCents: Math.max(...amounts) };
}

/** What was passed over hides no help. */
function leadsOf(ages: number[] | null, singleParent: boolean | null, limit: LeadAges): Lead[] {
	const youngest = ages ? Math.min(...ages) : 0;
	return [
		...(youngest < (singleParent === false ? limit.cmg : limit.cmgAlone) ? (['cmg'] as const) : []),
		...(youngest < limit.avip ? (['avip'] as const) : []),
		'territory',
	];
}

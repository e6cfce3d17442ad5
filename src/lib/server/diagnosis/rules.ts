import { isTopicValue, type DiagnosisState, type PointValue, type SelfView } from '../../shared/diagnosis.ts';
import { addDays, isCounted, type Holidays } from '../territories/calendar.ts';

/** Days the person has to answer (domain.md §2.3, time to present observations). */
export const ANSWER_DAYS = 10;

/**
 * Last day to answer a diagnosis shared on `sharedDay`: ten days, moved to the next working day of the territory when the
 * tenth is a Saturday, a Sunday or a public holiday of its zone.
 */
export function answerByOf(sharedDay: string, holidays: Holidays): string {
	let day = addDays(sharedDay, ANSWER_DAYS);
	while (!isCounted(day, 'ouvre', holidays)) day = addDays(day, 1);
	return day;
}

export type DiagnosisAct = 'self' | 'note' | 'share' | 'agree' | 'contest' | 'renew';

/** Who does what in which state, and what comes of it; absent: refused. A first `self` or `note` makes the diagnosis. */
const ACTS: Record<DiagnosisAct, Partial<Record<DiagnosisState, DiagnosisState>>> = {
	// The person
	self: { self_started: 'self_started', interview_planned: 'interview_planned' },
	agree: { shared: 'agreed' },
	contest: { shared: 'contested' },
	// Professionals
	note: { self_started: 'interview_planned', interview_planned: 'interview_planned', contested: 'contested' },
	share: { interview_planned: 'shared', contested: 'shared' },
	renew: { agreed: 'interview_planned', shared: 'interview_planned' },
};

interface Dated {
	state: DiagnosisState;
	answerBy: string | null;
}

/** Nothing is final without the person's agreement, or the end of the days they have to answer. */
export const isFinal = ({ state, answerBy }: Dated, today: string): boolean =>
	state === 'agreed' || (state === 'shared' && answerBy !== null && today > answerBy);

/** State after the act, or null when it is refused. */
export function stateAfter(act: DiagnosisAct, from: Dated, today: string): DiagnosisState | null {
	const to = ACTS[act][from.state] ?? null;
	// A final one is no longer answered; only a final one is begun again.
	return isFinal(from, today) === (act === 'renew') ? to : null;
}

/** Whether the person and the professionals see a topic differently: worth a word together. */
export function seenDifferently(view: SelfView | undefined, value: PointValue): boolean {
	if (!view || view === 'talk' || !isTopicValue(value)) return false;
	const looksWeak = value.need === 'need' || value.constraint === 'yes';
	if (view === 'strong') return looksWeak;
	return value.need === 'strong' || (view === 'hard' && value.constraint === 'no' && !looksWeak);
}

/** Which version of each point a page showed, as one word for its form: what is shared is what was read. */
export const seenOf = (points: { point: string; version: number }[]): string =>
	points
		.filter(({ version }) => version > 0)
		.map(({ point, version }) => `${point}.${version}`)
		.sort()
		.join(' ');

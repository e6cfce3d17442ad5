import type { AppointmentMode, Household, PathwayKind } from '../../shared/codes.ts';
import { USUAL_HOURS, type SendingHours } from './calendar.ts';

/**
 * One line of a territory's orientation rules, read in order: the first that fits and names networks proposes the structure,
 * the first that fits and names a kind proposes the pathway. All of its conditions must hold; none: it fits everybody.
 */
export interface OrientationRule {
	/** Younger than this, in years. */
	under?: number;
	/** One of these themes at least is asked. */
	themes?: string[];
	/** Nothing else is asked. */
	onlyThemes?: string[];
	households?: Household[];
	/** One of `priorityAudiences`. */
	audience?: string;
	/** Networks, data·inclusion words, the preferred one first. */
	to?: string[];
	kind?: PathwayKind;
}

const WORK = ['employment', 'training'];

/** Nobody decides by it: it is what a coordinator is shown first (CRPA L311-3-1: a rule that takes part is stated). */
const NATIONAL_RULES: OrientationRule[] = [
	{ onlyThemes: WORK, to: ['france-travail'], kind: 'pro' },
	{ themes: WORK, to: ['departements'], kind: 'socio_pro' },
	{ to: ['departements', 'ccas-cias'], kind: 'social' },
];

/** Rules with numbers (product.md §5). A territory stores only what differs. */
export const DEFAULT_SETTINGS = {
	/** Days to the first contact after a request. */
	firstContactDays: 7,
	firstAppointmentDays: 15,
	diagnosisDays: 30,
	orientationDays: 45,
	betweenStepsDays: 45,
	silenceDays: 30,
	reviewMonths: 6,
	reviewMonthsSocial: 12,
	inWorkMonths: 3,
	/** People per referent; null: no limit. */
	caseloadLimit: null as number | null,
	/** Under this age (years), straight to the mission locale; null: no such rule. Comes before `orientationRules`. */
	missionLocaleUnder: null as number | null,
	/** Who is proposed for a request; a professional decides. */
	orientationRules: NATIONAL_RULES,
	/** Social and work side together. */
	worksInPairs: false,
	/** Tags of the roadmap, offered on steps. */
	roadmapThemes: [] as string[],
	/** Audiences served first, as codes: `new_rsa`, `long_term_unemployed`, `under_26`, `single_parent`, `disabled`. */
	priorityAudiences: [] as string[],
	/** What a partner already knows is shown to be confirmed, not asked again. */
	askedOnce: false,
	/** How a first appointment is proposed where nothing else was said. */
	firstAppointmentMode: 'on_site' as AppointmentMode,
	/** People already followed before 2025 sign their contract before this day (decree 2024-1244; 3 years overseas). */
	contractsForAllBefore: '2027-01-01',
	cancelUntilHours: 4,
	moveUntilHours: 24,
	/** Minutes kept free between two hours held at different places. */
	travelMinutes: 30,
	/** Clear days before an hour that is imposed (domain.md §5.2: no general legal notice was found). */
	convocationClearDays: 7,
	/** When reminders of an appointment leave, in its zone: some days before, then the evening before. */
	reminderTime: '10:00',
	reminderEveningTime: '18:00',
	/** Days before it, for the first one and for the one with the question. */
	reminderFirstDays: 7,
	reminderSecondDays: 2,
	/** Hours before an appointment by phone or video. */
	reminderCallHours: 2,
	/** No message leaves outside these hours of the zone, on a Sunday or on a holiday. */
	sendingFrom: USUAL_HOURS.from,
	sendingUntil: USUAL_HOURS.until,
	/** Hours without « shown » on a phone before the next channel is tried. */
	shownWithinHours: 4,
	/** Hours during which nobody is written to by hand twice. */
	byHandEveryHours: 24,
	/** Months until silence on a request for money means refusal (CRPA L231-4). */
	silenceRefusalMonths: 2,
	/** Papers joined to one request or to one aid, counted in files. */
	filesPerFile: 10,
};
export type TerritorySettings = typeof DEFAULT_SETTINGS;

export const withDefaults = (own: Partial<TerritorySettings>): TerritorySettings => ({ ...DEFAULT_SETTINGS, ...own });

export const sendingHoursOf = ({
	sendingFrom,
	sendingUntil,
}: Pick<TerritorySettings, 'sendingFrom' | 'sendingUntil'>): SendingHours => ({
	from: sendingFrom,
	until: sendingUntil,
});

import type { AppointmentMode } from '../../shared/codes.ts';

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
	/** Under this age (years), straight to the mission locale; null: no such rule. */
	missionLocaleUnder: null as number | null,
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
	/** Months until silence on a request for money means refusal (CRPA L231-4). */
	silenceRefusalMonths: 2,
};
export type TerritorySettings = typeof DEFAULT_SETTINGS;

export const withDefaults = (own: Partial<TerritorySettings>): TerritorySettings => ({ ...DEFAULT_SETTINGS, ...own });

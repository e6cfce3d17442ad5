import { m } from '$lib/paraglide/messages.js';
import { themeLabel } from '$lib/shared/labels';
import type { Cohort, Indicators, RateCode } from '$lib/server/evaluation/indicators';

/** Figures, each with how many it is made of and what it means; the page and its file are made of these cells. */
export interface FigureTable {
	id: string;
	title: string;
	columns: string[];
	/** `older`: the cohort of this figure, when it is not that of the page. */
	rows: { label: string; definition: string; older?: Cohort; cells: (number | null)[] }[];
}

const DELAY_WORDS = {
	contact: [m.evaluation_pilot_i_contact, m.evaluation_pilot_d_contact],
	first_appointment: [m.evaluation_pilot_i_first_appointment, m.evaluation_pilot_d_first_appointment],
	orientation: [m.evaluation_pilot_i_orientation, m.evaluation_pilot_d_orientation],
	contract: [m.evaluation_pilot_i_contract_delay, m.evaluation_pilot_d_contract_delay],
	first_action: [m.evaluation_pilot_i_first_action, m.evaluation_pilot_d_first_action],
} as const;

const RATE_WORDS: Record<RateCode, readonly [() => string, () => string]> = {
	oriented: [m.evaluation_pilot_i_oriented, m.evaluation_pilot_d_oriented],
	contract: [m.evaluation_pilot_i_contract, m.evaluation_pilot_d_contract],
	noshow_invitation: [m.evaluation_pilot_i_noshow_invitation, m.evaluation_pilot_d_noshow],
	noshow_convocation: [m.evaluation_pilot_i_noshow_convocation, m.evaluation_pilot_d_noshow],
	review_on_time: [m.evaluation_pilot_i_review, m.evaluation_pilot_d_review],
	exit_positive: [m.evaluation_pilot_i_exit_positive, m.evaluation_pilot_d_exit_positive],
	exit_work: [m.evaluation_pilot_i_exit_work, m.evaluation_pilot_d_exit_work],
	exit_durable: [m.evaluation_pilot_i_exit_durable, m.evaluation_pilot_d_exit_durable],
	in_work_3: [m.evaluation_pilot_i_in_work_3, m.evaluation_pilot_d_in_work],
	in_work_6: [m.evaluation_pilot_i_in_work_6, m.evaluation_pilot_d_in_work],
	reach_push: [m.evaluation_pilot_i_reach_push, m.evaluation_pilot_d_reach],
	reach_email: [m.evaluation_pilot_i_reach_email, m.evaluation_pilot_d_reach],
	reach_sms: [m.evaluation_pilot_i_reach_sms, m.evaluation_pilot_d_reach],
};

const rateColumns = () => [
	m.evaluation_pilot_col_n(),
	m.evaluation_pilot_col_share(),
	m.evaluation_pilot_col_low(),
	m.evaluation_pilot_col_high(),
];

export function tablesOf({ delays, rates, obstacles }: Indicators): FigureTable[] {
	return [
		{
			id: 'delais',
			title: m.evaluation_pilot_i_delays(),
			columns: [m.evaluation_pilot_col_n(), m.evaluation_pilot_col_median(), m.evaluation_pilot_col_ninetieth()],
			rows: delays.map(({ code, count, median, ninetieth, older }) => ({
				older,
				label: DELAY_WORDS[code][0](),
				definition: DELAY_WORDS[code][1](),
				cells: [count, median, ninetieth],
			})),
		},
		{
			id: 'resultats',
			title: m.evaluation_pilot_i_rates(),
			columns: rateColumns(),
			rows: rates.map(({ code, n, percent, low, high, older }) => ({
				older,
				label: RATE_WORDS[code][0](),
				definition: RATE_WORDS[code][1](),
				cells: [n, percent, low, high],
			})),
		},
		{
			id: 'obstacles',
			title: m.evaluation_pilot_i_obstacles(),
			columns: [...rateColumns(), m.evaluation_pilot_col_median(), m.evaluation_pilot_col_ninetieth()],
			rows: obstacles.map(({ theme, n, percent, low, high, days, older }) => ({
				older,
				label: themeLabel(theme),
				definition: m.evaluation_pilot_d_obstacles(),
				cells: [n, percent, low, high, days.median, days.ninetieth],
			})),
		},
	];
}

/** How many people each professional leads: figures of work, not of people helped. */
export function caseloadRows(team: { status: string; role: string; leads: number }[]): FigureTable {
	const leads = team
		.filter(({ status, role }) => status === 'active' && role === 'referent')
		.map((member) => member.leads)
		.sort((a, b) => a - b);
	const at = (share: number) => leads[Math.max(0, Math.ceil(share * leads.length) - 1)] ?? null;
	return {
		id: 'charges',
		title: m.evaluation_pilot_i_caseloads(),
		columns: [
			m.evaluation_pilot_col_referents(),
			m.evaluation_pilot_col_median_people(),
			m.evaluation_pilot_col_most(),
		],
		rows: [
			{
				label: m.evaluation_pilot_i_caseload(),
				definition: m.evaluation_pilot_d_caseload(),
				cells: [leads.length, at(0.5), leads.at(-1) ?? null],
			},
		],
	};
}

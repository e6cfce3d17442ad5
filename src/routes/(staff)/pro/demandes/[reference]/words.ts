import { m } from '$lib/paraglide/messages.js';
import type { Why } from '$lib/server/requests/orientation-rules';
import type { DeclineReason, FilingWay } from '$lib/shared/handling';
import { householdLabel, themeLabel } from '$lib/shared/labels';
import type { Theme } from '$lib/shared/themes';

/** Answers of the request as a professional reads them. */
export const ages = {
	'0_2': m.pro_ages_0_2,
	'3_5': m.pro_ages_3_5,
	'6_10': m.pro_ages_6_10,
	'11_17': m.pro_ages_11_17,
};
export const reach = { call: m.pro_reach_call, sms: m.pro_reach_sms, email: m.pro_reach_email };
export const moments = {
	morning: m.pro_moment_morning,
	midday: m.pro_moment_midday,
	afternoon: m.pro_moment_afternoon,
	evening: m.pro_moment_evening,
};
export const comeHelp = {
	interpreter: m.pro_come_interpreter,
	reading: m.pro_come_reading,
	access: m.pro_come_access,
};
export const declined: Record<DeclineReason, () => string> = {
	not_competent: m.handling_pro_decline_not_competent,
	full: m.handling_pro_decline_full,
	wrong_area: m.handling_pro_decline_wrong_area,
	known_elsewhere: m.handling_pro_decline_known_elsewhere,
	other: m.handling_pro_decline_other,
};
export const ways: Record<FilingWay, () => string> = {
	desk: m.handling_pro_way_desk,
	phone: m.handling_pro_way_phone,
	outreach: m.handling_pro_way_outreach,
};
const audiences: Record<string, () => string> = {
	under_26: m.handling_pro_audience_under_26,
	single_parent: m.handling_pro_audience_single_parent,
	long_term_unemployed: m.handling_pro_audience_long_term,
	new_rsa: m.handling_pro_audience_new_rsa,
	disabled: m.handling_pro_audience_disabled,
};

/** Why the territory's rules propose what they do, a sentence each. */
export function whyInWords(why: Why, day: (day: string) => string): string {
	switch (why.code) {
		case 'outside':
			return why.from ? m.handling_pro_why_outside_until({ day: day(why.from) }) : m.handling_pro_why_outside();
		case 'age':
			return m.handling_pro_why_age({ age: why.age, under: why.under });
		case 'themes':
			return m.handling_pro_why_themes({ themes: why.themes.map((theme) => themeLabel(theme as Theme)).join(', ') });
		case 'household':
			return m.handling_pro_why_household({ household: householdLabel(why.household) });
		case 'audience':
			return m.handling_pro_why_audience({ audience: audiences[why.audience]?.() ?? why.audience });
		case 'full':
			return m.handling_pro_why_full({ structure: why.structure, limit: why.limit });
		case 'declined':
			return m.handling_pro_why_declined({ structure: why.structure });
		case 'least_loaded':
			return why.limit === null
				? m.handling_pro_why_load({ count: why.leads })
				: m.handling_pro_why_load_limit({ count: why.leads, limit: why.limit });
		default:
			return m[`handling_pro_why_${why.code}`]();
	}
}

import { m } from '$lib/paraglide/messages.js';

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

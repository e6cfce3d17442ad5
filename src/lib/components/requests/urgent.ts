import { m } from '$lib/paraglide/messages.js';

/** National numbers, free, the same everywhere; to be read again by somebody competent before going live. `code`: as it is answered. */
export const URGENT_CASES = [
	{ code: 'roof', title: m.request_urgent_roof, text: m.request_urgent_roof_text, numbers: ['115'] },
	{ code: 'unsaid', title: m.request_urgent_violence, text: m.request_urgent_violence_text, numbers: ['3919'] },
	{
		code: 'unsaid',
		title: m.request_urgent_danger,
		text: m.request_urgent_danger_text,
		numbers: ['17', '15', '18', '112'],
		sms: '114',
	},
	{ code: 'unsaid', title: m.request_urgent_child, text: m.request_urgent_child_text, numbers: ['119'] },
	{ code: 'now', title: m.request_urgent_suicide, text: m.request_urgent_suicide_text, numbers: ['3114'] },
	{ code: 'food', title: m.request_urgent_food, text: m.request_urgent_food_text, numbers: [] },
];

import { m } from '$lib/paraglide/messages.js';
import type { PageData } from './$types';

type Kind = PageData['kinds'][number];

const MEETINGS = /^(appointment_|invitation|earlier_)/;
const WORDS = /^(manual|rating|results_)/;

/** Kinds of messages as a person thinks of them. */
export const groupsOf = (all: Kind[]) => [
	{ title: m.reminder_group_meetings(), kinds: all.filter(({ kind }) => MEETINGS.test(kind)) },
	{
		title: m.reminder_group_file(),
		kinds: all.filter(({ kind }) => !MEETINGS.test(kind) && !WORDS.test(kind)),
	},
	{ title: m.reminder_group_words(), kinds: all.filter(({ kind }) => WORDS.test(kind)) },
];

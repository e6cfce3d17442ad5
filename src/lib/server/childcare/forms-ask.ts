import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { ELSEWHERE_BODIES } from '../../shared/aids.ts';
import { parseContact } from '../accounts/rules.ts';
import { isRealDay, parseForm, type Parsed } from '../platform/forms.ts';
import { isSameChild, type Child } from './children.ts';
import { chosen, day, euros, MOST_EUROS, words } from './forms.ts';
import { NOTABLE } from './rules.ts';

/** Lines of the form: more children are said to the service. */
export const CHILD_LINES = 3;
const MAX_NAME = 60;
/** The oldest age of a child in an aid, in years. */
const OLDEST = 25;

const needed = v.pipe(
	v.optional(v.string(), ''),
	v.check(isRealDay, () => m.error_date()),
);

const urgent = v.object({ on: needed });
/** `/aides/urgence`. */
export const parseUrgent = (form: FormData) => parseForm(urgent, form);

const follow = v.object({ body: chosen(ELSEWHERE_BODIES) });
/** `/aides/suivre`. */
export const parseFollow = (form: FormData) => parseForm(follow, form);

const noted = v.object({ to: chosen(NOTABLE), on: needed, amount: euros(MOST_EUROS) });
/** What another body said of a file. */
export const parseNoted = (form: FormData) => parseForm(noted, form);

const guest = v.object({
	firstName: v.pipe(
		words(MAX_NAME),
		v.nonEmpty(() => m.aid_error_guest_name()),
	),
	contact: v.pipe(
		words(254),
		v.rawTransform(({ dataset, addIssue, NEVER }) => {
			const parsed = parseContact(dataset.value);
			if (parsed) return parsed;
			addIssue({ message: m.aid_error_guest_contact() });
			return NEVER;
		}),
	),
});
/** Another adult of the household. */
export const parseGuest = (form: FormData) => parseForm(guest, form);

const ended = v.object({ guest: v.pipe(v.string(), v.maxLength(64)) });
export const parseGuestEnd = (form: FormData) => parseForm(ended, form);

const asking = v.object({ startsOn: day, keep: v.optional(v.string()) });

interface Asking {
	startsOn?: string;
	keep: boolean;
	children: Child[];
}

/** An aid that is asked for: when it begins, and the children it is for; a line half filled is told beside it. */
export function parseAsking(form: FormData, today: string): Parsed<Asking> {
	const parsed = parseForm(asking, form);
	if (!parsed.ok) return parsed;
	const errors: Record<string, string> = {};
	const children: Child[] = [];
	const typed = (name: string) => String(form.get(name) ?? '').trim();
	for (let line = 1; line <= CHILD_LINES; line += 1) {
		const [firstName, birthDate] = [typed(`child${line}`), typed(`birth${line}`)];
		if (!firstName && !birthDate) continue;
		const isGood = firstName.length <= MAX_NAME && firstName !== '' && isChildsBirth(birthDate, today);
		if (!isGood) errors[firstName ? `birth${line}` : `child${line}`] = m.aid_error_child();
		else {
			const child = { firstName, birthDate, sharedCustody: form.has(`shared${line}`) };
			// Typed twice, it is one child.
			const same = children.find((other) => isSameChild(other, child));
			if (same) same.sharedCustody ||= child.sharedCustody;
			else children.push(child);
		}
	}
	if (Object.keys(errors).length > 0)
		return { ok: false, errors, values: Object.fromEntries([...form].map(([name, value]) => [name, String(value)])) };
	const { startsOn, keep } = parsed.value;
	return { ok: true, value: { startsOn, keep: keep !== undefined, children } };
}

const isChildsBirth = (date: string, today: string) =>
	isRealDay(date) && date <= today && Number(today.slice(0, 4)) - Number(date.slice(0, 4)) <= OLDEST;

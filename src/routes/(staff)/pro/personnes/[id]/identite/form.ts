import * as v from 'valibot';
import { m } from '$lib/paraglide/messages.js';
import type { Correction } from '$lib/server/people/contacts';
import { normalizeEmail } from '$lib/server/platform/email';
import { parseForm, text, type FormErrors } from '$lib/server/platform/forms';
import { normalizePhone } from '$lib/server/platform/phone';
import { readBirthDate } from '$lib/server/requests/rules';

const line = (max: number) =>
	text(max, { tooLong: () => m.error_too_long({ max: String(max) }), strange: () => m.error_strange() });
const named = (max: number) =>
	v.pipe(
		line(max),
		// A letter at least, of any script.
		v.regex(/\p{L}/u, () => m.pro_exception_error_name()),
	);

const correction = v.object({
	firstName: named(80),
	lastName: named(80),
	birthDate: line(30),
	email: line(254),
	phone: line(40),
	version: line(64),
	lost: v.optional(v.string()),
});

type Values = Record<string, string | string[]>;
export type ParsedCorrection =
	| { ok: true; value: Correction & { version: string; isLost: boolean }; values: Values }
	| { ok: false; errors: FormErrors; values: Values };

/**
 * What a professional wrote of names, birth date and contacts. `isWhole`: they read what was there, so that an empty field takes
 * it away; for the others it changes nothing. `today`: `YYYY-MM-DD`, in the zone of the territory.
 */
export function parseCorrection(
	form: FormData,
	{ today, isWhole }: { today: string; isWhole: boolean },
): ParsedCorrection {
	const parsed = parseForm(correction, form);
	if (!parsed.ok) return parsed;
	const { lost, ...typed } = parsed.value;
	const { firstName, lastName, version } = typed;
	const values: Values = { ...typed, ...(lost === undefined ? {} : { lost }) };
	const empty = isWhole ? null : undefined;
	const read = (raw: string, reader: (raw: string) => string | null) => (raw === '' ? empty : reader(raw));
	const birthDate = read(typed.birthDate, (raw) => readBirthDate(raw, today));
	const email = read(typed.email, normalizeEmail);
	const phone = read(typed.phone, (raw) => normalizePhone(raw));
	const errors: FormErrors = {};
	if (typed.birthDate && !birthDate) errors.birthDate = m.error_date();
	if (typed.email && !email) errors.email = m.account_error_email();
	if (typed.phone && !phone) errors.phone = m.pro_identity_error_phone();
	if (Object.keys(errors).length > 0) return { ok: false, errors, values };
	return {
		ok: true,
		value: { firstName, lastName, birthDate, email, phone, version, isLost: lost !== undefined },
		values,
	};
}

/** As it is typed: `27/03/1986`, or the year alone. */
export function writtenBirthDate(birthDate: string | null): string {
	if (!birthDate) return '';
	const [year, month, day] = birthDate.split('-');
	return month === '00' ? year! : `${day}/${month}/${year}`;
}

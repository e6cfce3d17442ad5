import * as v from 'valibot';

export type FormErrors = Record<string, string>;
export type Parsed<T> =
	{ ok: true; value: T } | { ok: false; errors: FormErrors; values: Record<string, string | string[]> };

/** More fields than most forms of ours have: a flood is refused before it is read. */
const MAX_FIELDS = 200;

/**
 * FormData → typed input with one valibot schema: drops unknown fields, keeps what was typed for the page to show again.
 * Schemas carry their sentences (`v.nonEmpty(() => m.error_required())`). Names ending in `[]` are lists.
 */
export function parseForm<S extends v.GenericSchema>(
	schema: S,
	form: FormData,
	{ maxFields = MAX_FIELDS }: { maxFields?: number } = {},
): Parsed<v.InferOutput<S>> {
	const values: Record<string, string | string[]> = {};
	let count = 0;
	for (const [name, entry] of form) {
		if (++count > maxFields) break;
		if (typeof entry !== 'string') continue;
		if (name.endsWith('[]')) {
			const list = (values[name.slice(0, -2)] ??= []);
			if (Array.isArray(list)) list.push(entry);
		} else values[name] = entry;
	}
	const result = v.safeParse(schema, values);
	if (result.success) return { ok: true, value: result.output };
	const errors: FormErrors = {};
	for (const issue of result.issues) {
		const field = String(issue.path?.[0]?.key ?? 'form');
		errors[field] ??= issue.message;
	}
	return { ok: false, errors, values };
}

// NUL breaks length() in SQL and C0 controls break mails and logs; tabs and new lines are people's own.
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

/** Text a person typed: trimmed, composed (NFC), no control character, at most `max` characters. May be empty. */
export const text = (max: number, messages: { tooLong: () => string; strange: () => string }) =>
	v.pipe(
		v.optional(v.string(), ''),
		v.transform((value) => value.normalize('NFC').replace(/\r\n?/g, '\n').trim()),
		v.check((value) => !FORBIDDEN.test(value), messages.strange),
		v.maxLength(max, messages.tooLong),
	);

/** Eastern Arabic digits are digits too, wherever a number or a date is typed. */
export const westernDigits = (typed: string): string =>
	typed.normalize('NFKC').replace(/[٠-٩۰-۹]/g, (digit) => String(digit.codePointAt(0)! & 0xf));

/** A day that exists, between 2000 and 2100. */
export function isRealDay(day: string): boolean {
	if (!/^20\d\d-\d\d-\d\d$/.test(day)) return false;
	const date = new Date(`${day}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

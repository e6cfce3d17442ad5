import * as v from 'valibot';
import { m } from '../../paraglide/messages.js';
import { parseForm, text, westernDigits } from '../platform/forms.ts';
import { parseContact, safeNext } from './rules.ts';

const line = (max: number) =>
	text(max, { tooLong: () => m.account_error_too_long(), strange: () => m.account_error_strange() });

const contact = v.pipe(
	line(254),
	v.nonEmpty(() => m.account_error_contact_empty()),
	v.rawTransform(({ dataset, addIssue, NEVER }) => {
		const parsed = parseContact(westernDigits(dataset.value));
		if (parsed) return parsed;
		addIssue({ message: dataset.value.includes('@') ? m.account_error_email() : m.account_error_contact() });
		return NEVER;
	}),
);

/** A forged or missing answer is the careful one: nothing is kept on the phone. */
const device = v.pipe(
	v.optional(v.string(), ''),
	v.transform((value) => value === 'own'),
);

const signIn = v.pipe(
	v.object({
		contact,
		device,
		suite: v.pipe(
			v.optional(v.string(), ''),
			v.transform((value) => safeNext(value)),
		),
	}),
	v.transform(({ contact, device, suite }) => ({ contact, isOwnPhone: device, next: suite })),
);

/** `/connexion`: one field for both, and whose phone it is. */
export const parseSignIn = (form: FormData) => parseForm(signIn, form);

/** `/compte/coordonnees`: the new e-mail or mobile. */
export const parseContactField = (form: FormData) => parseForm(v.object({ contact }), form);

const code = v.object({
	code: v.pipe(
		line(100),
		// As copied from a message: spaces, no-break spaces, dots, dashes.
		v.transform((typed) => westernDigits(typed).replace(/[\s.\-\u2010-\u2015]/g, '')),
		v.nonEmpty(() => m.account_error_code_empty()),
		v.regex(/^\d{6}$/, () => m.account_error_code_shape()),
	),
	/** Chosen among several who share the contact, once the code is right. */
	account: v.optional(v.pipe(v.string(), v.maxLength(64))),
});

/** `/connexion/code`. */
export const parseCode = (form: FormData) => parseForm(code, form);

const invitation = v.pipe(
	v.object({ device }),
	v.transform(({ device }) => ({ isOwnPhone: device })),
);

/** `/invitation/[token]`. */
export const parseInvitation = (form: FormData) => parseForm(invitation, form);

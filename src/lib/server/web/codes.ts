import { fail, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { Locale } from '$lib/paraglide/runtime.js';
import { smsLocale } from '$lib/shared/locales';
import { askCode, checkCode, type CodePurpose, type ProvenCode } from '../accounts/commands.ts';
import { accountsOfContact } from '../accounts/queries.ts';
import { parseContact, type Contact } from '../accounts/rules.ts';
import { db } from '../db/index.ts';
import { DomainError } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { sendMail } from '../platform/mail.ts';
import { sendSms } from '../platform/sms.ts';
import { ensureBrowser, findBrowser } from './browser.ts';
import { failFrom } from './failures.ts';
import { limitByAddress } from './limits.ts';

interface SendOptions {
	onlyKnown?: boolean;
	purpose?: CodePurpose;
	/** Of who reads it; else of the page. */
	locale?: Locale;
}

/**
 * Draws a code for this contact and browser, and sends it once the answer has left: sending takes its time and must not
 * tell whether anybody is there. `onlyKnown`: to contacts that have an account (sign-in); a visitor who confirms a new
 * request has none yet. `purpose`: what typing it back will allow, and say so.
 * @throws DomainError `contact_invalid`, `codes_too_many` (sixth in the hour), `too_many_requests` (this address)
 */
export async function sendCode(
	event: RequestEvent,
	rawContact: string,
	{ onlyKnown = false, purpose = 'sign_in', locale = event.locals.locale }: SendOptions = {},
) {
	await limitByAddress(event, 'code_asked');
	const contact = parseContact(rawContact);
	if (!contact) throw new DomainError('contact_invalid', 'invalid');
	const browser = ensureBrowser(event);
	const { now } = event.locals;
	const known = await accountsOfContact(db.read, contact.value);
	const { code, challengeId } = await db.write((tx) => askCode(tx, { contact: contact.value, browser, purpose, now }));
	const sent = { code, challengeId, purpose };
	if (known.length > 0 || !onlyKnown) setImmediate(() => void deliver(contact, sent, locale));
}

/**
 * What was typed, against the code that this browser was sent at this contact. Each try counts for the address it comes from.
 * @throws DomainError `too_many_requests` (this address); `code_wrong`, `code_expired`, `code_locked` (`checkCode`)
 */
export async function proveCode(
	event: RequestEvent,
	typed: { contact: string; code: string; purpose?: CodePurpose },
): Promise<ProvenCode> {
	await limitByAddress(event, 'code_tried');
	return checkCode(db, { ...typed, browser: findBrowser(event) ?? '', now: event.locals.now });
}

/** A wrong code is said at its field, without what was typed; any other refusal in the words of the page (`failFrom`). */
export function failCode(problem: unknown, sentences: Record<string, () => string>, wrong = m.account_code_wrong) {
	if (!(problem instanceof DomainError) || problem.code !== 'code_wrong') return failFrom(problem, sentences);
	return fail(400, { errors: { code: wrong() } as Record<string, string>, values: {} });
}

interface Sent {
	code: string;
	challengeId: string;
	purpose: CodePurpose;
}

async function deliver(contact: Contact, sent: Sent, locale: Locale): Promise<void> {
	const { challengeId } = sent;
	try {
		const { outcome, reason } = await send(contact, sent, locale);
		if (outcome !== 'accepted') log.warn({ challengeId, channel: contact.channel, outcome, reason }, 'code not sent');
	} catch (error) {
		log.error({ err: error, challengeId }, 'code not sent');
	}
}

const WORDS = {
	sign_in: {
		sms: m.account_code_sms,
		subject: m.account_code_mail_subject,
		mail: m.account_code_mail_text,
	},
	contact: {
		sms: m.account_contact_code_sms,
		subject: m.account_contact_code_subject,
		mail: m.account_contact_code_text,
	},
};

function send({ channel, value }: Contact, { code, challengeId, purpose }: Sent, locale: Locale) {
	const words = WORDS[purpose];
	// Spaced as it is read aloud; what is typed back may have spaces or not.
	const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
	if (channel === 'sms')
		return sendSms({
			to: value,
			text: words.sms({ code }, { locale: smsLocale(locale) }),
			reference: challengeId,
		});
	return sendMail({
		to: value,
		subject: words.subject({}, { locale }),
		text: words.mail({ code: spaced }, { locale }),
	});
}

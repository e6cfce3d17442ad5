import type { RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { Locale } from '$lib/paraglide/runtime.js';
import { smsLocale } from '$lib/shared/locales';
import { askCode } from '../accounts/commands.ts';
import { accountsOfContact } from '../accounts/queries.ts';
import { parseContact, type Contact } from '../accounts/rules.ts';
import { db } from '../db/index.ts';
import { DomainError } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { sendMail } from '../platform/mail.ts';
import { sendSms } from '../platform/sms.ts';
import { ensureBrowser } from './browser.ts';
import { limitByAddress } from './limits.ts';

/**
 * Draws a code for this contact and browser, and sends it once the answer has left: sending takes its time and must not
 * tell whether anybody is there. `onlyKnown`: to contacts that have an account (sign-in); a visitor who confirms a new
 * request has none yet.
 * @throws DomainError `contact_invalid`, `codes_too_many` (sixth in the hour), `too_many_requests` (this address)
 */
export async function sendCode(event: RequestEvent, rawContact: string, options: { onlyKnown?: boolean } = {}) {
	await limitByAddress(event, 'code_asked');
	const contact = parseContact(rawContact);
	if (!contact) throw new DomainError('contact_invalid', 'invalid');
	const browser = ensureBrowser(event);
	const { now, locale } = event.locals;
	const known = await accountsOfContact(db.read, contact.value);
	const { code, challengeId } = await db.write((tx) => askCode(tx, { contact: contact.value, browser, now }));
	if (known.length > 0 || !options.onlyKnown) setImmediate(() => void deliver(contact, code, challengeId, locale));
}

async function deliver(contact: Contact, code: string, challengeId: string, locale: Locale): Promise<void> {
	try {
		const { outcome, reason } = await send(contact, code, challengeId, locale);
		if (outcome !== 'accepted') log.warn({ challengeId, channel: contact.channel, outcome, reason }, 'code not sent');
	} catch (error) {
		log.error({ err: error, challengeId }, 'code not sent');
	}
}

function send({ channel, value }: Contact, code: string, challengeId: string, locale: Locale) {
	// Spaced as it is read aloud; what is typed back may have spaces or not.
	const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
	if (channel === 'sms')
		return sendSms({
			to: value,
			text: m.account_code_sms({ code }, { locale: smsLocale(locale) }),
			reference: challengeId,
		});
	return sendMail({
		to: value,
		subject: m.account_code_mail_subject({}, { locale }),
		text: m.account_code_mail_text({ code: spaced }, { locale }),
	});
}

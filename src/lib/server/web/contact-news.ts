import type { RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { baseLocale, isLocale } from '$lib/paraglide/runtime.js';
import { smsLocale } from '$lib/shared/locales';
import type { Contact } from '../accounts/rules.ts';
import { newId } from '../platform/ids.ts';
import { log } from '../platform/log.ts';
import { sendMail } from '../platform/mail.ts';
import { formatPhone } from '../platform/phone.ts';
import { sendSms } from '../platform/sms.ts';

/**
 * Tells the contact that was there before that it was changed, once the answer has left: whoever did not ask for it knows whom to
 * call. Not a reminder, which would go to the new one. Says neither who it is nor what the new one is.
 * @param phone E.164, of the territory
 */
export function tellFormerContact(
	{ locals }: Pick<RequestEvent, 'locals'>,
	to: Contact | null,
	{ phone, locale: own }: { phone: string; locale?: string },
): void {
	if (!to) return;
	const locale = isLocale(own) ? own : (locals.locale ?? baseLocale);
	setImmediate(() => void tell(to, formatPhone(phone), locale));
}

async function tell({ channel, value }: Contact, phone: string, locale: App.Locals['locale']): Promise<void> {
	const reference = newId();
	try {
		const { outcome, reason } =
			channel === 'sms'
				? await sendSms({
						to: value,
						text: m.account_contact_told_sms({ phone }, { locale: smsLocale(locale) }),
						reference,
					})
				: await sendMail({
						to: value,
						subject: m.account_contact_told_subject({}, { locale }),
						text: m.account_contact_told_text({ phone }, { locale }),
					});
		if (outcome !== 'accepted') log.warn({ reference, channel, outcome, reason }, 'former contact not told');
	} catch (error) {
		log.error({ err: error, reference }, 'former contact not told');
	}
}

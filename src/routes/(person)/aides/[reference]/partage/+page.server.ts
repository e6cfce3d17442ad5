import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { Locale } from '$lib/paraglide/runtime.js';
import { parseGuest, parseGuestEnd } from '$lib/server/childcare/forms-ask';
import { guestsOf, inviteGuest, withdrawGuest } from '$lib/server/childcare/guests';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { sendMail } from '$lib/server/platform/mail';
import { sendSms } from '$lib/server/platform/sms';
import { newId } from '$lib/server/platform/ids';
import { log } from '$lib/server/platform/log';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireBeneficiary } from '$lib/server/web/guards';
import { limitByAddress } from '$lib/server/web/limits';
import { href } from '$lib/shared/links';
import { smsLocale } from '$lib/shared/locales';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { personId } = requireBeneficiary();
	const { reference } = params;
	const guests = await guestsOf(db.read, { personId, reference }).catch(errorFrom);
	return { reference, guests, now: locals.now, done: url.searchParams.get('fait') };
};

interface Letter {
	channel: 'email' | 'sms';
	to: string;
	link: string;
	locale: Locale;
}

/** After the answer has left: whether the address works is not told to who typed it. */
async function deliver({ channel, to, link, locale }: Letter): Promise<void> {
	const { outcome, reason } =
		channel === 'sms'
			? await sendSms({ to, text: m.aid_guest_sms({ link }, { locale: smsLocale(locale) }), reference: newId() })
			: await sendMail({
					to,
					subject: m.aid_guest_mail_subject({}, { locale }),
					text: m.aid_guest_mail_text({ link }, { locale }),
				});
	if (outcome !== 'accepted') log.warn({ channel, outcome, reason }, 'invitation of a co-parent not sent');
}

export const actions: Actions = {
	invite: async (event) => {
		const by = requireBeneficiary();
		const { request, locals, params } = event;
		const parsed = parseGuest(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const { firstName, contact } = parsed.value;
		const { now, locale } = locals;
		const own = { personId: by.personId, reference: params.reference, by, now };
		let token: string;
		try {
			await limitByAddress(event, 'invitation');
			({ token } = await db.write((tx) => inviteGuest(tx, { ...own, firstName, contact: contact.value, locale })));
		} catch (problem) {
			const said = {
				guest_self: m.aid_error_guest_self,
				guest_already: m.aid_error_guest_already,
				guest_too_many: m.aid_error_guest_many,
				too_many_requests: m.account_too_many_requests,
			};
			return failFrom(problem, said, { firstName, contact: contact.value });
		}
		const link = `${config().origin}${href(`/invitation/${token}`)}`;
		setImmediate(() => void deliver({ channel: contact.channel, to: contact.value, link, locale }).catch(() => null));
		redirect(303, href(`/aides/${params.reference}/partage?fait=invite`));
	},
	end: async ({ request, locals, params }) => {
		const by = requireBeneficiary();
		const parsed = parseGuestEnd(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		const own = { personId: by.personId, reference: params.reference, by, now: locals.now };
		try {
			await db.write((tx) => withdrawGuest(tx, { ...own, guestId: parsed.value.guest }));
		} catch (problem) {
			return failFrom(problem, {});
		}
		redirect(303, href(`/aides/${params.reference}/partage?fait=fin`));
	},
};

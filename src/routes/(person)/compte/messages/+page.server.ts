import { redirect } from '@sveltejs/kit';
import { formatPhone } from '$lib/server/platform/phone';
import { db } from '$lib/server/db';
import { lastDayZones } from '$lib/server/reminders/last-days';
import { messagesOf } from '$lib/server/reminders/queries';
import { filled } from '$lib/server/reminders/template-rules';
import { requireBeneficiary } from '$lib/server/web/guards';
import { formatDayTime } from '$lib/shared/dates';
import { href } from '$lib/shared/links';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { personId } = requireBeneficiary();
	const { now, locale } = locals;
	const received = await messagesOf(db.read, personId);
	// From a notification whose own path would have said too much (wording.ts).
	const opened = received.find(({ id }) => id === url.searchParams.get('message'));
	if (opened) redirect(303, href(opened.path));
	const zones = await lastDayZones(db.read, received);
	const messages = received.map(({ texts, phone, homeZone, ...message }) => {
		const { id, startsAt, zone } = message;
		const quand = startsAt && zone ? formatDayTime(startsAt, zone, locale, now) : '';
		const own = texts?.[locale];
		const dayZone = zones.get(id) ?? homeZone;
		return { ...message, dayZone, own: own ? filled(own, { quand, telephone: formatPhone(phone) }, locale) : null };
	});
	return { messages, now };
};

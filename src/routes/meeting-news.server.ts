import { m } from '$lib/paraglide/messages.js';
import { localizeHref } from '$lib/paraglide/runtime.js';
import { db } from '$lib/server/db';
import { meetingsChangedBy } from '$lib/server/meeting-news';
import { config } from '$lib/server/platform/config';
import { newId } from '$lib/server/platform/ids';
import { log } from '$lib/server/platform/log';
import { sendMail } from '$lib/server/platform/mail';
import { meetingSentence } from '$lib/shared/meetings';

type Changed = Parameters<typeof meetingsChangedBy>[1];

/**
 * Writes to the professionals, but for who did it, of the hours and meetings that this action moved or called off, once the answer has
 * left: day and hour alone. Tried once: their first page says it too.
 */
export function tellColleagues(changed: Changed): void {
	setImmediate(() => void tell(changed));
}

async function tell(changed: Changed): Promise<void> {
	const reference = newId();
	try {
		for (const { to, news } of await meetingsChangedBy(db.read, changed)) {
			const { email, locale } = to;
			const link = config().origin + localizeHref(news.path, { locale });
			const { outcome, reason } = await sendMail({
				to: email,
				subject: m.pro_meeting_mail_subject({}, { locale }),
				text: m.pro_meeting_mail({ sentence: meetingSentence(news, locale, changed.now), link }, { locale }),
			});
			if (outcome !== 'accepted') log.warn({ reference, outcome, reason }, 'a professional was not told of a meeting');
		}
	} catch (error) {
		log.error({ err: error, reference }, 'professionals were not told of a meeting');
	}
}

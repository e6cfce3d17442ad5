import { error } from '@sveltejs/kit';
import { listMessages } from '$lib/server/accounts/demo';
import { parseContact } from '$lib/server/accounts/rules';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { openToAll } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

const SHOWN = 50;

/** What the demo sent instead of real e-mails and SMS. Outside the demo there is no such page. */
export const load: PageServerLoad = async ({ url }) => {
	openToAll();
	if (!config().demo) error(404, 'not_found');
	const typed = (url.searchParams.get('destinataire') ?? '').slice(0, 254).trim();
	const recipient = typed ? (parseContact(typed)?.value ?? typed) : null;
	const messages = await listMessages(db.read, { recipient, limit: SHOWN });
	return {
		typed,
		messages: messages.map(({ id, channel, recipient, subject, body, at }) => ({
			id,
			channel,
			recipient,
			subject,
			at,
			code:
				/(?:^|\D)(\d{3}) ?(\d{3})(?!\d)/
					.exec(/code/i.test(body) ? body : '')
					?.slice(1)
					.join(' ') ?? null,
			parts: withLinks(body),
		})),
	};
};

/** Our own addresses become links, as mail programs show them; nothing else of a text does. */
function withLinks(body: string) {
	const { origin } = config();
	return body.split(/(https?:\/\/[^\s<>"]+)/).map((text) => ({
		text,
		path: text.startsWith(`${origin}/`) ? text.slice(origin.length) : null,
	}));
}

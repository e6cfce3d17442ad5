import { error } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { bouncedMessage } from '$lib/server/platform/return-path';
import { noteBounce } from '$lib/server/reminders/receipts';
import { openToAll } from '$lib/server/web/guards';
import { isSignedWith } from '$lib/server/web/signature';
import type { RequestHandler } from './$types';

/** A report quotes the mail it is about; beyond this, somebody sends something else. */
const MAX_BYTES = 256 * 1024;

/**
 * A mail that came back to BOUNCE_ADDRESS, as the mail server received it (docs/retours-de-mail.md): the raw message,
 * its recipient in `X-Recipient`, both signed with BOUNCE_KEY in `X-Signature`. 204 for whatever else reaches that address (an
 * out-of-office, a delay): the server must not keep it; 503 when it comes before our own record: to be said again.
 */
export const POST: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { bounces } = config();
	if (!bounces) error(404, 'not_found');
	const mail = Buffer.from(await request.arrayBuffer());
	if (mail.length > MAX_BYTES) error(413, 'too_long');
	const recipient = request.headers.get('x-recipient') ?? '';
	const signed = Buffer.concat([Buffer.from(`${recipient}\n`), mail]);
	if (!isSignedWith(bounces.key, signed, request.headers.get('x-signature'))) error(401, 'not_signed');
	const bounce = bouncedMessage(mail.toString('latin1'), recipient, bounces.key);
	if (bounce === null) return new Response(null, { status: 204 });
	const noted = await db.write((tx) => noteBounce(tx, { ...bounce, now: locals.now }));
	if (noted === 'early') return new Response(null, { status: 503, headers: { 'Retry-After': '60' } });
	return new Response(null, { status: 204 });
};

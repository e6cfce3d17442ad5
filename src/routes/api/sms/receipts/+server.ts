import { error } from '@sveltejs/kit';
import * as v from 'valibot';
import { db } from '$lib/server/db';
import { config } from '$lib/server/platform/config';
import { noteSmsReceipt, SMS_RECEIPTS } from '$lib/server/reminders/receipts';
import { openToAll } from '$lib/server/web/guards';
import { readJson } from '$lib/server/web/json';
import { isSignedWith } from '$lib/server/web/signature';
import type { RequestHandler } from './$types';

const receipt = v.object({
	/** The one given with the SMS. */
	reference: v.pipe(v.string(), v.nonEmpty(), v.maxLength(40)),
	status: v.picklist(SMS_RECEIPTS),
});

/**
 * What became of an SMS, said by the gateway: `{"reference", "status": "delivered" | "failed"}`, signed with SMS_KEY in
 * `X-Signature`. 404 for a reference that is not ours; 503 when it comes before our own record: to be said again.
 */
export const POST: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { smsKey } = config();
	if (!smsKey) error(404, 'not_found');
	const signature = request.headers.get('x-signature');
	const { reference, status } = await readJson(request, receipt, (body) => isSignedWith(smsKey, body, signature));
	const noted = await db.write((tx) => noteSmsReceipt(tx, { reference, receipt: status, now: locals.now }));
	if (noted === 'unknown') error(404, 'not_found');
	if (noted === 'early') return new Response(null, { status: 503, headers: { 'Retry-After': '60' } });
	return new Response(null, { status: 204 });
};

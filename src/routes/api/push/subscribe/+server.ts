import { error, json } from '@sveltejs/kit';
import * as v from 'valibot';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import { labelOf } from '$lib/server/reminders/device-label';
import { detachEndpoint, registerSubscription } from '$lib/server/reminders/subscriptions';
import { errorFrom } from '$lib/server/web/failures';
import { openToAll } from '$lib/server/web/guards';
import { readJson } from '$lib/server/web/json';
import type { RequestHandler } from './$types';

const subscription = v.object({
	endpoint: v.string(),
	keys: v.object({ p256dh: v.string(), auth: v.string() }),
	/** The person has just asked for it; absent when a browser says itself again. */
	isAsked: v.optional(v.boolean(), false),
	/** Its former address, when the browser changed it. */
	replaces: v.optional(v.string()),
});
const ended = v.object({ endpoint: v.string() });

/** Answered to a script: a redirection to the sign-in page would look like a success. */
function accountOf(locals: App.Locals): SignedIn {
	const { account } = locals;
	if (!account) error(401, 'sign_in_first');
	if (account.role !== 'beneficiary') error(403, 'not_for_you');
	return account;
}

/** Registers this browser for the person signed in; also said again at each start, as proof of life. 410: its owner removed it. */
export const POST: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { accountId, sessionId } = accountOf(locals);
	const { keys, ...given } = await readJson(request, subscription);
	const label = labelOf(request.headers.get('user-agent') ?? '');
	try {
		const registered = await db.write((tx) =>
			registerSubscription(tx, { ...given, ...keys, accountId, sessionId, label, now: locals.now }),
		);
		return json(registered);
	} catch (problem) {
		return errorFrom(problem);
	}
};

export const DELETE: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { accountId } = accountOf(locals);
	const { endpoint } = await readJson(request, ended);
	await db.write((tx) => detachEndpoint(tx, { accountId, endpoint }));
	return new Response(null, { status: 204 });
};

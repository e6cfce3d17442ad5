import * as v from 'valibot';
import { db } from '$lib/server/db';
import { isBeacon, markShown } from '$lib/server/reminders/commands';
import { openToAll } from '$lib/server/web/guards';
import { readJson } from '$lib/server/web/json';
import type { RequestHandler } from './$types';

const shown = v.object({ beacon: v.pipe(v.string(), v.maxLength(200)) });

/** « Shown on this phone », said by the service worker without a session. Same answer for a beacon that is not ours. */
export const POST: RequestHandler = async ({ request, locals }) => {
	openToAll();
	const { beacon } = await readJson(request, shown);
	if (await isBeacon(db.read, beacon)) await db.write((tx) => markShown(tx, { beacon, now: locals.now }));
	return new Response(null, { status: 204 });
};

import { error } from '@sveltejs/kit';
import { collectDefaultMetrics } from 'prom-client';
import { config } from '$lib/server/platform/config';
import { sameSecret } from '$lib/server/platform/ids';
import { registry } from '$lib/server/reminders/metrics';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

collectDefaultMetrics({ register: registry });

/** What a proxy says of who asks: one of these, or the header that adapter-node was told of. */
const FORWARDED = ['x-forwarded-for', 'forwarded', process.env.ADDRESS_HEADER || 'x-forwarded-for'];
const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Counts, without a name or an id: for the machine itself, or whoever holds METRICS_TOKEN. */
export const GET: RequestHandler = async ({ request, platform, getClientAddress }) => {
	openToAll();
	const { headers } = request;
	const { metricsToken } = config();
	const holdsToken = metricsToken !== null && sameSecret(headers.get('authorization') ?? '', `Bearer ${metricsToken}`);
	// Behind a proxy everybody comes from the loopback: what was forwarded is not the machine's own.
	const isForwarded = FORWARDED.some((name) => headers.has(name));
	// Of the connection itself: with ADDRESS_HEADER set, the client's address is what a proxy says, and there is none here.
	const from = platform?.req.socket.remoteAddress ?? getClientAddress();
	if (!holdsToken && (isForwarded || !LOOPBACK.has(from))) error(404, 'not_found');
	return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
};

import { error } from '@sveltejs/kit';
import { collectDefaultMetrics } from 'prom-client';
import { config } from '$lib/server/platform/config';
import { sameSecret } from '$lib/server/platform/ids';
import { registry } from '$lib/server/reminders/metrics';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

collectDefaultMetrics({ register: registry });

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Counts, without a name or an id: for the machine itself, or whoever holds METRICS_TOKEN. */
export const GET: RequestHandler = async ({ request, getClientAddress }) => {
	openToAll();
	const { headers } = request;
	const { metricsToken } = config();
	const holdsToken = metricsToken !== null && sameSecret(headers.get('authorization') ?? '', `Bearer ${metricsToken}`);
	// Behind a proxy everybody comes from the loopback: what was forwarded is not the machine's own.
	const isForwarded = headers.has('x-forwarded-for') || headers.has('forwarded');
	if (!holdsToken && (isForwarded || !LOOPBACK.has(getClientAddress()))) error(404, 'not_found');
	return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
};

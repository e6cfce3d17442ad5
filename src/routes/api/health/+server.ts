import { json } from '@sveltejs/kit';
import { sql } from 'drizzle-orm';
import { db } from '$lib/server/db';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/** 200 while this process answers and its database reads; a database that does not makes it fail. */
export const GET: RequestHandler = async () => {
	openToAll();
	await db.read.run(sql`SELECT 1`);
	return json({ status: 'ok' });
};

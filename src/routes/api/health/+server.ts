import { json } from '@sveltejs/kit';
import { db } from '$lib/server/db';
import { listTerritories } from '$lib/server/territories/queries';
import { openToAll } from '$lib/server/web/guards';
import type { RequestHandler } from './$types';

/** 200 while this process answers and its database reads; a database that does not makes it fail. */
export const GET: RequestHandler = async () => {
	openToAll();
	// A row: SQLite answers `SELECT 1` without opening its file.
	await listTerritories(db.read);
	return json({ status: 'ok' });
};

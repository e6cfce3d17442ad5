import { recordAudit } from '$lib/server/audit/commands';
import { db } from '$lib/server/db';
import { requireBeneficiary } from '$lib/server/web/guards';
import { ownFile } from '../own-file';
import type { RequestHandler } from './$types';

/** The person's own file, to keep or to hand to another service. Their rows only: the id comes from the session. */
export const GET: RequestHandler = async ({ locals }) => {
	const account = requireBeneficiary();
	const { personId, accountId } = account;
	const { locale, now } = locals;
	const file = await ownFile(db.read, { personId, accountId, locale, now });
	await db.write((tx) => recordAudit(tx, { action: 'person.exported', actor: account, personId, at: now }));
	return new Response(JSON.stringify(file, null, '\t'), {
		headers: {
			'content-type': 'application/json; charset=utf-8',
			'content-disposition': 'attachment; filename="mes-donnees.json"',
			'cache-control': 'no-store',
		},
	});
};

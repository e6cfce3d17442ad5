import { db } from '$lib/server/db';
import { requireBeneficiary } from '$lib/server/web/guards';
import { ownFile } from './own-file';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, accountId } = requireBeneficiary();
	const { locale, now } = locals;
	const { identity, followUp, requests, pathways, appointments, aids, papers } = await ownFile(db.read, {
		personId,
		accountId,
		locale,
		now,
	});
	// What is not on the page is in the file to download, and the page says so.
	const sent = requests.filter(({ status }) => status !== 'draft');
	return { identity, followUp, requests: sent, pathway: pathways[0] ?? null, appointments, aids, papers };
};

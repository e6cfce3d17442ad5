import { db } from '$lib/server/db';
import { requireBeneficiary } from '$lib/server/web/guards';
import { ownFile } from './own-file';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, accountId } = requireBeneficiary();
	const { locale, now } = locals;
	const { identity, followUp, requests, pathway, appointments, aids, papers } = await ownFile(db.read, {
		personId,
		accountId,
		locale,
		now,
	});
	return { identity, followUp, requests, pathway, appointments, aids, papers };
};

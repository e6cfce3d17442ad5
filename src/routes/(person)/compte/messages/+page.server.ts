import { db } from '$lib/server/db';
import { messagesOf } from '$lib/server/reminders/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId } = requireBeneficiary();
	return { messages: await messagesOf(db.read, personId), now: locals.now };
};

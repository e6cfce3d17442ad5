import { db } from '$lib/server/db';
import { listAppointments } from '$lib/server/appointments/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId } = requireBeneficiary();
	const { now } = locals;
	const all = await listAppointments(db.read, personId);
	const isComing = (each: (typeof all)[number]) => each.state === 'booked' && each.endsAt > now;
	const toChoose = all.filter((each) => each.state === 'invited' && each.chooseBy && each.chooseBy > now);
	const coming = all.filter(isComing).reverse();
	const past = all.filter((each) => !isComing(each) && !toChoose.includes(each));
	return { now, toChoose, coming, past };
};

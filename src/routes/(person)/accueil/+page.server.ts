import { nextAppointment, onCard, openInvitation, toChoose } from '$lib/server/appointments/queries';
import { aidsOf } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { ownDiagnosis } from '$lib/server/diagnosis/queries';
import { pendingRating } from '$lib/server/evaluation/queries';
import { pendingCheckIn } from '$lib/server/pathway/check-ins';
import { pathwayOf } from '$lib/server/pathway/queries';
import { nextOwnStep } from '$lib/server/pathway/rules';
import { leadOf } from '$lib/server/people/queries';
import { deadAddressOf } from '$lib/server/reminders/dead-addresses';
import { findOpenRequest } from '$lib/server/requests/queries';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { requireBeneficiary } from '$lib/server/web/guards';
import { aidName, asksPerson } from '$lib/shared/aids';
import type { PageServerLoad } from './$types';
import { nextThing } from './next';

export const load: PageServerLoad = async ({ locals }) => {
	const { personId, territoryId, displayName } = requireBeneficiary();
	const { now, locale } = locals;
	const territory = await getTerritory(db.read, territoryId);
	const next = await nextAppointment(db.read, personId, now);
	const appointment = next && onCard(next);
	const invitation = await openInvitation(db.read, personId, now);
	const view = await pathwayOf(db.read, personId, locale);
	const step = view && nextOwnStep([...view.steps]);
	const request = await findOpenRequest(db.read, personId);
	const aids = (await aidsOf(db.read, personId, now)).map(({ reference, facts, zone, today, ...line }) => ({
		...{ reference, facts, zone, today },
		name: aidName(line, locale),
	}));
	const diagnosis = await ownDiagnosis(db.read, personId, now);
	const lead = await leadOf(db.read, personId);
	const today = localDay(now, territory.zone);
	return {
		now,
		deadAddress: await deadAddressOf(db.read, personId),
		zone: territory.zone,
		displayName,
		next: nextThing({
			now,
			appointment,
			invitation: invitation && toChoose(invitation),
			paper: aids.find(({ facts }) => asksPerson(facts)),
			diagnosis: diagnosis?.asks ? { asks: diagnosis.asks, answerBy: diagnosis.answerBy } : undefined,
			rating: await pendingRating(db.read, personId, now),
			step: step && { id: step.id, title: step.title, dueOn: step.dueOn, proposed: step.proposed },
			isOver: !request && (!view || view.pathway.endedAt !== null),
		}),
		appointment,
		checkIn: await pendingCheckIn(db.read, view, now),
		aid: aids[0],
		stages: view?.stages.map(({ name, nameLang, state, enteredAt, leftAt, plannedOn }) => ({
			name,
			nameLang,
			state,
			enteredAt,
			leftAt,
			plannedOn,
		})),
		request: request && {
			reference: request.reference,
			status: request.status,
			submittedAt: request.submittedAt,
			respondBy: request.respondBy,
			isLate: request.status === 'submitted' && request.respondBy !== null && request.respondBy < today,
		},
		referent: lead && { name: lead.name, structureName: lead.structureName, phone: lead.phone ?? lead.structurePhone },
		/** In a pathway that nobody leads now: whom to call. */
		territoryPhone: !lead && view && !view.pathway.endedAt ? territory.phone : null,
	};
};

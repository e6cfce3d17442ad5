import { nextAppointment } from '$lib/server/appointments/queries';
import { db } from '$lib/server/db';
import { passedDelays } from '$lib/server/people/delays';
import { lastMessages } from '$lib/server/people/messages';
import { openFile } from '$lib/server/people/opening';
import { followUpOf } from '$lib/server/people/queries';
import { reachableBy } from '$lib/server/people/caseload';
import { ageOn, seesTheme } from '$lib/server/people/rules';
import { pathwayOf } from '$lib/server/pathway/queries';
import { findOpenRequest, needsOf } from '$lib/server/requests/queries';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import type { PageServerLoad } from './$types';

const STEPS_SHOWN = 5;
const MESSAGES_SHOWN = 5;
const ENDED_STEPS = ['done', 'given_up', 'cancelled'];

export const load: PageServerLoad = async ({ params, locals }) => {
	const viewer = requireStaff();
	const { now, locale } = locals;
	try {
		const file = await openFile(db, { viewer, personId: params.id, part: 'overview', now });
		const { zone, settings, id: territoryId } = await getTerritory(db.read, viewer.territoryId);
		const today = localDay(now, zone);
		const { birthDate, ...person } = file.person;
		return {
			now,
			zone,
			today,
			access: file.access,
			person: { ...person, age: ageOn(birthDate, today) },
			team: await followUpOf(db.read, person.id),
			delays: await passedDelays(db.read, { personId: person.id }, { territoryId, zone, settings, now }),
			details: file.access === 'coordinator' ? null : await detailsOf(file, locale, now),
		};
	} catch (problem) {
		errorFrom(problem);
	}
};

/** What the coordinator does not see. A member sees the needs and steps of their themes. */
async function detailsOf(file: Awaited<ReturnType<typeof openFile>>, locale: string, now: Date) {
	const { id, email, phone } = file.person;
	const open = await findOpenRequest(db.read, id);
	const needs = open ? await needsOf(db.read, open.id) : [];
	const way = await pathwayOf(db.read, id, locale);
	const channels = await reachableBy(db.read, [{ id, email, phone }]);
	return {
		channels: channels.get(id) ?? [],
		reference: open?.reference ?? null,
		needs: needs
			.filter(({ theme, status }) => seesTheme(file.themes, theme) && (status === 'open' || status === 'in_progress'))
			.map(({ id, theme, status }) => ({ id, theme, status })),
		kind: way?.pathway.kind ?? null,
		stage: way?.stages.find(({ state }) => state === 'current') ?? null,
		steps: (way?.steps ?? [])
			.filter(({ theme, state }) => !ENDED_STEPS.includes(state) && seesTheme(file.themes, theme))
			.slice(0, STEPS_SHOWN)
			.map(({ id, title, owner, ownerName, dueOn, state }) => ({ id, title, owner, ownerName, dueOn, state })),
		appointment: (await nextAppointment(db.read, id, now)) ?? null,
		messages: await lastMessages(db.read, id, MESSAGES_SHOWN),
	};
}

import { m } from '$lib/paraglide/messages.js';
import type { Locale } from '$lib/paraglide/runtime.js';
import type { Agenda, KeptAppointment, KeptPhone } from '$lib/shared/agenda';
import { aidName, aidSentence, asksPerson } from '$lib/shared/aids';
import { formatDay, formatDayTime } from '$lib/shared/dates';
import { appointmentModeLabel } from '$lib/shared/labels';
import { WRITTEN_IN } from '$lib/shared/locales';
import { displayPhone } from '$lib/shared/phones';
import { listAppointments, type AppointmentView } from '$lib/server/appointments/queries';
import { filesOfGuest } from '$lib/server/childcare/guests';
import { aidsOf, linesFor, type AidLine } from '$lib/server/childcare/queries';
import type { Queries } from '$lib/server/db/client';
import { pathwayOf, type PathwayView } from '$lib/server/pathway/queries';
import { nextOwnStep } from '$lib/server/pathway/rules';
import { leadOf } from '$lib/server/people/queries';
import { getTerritory } from '$lib/server/territories/queries';
import { userKeyOf } from '$lib/server/web/phone';

const KEPT_APPOINTMENTS = 3;
const SAID = {
	coming: m.appointment_said_coming,
	cannot: m.appointment_said_cannot,
	needs_help: m.appointment_said_help,
};
const STATES = { done: 'done', skipped: 'done', current: 'here', upcoming: 'next' } as const;
/** Read on another day than it was written: days are said with their year, and never as « dans 3 jours ». */
const ANOTHER_DAY = new Date(0);

type Owner = { accountId: string; territoryId: string };

/** The whole of what a phone keeps about its owner. Its words are right on whatever day they are read. */
export async function agendaOf(
	q: Queries,
	account: Owner & { personId: string },
	locale: Locale,
	now: Date,
): Promise<Agenda> {
	const { personId } = account;
	const coming = (await listAppointments(q, personId))
		.filter(({ state, endsAt }) => state === 'booked' && endsAt > now)
		.reverse()
		.slice(0, KEPT_APPOINTMENTS);
	const view = await pathwayOf(q, personId, locale);
	const lead = await leadOf(q, personId);
	return {
		...(await aboutAid(q, account, await aidsOf(q, personId, now), locale, now)),
		appointments: coming.map((appointment) => keptAppointment(appointment, locale)),
		stages: view
			? view.stages.map(({ name, nameLang, state }) => ({ name, lang: nameLang, state: STATES[state] }))
			: [],
		step: view && keptStep(view, locale),
		referent: lead ? { name: lead.name, phone: phoneOf(lead.phone ?? lead.structurePhone) } : null,
	};
}

/** For another adult of the household: where the aid that names them stands, as the family reads it, and the service's number. */
export async function guestAgendaOf(q: Queries, account: Owner, locale: Locale, now: Date): Promise<Agenda> {
	const named = await filesOfGuest(q, account.accountId);
	const aids = await linesFor(
		q,
		named.map(({ id }) => id),
		now,
	);
	const about = await aboutAid(q, account, aids, locale, now);
	return { ...about, isGuest: true, appointments: [], stages: [], step: null, referent: null };
}

async function aboutAid(q: Queries, account: Owner, aids: AidLine[], locale: Locale, now: Date) {
	const territory = await getTerritory(q, account.territoryId);
	const aid = mostPressing(aids);
	const { zone } = territory;
	const when = formatDayTime(now, zone, locale);
	return {
		userKey: userKeyOf(account),
		fetchedAt: now.toISOString(),
		locale,
		updated: m.phone_offline_updated({ when }),
		territory: { portalTitle: m.service_portal_title({ name: territory.name }), phone: phoneOf(territory.phone) },
		aid: aid ? keptAid(aid, locale) : null,
		seen: m.phone_offline_seen({ when }),
	};
}

const keptAid = (aid: AidLine, locale: Locale) =>
	`${aidName(aid, locale)} – ${aidSentence(aid.facts, { ...aid, locale, now: ANOTHER_DAY })}`;

/** The one in which the person must act, else the one somebody works on, else the last one. */
const mostPressing = (aids: AidLine[]): AidLine | undefined =>
	aids.find(({ facts }) => asksPerson(facts)) ?? aids.find(({ facts }) => facts.nextActor === 'structure') ?? aids[0];

const phoneOf = (number: string): KeptPhone => ({ number, shown: displayPhone(number) });

function keptAppointment(appointment: AppointmentView, locale: Locale): KeptAppointment {
	const { id, sequence, startsAt, endsAt, zone, mode, placeName, address, answer, toBring, phone } = appointment;
	const place = [placeName, address].filter((part) => part !== null);
	const isPlace = mode === 'on_site' && place.length > 0;
	return {
		id,
		sequence,
		startsAt: startsAt.toISOString(),
		endsAt: endsAt.toISOString(),
		when: formatDayTime(startsAt, zone, locale),
		where: isPlace ? place : [appointmentModeLabel(mode)],
		...(isPlace && { whereLang: WRITTEN_IN }),
		said: answer === 'none' ? null : SAID[answer](),
		toBring,
		phone: phoneOf(phone),
	};
}

function keptStep({ steps, zone }: PathwayView, locale: Locale): Agenda['step'] {
	const step = nextOwnStep([...steps]);
	if (!step) return null;
	const { id, title, dueOn, proposed } = step;
	const by = dueOn && m.home_step_by({ day: formatDay(dueOn, zone, locale) });
	return { id, title, lang: proposed ? '' : WRITTEN_IN, by };
}

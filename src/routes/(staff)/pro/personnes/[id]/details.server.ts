import type { SignedIn } from '$lib/server/accounts/sessions';
import { nextAppointment, type AppointmentView } from '$lib/server/appointments/queries';
import { historyOf, lastVisit } from '$lib/server/audit/queries';
import { db } from '$lib/server/db';
import { reachableBy } from '$lib/server/people/caseload';
import { lastMessages } from '$lib/server/people/messages';
import type { PersonFile } from '$lib/server/people/queries';
import { follows, leads, seesTheme } from '$lib/server/people/rules';
import { unreachable } from '$lib/server/people/today-appointments';
import { mergeAlerts } from '$lib/server/people/today-rules';
import { pathwayOf } from '$lib/server/pathway/queries';
import { isOpenStep } from '$lib/server/pathway/rules';
import { findOpenRequest, needsOf } from '$lib/server/requests/queries';

const STEPS_SHOWN = 5;
const MESSAGES_SHOWN = 5;

/**
 * What the coordinator does not see of a file, column by column of the table of domain.md §7.2: a member sees the needs and
 * steps of their themes, their own appointments and when the person is busy otherwise; messages are for the pair.
 */
export async function detailsOf(
	file: PersonFile,
	viewer: Pick<SignedIn, 'accountId'>,
	{ locale, now }: { locale: string; now: Date },
) {
	const { id, email, phone } = file.person;
	const open = await findOpenRequest(db.read, id);
	const needs = open ? await needsOf(db.read, open.id) : [];
	const way = await pathwayOf(db.read, id, locale);
	const channels = await reachableBy(db.read, [{ id, email, phone }]);
	const stage = way?.stages.find(({ state }) => state === 'current');
	const next = await nextAppointment(db.read, id, now);
	const steps = (way?.steps ?? []).filter(({ theme }) => seesTheme(file.themes, theme));
	const wholeHour = file.access !== 'member' || next?.referentId === viewer.accountId;
	return {
		channels: channels.get(id) ?? [],
		reference: follows(file.access) ? (open?.reference ?? null) : null,
		needs: needs
			.filter(({ theme, status }) => seesTheme(file.themes, theme) && (status === 'open' || status === 'in_progress'))
			.map(({ id, theme, status }) => ({ id, theme, status })),
		kind: way?.pathway.kind ?? null,
		stage: stage ? { name: stage.name, targetOn: stage.targetOn } : null,
		steps: steps
			.filter(({ state }) => isOpenStep(state))
			.slice(0, STEPS_SHOWN)
			.map(({ id, title, owner, ownerName, dueOn, state }) => ({ id, title, owner, ownerName, dueOn, state })),
		appointment: next && wholeHour ? hourOf(next) : null,
		/** Taken by somebody else's appointment. */
		busy: next && !wholeHour ? { startsAt: next.startsAt, zone: next.zone } : null,
		since: follows(file.access) ? await newsSince(file, viewer, steps, now) : null,
		toCall: leads(file.access) ? await callOwed(id, viewer.accountId, now) : null,
		messages: leads(file.access) ? await lastMessages(db.read, id, MESSAGES_SHOWN, now) : null,
	};
}

/** The most pressing message that did not arrive, until somebody spoke with the person. */
async function callOwed(personId: string, accountId: string, now: Date) {
	const [row] = mergeAlerts(await unreachable(db.read, accountId, now, personId));
	const why = row?.reasons[0];
	return why ? { isUnseen: why.reason === 'unseen', since: why.since } : null;
}

const NEWS_SHOWN = 20;
/** Among which a member's own are looked for: other themes must not push them out. */
const NEWS_LOOKED_AT = 500;

/** What changed since this professional's last visit: all of it for the pair, the steps of their themes for a member. */
async function newsSince(
	file: PersonFile,
	{ accountId }: Pick<SignedIn, 'accountId'>,
	seen: { id: string }[],
	now: Date,
) {
	const personId = file.person.id;
	const at = await lastVisit(db.read, { personId, accountId, now });
	if (!at) return null;
	const whole = leads(file.access);
	const all = await historyOf(db.read, personId, whole ? NEWS_SHOWN : NEWS_LOOKED_AT, at);
	const own = new Set(seen.map(({ id }) => id));
	const entries = whole ? all : all.filter(({ subjectId }) => subjectId !== null && own.has(subjectId));
	return { at, entries: entries.slice(0, NEWS_SHOWN).map(({ at, action, actorName }) => ({ at, action, actorName })) };
}

const hourOf = ({ startsAt, zone, mode, placeName, referentName, answer }: AppointmentView) => ({
	startsAt,
	zone,
	mode,
	placeName,
	referentName,
	answer,
});

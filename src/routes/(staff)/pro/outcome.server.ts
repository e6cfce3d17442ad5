import { fail } from '@sveltejs/kit';
import { appointmentRow, markOutcome, noteAbsence } from '$lib/server/appointments/commands';
import { parseAbsence, parseOutcome } from '$lib/server/appointments/forms';
import { getAppointmentToSettle } from '$lib/server/appointments/queries';
import { DAY_MS, type Outcome } from '$lib/server/appointments/rules';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import type { Tx } from '$lib/server/db';
import { askRating, takeBackAsking } from '$lib/server/evaluation/commands';
import { dropNotices, planNotice, wasTold } from '$lib/server/reminders/commands';
import { allowedFrom, findQuietRule } from '$lib/server/reminders/quiet';
import type { AppointmentState } from '$lib/shared/codes';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { tellColleagues } from '../../meeting-news.server';
import { appointmentRefusals } from './refusals';

interface Changed {
	id: string;
	personId: string;
	/** Makes each change a notice of its own. */
	sequence: number | string;
	now: Date;
}

/** Tells the person, once, that an hour was set, moved or cancelled. */
export const announceChange = (tx: Tx, { id, personId, sequence, now }: Changed) =>
	planNotice(tx, {
		kind: 'appointment_changed',
		personId,
		appointmentId: id,
		path: `/rendez-vous/${id}`,
		onceKey: `appointment_changed:${id}:${sequence}`,
		now,
	});

/**
 * Tells the person that times wait to be chosen: a calm sentence, no hour in it. For five days, as any notice, while the choice is
 * open: a seat may be taken until its workshop begins.
 */
export async function announceChoice(tx: Tx, { id, personId, sequence, now }: Changed) {
	const { chooseBy } = await appointmentRow(tx, id);
	const quiet = await findQuietRule(tx, personId);
	const fiveDays = (quiet ? allowedFrom(now, quiet) : now).getTime() + 5 * DAY_MS;
	return planNotice(tx, {
		kind: 'invitation',
		personId,
		subjectId: id,
		path: `/rendez-vous/${id}/choisir`,
		onceKey: `invitation:${id}:${sequence}`,
		usefulUntil: new Date(Math.min(chooseBy?.getTime() ?? fiveDays, fiveDays)),
		now,
	});
}

/**
 * Tells the person that what stood until then does no more. Said before the hour, it is news to them, or the proof that their call was
 * heard; after, it is ours to know. Of times to choose, no hour is said: none was agreed.
 */
export async function announceEnd(tx: Tx, { was, startsAt, sequence, ...about }: Ended): Promise<void> {
	if (was === 'invited') await announceNoChoice(tx, { ...about, sequence });
	else if (about.now < startsAt) await announceChange(tx, { ...about, sequence: sequence + 1 });
}
interface Ended {
	id: string;
	personId: string;
	was: AppointmentState;
	startsAt: Date;
	/** Before it ended. */
	sequence: number;
	now: Date;
}

/**
 * What has not left about the choice is dropped. Who knows of it hears that there is something new: a message had left, or it is the
 * seat of a workshop that moved since (`sequence`), whose former hour they may still keep.
 */
async function announceNoChoice(tx: Tx, { id: subjectId, personId, sequence, now }: Omit<Ended, 'was' | 'startsAt'>) {
	const isKnown = sequence > 0 || (await wasTold(tx, { personId, subjectId }));
	await dropNotices(tx, { personId, subjectId });
	if (!isKnown) return;
	const onceKey = `invitation_over:${subjectId}`;
	await planNotice(tx, { kind: 'pathway_changed', personId, subjectId, path: '/rendez-vous', onceKey, now });
}

interface Met {
	appointmentId: string;
	personId: string;
	outcome: Outcome;
	was: AppointmentState;
	now: Date;
}

/** A met appointment may be rated; the message says so once. Of one that was not met after all nothing is asked any more. */
export async function followOpinion(tx: Tx, { outcome, was, ...asked }: Met): Promise<void> {
	if (outcome !== 'seen') {
		if (was === 'seen') await takeBackAsking(tx, asked);
		return;
	}
	const invitation = await askRating(tx, asked);
	if (!invitation) return;
	const { personId, now } = asked;
	const { id } = invitation;
	await planNotice(tx, { kind: 'rating', personId, subjectId: id, path: `/avis/${id}`, onceKey: `rating:${id}`, now });
}

/**
 * The two taps after the hour, from the agenda and from the person's page. Of somebody absent, `absentId` is whose reason may be
 * known: the page asks, and sends nothing.
 */
export async function sayOutcome(form: FormData, by: SignedIn, now: Date) {
	const parsed = parseOutcome(form);
	if (!parsed.ok) return { refused: fail(400, parsed) };
	const { id: appointmentId, outcome, sequence: read } = parsed.value;
	const { personId, startsAt, sequence } = await getAppointmentToSettle(db.read, by, appointmentId, now).catch(
		errorFrom,
	);
	try {
		await db.write(async (tx) => {
			const { changed, was } = await markOutcome(tx, { appointmentId, sequence: read, by, outcome, now });
			if (!changed) return;
			await followOpinion(tx, { appointmentId, personId, outcome, was, now });
			if (outcome === 'revoked' || outcome === 'excused')
				await announceEnd(tx, { id: appointmentId, personId, was, startsAt, sequence, now });
		});
		tellColleagues({ personId, by, now });
	} catch (error) {
		return { refused: failFrom(error, appointmentRefusals) };
	}
	return { absentId: outcome === 'noshow' ? appointmentId : null };
}

/** Why somebody did not come. Null when it is kept. */
export async function sayAbsence(form: FormData, by: SignedIn, now: Date) {
	const parsed = parseAbsence(form);
	if (!parsed.ok) return fail(400, parsed);
	const { id: appointmentId, reason } = parsed.value;
	await getAppointmentToSettle(db.read, by, appointmentId, now).catch(errorFrom);
	try {
		await db.write((tx) => noteAbsence(tx, { appointmentId, reason, by, now }));
	} catch (error) {
		return failFrom(error, appointmentRefusals);
	}
	return null;
}

/** The page again, asking why that one did not come. */
export const withAbsence = (path: string, id: string): string =>
	`${path}${path.includes('?') ? '&' : '?'}absence=${encodeURIComponent(id)}#absence`;

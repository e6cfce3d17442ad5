import { getAccount } from '$lib/server/accounts/queries';
import { listSessions } from '$lib/server/accounts/sessions';
import { listAppointments } from '$lib/server/appointments/queries';
import { journalOf, listOpenings } from '$lib/server/audit/queries';
import { guestsOf } from '$lib/server/childcare/guests';
import { aidsOf, getOwnAid } from '$lib/server/childcare/queries';
import type { Queries } from '$lib/server/db';
import { WHOLE } from '$lib/server/db/whole';
import { earlierDiagnoses, ownDiagnosis } from '$lib/server/diagnosis/queries';
import { callsOf } from '$lib/server/evaluation/callbacks';
import { askedOf } from '$lib/server/evaluation/queries';
import { checkInsOf } from '$lib/server/pathway/check-ins';
import { goalsOf } from '$lib/server/pathway/goals';
import { groupsKept } from '$lib/server/pathway/group-queries';
import { endNote, orientationReason, pathwaysOf } from '$lib/server/pathway/queries';
import { reviewsOf } from '$lib/server/pathway/reviews';
import { listExceptional } from '$lib/server/people/exceptional';
import { joinedFiles } from '$lib/server/people/identity';
import { movesOf } from '$lib/server/people/moves';
import { papersOfPerson } from '$lib/server/papers/queries';
import { addressOf, followersNow, followUpHistory, personOf } from '$lib/server/people/queries';
import { deadAddressOf } from '$lib/server/reminders/dead-addresses';
import { remindersOf } from '$lib/server/reminders/queries';
import { listDevices } from '$lib/server/reminders/subscriptions';
import { openAnswers } from '$lib/server/requests/answers';
import { communeName, needsOf, requestsKept } from '$lib/server/requests/queries';
import { filingOf, needsTaken, orientationsKept, tookThemes } from '$lib/server/requests/reading';

interface Owner {
	personId: string;
	accountId: string;
	locale: string;
	now: Date;
}

/**
 * All that is kept about a person, read through each domain with the person's own id (right of access and portability,
 * GDPR 15 and 20). Texts are opened; keys, hashes and other people's contacts stay out.
 */
export async function ownFile(q: Queries, { personId, accountId, locale, now }: Owner) {
	const own = await personOf(q, personId);
	const { addressSealed: _address, searchName: _search, id: _id, ...identity } = own;
	const account = await getAccount(q, accountId);
	return {
		exportedAt: now,
		identity: { ...identity, address: addressOf(own), commune: await communeName(q, identity.inseeCode) },
		joinedFiles: await joinedFiles(q, personId),
		emailFails: await deadAddressOf(q, personId),
		moves: await movesOf(q, personId),
		account: { email: account.email, phone: account.phone, locale: account.locale, createdAt: account.createdAt },
		followUp: (await followersNow(q, personId, now)).map(
			({ name, part, structureName, structurePhone, startedAt }) => ({
				name,
				part,
				structureName,
				structurePhone,
				startedAt,
			}),
		),
		followUpHistory: await followUpFile(q, personId),
		requests: await requestsOf(q, personId),
		diagnosis: await diagnosisFile(q, personId, now),
		earlierDiagnoses: await earlierDiagnoses(q, personId),
		pathways: await pathwaysFile(q, personId, locale),
		meetings: await meetingsFile(q, personId),
		appointments: await appointmentsOf(q, personId),
		aids: await aidsFile(q, personId, now),
		papers: await papersFile(q, personId),
		messages: await messagesFile(q, personId),
		calls: await callsOf(q, personId),
		evaluation: await askedOf(q, personId),
		devices: await listDevices(q, accountId),
		sessions: (await listSessions(q, accountId, now)).map(({ device, kind, endsAt }) => ({ device, kind, endsAt })),
		openings: await listOpenings(q, personId, WHOLE),
		journal: await journalOf(q, personId, WHOLE),
		exceptionalOpenings: (await listExceptional(q, { personId }, WHOLE)).map(
			({ byName, structureName, reason, openedAt, endsAt }) => ({ byName, structureName, reason, openedAt, endsAt }),
		),
	};
}
export type OwnFile = Awaited<ReturnType<typeof ownFile>>;

/** With why: in the words that were said, or the needs that were taken. */
async function followUpFile(q: Queries, personId: string) {
	const taken = await needsTaken(q, personId);
	return (await followUpHistory(q, personId)).map(({ accountId, ...line }) => ({
		...line,
		needsTaken: tookThemes(taken, { accountId, ...line }),
	}));
}

async function requestsOf(q: Queries, personId: string) {
	const requests = await requestsKept(q, personId);
	return Promise.all(
		requests.map(async ({ id, reference, status, channel, wantsCall, urgent, priority, answersSealed, ...dates }) => ({
			...{ reference, status, channel, wantsCall, urgent, priority },
			createdAt: dates.createdAt,
			submittedAt: dates.submittedAt,
			assignedAt: dates.assignedAt,
			respondBy: dates.respondBy,
			stillWaitingAt: dates.stillWaitingAt,
			closedAt: dates.closedAt,
			/** As typed: situation, means of transport, what cannot wait, who helped, when to call. */
			answers: answersSealed ? openAnswers(id, answersSealed) : null,
			filedBy: (await filingOf(q, id)) ?? null,
			needs: (await needsOf(q, id)).map(({ theme, status, answers, expectedOn, createdAt, closedAt }) => ({
				...{ theme, status, answers, expectedOn, createdAt, closedAt },
			})),
			orientations: await orientationsKept(q, id),
		})),
	);
}

/** Their own part, and what professionals note once it is shared. */
async function diagnosisFile(q: Queries, personId: string, now: Date) {
	const found = await ownDiagnosis(q, personId, now);
	if (!found) return null;
	const { state, isFinal, sharedAt, answerBy, selfAt, goals, works, answers, points } = found;
	return {
		state,
		isFinal,
		sharedAt,
		answerBy,
		selfAt,
		goals,
		works,
		answers,
		points: points.map(({ point, view, value, noted }) => ({ point, view, value, noted })),
	};
}

async function pathwaysFile(q: Queries, personId: string, locale: string) {
	const found = await pathwaysOf(q, personId, locale);
	return Promise.all(
		found.map(async ({ pathway, stages, steps }) => ({
			kind: pathway.kind,
			startedAt: pathway.startedAt,
			endedAt: pathway.endedAt,
			endReason: pathway.endReason,
			workContract: pathway.workContract,
			endNote: endNote(pathway),
			orientedAt: pathway.orientedAt,
			orientationReason: orientationReason(pathway),
			stillWaitingAt: pathway.stillWaitingAt,
			stages: stages.map(({ name, state, enteredAt, leftAt, targetOn, reason }) => ({
				...{ name, state, enteredAt, leftAt, targetOn, reason },
			})),
			goals: (await goalsOf(q, pathway.id, WHOLE)).map(({ theme, text, state, createdAt, endedAt }) => ({
				...{ theme, text, state, createdAt, endedAt },
			})),
			steps: steps.map(({ id: _id, version: _version, goalId: _goal, ...step }) => step),
			reviews: (await reviewsOf(q, pathway.id, WHOLE)).map(({ heldAt, byName, looked, decisions }) => ({
				...{ heldAt, byName, looked },
				decisions: decisions.map(({ title, state }) => ({ title, state })),
			})),
			checkIns: (await checkInsOf(q, pathway.id, WHOLE)).map(({ id: _id, ...checkIn }) => checkIn),
		})),
	);
}

const meetingsFile = async (q: Queries, personId: string) =>
	(await groupsKept(q, personId)).map(({ id: _id, personId: _whose, members, ...meeting }) => ({
		...meeting,
		members: members.map(({ name, structureName }) => ({ name, structureName })),
	}));

/** What was or will be sent: when, on which channel, in which words when a professional wrote them. */
const messagesFile = async (q: Queries, personId: string) =>
	(await remindersOf(q, personId, WHOLE)).map(
		({ kind, state, reason, dueAt, sentAt, shownAt, answeredAt, wording, text, attempts }) => ({
			...{ kind, state, reason, dueAt, sentAt, shownAt, answeredAt, wording, text },
			attempts: attempts.map(({ channel, outcome, at }) => ({ channel, outcome, at })),
		}),
	);

const appointmentsOf = async (q: Queries, personId: string) =>
	(await listAppointments(q, personId, WHOLE)).map(
		({ type, mode, startsAt, endsAt, zone, placeName, address, state, answer, answerNote, toBring, ...row }) => ({
			type,
			mode,
			startsAt,
			endsAt,
			zone,
			placeName,
			address,
			state,
			answer,
			answerNote,
			toBring,
			convocationReason: row.convocationReason,
			absenceReason: row.absenceReason,
			answeredAt: row.answeredAt,
			companion: row.companion,
			interpreter: row.interpreter,
			title: row.title,
			referentName: row.referentName,
			structureName: row.structureName,
		}),
	);

async function aidsFile(q: Queries, personId: string, now: Date) {
	const lines = await aidsOf(q, personId, now, WHOLE);
	const files = await Promise.all(
		lines.map(async ({ reference }) => ({
			...(await getOwnAid(q, personId, reference, now)),
			guests: (await guestsOf(q, { personId, reference })).map(({ name }) => name),
		})),
	);
	return files.map(
		({ reference, kind, facts, reason, sentAt, urgentOn, outcome, children, decider, papers, history, guests }) => ({
			reference,
			guests,
			kind,
			...facts,
			reason,
			sentAt,
			urgentOn,
			outcome,
			children,
			decider,
			papers,
			history,
		}),
	);
}

/** Each page is read at its address: the files themselves are in no copy. */
const papersFile = async (q: Queries, personId: string) =>
	(await papersOfPerson(q, personId)).map(
		({ reference, kind, theme, label, state, reason, note, joinedAt, pages }) => ({
			...{ reference, kind, theme, label, state, reason, note, joinedAt },
			pages: pages.map(({ id, type, size, name }) => ({ type, size, name, address: `/papiers/${id}` })),
		}),
	);

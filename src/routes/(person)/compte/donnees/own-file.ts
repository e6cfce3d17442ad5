import { getAccount } from '$lib/server/accounts/queries';
import { listSessions } from '$lib/server/accounts/sessions';
import { listAppointments } from '$lib/server/appointments/queries';
import { listOpenings } from '$lib/server/audit/queries';
import { aidsOf, getOwnAid } from '$lib/server/childcare/queries';
import type { Queries } from '$lib/server/db';
import { ownDiagnosis } from '$lib/server/diagnosis/queries';
import { checkInsOf } from '$lib/server/pathway/check-ins';
import { pathwayOf } from '$lib/server/pathway/queries';
import { listExceptional } from '$lib/server/people/exceptional';
import { papersOfPerson } from '$lib/server/papers/queries';
import { followersNow, personOf } from '$lib/server/people/queries';
import { listDevices } from '$lib/server/reminders/subscriptions';
import { communeName, listRequests, needsOf } from '$lib/server/requests/queries';

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
	const { addressSealed: _address, searchName: _search, id: _id, ...identity } = await personOf(q, personId);
	const account = await getAccount(q, accountId);
	return {
		exportedAt: now,
		identity: { ...identity, commune: await communeName(q, identity.inseeCode) },
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
		requests: await requestsOf(q, personId),
		diagnosis: await diagnosisFile(q, personId, now),
		pathway: await pathwayFile(q, personId, locale),
		appointments: await appointmentsOf(q, personId),
		aids: await aidsFile(q, personId, now),
		papers: await papersFile(q, personId),
		devices: await listDevices(q, accountId),
		sessions: (await listSessions(q, accountId, now)).map(({ device, kind, endsAt }) => ({ device, kind, endsAt })),
		openings: await listOpenings(q, personId, 1000),
		exceptionalOpenings: (await listExceptional(q, { personId }, 1000)).map(
			({ byName, structureName, reason, openedAt, endsAt }) => ({ byName, structureName, reason, openedAt, endsAt }),
		),
	};
}
export type OwnFile = Awaited<ReturnType<typeof ownFile>>;

async function requestsOf(q: Queries, personId: string) {
	const requests = await listRequests(q, personId);
	return Promise.all(
		requests.map(async ({ id, reference, status, submittedAt, respondBy, closedAt }) => ({
			reference,
			status,
			submittedAt,
			respondBy,
			closedAt,
			needs: (await needsOf(q, id)).map(({ theme, status, answers }) => ({ theme, status, answers })),
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

async function pathwayFile(q: Queries, personId: string, locale: string) {
	const found = await pathwayOf(q, personId, locale);
	if (!found) return null;
	return {
		kind: found.pathway.kind,
		startedAt: found.pathway.startedAt,
		stages: found.stages.map(({ name, state, enteredAt, leftAt }) => ({ name, state, enteredAt, leftAt })),
		steps: found.steps.map(({ id: _id, version: _version, ...step }) => step),
		checkIns: (await checkInsOf(q, found.pathway.id)).map(({ id: _id, ...checkIn }) => checkIn),
	};
}

const appointmentsOf = async (q: Queries, personId: string) =>
	(await listAppointments(q, personId)).map(
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
			referentName: row.referentName,
			structureName: row.structureName,
		}),
	);

async function aidsFile(q: Queries, personId: string, now: Date) {
	const lines = await aidsOf(q, personId, now);
	const files = await Promise.all(lines.map(({ reference }) => getOwnAid(q, personId, reference, now)));
	return files.map(
		({ reference, kind, facts, reason, sentAt, urgentOn, outcome, children, decider, papers, history }) => ({
			reference,
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

import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	aCoordinator,
	anAppointment,
	aPaper,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	NOW,
	theTerritory,
} from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import type { SignedIn } from './accounts/sessions.ts';
import { openAid } from './childcare/commands.ts';
import type { Db } from './db/client.ts';
import {
	account,
	appointment,
	auditEntry,
	callback,
	caseGroup,
	checkIn,
	childcareAid,
	diagnosis,
	moveProposal,
	need,
	pathway,
	ratingBox,
	reminder,
	step,
	supportRequest,
} from './db/schema/index.ts';
import { callsToMake } from './evaluation/callbacks.ts';
import { questionsOf } from './evaluation/choosing.ts';
import { answerRating, askAbout, askRating, invitationOf } from './evaluation/commands.ts';
import { createQuestionnaire, moveQuestionnaire } from './evaluation/questionnaires.ts';
import { movePerson } from './moving.ts';
import { startInWork } from './pathway/closing.ts';
import { proposeGroup } from './pathway/groups.ts';
import { peopleOfTerritory } from './people/caseload.ts';
import { openMove, proposeMove } from './people/moves.ts';
import { followUpOf, getPersonFor, personOf } from './people/queries.ts';
import { newId } from './platform/ids.ts';
import { planNotice } from './reminders/commands.ts';
import { NO_ANSWERS, openAnswers } from './requests/answers.ts';
import { papersOf } from './papers/queries.ts';
import { reopenRequest, sendNeed, takeRequest, withdrawRequest } from './requests/commands.ts';
import { inbox, needsSentTo } from './requests/inbox.ts';
import { findOpenRequest, goesOnAs, needsOf } from './requests/queries.ts';
import { getRequestFor } from './requests/reading.ts';
import { cameFrom, originOf } from './requests/transferring.ts';

const CHARLEVILLE = '08105';
const SEDAN = '08409';
const BESANCON = '25056';
/** Of no territory of this portal. */
const CAYENNE = '97302';
const day = '2026-04-01';

let db: Db;
let lead: Awaited<ReturnType<typeof aReferent>>;
let there: Awaited<ReturnType<typeof aReferent>>;
let person: Awaited<ReturnType<typeof aPerson>>;
let request: Awaited<ReturnType<typeof aRequest>>;
const as = (one: { id: string }) => ({ ...one, accountId: one.id }) as unknown as SignedIn;
const herself = () => ({ accountId: person.account.id, role: 'beneficiary' as const, structureId: null });
const move = (inseeCode: string, now = NOW) =>
	db.write((tx) => movePerson(tx, { personId: person.id, inseeCode, by: herself(), now }));

beforeEach(async () => {
	db = await testDatabase();
	await theTerritory(db, 'ardennes');
	await theTerritory(db, 'doubs');
	lead = await aReferent(db, { territoryId: 'ardennes' });
	there = await aReferent(db, { territoryId: 'doubs' });
	person = await aPerson(db, { territoryId: 'ardennes', inseeCode: CHARLEVILLE });
	const answers = { ...NO_ANSWERS, themes: ['housing', 'health'], inseeCode: CHARLEVILLE };
	request = await aRequest(db, {
		personId: person.id,
		themes: ['housing', 'health'],
		answers,
		silenceOn: '2026-05-02',
	});
});

const requestRow = async (id: string) =>
	(await db.read.select().from(supportRequest).where(eq(supportRequest.id, id)).limit(1))[0]!;

describe('to another territory', () => {
	test('the request is handed over whole: nothing is asked again, one history', async () => {
		const moved = await move(BESANCON, new Date('2026-03-10T09:00:00Z'));
		expect(moved.kind).toBe('other');
		expect(await requestRow(request.id)).toMatchObject({ status: 'transferred', territoryId: 'ardennes' });
		const open = (await findOpenRequest(db.read, person.id))!;
		expect(open).toMatchObject({
			id: moved.requestId,
			status: 'submitted',
			territoryId: 'doubs',
			continuesId: request.id,
			createdAt: request.createdAt,
			// A first contact is due by the delay of Doubs; silence on money keeps its day.
			respondBy: '2026-03-17',
			silenceOn: '2026-05-02',
		});
		expect(open.reference).toMatch(/^25-/);
		expect(openAnswers(open.id, open.answersSealed)).toMatchObject({
			themes: ['housing', 'health'],
			inseeCode: BESANCON,
		});
		expect((await needsOf(db.read, open.id)).map(({ theme }) => theme).sort()).toEqual(['health', 'housing']);
		expect(await goesOnAs(db.read, request.id)).toBe(open.id);
		expect(await originOf(db.read, open)).toEqual({ sentOn: '2026-03-02', territoryName: 'Ardennes' });
		expect(await personOf(db.read, person.id)).toMatchObject({ territoryId: 'doubs', inseeCode: BESANCON });
		const [own] = await db.read.select().from(account).where(eq(account.id, person.account.id)).limit(1);
		expect(own!.territoryId).toBe('doubs');
	});

	test('a call that was asked for is the new coordinator’s to make; one that was made stays where it was', async () => {
		const ask = (more: object = {}) =>
			insertOne(db, callback, {
				id: newId(),
				personId: person.id,
				territoryId: 'ardennes',
				dueOn: '2026-03-09',
				...more,
			});
		const [open] = [await ask(), await ask({ handledAt: NOW })];
		await move(BESANCON);
		expect((await callsToMake(db.read, 'doubs')).map(({ id }) => id)).toEqual([open.id]);
		const rows = await db.read.select({ territoryId: callback.territoryId }).from(callback);
		expect(rows.map(({ territoryId }) => territoryId).sort()).toEqual(['ardennes', 'doubs']);
	});

	test('no hour is left to choose there, not even one whose first time offered passed', async () => {
		const ask = (day: string) =>
			anAppointment(db, {
				personId: person.id,
				day,
				time: '10:00',
				state: 'invited',
				chooseBy: new Date('2026-03-12'),
			});
		const [passed, coming] = [await ask('2026-03-01'), await ask('2026-03-20')];
		const about = { personId: person.id, kind: 'invitation', path: '/rendez-vous', onceKey: 'asked' } as const;
		await db.write((tx) => planNotice(tx, { ...about, subjectId: passed.id, now: NOW }));
		await move(BESANCON);
		const rows = await db.read.select().from(appointment);
		expect(rows.map(({ id, state }) => [id, state]).sort()).toEqual(
			[passed, coming].map(({ id }) => [id, 'revoked']).sort(),
		);
		expect(await db.read.select().from(reminder).where(eq(reminder.subjectId, passed.id))).toMatchObject([
			{ state: 'dropped' },
		]);
	});

	test('follow-up, pathway, steps, appointments and needs on their way end in the former one', async () => {
		await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: as(lead), now: NOW }));
		const way = await aPathway(db, { personId: person.id });
		await aStep(db, { personId: person.id, pathwayId: way.id });
		const booked = await anAppointment(db, { personId: person.id, day, time: '10:00' });
		const colleague = await aReferent(db, { territoryId: 'ardennes' });
		const needId = request.needs[0]!.id;
		await db.write((tx) => sendNeed(tx, { needId, structureId: colleague.structureId, by: as(lead), now: NOW }));
		await insertOne(db, diagnosis, {
			id: newId(),
			personId: person.id,
			territoryId: 'ardennes',
			state: 'self_started',
			createdAt: NOW,
		});
		await move(BESANCON);
		expect(await followUpOf(db.read, person.id)).toEqual([]);
		expect(await needsSentTo(db.read, colleague.structureId)).toEqual([]);
		const one = async <T>(rows: Promise<T[]>) => (await rows)[0]!;
		expect(await one(db.read.select().from(pathway).where(eq(pathway.id, way.id)).limit(1))).toMatchObject({
			endReason: 'moved',
			endedAt: NOW,
		});
		expect((await one(db.read.select().from(step).limit(1))).state).toBe('cancelled');
		expect((await one(db.read.select().from(appointment).where(eq(appointment.id, booked.id)).limit(1))).state).toBe(
			'revoked',
		);
		expect(await one(db.read.select().from(need).where(eq(need.id, needId)).limit(1))).toMatchObject({
			status: 'open',
			structureId: null,
		});
		expect((await one(db.read.select().from(diagnosis).limit(1))).territoryId).toBe('doubs');
		const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.personId, person.id)).limit(50);
		expect(journal.map(({ action }) => action)).toEqual(
			expect.arrayContaining(['request.transferred', 'person.moved', 'person.follow_up_ended', 'pathway.closed']),
		);
	});

	test('neither a question of the first months at work nor a meeting of the former one is left to come', async () => {
		await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: as(lead), now: NOW }));
		const { id: pathwayId } = await aPathway(db, { personId: person.id });
		const { id: personId } = person;
		const by = as(lead);
		const { groupId, told } = await db.write(async (tx) => {
			const { checkIns } = await startInWork(tx, { personId, by, now: NOW });
			const about = { personId, path: '/parcours', now: NOW };
			const told = [];
			for (const { id } of checkIns)
				told.push(
					await planNotice(tx, { ...about, kind: 'check_in', onceKey: `check_in:${id}`, subjectId: pathwayId }),
				);
			const hour = { day: '2026-03-24', time: '14:00', minutes: 45 };
			const memberIds = [lead.id];
			const group = await proposeGroup(tx, {
				personId,
				why: 'Logement',
				themes: ['housing'],
				...hour,
				memberIds,
				by,
				now: NOW,
			});
			const onceKey = `group_proposed:${group.id}`;
			told.push(await planNotice(tx, { ...about, kind: 'pathway_changed', onceKey, subjectId: group.id }));
			return { groupId: group.id, told };
		});
		expect(told).not.toContain(null);
		await move(BESANCON);
		const notices = await db.read
			.select({ state: reminder.state })
			.from(reminder)
			.where(eq(reminder.personId, personId));
		expect(new Set(notices.map(({ state }) => state))).toEqual(new Set(['dropped']));
		expect(await db.read.select().from(checkIn)).toEqual([]);
		const [group] = await db.read.select().from(caseGroup).where(eq(caseGroup.id, groupId));
		expect(group).toMatchObject({ state: 'cancelled', closedAt: NOW });
	});

	test('the new territory reads and takes it; the former one sees only that it left', async () => {
		await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: as(lead), now: NOW }));
		const { reference } = await move(BESANCON);
		await expect(getPersonFor(db.read, as(lead), person.id)).rejects.toThrow('not_found');
		await expect(getRequestFor(db.read, as(lead), reference!)).rejects.toThrow('not_found');
		await expect(getRequestFor(db.read, as(lead), request.reference!)).rejects.toThrow('not_found');
		const boss = as(await aReferent(db, { territoryId: 'ardennes', role: 'coordinator' }));
		expect(await getRequestFor(db.read, boss, request.reference!)).toMatchObject({ access: 'limited', needs: [] });
		await expect(getRequestFor(db.read, boss, reference!)).rejects.toThrow('not_found');
		expect((await getRequestFor(db.read, as(there), reference!)).needs).toHaveLength(2);
		const listed = async (territoryId: string) =>
			(await inbox(db.read, territoryId, { today: '2026-03-02' })).map((row) => row.reference);
		expect([await listed('ardennes'), await listed('doubs')]).toEqual([[], [reference]]);
		await db.write((tx) => takeRequest(tx, { reference: reference!, account: as(there), now: NOW }));
		expect((await getPersonFor(db.read, as(there), person.id)).access).toBe('lead');
		const left = await inbox(db.read, 'ardennes', { show: 'ended', today: '2026-03-02' });
		expect(left).toMatchObject([{ reference: request.reference, commune: null }]);
		const [goesOn] = await inbox(db.read, 'doubs', { show: 'all', today: '2026-03-02' });
		expect(goesOn).toMatchObject({ reference, commune: 'Besançon' });
		const search = { text: person.lastName, today: '2026-03-02' };
		expect((await peopleOfTerritory(db.read, 'ardennes', search)).rows).toEqual([]);
		expect((await peopleOfTerritory(db.read, 'doubs', search)).rows).toHaveLength(1);
	});

	test('a draft of aid goes along; one already sent is decided where it was', async () => {
		const aid = { personId: person.id, territoryId: 'ardennes', now: NOW };
		await db.write((tx) => openAid(tx, { ...aid, sent: false }));
		await move(BESANCON);
		const decider = async () => (await db.read.select().from(childcareAid).limit(1))[0]!.deciderStructureId;
		expect(await decider()).toMatch(/^doubs-/);
		await db.write((tx) => tx.update(childcareAid).set({ status: 'submitted' }));
		await move(CHARLEVILLE);
		expect(await decider()).toMatch(/^doubs-/);
	});

	test('what was joined to the request is read where it goes on', async () => {
		const of = { requestId: request.id };
		const { id } = await aPaper(db, { of, personId: person.id, accountId: person.account.id, theme: 'housing' });
		const moved = await move(BESANCON);
		expect((await papersOf(db.read, { requestId: moved.requestId! })).map((one) => one.id)).toEqual([id]);
		expect(await papersOf(db.read, of)).toEqual([]);
	});

	test('reopened after the move, it goes on where the person lives now, and is taken there', async () => {
		const own = { personId: person.id, reference: request.reference!, now: NOW };
		await db.write((tx) => withdrawRequest(tx, own));
		await move(BESANCON);
		await db.write((tx) => reopenRequest(tx, { ...own, now: new Date('2026-03-05T09:00:00Z') }));
		const open = (await findOpenRequest(db.read, person.id))!;
		expect(open).toMatchObject({ territoryId: 'doubs', status: 'submitted', continuesId: request.id });
		expect((await requestRow(request.id)).status).toBe('transferred');
		expect((await needsOf(db.read, open.id)).map(({ theme }) => theme).sort()).toEqual(['health', 'housing']);
		await db.write((tx) => takeRequest(tx, { reference: open.reference, account: as(there), now: NOW }));
		expect((await getPersonFor(db.read, as(there), person.id)).access).toBe('lead');
	});

	test('there and back again: the chain leads to the last, and back to the first', async () => {
		await move(BESANCON, new Date('2026-03-10T09:00:00Z'));
		const back = await move(SEDAN, new Date('2026-03-12T09:00:00Z'));
		expect(await goesOnAs(db.read, request.id)).toBe(back.requestId);
		const open = (await findOpenRequest(db.read, person.id))!;
		expect(open.reference).toMatch(/^08-/);
		expect(await originOf(db.read, open)).toEqual({ sentOn: '2026-03-02', territoryName: 'Ardennes' });
		expect(await cameFrom(db.read, open)).toEqual({ sentOn: '2026-03-10', territoryName: 'Doubs' });
	});

	test('without an open request the person moves alone', async () => {
		await db.write((tx) => tx.update(supportRequest).set({ status: 'closed' }));
		expect(await move(BESANCON)).toEqual({ kind: 'other', reference: null, requestId: null });
		expect((await personOf(db.read, person.id)).territoryId).toBe('doubs');
	});
});

test('within the territory only the commune changes', async () => {
	await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: as(lead), now: NOW }));
	expect(await move(SEDAN)).toEqual({ kind: 'same', reference: null, requestId: null });
	expect(await personOf(db.read, person.id)).toMatchObject({ territoryId: 'ardennes', inseeCode: SEDAN });
	expect(await followUpOf(db.read, person.id)).toHaveLength(1);
	expect((await requestRow(request.id)).status).toBe('assigned');
});

test('what somebody says of the territory they left counts there, with its questions, not where they live now', async () => {
	const coordinator = await aCoordinator(db, { territoryId: 'ardennes' });
	const by = { accountId: coordinator.id, role: coordinator.role, structureId: null, territoryId: 'ardennes' };
	const everywhere = { audience: 'all', employmentAreaId: null, startsOn: null, endsOn: null } as const;
	await db.write(async (tx) => {
		const draft = {
			title: 'Étapes',
			questions: [{ code: 'listened' }],
			moments: ['stage_left' as const],
			...everywhere,
		};
		const { id } = await createQuestionnaire(tx, draft, { by, now: NOW });
		await moveQuestionnaire(tx, { id, to: 'open', by, now: NOW });
	});
	const { stages } = await aPathway(db, { personId: person.id, current: 2 });
	const { id: appointmentId } = await anAppointment(db, { personId: person.id, referentId: lead.id, state: 'seen' });
	const met = await db.write((tx) => askRating(tx, { appointmentId, personId: person.id, now: NOW }));
	await move(BESANCON);
	const later = new Date('2026-03-20T09:00:00Z');
	const about = { moment: 'stage_left' as const, subjectId: stages[0]!.id, personId: person.id };
	const left = await db.write((tx) => askAbout(tx, { ...about, now: later }));
	for (const { id: invitationId } of [met!, left!]) {
		const answerer = { invitationId, personId: person.id, now: later };
		await db.write((tx) => answerRating(tx, { ...answerer, face: 'bad', comment: null }));
	}
	expect((await db.read.select().from(ratingBox)).map(({ territoryId }) => territoryId)).toEqual([
		'ardennes',
		'ardennes',
	]);
	const { versionId } = await invitationOf(db.read, { invitationId: left!.id, personId: person.id });
	expect(await questionsOf(db.read, versionId)).toEqual([{ code: 'listened' }]);
});

test('outside every perimeter nothing is lost: the request and who follows stay', async () => {
	await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: as(lead), now: NOW }));
	expect((await move(CAYENNE)).kind).toBe('outside');
	expect(await personOf(db.read, person.id)).toMatchObject({ territoryId: 'ardennes', inseeCode: CAYENNE });
	expect((await requestRow(request.id)).status).toBe('assigned');
	expect((await getPersonFor(db.read, as(lead), person.id)).access).toBe('lead');
});

describe('proposed by a professional', () => {
	const propose = (inseeCode: string) =>
		db.write((tx) => proposeMove(tx, { personId: person.id, inseeCode, by: as(lead), now: NOW }));

	test('nothing moves until the person agrees; the latest proposal is the one that waits', async () => {
		await propose(SEDAN);
		await propose(BESANCON);
		expect(await openMove(db.read, person.id)).toMatchObject({ inseeCode: BESANCON, commune: 'Besançon' });
		expect((await personOf(db.read, person.id)).territoryId).toBe('ardennes');
		await move(BESANCON);
		expect(await openMove(db.read, person.id)).toBeUndefined();
		const rows = await db.read.select().from(moveProposal).orderBy(moveProposal.at).limit(5);
		expect(rows.map(({ agreed }) => agreed).sort()).toEqual([false, true]);
	});

	test('an unknown commune is none', async () => {
		await expect(propose('99999')).rejects.toThrow('not_found');
	});
});

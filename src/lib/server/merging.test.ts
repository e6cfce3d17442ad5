import { eq, getTableColumns, getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	aFollowUp,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aTerritory,
	NOW,
} from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { aWholeFile } from '../../../tests/support/whole-file.ts';
import type { Channel } from '../shared/codes.ts';
import { feedOf, makeFeed } from './appointments/calendar-feed.ts';
import { recordAudit } from './audit/commands.ts';
import { historyOf } from './audit/queries.ts';
import type { SignedIn } from './accounts/sessions.ts';
import type { Db } from './db/client.ts';
import * as tables from './db/schema/index.ts';
import { answerDiagnosis, notePoints, saveSelf, shareDiagnosis } from './diagnosis/commands.ts';
import { diagnosisFor, earlierDiagnoses, ownDiagnosis } from './diagnosis/queries.ts';
import { erasePerson } from './erasing.ts';
import { momentsDue } from './evaluation/moments.ts';
import { mergePeople, MOVERS } from './merging.ts';
import { inCommon, comparedOf, mergesOf, sayDifferent, whichIsKept } from './people/identity.ts';
import { possibleDuplicates } from './people/duplicates.ts';
import { openMove, proposeMove } from './people/moves.ts';
import { followUpOf, leadOf, personOf } from './people/queries.ts';
import { addGoal, changeGoal, goalsOf } from './pathway/goals.ts';
import { stageDelays } from './people/steering.ts';
import { pathwayOf } from './pathway/queries.ts';
import { addStep, changeStep } from './pathway/steps.ts';
import { newId } from './platform/ids.ts';
import { seal, unseal } from './platform/sealing.ts';
import { planNotice } from './reminders/commands.ts';
import { sendNeed, takeNeed, takeRequest } from './requests/commands.ts';
import { needsSentTo } from './requests/inbox.ts';
import { findOpenRequest, goesOnAs, needsOf } from './requests/queries.ts';
import { orientationsOf } from './requests/reading.ts';
import { getTerritory } from './territories/queries.ts';

/** Every column of the schema that says whose row it is: a reference to `person`, or a `person_id` without one. */
const naming = (Object.values(tables) as unknown[])
	.filter((table): table is SQLiteTable => is(table, SQLiteTable))
	.flatMap((table) => {
		const references = getTableConfig(table).foreignKeys.flatMap((key) => {
			const { columns, foreignTable } = key.reference();
			return foreignTable === tables.person ? columns.map(({ name }) => name) : [];
		});
		const named = Object.values(getTableColumns(table))
			.map(({ name }) => name)
			.filter((name) => name === 'person_id');
		return [...new Set([...references, ...named])].map((column) => ({ table: getTableName(table), column }));
	});

let db: Db;
let territoryId: string;
let referent: Awaited<ReturnType<typeof aReferent>>;
let people = 0;
beforeEach(async () => {
	db = await testDatabase();
	people = 0;
	territoryId = (await aTerritory(db)).id;
	await insertOne(db, tables.municipality, {
		inseeCode: '99001',
		name: 'Exemple',
		searchName: 'exemple',
		departmentCode: '99',
		population: 10,
	});
	referent = await aReferent(db, { territoryId });
});

const by = () => ({ accountId: referent.id, role: 'referent' as const, structureId: referent.structureId! });
const merge = (from: string, to: string) => db.write((tx) => mergePeople(tx, { from, to, by: by(), now: NOW }));

/** A person with something in every table that names one. */
const aFullPerson = (more: Parameters<typeof aPerson>[1] = {}) =>
	aWholeFile(db, { territoryId, referent, number: ++people }, more);

const rowsOf = (personId: string) =>
	Object.fromEntries(
		naming.map(({ table, column }) => [
			`${table}.${column}`,
			(
				db.raw.prepare(`SELECT count(*) AS rows FROM "${table}" WHERE "${column}" = ?`).get(personId) as {
					rows: number;
				}
			).rows,
		]),
	);

test('every table that names a person says what merging does to it', () => {
	const named = [...new Set(naming.map(({ table }) => table))].sort();
	expect(named.length).toBeGreaterThan(15);
	expect(Object.keys(MOVERS).sort()).toEqual(named);
});

test('two full files become one: nothing names the other, nothing is lost', async () => {
	const kept = await aFullPerson({ lastName: 'Gardée' });
	const gone = await aFullPerson({ lastName: 'Doublon' });
	const [before, other] = [rowsOf(kept.id), rowsOf(gone.id)];
	for (const [column, rows] of Object.entries(other)) expect(rows, `a row in ${column}`).toBeGreaterThan(0);
	await merge(gone.id, kept.id);
	expect(Object.values(rowsOf(gone.id)).every((rows) => rows === 0)).toBe(true);
	const after = rowsOf(kept.id);
	const rewritten = [
		'account.person_id',
		'person_search_key.person_id',
		'identity_decision.kept_id',
		// An author keeps one text, of both.
		'working_note.person_id',
		// What the pathway that ends was still to ask is not asked.
		'check_in.person_id',
		// One line says that their address is dead.
		'dead_address.person_id',
		'audit_entry.person_id',
	];
	for (const [column, rows] of Object.entries(before))
		if (!rewritten.includes(column)) expect(after[column], column).toBe(rows + other[column]!);
	expect(after['account.person_id']).toBe(1);
	await expect(personOf(db.read, gone.id)).rejects.toThrow('not_found');
});

test('who voted as both in one season has voted once', async () => {
	const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
	for (const personId of [kept.id, gone.id])
		await insertOne(db, tables.panelVoter, { personId, season: '2026-spring' });
	await merge(gone.id, kept.id);
	expect(rowsOf(kept.id)['panel_voter.person_id']).toBe(1);
});

test('a step that goes on can still be changed: the goal it serves comes along, reached or not', async () => {
	const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId, referent })];
	await aPathway(db, { personId: kept.id });
	const way = await aPathway(db, { personId: gone.id });
	const about = { personId: gone.id, by: by(), now: NOW };
	const steps = await db.write(async (tx) => {
		const made: { id: string; goalId: string }[] = [];
		for (const state of ['open', 'reached', 'given_up'] as const) {
			const { id: goalId } = await addGoal(tx, { ...about, theme: 'housing', text: `Un bail, ${state}` });
			const { id } = await addStep(tx, { ...about, title: `Appeler, ${state}`, owner: 'person', goalId });
			if (state !== 'open') await changeGoal(tx, { ...about, goalId, state, version: 1 });
			made.push({ id, goalId });
		}
		await addGoal(tx, { ...about, theme: 'health', text: 'Sans action' });
		const { id } = await addGoal(tx, { ...about, theme: 'health', text: 'Atteint, sans action' });
		await changeGoal(tx, { ...about, goalId: id, state: 'reached', version: 1 });
		return made;
	});
	await merge(gone.id, kept.id);
	for (const { id: stepId, goalId } of steps)
		await db.write((tx) =>
			changeStep(tx, {
				...{ stepId, personId: kept.id, version: 1, title: 'Rappeler', owner: 'person', state: 'planned' },
				...{ goalId, by: by(), now: NOW },
			}),
		);
	const texts = async (pathwayId: string) => (await goalsOf(db.read, pathwayId)).map(({ text }) => text).sort();
	const { pathway } = (await pathwayOf(db.read, kept.id, 'fr'))!;
	expect(await texts(pathway.id)).toEqual(['Sans action', 'Un bail, given_up', 'Un bail, open', 'Un bail, reached']);
	expect(await texts(way.id)).toEqual(['Atteint, sans action']);
});

test('one open request, pathway, diagnosis, aid and lead are left', async () => {
	const kept = await aFullPerson();
	const gone = await aFullPerson();
	const needsBefore = await needsOf(db.read, (await findOpenRequest(db.read, kept.id))!.id);
	await merge(gone.id, kept.id);
	const count = async (sql: string) => (db.raw.prepare(sql).get(kept.id) as { rows: number }).rows;
	expect(
		await count(
			`SELECT count(*) AS rows FROM support_request WHERE person_id = ? AND status IN ('submitted', 'assigned')`,
		),
	).toBe(1);
	expect(await count(`SELECT count(*) AS rows FROM pathway WHERE person_id = ? AND ended_at IS NULL`)).toBe(1);
	expect(await count(`SELECT count(*) AS rows FROM diagnosis WHERE person_id = ? AND replaced_at IS NULL`)).toBe(1);
	expect(await count(`SELECT count(*) AS rows FROM childcare_aid WHERE person_id = ? AND status = 'submitted'`)).toBe(
		1,
	);
	expect((await followUpOf(db.read, kept.id)).map(({ part }) => part)).toEqual(['lead']);
	expect((await needsOf(db.read, (await findOpenRequest(db.read, kept.id))!.id)).length).toBe(needsBefore.length);
	// What was still to do in the other pathway is to do in this one.
	const [open] = await db.read.select().from(tables.pathway).where(eq(tables.pathway.personId, kept.id)).limit(5);
	expect(open).toBeDefined();
	const steps = await db.read.select().from(tables.step).where(eq(tables.step.personId, kept.id)).limit(5);
	expect(new Set(steps.map(({ pathwayId }) => pathwayId)).size).toBe(1);
	// What ended by it is in the history of the one who goes on.
	const told = (await historyOf(db.read, kept.id, 20)).map(({ action }) => action);
	expect(told).toEqual(expect.arrayContaining(['person.follow_up_ended', 'pathway.closed', 'person.merged']));
});

describe('of two open requests', () => {
	const rowOf = async (id: string) =>
		(await db.read.select().from(tables.supportRequest).where(eq(tables.supportRequest.id, id)).limit(1))[0]!;
	const as = (account: typeof referent) => ({ ...account, accountId: account.id }) as unknown as SignedIn;
	const take = (reference: string, account = referent) =>
		db.write((tx) => takeRequest(tx, { reference, account: as(account), now: NOW }));
	const send = (needId: string, structureId: string) =>
		db.write((tx) => sendNeed(tx, { needId, structureId, by: as(referent), now: NOW }));
	const long = new Date(NOW.getTime() - 5 * 86_400_000);

	test('the one that somebody took goes on with who has it, and the days are those of the first', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
		const first = { submittedAt: long, respondBy: '2026-03-04', silenceOn: '2026-04-25' };
		const waits = await aRequest(db, { ...first, personId: kept.id, themes: ['childcare', 'mobility'] });
		const taken = await aRequest(db, { personId: gone.id, themes: ['housing', 'mobility'] });
		await take(taken.reference!);
		await merge(gone.id, kept.id);
		expect(await findOpenRequest(db.read, kept.id)).toMatchObject({
			...first,
			id: taken.id,
			status: 'assigned',
			assignedToId: referent.id,
		});
		expect(await rowOf(waits.id)).toMatchObject({ status: 'withdrawn', mergedIntoId: taken.id });
		expect((await leadOf(db.read, kept.id))?.accountId).toBe(referent.id);
		const needs = await needsOf(db.read, taken.id);
		expect(needs.map(({ theme }) => theme).sort()).toEqual(['childcare', 'housing', 'mobility']);
		for (const need of needs) expect(need).toMatchObject({ status: 'open', structureId: referent.structureId });
		// Whoever holds the other reference is led to it.
		expect(await goesOnAs(db.read, waits.id)).toBe(taken.id);
	});

	test('asked first in the file that is no more, the person has waited since then', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
		const own = await aRequest(db, { personId: kept.id, themes: ['childcare'] });
		const first = { submittedAt: long, respondBy: '2026-03-04', silenceOn: '2026-04-25', stillWaitingAt: NOW };
		await aRequest(db, { ...first, personId: gone.id, themes: ['childcare'] });
		await merge(gone.id, kept.id);
		expect(await findOpenRequest(db.read, kept.id)).toMatchObject({ ...first, id: own.id, status: 'submitted' });
	});

	test('each need goes on once, with the structure that has it; what was settled or dropped stays so', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId, referent })];
		const here = { territoryId };
		const [housing, health, other] = [await aReferent(db, here), await aReferent(db, here), await aReferent(db, here)];
		const [own, theirs] = [
			await aRequest(db, { personId: kept.id, themes: ['housing', 'employment', 'money'] }),
			await aRequest(db, { personId: gone.id, themes: ['housing', 'health', 'mobility', 'employment', 'money'] }),
		];
		await take(own.reference!, other);
		const needOf = (theme: string) => theirs.needs.find((need) => need.theme === theme)!.id;
		await send(needOf('housing'), housing.structureId);
		await db.write((tx) => takeNeed(tx, { needId: needOf('housing'), by: as(housing), now: NOW }));
		await send(needOf('health'), health.structureId);
		const set = (needId: string, status: 'lifted' | 'dropped') =>
			db.write((tx) => tx.update(tables.need).set({ status, closedAt: NOW }).where(eq(tables.need.id, needId)));
		await set(needOf('mobility'), 'lifted');
		await set(needOf('employment'), 'dropped');
		await set(own.needs.find(({ theme }) => theme === 'money')!.id, 'lifted');
		await merge(gone.id, kept.id);
		const open = (await findOpenRequest(db.read, kept.id))!;
		expect(open.id).toBe(own.id);
		const needs = Object.fromEntries(
			(await needsOf(db.read, own.id)).map(({ theme, status, structureId }) => [theme, [status, structureId]]),
		);
		expect(needs).toEqual({
			housing: ['in_progress', housing.structureId],
			employment: ['open', other.structureId],
			health: ['open', health.structureId],
			mobility: ['lifted', null],
			// Settled here, asked there: it is asked.
			money: ['open', other.structureId],
		});
		const where = await orientationsOf(db.read, { id: own.id, personId: kept.id }, NOW);
		const named = [...where.values()].map(({ state, structureId, isLeft }) => ({ state, structureId, isLeft }));
		expect(named).toEqual([
			{ state: 'taken', structureId: housing.structureId, isLeft: false },
			{ state: 'sent', structureId: health.structureId, isLeft: false },
		]);
		expect((await needsSentTo(db.read, health.structureId)).map(({ reference }) => reference)).toEqual([own.reference]);
	});

	test('one that waits is given to who leads the other file', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId, referent })];
		const { id } = await aRequest(db, { personId: kept.id });
		await merge(gone.id, kept.id);
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: referent.id });
	});

	test('one of a referent who leads no more is the present lead’s', async () => {
		const other = await aReferent(db, { territoryId });
		const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId })];
		const { id, reference } = await aRequest(db, { personId: gone.id });
		await take(reference!, other);
		await merge(gone.id, kept.id);
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: referent.id });
	});
});

describe('who follows them', () => {
	const linesOf = async (personId: string) =>
		(await followUpOf(db.read, personId)).map(({ accountId, part, themes }) => ({ accountId, part, themes }));
	const member = async (personId: string, themes: string[]) =>
		aFollowUp(db, { personId, member: referent, part: 'member', themes });

	test('a lead whose account is closed leaves the place to the one who works here', async () => {
		const closed = await aReferent(db, { territoryId, status: 'disabled' });
		const kept = await aPerson(db, { territoryId, referent: closed });
		const gone = await aPerson(db, { territoryId, referent });
		await merge(gone.id, kept.id);
		expect(await linesOf(kept.id)).toEqual([{ accountId: referent.id, part: 'lead', themes: null }]);
	});

	test('a member of one who leads the other leads', async () => {
		const kept = await aPerson(db, { territoryId });
		await member(kept.id, ['housing']);
		const gone = await aPerson(db, { territoryId, referent });
		await merge(gone.id, kept.id);
		expect(await linesOf(kept.id)).toEqual([{ accountId: referent.id, part: 'lead', themes: null }]);
	});

	test('a member of both has the themes of both', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId })];
		await member(kept.id, ['housing']);
		await member(gone.id, ['mobility', 'housing']);
		await merge(gone.id, kept.id);
		expect(await linesOf(kept.id)).toEqual([
			{ accountId: referent.id, part: 'member', themes: ['housing', 'mobility'] },
		]);
	});
});

describe('of two pathways', () => {
	const wayOf = (personId: string) => pathwayOf(db.read, personId, 'fr');
	const checkInsIn = (pathwayId: string) =>
		db.read.select().from(tables.checkIn).where(eq(tables.checkIn.pathwayId, pathwayId));
	/** In the first months at work: one question was asked, one is to come. */
	const startsWork = async (personId: string, pathwayId: string) => {
		const ofPathway = eq(tables.stage.pathwayId, pathwayId);
		await db.write((tx) => tx.update(tables.stage).set({ inWork: true }).where(ofPathway));
		for (const [week, dueOn] of [
			[1, '2026-02-09'],
			[8, '2026-04-07'],
		] as const)
			await insertOne(db, tables.checkIn, { id: newId(), pathwayId, personId, week, dueOn });
	};

	test('the open one is shown with its steps, though the other began later', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId })];
		const own = await aPathway(db, { personId: kept.id, startedAt: new Date('2026-01-05T09:00:00Z') });
		const other = await aPathway(db, { personId: gone.id, startedAt: new Date('2026-02-05T09:00:00Z') });
		await aStep(db, { personId: gone.id, pathwayId: other.id, title: 'Appeler le bailleur' });
		await merge(gone.id, kept.id);
		const view = (await wayOf(kept.id))!;
		expect(view.pathway).toMatchObject({ id: own.id, endedAt: null });
		expect(view.steps.map(({ title }) => title)).toEqual(['Appeler le bailleur']);
	});

	test('one that ended is not shown before the open one either; without any open one, the latest is', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId })];
		const own = await aPathway(db, { personId: kept.id, startedAt: new Date('2025-01-05T09:00:00Z') });
		const ended = { startedAt: new Date('2025-06-05T09:00:00Z'), endedAt: new Date('2025-09-05T09:00:00Z') };
		const other = await aPathway(db, { personId: gone.id, ...ended });
		await merge(gone.id, kept.id);
		expect((await wayOf(kept.id))!.pathway.id).toBe(own.id);
		await db.write((tx) => tx.update(tables.pathway).set({ endedAt: NOW }).where(eq(tables.pathway.id, own.id)));
		expect((await wayOf(kept.id))!.pathway.id).toBe(other.id);
		expect(await fullScans(db, () => wayOf(kept.id))).toEqual([]);
	});

	test('the stage of the one that ends was not passed: nobody is asked whether it helped, nor counts its days', async () => {
		const [kept, gone] = [await aPerson(db, { referent }), await aPerson(db, { referent })];
		await aPathway(db, { personId: kept.id });
		await aPathway(db, { personId: gone.id });
		await merge(gone.id, kept.id);
		expect(await momentsDue(db.read, NOW)).toEqual([]);
		const { zone } = await getTerritory(db.read, territoryId);
		expect(await stageDelays(db.read, { territoryId, zone, now: NOW })).toEqual([]);
	});

	test('a job goes on with its questions, whichever file is kept', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId })];
		const own = await aPathway(db, { personId: kept.id });
		await aStep(db, { personId: kept.id, pathwayId: own.id });
		const other = await aPathway(db, { personId: gone.id, stages: ['Premiers mois au travail'] });
		await startsWork(gone.id, other.id);
		await merge(gone.id, kept.id);
		const view = (await wayOf(kept.id))!;
		expect(view.pathway.id).toBe(other.id);
		expect(view.stages.map(({ inWork, state }) => ({ inWork, state }))).toEqual([{ inWork: true, state: 'current' }]);
		expect(view.steps).toHaveLength(1);
		expect(await checkInsIn(other.id)).toMatchObject([{ handledAt: null }, { handledAt: null }]);
	});

	test('two jobs are one: nothing more is asked in the pathway that ends', async () => {
		const [kept, gone] = [await aPerson(db, { territoryId, referent }), await aPerson(db, { territoryId })];
		const [own, other] = [await aPathway(db, { personId: kept.id }), await aPathway(db, { personId: gone.id })];
		for (const [personId, pathwayId] of [
			[kept.id, own.id],
			[gone.id, other.id],
		] as const) {
			await startsWork(personId, pathwayId);
			const about = { personId, subjectId: pathwayId, path: '/parcours', kind: 'check_in' as const };
			await db.write((tx) => planNotice(tx, { ...about, onceKey: `check_in:${personId}`, now: NOW }));
		}
		await merge(gone.id, kept.id);
		expect((await wayOf(kept.id))!.pathway.id).toBe(own.id);
		expect(await checkInsIn(other.id)).toMatchObject([{ week: 1, handledAt: NOW }]);
		expect(await checkInsIn(own.id)).toHaveLength(2);
		const notices = await db.read
			.select({ subjectId: tables.reminder.subjectId, state: tables.reminder.state })
			.from(tables.reminder)
			.orderBy(tables.reminder.state);
		expect(notices).toEqual([
			{ subjectId: other.id, state: 'dropped' },
			{ subjectId: own.id, state: 'scheduled' },
		]);
	});
});

describe('of two diagnoses', () => {
	const onDay = (day: number) => new Date(NOW.getTime() + day * 86_400_000);
	let kept: Awaited<ReturnType<typeof aPerson>>;
	let gone: Awaited<ReturnType<typeof aPerson>>;
	beforeEach(async () => {
		kept = await aPerson(db, { territoryId, referent });
		gone = await aPerson(db, { territoryId });
	});
	const note = (personId: string, point: 'housing' | 'mobility', words: string) =>
		db.write((tx) =>
			notePoints(tx, {
				...{ personId, by: by(), now: NOW },
				changes: [
					{
						point,
						version: 0,
						value: { need: 'need', constraint: 'yes', impact: 'high', priority: true, note: words },
					},
				],
			}),
		);
	const share = (personId: string, day = 0) =>
		db.write((tx) => shareDiagnosis(tx, { personId, by: by(), now: onDay(day) }));
	const say = (personId: string, part: { goals: string }) =>
		db.write((tx) =>
			saveSelf(tx, {
				personId,
				part,
				by: { accountId: kept.account.id, role: 'beneficiary', structureId: null },
				now: NOW,
			}),
		);
	const answer = (personId: string, agrees: boolean, day = 1) =>
		db.write((tx) =>
			answerDiagnosis(tx, {
				...{ personId, agrees, point: 'housing', why: 'J’ai un bail', now: onDay(day) },
				by: { accountId: kept.account.id, role: 'beneficiary', structureId: null },
			}),
		);
	const seen = async () => (await ownDiagnosis(db.read, kept.id, onDay(3)))!;
	const noteOn = async (point: string) => (await seen()).points.find((own) => own.point === point)!.value.note;

	test('the one that was shared goes on to be answered, not the one that was begun', async () => {
		await say(kept.id, { goals: 'Travailler' });
		await note(gone.id, 'housing', 'Hébergée');
		await share(gone.id);
		await merge(gone.id, kept.id);
		expect(await seen()).toMatchObject({ state: 'shared', asks: 'answer', answerBy: '2026-03-12' });
		expect(await noteOn('housing')).toBe('Hébergée');
		expect((await earlierDiagnoses(db.read, kept.id)).map(({ self }) => self.goals)).toEqual(['Travailler']);
	});

	test.each([
		[true, 'agreed'],
		[false, 'contested'],
	] as const)('the person’s answer stays (agrees: %s)', async (agrees, state) => {
		for (const { id } of [kept, gone]) {
			await note(id, 'housing', 'Hébergée');
			await share(id);
		}
		await answer(gone.id, agrees);
		await merge(gone.id, kept.id);
		expect(await seen()).toMatchObject({ state, answers: [{ agrees }] });
	});

	test('of two that wait for an answer, the latest is asked about', async () => {
		for (const [{ id }, day] of [
			[kept, 0],
			[gone, 2],
		] as const) {
			await note(id, 'housing', id);
			await share(id, day);
		}
		await merge(gone.id, kept.id);
		expect(await noteOn('housing')).toBe(gone.id);
	});

	test('two that are being prepared are one: what the person said, what was noted', async () => {
		await note(kept.id, 'housing', 'Hébergée');
		await say(gone.id, { goals: 'Cuisiner' });
		await note(gone.id, 'housing', 'Locataire');
		await note(gone.id, 'mobility', 'Pas de permis');
		await merge(gone.id, kept.id);
		const { goals, points } = (await diagnosisFor(db.read, kept.id, null, NOW))!;
		expect(goals).toBe('Cuisiner');
		const notes = points.map(({ value }) => value.note).filter(Boolean);
		expect(notes.sort()).toEqual(['Hébergée', 'Pas de permis']);
	});
});

test('what the kept file did not know is taken from the other; a proved contact counts more than a typed one', async () => {
	const bare = {
		territoryId,
		email: null,
		phone: null,
		birthDate: '1990-00-00',
		household: null,
		contactConfirmedAt: null,
	};
	const kept = await aPerson(db, { ...bare, account: false });
	const gone = await aPerson(db, {
		territoryId,
		birthDate: '1990-05-17',
		phone: '+33639980001',
		contactConfirmedAt: NOW,
	});
	const addressSealed = seal(`person.address_sealed:${gone.id}`, '3 rue des Tilleuls');
	await db.write((tx) => tx.update(tables.person).set({ addressSealed }).where(eq(tables.person.id, gone.id)));
	await merge(gone.id, kept.id);
	const after = await personOf(db.read, kept.id);
	expect(after).toMatchObject({
		birthDate: '1990-05-17',
		phone: '+33639980001',
		household: 'single',
		contactConfirmedAt: NOW,
	});
	expect(unseal(`person.address_sealed:${kept.id}`, after.addressSealed!)).toBe('3 rue des Tilleuls');
	const [account] = await db.read.select().from(tables.account).where(eq(tables.account.personId, kept.id)).limit(1);
	expect(account?.id).toBe(gone.account.id);
});

test('an e-mail that was only typed gives way to the one a code reached', async () => {
	const kept = await aPerson(db, { territoryId, email: 'faute@example.fr', account: { email: null } });
	const gone = await aPerson(db, {
		territoryId,
		email: 'juste@example.fr',
		phone: '+33639980031',
		account: { phone: null },
	});
	await merge(gone.id, kept.id);
	expect(await personOf(db.read, kept.id)).toMatchObject({ email: 'juste@example.fr', phone: kept.phone });
	const [account] = await db.read.select().from(tables.account).where(eq(tables.account.personId, kept.id)).limit(1);
	expect(account).toMatchObject({ email: 'juste@example.fr', phone: kept.phone });
});

test('of two accounts one signs in, with the contacts of both; phones go on receiving', async () => {
	const kept = await aPerson(db, { territoryId, account: { phone: null } });
	const gone = await aFullPerson({ account: { phone: '+33639980007' } });
	await merge(gone.id, kept.id);
	const of = async (id: string) =>
		(await db.read.select().from(tables.account).where(eq(tables.account.id, id)).limit(1))[0]!;
	expect(await of(kept.account.id)).toMatchObject({ phone: '+33639980007', status: 'active' });
	expect(await of(gone.account.id)).toMatchObject({ status: 'disabled', personId: null, email: null });
	const [device] = await db.read.select().from(tables.pushSubscription).limit(1);
	expect(device!.accountId).toBe(kept.account.id);
});

test('whoever signs in with the account of the other file is written to as they chose there; what was refused in either stays so', async () => {
	const order: Channel[] = ['sms', 'email'];
	const chosen = { locale: 'ar', channelOrder: order, kindChannels: { rating: order[1] } };
	const filed = await aPerson(db, { territoryId, referent, account: false, mutedKinds: ['rating'] });
	const gone = await aPerson(db, { territoryId, ...chosen, wording: 'detailed', mutedKinds: ['results_news'] });
	await merge(gone.id, filed.id);
	const refused = ['rating', 'results_news'];
	expect(await personOf(db.read, filed.id)).toMatchObject({ ...chosen, wording: 'detailed', mutedKinds: refused });
	// Who signed in with the file that is kept chose there.
	const other = await aPerson(db, { territoryId, locale: 'uk' });
	await merge(other.id, filed.id);
	expect(await personOf(db.read, filed.id)).toMatchObject({ ...chosen, mutedKinds: refused });
});

test('of the account that is no more nothing is left once the file is erased; what was done with it, the person did', async () => {
	const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId, firstName: 'Canari' })];
	const as = { accountId: gone.account.id, role: 'beneficiary' as const, structureId: null };
	await db.write(async (tx) => {
		await recordAudit(tx, { action: 'person.contact_changed', actor: as, personId: gone.id, at: NOW });
		await proposeMove(tx, { personId: gone.id, inseeCode: '99001', by: as, now: NOW });
	});
	await merge(gone.id, kept.id);
	const did = (await historyOf(db.read, kept.id, 20)).filter(({ action }) => action === 'person.contact_changed');
	expect(did).toMatchObject([{ actorId: kept.account.id }]);
	expect(await openMove(db.read, kept.id)).toMatchObject({ byName: null });
	await db.write((tx) => erasePerson(tx, { personId: kept.id, reason: 'asked', by: null, now: NOW }));
	const accounts = await db.read.select().from(tables.account);
	expect(accounts.filter(({ displayName }) => displayName === 'Canari')).toEqual([]);
});

test('a calendar that was subscribed to goes on, unless the account that goes on has one', async () => {
	const token = (of: { id: string }) =>
		db.write((tx) => makeFeed(tx, { by: { accountId: of.id, ...person }, now: NOW }));
	const person = { role: 'beneficiary' as const, structureId: null };
	const [kept, gone, third] = [
		await aPerson(db, { territoryId }),
		await aFullPerson(),
		await aPerson(db, { territoryId }),
	];
	const [ofGone, ofThird] = [await token(gone.account), await token(third.account)];
	await merge(gone.id, kept.id);
	await merge(third.id, kept.id);
	const { entries } = await feedOf(db.read, ofGone, NOW);
	expect(entries.length).toBeGreaterThan(0);
	await expect(feedOf(db.read, ofThird, NOW)).rejects.toThrow('feed_unknown');
});

test('it leaves a history that can be read back, sealed, and who decided', async () => {
	const [kept, gone] = [await aPerson(db, { territoryId }), await aPerson(db, { territoryId, lastName: 'Canari' })];
	await merge(gone.id, kept.id);
	const [decision] = await db.read.select().from(tables.identityDecision).limit(1);
	expect(decision).toMatchObject({ keptId: kept.id, otherId: gone.id, answer: 'same', byId: referent.id });
	expect(decision!.mergedSealed).not.toContain('Canari');
	expect(unseal(`identity_decision.merged_sealed:${decision!.id}`, decision!.mergedSealed!)).toContain('Canari');
	expect(await mergesOf(db.read, kept.id)).toMatchObject([{ byName: referent.displayName }]);
	const journal = await db.read
		.select()
		.from(tables.auditEntry)
		.where(eq(tables.auditEntry.action, 'person.merged'))
		.limit(2);
	expect(journal).toMatchObject([{ personId: kept.id, subjectId: gone.id, actorId: referent.id }]);
});

test('a failure in the middle leaves both files as they were', async () => {
	const [kept, gone] = [await aFullPerson(), await aFullPerson()];
	const before = [rowsOf(kept.id), rowsOf(gone.id)];
	const failing = db.write(async (tx) => {
		await mergePeople(tx, { from: gone.id, to: kept.id, by: by(), now: NOW });
		throw new Error('the machine stopped');
	});
	await expect(failing).rejects.toThrow('the machine stopped');
	expect([rowsOf(kept.id), rowsOf(gone.id)]).toEqual(before);
});

describe('who may be the same', () => {
	test('a couple that shares a phone has the contact in common, not the person', async () => {
		const shared = { territoryId, phone: '+33639980042', birthDate: '1980-01-02' };
		const one = await aPerson(db, { ...shared, firstName: 'Amel', lastName: 'Durand' });
		const other = await aPerson(db, { ...shared, firstName: 'Karim', lastName: 'Durand', birthDate: '1979-03-04' });
		const [a, b] = [await comparedOf(db.read, one.id), await comparedOf(db.read, other.id)];
		expect(inCommon(a, b)).toEqual({ names: false, birthDate: false, contact: true });
	});

	test('said not to be the same, a pair is not proposed again', async () => {
		const shared = { territoryId, phone: '+33639980042' };
		const [one, other] = [await aPerson(db, shared), await aPerson(db, shared)];
		expect(await possibleDuplicates(db.read, one)).toMatchObject([{ id: other.id }]);
		await db.write((tx) => sayDifferent(tx, { one: one.id, other: other.id, by: by(), now: NOW }));
		expect(await possibleDuplicates(db.read, one)).toEqual([]);
		expect(await possibleDuplicates(db.read, other)).toEqual([]);
	});

	test('names in another order and one birth date are looked for too', async () => {
		const birthDate = '1980-01-02';
		const one = await aPerson(db, { territoryId, firstName: 'Jean', lastName: 'Martin', birthDate });
		const other = await aPerson(db, { territoryId, firstName: 'Martin', lastName: 'Jean', birthDate });
		expect((await possibleDuplicates(db.read, one)).map(({ id }) => id)).toContain(other.id);
	});

	test('the file that somebody leads goes on, then the one that signs in, then the older', async () => {
		const followed = await comparedOf(db.read, (await aPerson(db, { territoryId, referent, account: false })).id);
		const signsIn = await comparedOf(db.read, (await aPerson(db, { territoryId })).id);
		const older = await comparedOf(
			db.read,
			(await aPerson(db, { territoryId, createdAt: new Date(NOW.getTime() - 9e9) })).id,
		);
		expect(whichIsKept(followed, signsIn).id).toBe(followed.id);
		expect(whichIsKept(signsIn, followed).id).toBe(followed.id);
		expect(whichIsKept(signsIn, older).id).toBe(older.id);
	});
});

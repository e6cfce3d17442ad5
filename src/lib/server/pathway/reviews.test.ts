import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, aStep, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { need, pathway as pathwayTable, situationReview } from '../db/schema/index.ts';
import { historyOf } from '../audit/queries.ts';
import { peopleToday } from '../people/today.ts';
import { getTerritory } from '../territories/queries.ts';
import { enterStage, sayPathwayWaiting } from './commands.ts';
import { addGoal, changeGoal, goalMeant, goalsOf } from './goals.ts';
import { pathwayOf } from './queries.ts';
import { holdReview, nextReviewOn, reviewsOf } from './reviews.ts';
import { weeklyHours } from './rules.ts';
import { addStep, changeStep } from './steps.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
const LONG_AGO = new Date('2025-08-01T09:00:00Z');

async function aWay(startedAt = LONG_AGO) {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const lead = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent: lead, lastContactAt: NOW });
	const pathway = await aPathway(db, { personId: person.id, startedAt });
	const by = signedIn(lead);
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	return { db, territory, lead, person, pathway, by, self, personId: person.id };
}

test('a review keeps what was looked at, sealed, and each decision is a step; the next is due in six months', async () => {
	const { db, pathway, personId, by } = await aWay();
	expect(await nextReviewOn(db.read, pathway)).toBe('2026-02-01');
	const decisions = [{ title: 'Chercher un garage solidaire', owner: 'referent' as const, dueOn: '2026-03-20' }];
	await db.write((tx) => holdReview(tx, { personId, looked: 'La voiture est en panne', decisions, by, now: NOW }));
	expect(await nextReviewOn(db.read, pathway)).toBe('2026-09-02');
	expect(await reviewsOf(db.read, pathway.id)).toMatchObject([
		{ looked: 'La voiture est en panne', heldAt: NOW, decisions: [{ title: 'Chercher un garage solidaire' }] },
	]);
	const [row] = await db.read.select().from(situationReview);
	expect(row!.lookedSealed).not.toContain('voiture');
	expect((await historyOf(db.read, personId, 10)).map(({ action }) => action)).toEqual(
		expect.arrayContaining(['review.held', 'step.added']),
	);
});

test('a step, a goal or a review whose answer was lost is sent again and is there once; another form is another', async () => {
	const { db, pathway, personId, by } = await aWay();
	const send = (formId: string) =>
		db.write(async (tx) => {
			await addStep(tx, { formId, personId, title: 'Appeler le garage', owner: 'referent', by, now: NOW });
			await addGoal(tx, { formId, personId, theme: 'mobility', text: 'Une voiture', by, now: NOW });
			const decisions = [{ title: 'Chercher un prêt', owner: 'referent' as const }];
			await holdReview(tx, { formId, personId, looked: 'La voiture', decisions, by, now: NOW });
		});
	const counts = async () => [
		(await pathwayOf(db.read, personId, 'fr'))!.steps.length,
		(await goalsOf(db.read, pathway.id)).length,
		(await reviewsOf(db.read, pathway.id)).length,
	];
	await send('one');
	await send('one');
	expect(await counts()).toEqual([2, 1, 1]);
	await send('two');
	expect(await counts()).toEqual([4, 2, 2]);
});

test('a step keeps a goal its form could not offer, and only that one', () => {
	const visible = [{ id: 'travail' }, { id: 'permis' }];
	// Of a theme this professional does not see.
	expect(goalMeant(visible, 'logement', undefined)).toBe('logement');
	expect(goalMeant(visible, 'logement', 'travail')).toBe('travail');
	expect(goalMeant(visible, 'permis', undefined)).toBeUndefined();
	expect(goalMeant(visible, null, undefined)).toBeUndefined();
});

test('in a social pathway the next review is due in twelve months, and from a new orientation', async () => {
	const { db, pathway } = await aWay();
	expect(await nextReviewOn(db.read, { ...pathway, kind: 'social' })).toBe('2026-08-01');
	expect(await nextReviewOn(db.read, { ...pathway, orientedAt: new Date('2025-12-24T09:00:00Z') })).toBe('2026-06-24');
});

test('« J’attends toujours » is for those who do wait, and falls once something moves', async () => {
	const { db, pathway, personId, by, self } = await aWay();
	const said = async () => (await db.read.select().from(pathwayTable))[0]!.stillWaitingAt;
	const wait = () => db.write((tx) => sayPathwayWaiting(tx, { personId, by: self, now: NOW }));
	await wait();
	expect(await said()).toEqual(NOW);
	await db.write((tx) => addStep(tx, { personId, title: 'Mon idée', owner: 'person', by: self, now: NOW }));
	expect(await said()).toEqual(NOW);
	await db.write((tx) => enterStage(tx, { personId, stageId: pathway.stages[1]!.id, by, now: NOW }));
	expect(await said()).toBeNull();
	await wait();
	await db.write((tx) => holdReview(tx, { personId, looked: 'Le point', decisions: [], by, now: NOW }));
	expect(await said()).toBeNull();
});

test('« J’attends toujours » said again the same day changes nothing, the next day it is said anew', async () => {
	const { db, personId, self } = await aWay();
	const saidAt = (now: Date) => db.write((tx) => sayPathwayWaiting(tx, { personId, by: self, now }));
	const at = async () => (await db.read.select().from(pathwayTable))[0]!.stillWaitingAt;
	// 23:59 in Paris, then midnight.
	const [late, midnight] = [new Date('2026-03-02T22:59:00Z'), new Date('2026-03-02T23:00:00Z')];
	for (const now of [NOW, new Date(NOW.getTime() + 60_000), late]) await saidAt(now);
	expect(await at()).toEqual(NOW);
	const said = async () => (await historyOf(db.read, personId, 20)).filter(({ action }) => action === 'pathway.waited');
	expect(await said()).toHaveLength(1);
	await saidAt(midnight);
	expect(await at()).toEqual(midnight);
	expect(await said()).toHaveLength(2);
});

test('a need past its day is waited for: who took the request hears it', async () => {
	const { db, territory, personId, lead, self } = await aWay(NOW);
	const request = await aRequest(db, { personId, status: 'assigned', submittedAt: NOW, themes: ['housing'] });
	const wait = () => db.write((tx) => sayPathwayWaiting(tx, { personId, by: self, now: NOW }));
	await expect(wait()).rejects.toThrow('not_late_yet');
	await db.write((tx) => tx.update(need).set({ expectedOn: '2026-03-01' }).where(eq(need.requestId, request.id)));
	await wait();
	const { id: territoryId, zone, settings } = await getTerritory(db.read, territory.id);
	const [row] = await peopleToday(db.read, lead.id, { territoryId, zone, settings, now: NOW });
	expect(row).toMatchObject({
		personId,
		reasons: [{ reason: 'waiting' }, { reason: 'delay', detail: { delayKind: 'need' }, reference: request.reference }],
	});
});

test('who waits for nothing is told so', async () => {
	const { db, personId, self } = await aWay(NOW);
	await expect(db.write((tx) => sayPathwayWaiting(tx, { personId, by: self, now: NOW }))).rejects.toThrow(
		'not_late_yet',
	);
});

test('goals are kept by theme, sealed, and two who change one do not overwrite each other', async () => {
	const { db, pathway, personId, by } = await aWay();
	const { id: goalId } = await db.write((tx) =>
		addGoal(tx, { personId, theme: 'housing', text: 'Un logement plus grand', by, now: NOW }),
	);
	const change = (state: 'reached' | 'given_up', version: number) =>
		db.write((tx) => changeGoal(tx, { personId, goalId, state, version, by, now: NOW }));
	await change('reached', 1);
	await expect(change('given_up', 1)).rejects.toThrow('goal_changed');
	expect(await goalsOf(db.read, pathway.id)).toMatchObject([
		{ theme: 'housing', text: 'Un logement plus grand', state: 'reached', version: 2, endedAt: NOW },
	]);
});

test('a step serves a goal of its own pathway only', async () => {
	const { db, personId, by } = await aWay();
	const elsewhere = await aWay();
	const { id } = await elsewhere.db.write((tx) =>
		addGoal(tx, { personId: elsewhere.personId, theme: 'housing', text: 'Ailleurs', by: elsewhere.by, now: NOW }),
	);
	const input = { personId, title: 'Écrire', owner: 'person' as const, goalId: id, by, now: NOW };
	await expect(db.write((tx) => addStep(tx, input))).rejects.toThrow('not_found');
});

test('hours of weekly activity are those of the steps that count and go on', async () => {
	const { db, pathway, personId, by } = await aWay();
	const own = { personId, pathwayId: pathway.id };
	await aStep(db, { ...own, weeklyHours: 6 });
	await aStep(db, { ...own, weeklyHours: 4, state: 'done', doneAt: NOW });
	const { id: stepId } = await aStep(db, own);
	const hours = async () => weeklyHours((await pathwayOf(db.read, personId, 'fr'))!.steps);
	expect(await hours()).toBe(6);
	const values = {
		title: 'Atelier',
		owner: 'person' as const,
		state: 'planned' as const,
		weeklyHours: 5,
		tags: ['Mobilité'],
	};
	await db.write((tx) => changeStep(tx, { ...values, stepId, personId, version: 1, by, now: NOW }));
	expect(await hours()).toBe(11);
	expect((await pathwayOf(db.read, personId, 'fr'))!.steps.find(({ id }) => id === stepId)).toMatchObject({
		tags: ['Mobilité'],
		version: 2,
	});
});

test('two professionals who enter a stage from the same page: the second is told, nothing is overwritten', async () => {
	const { db, pathway, personId, by } = await aWay();
	const [first, second, third] = pathway.stages;
	const enter = (stageId: string, from: string, reason?: string) =>
		db.write((tx) => enterStage(tx, { personId, stageId, from, reason, by, now: NOW }));
	await enter(second!.id, first!.id);
	await expect(enter(third!.id, first!.id, 'Déjà prête')).rejects.toThrow('stage_changed');
	const stages = (await pathwayOf(db.read, personId, 'fr'))!.stages;
	expect(stages.map(({ state }) => state)).toEqual(['done', 'current', 'upcoming']);
	await enter(third!.id, second!.id);
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, aStep, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { withDefaults } from '../territories/settings.ts';
import type { WorkContract } from '../../shared/closing.ts';
import { checkIn, holiday, need, pathway, stage, supportRequest } from '../db/schema/index.ts';
import { historyOf } from '../audit/queries.ts';
import { followUpOf } from '../people/queries.ts';
import { peopleToday } from '../people/today.ts';
import { howToStartAgain, reopenRequest } from '../requests/commands.ts';
import { checkInsOf, pendingCheckIn } from './check-ins.ts';
import { answerCheckIn, closePathway, handleCheckIn, reorient } from './closing.ts';
import { enterStage } from './commands.ts';
import { parseHandling } from './forms.ts';
import { pathwayOf } from './queries.ts';
import { saidUntil } from './rules.ts';

const on = (day: string, time = '09:00') => new Date(`${day}T${time}:00Z`);

async function aFollowedPathway() {
	const db = await testDatabase();
	const territoryId = (await aTerritory(db)).id;
	const lead = await aReferent(db, { territoryId });
	const second = await aReferent(db, { territoryId, side: 'work' });
	const person = await aPerson(db, { referent: lead, second });
	const personId = person.id;
	const way = await aPathway(db, { personId });
	const by = signedIn(lead);
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const close = (reason: 'work' | 'moved', now = NOW, from?: string) =>
		db.write((tx) => closePathway(tx, { personId, reason, note: 'canari', from, by, now }));
	const enter = (stageId: string, now: Date) =>
		db.write((tx) => enterStage(tx, { personId, stageId, reason: 'CDD rompu', by, now }));
	const view = async () => (await pathwayOf(db.read, personId, 'fr'))!;
	const asked = async (now: Date) => pendingCheckIn(db.read, await view(), now);
	const context = (now: Date) => ({ territoryId, zone: 'Europe/Paris', settings: withDefaults({}), now });
	/** What the lead's first page says of the first months at work. */
	const told = async (now: Date) =>
		(await peopleToday(db.read, lead.id, context(now)))
			.flatMap(({ reasons }) => reasons)
			.filter(({ reason }) => reason === 'check_in');
	return { db, lead, second, personId, way, by, self, close, enter, view, asked, told };
}

test('closing ends the stages, the open steps, the request and the follow-up; the note is sealed', async () => {
	const { db, lead, personId, way, close, view } = await aFollowedPathway();
	await aStep(db, { personId, pathwayId: way.id });
	const request = await aRequest(db, { personId, status: 'in_pathway' });
	await close('moved');
	const { pathway: ended, stages, steps } = await view();
	expect(ended).toMatchObject({ endedAt: NOW, endReason: 'moved' });
	expect(stages.map(({ state }) => state)).toEqual(['done', 'skipped', 'skipped']);
	expect(steps.map(({ state, version }) => [state, version])).toEqual([['cancelled', 2]]);
	expect((await historyOf(db.read, personId, 10)).filter(({ action }) => action === 'step.changed')).toMatchObject([
		{ subjectId: steps[0]!.id, actorId: lead.id, at: NOW },
	]);
	const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, request.id));
	expect(row).toMatchObject({ status: 'closed', closedAt: NOW });
	const needs = await db.read.select().from(need);
	expect(new Set(needs.map(({ status }) => status))).toEqual(new Set(['dropped']));
	expect(await followUpOf(db.read, personId)).toEqual([]);
	expect(JSON.stringify(await db.read.select().from(pathway))).not.toContain('canari');
	await expect(close('moved')).rejects.toThrow('no_pathway');
});

test('the person may reopen the request for 30 days; it then waits for somebody to take it', async () => {
	const { db, personId, close } = await aFollowedPathway();
	const request = await aRequest(db, { personId, status: 'in_pathway' });
	await close('moved');
	const reopen = (now: Date) => db.write((tx) => reopenRequest(tx, { personId, reference: request.reference!, now }));
	// What their page says of it, each day.
	const again = (now: Date) => howToStartAgain(db.read, personId, now);
	expect(await again(on('2026-04-01'))).toEqual({ how: 'reopen', until: '2026-04-01' });
	expect(await again(on('2026-04-02'))).toEqual({ how: 'new' });
	await expect(reopen(on('2026-04-02'))).rejects.toThrow('reopen_too_late');
	await reopen(on('2026-04-01'));
	expect(await again(on('2026-04-02'))).toEqual({ how: 'open' });
	const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, request.id));
	expect(row).toMatchObject({ status: 'submitted', assignedToId: null, closedAt: null });
});

test('a return to work opens three months of support with four questions, then closing closes', async () => {
	const { db, personId, way, close, view } = await aFollowedPathway();
	expect((await close('work')).inWork).not.toBeNull();
	const { stages, pathway: open } = await view();
	expect(stages.at(-1)).toMatchObject({
		name: 'Premiers mois au travail',
		state: 'current',
		targetOn: '2026-06-02',
		position: 4,
	});
	expect(open.endedAt).toBeNull();
	expect(await followUpOf(db.read, personId)).toHaveLength(2);
	expect((await checkInsOf(db.read, way.id)).map(({ week, dueOn }) => [week, dueOn])).toEqual([
		[1, '2026-03-09'],
		[4, '2026-03-30'],
		[8, '2026-04-27'],
		[12, '2026-05-25'],
	]);
	expect((await close('work', on('2026-06-02'))).inWork).toBeNull();
	expect((await view()).pathway).toMatchObject({ endReason: 'work', endedAt: on('2026-06-02') });
	expect(await db.read.select().from(stage).where(eq(stage.state, 'current'))).toEqual([]);
});

test('weeks are counted from the first day at work, not from the day it is written', async () => {
	const weeks = async (workStartsOn: string, now = NOW) => {
		const { db, personId, way, by, view } = await aFollowedPathway();
		await db.write((tx) => closePathway(tx, { personId, reason: 'work', workStartsOn, by, now }));
		const asked = (await checkInsOf(db.read, way.id)).map(({ week, dueOn }) => `${week} ${dueOn}`);
		return [asked, (await view()).stages.at(-1)!.targetOn];
	};
	// Signed today, begun in two weeks.
	expect(await weeks('2026-03-16')).toEqual([
		['1 2026-03-23', '4 2026-04-13', '8 2026-05-11', '12 2026-06-08'],
		'2026-06-16',
	]);
	// Learnt of five weeks later: weeks that are over are not asked about.
	expect(await weeks('2026-01-26')).toEqual([['8 2026-03-23', '12 2026-04-20'], '2026-04-26']);
	expect(await weeks('2025-12-03')).toEqual([[], '2026-03-03']);
	for (const tooFar of ['2025-12-02', '2026-06-03']) await expect(weeks(tooFar)).rejects.toThrow('work_start_outside');
});

test('a return to work written by the other half of the pair, or sent twice, ends nothing', async () => {
	const { personId, db, way, close, view, second } = await aFollowedPathway();
	const from = way.stages[0]!.id;
	await close('work', NOW, from);
	const again = { personId, reason: 'work' as const, from, by: signedIn(second), now: NOW };
	await expect(db.write((tx) => closePathway(tx, again))).rejects.toThrow('stage_changed');
	await expect(close('work', NOW, from)).rejects.toThrow('stage_changed');
	expect((await view()).pathway.endedAt).toBeNull();
	expect(await followUpOf(db.read, personId)).toHaveLength(2);
});

test('a pathway without stages is not ended by the same return to work either', async () => {
	const { db, way, close, view } = await aFollowedPathway();
	await db.write((tx) => tx.delete(stage).where(eq(stage.pathwayId, way.id)));
	expect((await close('work', NOW, '')).inWork).not.toBeNull();
	await expect(close('work', NOW, '')).rejects.toThrow('stage_changed');
	expect((await view()).pathway.endedAt).toBeNull();
});

test('a job lost: nothing more is asked nor told; taken on again, the three months begin again with questions of their own', async () => {
	const { db, personId, way, self, by, asked, close, enter, view, told } = await aFollowedPathway();
	await close('work');
	const first = on('2026-03-09');
	const { id: checkInId } = (await asked(first))!;
	await db.write((tx) => answerCheckIn(tx, { checkInId, personId, answer: 'hard', by: self, now: first }));
	const lost = on('2026-04-02');
	expect(await told(lost)).toHaveLength(1);
	expect(await enter(way.stages[1]!.id, lost)).toMatchObject({ leftWork: true });
	for (const day of ['2026-04-02', '2026-04-28', '2026-06-01']) {
		expect(await told(on(day))).toEqual([]);
		expect(await asked(on(day))).toBeUndefined();
	}
	// Answered from a page that waited for the network: who asks for a call is heard.
	const late = on('2026-04-03');
	await db.write((tx) => answerCheckIn(tx, { checkInId, personId, answer: 'call', by: self, now: late }));
	expect(await told(late)).toMatchObject([{ detail: { checkIn: 'call' } }]);
	await db.write((tx) => handleCheckIn(tx, { checkInId, personId, by, now: late }));
	const hired = on('2026-06-01');
	expect((await close('work', hired)).inWork?.checkIns).toMatchObject([
		{ dueOn: '2026-06-08' },
		{ dueOn: '2026-06-29' },
		{ dueOn: '2026-07-27' },
		{ dueOn: '2026-08-24' },
	]);
	expect(await view()).toMatchObject({ pathway: { endedAt: null } });
	expect((await view()).stages.filter(({ inWork }) => inWork)).toMatchObject([
		{ state: 'current', enteredAt: hired, targetOn: '2026-09-01', position: 4 },
	]);
	expect(await asked(hired)).toBeUndefined();
	expect(await told(hired)).toEqual([]);
	expect(await asked(on('2026-06-08'))).toMatchObject({ week: 1 });
	// What was said of the first job is kept.
	expect(await checkInsOf(db.read, way.id)).toMatchObject([
		{ week: 1, answer: 'call' },
		{ week: 4, answer: null, handledAt: lost },
		...[1, 4, 8, 12].map((week) => ({ week, answer: null, handledAt: null })),
	]);
	expect((await close('work', on('2026-09-01'))).inWork).toBeNull();
});

test('« premiers mois au travail » entered again as a stage asks its questions too', async () => {
	const { way, asked, close, enter, view } = await aFollowedPathway();
	await close('work');
	await enter(way.stages[2]!.id, on('2026-03-03'));
	const work = (await view()).stages.find(({ inWork }) => inWork)!;
	const { inWork } = await enter(work.id, on('2026-03-03', '10:00'));
	expect(inWork?.checkIns).toHaveLength(4);
	expect((await view()).stages.at(-1)).toMatchObject({ state: 'current', targetOn: '2026-06-03' });
	expect(await asked(on('2026-03-10'))).toMatchObject({ week: 1 });
});

test('a pathway that ended leaves no question behind', async () => {
	const { db, way, close, told } = await aFollowedPathway();
	await close('work');
	const ended = on('2026-03-20');
	await close('moved', ended);
	expect(await checkInsOf(db.read, way.id)).toMatchObject([{ week: 1, handledAt: ended }]);
	expect(await told(on('2026-04-10'))).toEqual([]);
});

test('silence about a pathway that is over is on nobody’s page, even where its questions stand', async () => {
	const { db, personId, way, close, told } = await aFollowedPathway();
	await close('work');
	await db.write((tx) => tx.update(pathway).set({ endedAt: NOW }).where(eq(pathway.id, way.id)));
	await aPathway(db, { personId });
	expect(await told(on('2026-04-10'))).toEqual([]);
});

test('a question that falls on a day off is asked, and missed, the first day a message may leave', async () => {
	const { db, way, asked, close, told } = await aFollowedPathway();
	await insertOne(db, holiday, { zone: 'metropole', day: '2026-04-06', name: 'Lundi de Pâques' });
	// Hired on 9 March: four weeks later is Easter Monday.
	await close('work', on('2026-03-09'));
	expect((await checkInsOf(db.read, way.id)).map(({ dueOn }) => dueOn)).toEqual([
		'2026-03-16',
		'2026-04-07',
		'2026-05-04',
		'2026-06-01',
	]);
	const silent = async (day: string) => (await told(on(day, '17:00'))).map(({ since }) => since);
	await db.write((tx) => tx.update(checkIn).set({ handledAt: NOW }).where(eq(checkIn.dueOn, '2026-03-16')));
	expect(await silent('2026-04-06')).toEqual([]);
	expect(await asked(on('2026-04-06'))).not.toMatchObject({ week: 4 });
	expect(await silent('2026-04-07')).toHaveLength(1);
	expect(await asked(on('2026-04-07'))).toMatchObject({ week: 4 });
});

test('the contract of a return to work is kept, and not knowing it later does not erase it', async () => {
	const { db, personId, by, view } = await aFollowedPathway();
	const close = (contract: WorkContract | undefined, now: Date) =>
		db.write((tx) => closePathway(tx, { personId, reason: 'work', contract, by, now }));
	await close(undefined, NOW);
	expect((await view()).pathway.workContract).toBeNull();
	await close('six_months', on('2026-06-02'));
	expect((await view()).pathway).toMatchObject({ workContract: 'six_months', endReason: 'work' });
	const again = await aFollowedPathway();
	const closeAgain = (contract: WorkContract, now: Date) =>
		again.db.write((tx) => closePathway(tx, { personId: again.personId, reason: 'work', contract, by: again.by, now }));
	await closeAgain('permanent', NOW);
	await closeAgain('unknown', on('2026-06-02'));
	expect((await again.view()).pathway.workContract).toBe('permanent');
});

test('a question is asked on its day in the zone of the territory, not the evening before', async () => {
	const { asked, close } = await aFollowedPathway();
	await close('work');
	expect(await asked(on('2026-03-08', '22:59'))).toBeUndefined();
	expect(await asked(on('2026-03-08', '23:00'))).toMatchObject({ week: 1 });
});

test('« c’est difficile » is on the referent’s page at once, until it is taken in hand', async () => {
	const { db, personId, self, by, asked, close, told } = await aFollowedPathway();
	await close('work');
	const now = on('2026-03-09');
	const { id: checkInId } = (await asked(now))!;
	const say = (answer: 'fine' | 'call' | 'hard') =>
		db.write((tx) => answerCheckIn(tx, { checkInId, personId, answer, note: 'Les horaires', by: self, now }));
	await say('fine');
	expect(await told(now)).toEqual([]);
	await say('hard');
	expect(await told(now)).toMatchObject([{ note: 'Les horaires', detail: { checkIn: 'hard' } }]);
	await db.write((tx) => handleCheckIn(tx, { checkInId, personId, by, now }));
	expect(await told(now)).toEqual([]);
	await expect(db.write((tx) => handleCheckIn(tx, { checkInId, personId, by, now }))).rejects.toThrow('not_found');
});

test('what the person says after the page was shown is not taken in hand by it', async () => {
	const { db, personId, way, self, by, asked, close, told } = await aFollowedPathway();
	await close('work');
	const { id: checkInId } = (await asked(on('2026-03-09')))!;
	const seenOn = async () => saidUntil((await checkInsOf(db.read, way.id))[0]!);
	const handle = (seen: string, now: Date) => {
		const form = new FormData();
		form.set('stage', checkInId);
		form.set('seen', seen);
		const parsed = parseHandling(form);
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
		return db.write((tx) => handleCheckIn(tx, { checkInId, personId, seen: parsed.value.seen, by, now }));
	};
	const say = (note: string, now: Date) =>
		db.write((tx) => answerCheckIn(tx, { checkInId, personId, answer: 'hard', note, by: self, now }));
	const silent = await seenOn();
	await say('Les horaires', on('2026-03-10'));
	await expect(handle(silent, on('2026-03-10', '10:00'))).rejects.toThrow('check_in_changed');
	const first = await seenOn();
	await say('Et mon chef', on('2026-03-11'));
	await expect(handle(first, on('2026-03-11', '10:00'))).rejects.toThrow('check_in_changed');
	expect(await told(on('2026-03-11', '11:00'))).toMatchObject([{ note: 'Et mon chef' }]);
	await handle(await seenOn(), on('2026-03-11', '11:00'));
	expect(await told(on('2026-03-11', '12:00'))).toEqual([]);
});

test('no answer by the evening is on the referent’s page the same day; a later answer makes it past', async () => {
	const { db, personId, self, asked, close, told } = await aFollowedPathway();
	await close('work');
	// The question of 9 March, asked at 10:00: until 18:00 in Paris.
	expect(await told(on('2026-03-09', '16:59'))).toEqual([]);
	expect(await told(on('2026-03-09', '17:00'))).toMatchObject([{ detail: { checkIn: null } }]);
	expect(await told(on('2026-03-10', '05:00'))).toHaveLength(1);
	const now = on('2026-03-30');
	const { id: checkInId, week } = (await asked(now))!;
	expect(week).toBe(4);
	await db.write((tx) => answerCheckIn(tx, { checkInId, personId, answer: 'fine', by: self, now }));
	expect(await told(now)).toEqual([]);
	expect(await asked(now)).toBeUndefined();
});

test('nobody answers before the day, nor somebody else’s question', async () => {
	const { db, personId, way, self, close } = await aFollowedPathway();
	await close('work');
	const [first] = await checkInsOf(db.read, way.id);
	const stranger = await aPerson(db);
	await aPathway(db, { personId: stranger.id });
	const say = (who: string, now: Date) =>
		db.write((tx) => answerCheckIn(tx, { checkInId: first!.id, personId: who, answer: 'fine', by: self, now }));
	await expect(say(personId, on('2026-03-08'))).rejects.toThrow('not_found');
	await expect(say(stranger.id, on('2026-03-09'))).rejects.toThrow('not_found');
});

test('a reorientation starts the month of the contract again; the same kind changes nothing', async () => {
	const { db, personId, by, view } = await aFollowedPathway();
	expect((await view()).contractBy).toBe('2026-04-02');
	const turn = (kind: 'socio_pro' | 'social', now: Date) =>
		db.write((tx) => reorient(tx, { personId, kind, reason: 'canari', by, now }));
	expect(await turn('socio_pro', on('2026-03-20'))).toMatchObject({ changed: false });
	expect((await view()).contractBy).toBe('2026-04-02');
	// 30 January + 1 month has no 30 February.
	expect(await turn('social', on('2027-01-30'))).toMatchObject({ changed: true });
	expect(await view()).toMatchObject({ contractBy: '2027-02-28', pathway: { kind: 'social' } });
	expect(JSON.stringify(await db.read.select().from(pathway))).not.toContain('canari');
});

test('a second reorientation leaves the first and its reason in the history', async () => {
	const { db, personId, by } = await aFollowedPathway();
	const turn = (kind: 'social' | 'pro', reason: string, now: Date) =>
		db.write((tx) => reorient(tx, { personId, kind, reason, by, now }));
	await turn('social', 'Sa santé d’abord', on('2026-03-20'));
	await turn('pro', 'Un emploi en vue', on('2026-05-20'));
	expect(
		(await historyOf(db.read, personId, 10))
			.filter(({ action }) => action === 'pathway.reoriented')
			.map(({ at, reason }) => [at, reason]),
	).toEqual([
		[on('2026-05-20'), 'Un emploi en vue'],
		[on('2026-03-20'), 'Sa santé d’abord'],
	]);
});

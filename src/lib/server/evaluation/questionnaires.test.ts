import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aCoordinator, aMunicipality, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { m } from '../../paraglide/messages.js';
import { panelCode, type Moment } from '../../shared/questions.ts';
import type { Db } from '../db/client.ts';
import { catchment, employmentArea, evaluationPool, panelQuestion, ratingBox, tally } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { closeMonths } from './box.ts';
import { questionsOf, versionFor } from './choosing.ts';
import { parseAnswer, parseBallot, parseQuestionnaire } from './forms.ts';
import type { Coordinator } from './improvements.ts';
import { chosenOf, moderate, panelFor, panelOf, proposeQuestion, vote } from './panel.ts';
import {
	changeQuestionnaire,
	createQuestionnaire,
	getQuestionnaire,
	moveQuestionnaire,
	panelWords,
	seenQuestionnaire,
	versionsOf,
	type Onward,
	type QuestionnaireDraft,
} from './questionnaires.ts';
import { resultsOf } from './results.ts';

const NOW = new Date('2026-03-10T16:00:00Z');
let db: Db;
let territoryId: string;
let by: Coordinator;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	const { id, role, structureId } = await aCoordinator(db, { territoryId });
	by = { accountId: id, role, structureId, territoryId };
});

const DRAFT: QuestionnaireDraft = {
	title: 'Après un rendez-vous',
	questions: [{ code: 'listened' }],
	moments: ['appointment_seen'],
	audience: 'all',
	employmentAreaId: null,
	startsOn: null,
	endsOn: null,
};
const create = async (draft: Partial<QuestionnaireDraft> = {}) =>
	(await db.write((tx) => createQuestionnaire(tx, { ...DRAFT, ...draft }, { by, now: NOW }))).id;
const move = (id: string, to: Onward, who = by) =>
	db.write((tx) => moveQuestionnaire(tx, { id, to, by: who, now: NOW }));
const change = (id: string, draft: Partial<QuestionnaireDraft>) =>
	db.write((tx) => changeQuestionnaire(tx, { id, draft: { ...DRAFT, ...draft }, by, now: NOW }));

describe('a questionnaire', () => {
	test('keeps what was asked word for word: a change of an open one is a new version', async () => {
		const id = await create();
		await move(id, 'open');
		const [first] = await versionsOf(db.read, id);
		await change(id, { questions: [{ code: 'next' }] });
		await change(id, { questions: [{ code: 'next' }], title: 'Autre titre' });
		const versions = await versionsOf(db.read, id);
		expect(versions.map(({ number, questions }) => [number, questions[0]!.code])).toEqual([
			[2, 'next'],
			[1, 'listened'],
		]);
		expect(await questionsOf(db.read, first!.id)).toEqual([{ code: 'listened' }]);
	});

	test('changed from a page left open since somebody else changed it is refused; read anew, it is kept', async () => {
		const id = await create();
		await move(id, 'open');
		const seen = async () => seenQuestionnaire(await getQuestionnaire(db.read, territoryId, id));
		const [first, second] = [await seen(), await seen()];
		const save = (seen: string, draft: Partial<QuestionnaireDraft>) =>
			db.write((tx) => changeQuestionnaire(tx, { id, seen, draft: { ...DRAFT, ...draft }, by, now: NOW }));
		await save(first, { questions: [{ code: 'next' }] });
		await expect(save(second, { title: 'Autre titre' })).rejects.toMatchObject({
			...{ code: 'questionnaire_changed', kind: 'conflict' },
		});
		expect(await getQuestionnaire(db.read, territoryId, id)).toMatchObject({ questions: [{ code: 'next' }] });
		await save(await seen(), { questions: [{ code: 'next' }], title: 'Autre titre' });
		expect(await versionsOf(db.read, id)).toHaveLength(2);
	});

	test('goes from draft to open, closed and published, one step at a time, by its own territory', async () => {
		const id = await create();
		await expect(move(id, 'closed')).rejects.toThrow('questionnaire_state');
		const elsewhere = { ...by, territoryId: (await aTerritory(db)).id };
		await expect(move(id, 'open', elsewhere)).rejects.toThrow('not_found');
		for (const to of ['open', 'closed'] as const) await move(id, to);
		await expect(change(id, {})).rejects.toThrow('questionnaire_closed');
		await move(id, 'published');
		await expect(move(id, 'published')).rejects.toThrow('questionnaire_state');
		expect((await getQuestionnaire(db.read, territoryId, id)).status).toBe('published');
	});

	test('filed, it changes nothing of what is public: answers are when they are counted, and its button says so', async () => {
		const id = await create({ questions: [{ code: panelCode('velo'), words: { fr: 'Un vélo ?' } }] });
		const counted = {
			territoryId,
			month: '2026-02',
			measure: panelCode('velo'),
			areaId: '',
			moment: 'appointment_seen',
		};
		for (const [level, answers] of [
			['yes', 12],
			['no', 9],
		] as const)
			await insertOne(db, tally, { ...counted, level, answers });
		const shown = async () => ({
			results: await resultsOf(db.read, territoryId, { from: '2026-01', to: '2026-02' }),
			words: await panelWords(db.read, territoryId),
		});
		await move(id, 'open');
		const open = await shown();
		expect(open.results.questions).toMatchObject([{ n: 21 }]);
		for (const to of ['closed', 'published'] as const) {
			await move(id, to);
			expect(await shown()).toEqual(open);
		}
		for (const locale of ['fr', 'en'] as const) {
			const words = [m.evaluation_pilot_file_q({}, { locale }), m.evaluation_pilot_status_published({}, { locale })];
			expect(words.join()).not.toMatch(/publi/i);
		}
	});

	test('is asked at its moments, in its days, to its audience and place; the narrow one before the wide one', async () => {
		const { inseeCode } = await aMunicipality(db);
		const area = { id: 'nord', territoryId, name: 'Nord' };
		await db.write(async (tx) => {
			await tx.insert(employmentArea).values(area);
			await tx.insert(catchment).values({ inseeCode, territoryId, employmentAreaId: area.id, startsOn: '2020-01-01' });
		});
		const referent = await aReferent(db, { territoryId });
		const young = await aPerson(db, { referent, birthDate: '2004-01-01', inseeCode });
		const older = await aPerson(db, { referent, birthDate: '1980-01-01', inseeCode: null });
		const askedTo = async (who: { id: string }, moment: Moment = 'appointment_seen', now = NOW) => {
			const version = await versionFor(db.read, await personOf(db.read, who.id), moment, now);
			return (await questionsOf(db.read, version))[0]?.code;
		};
		expect(await askedTo(young)).toBeUndefined();
		await move(await create({ endsOn: '2026-03-31' }), 'open');
		await move(
			await create({ questions: [{ code: 'power' }], audience: 'under_26', employmentAreaId: 'nord' }),
			'open',
		);
		await create({ questions: [{ code: 'delay' }] });
		expect([await askedTo(young), await askedTo(older)]).toEqual(['power', 'listened']);
		expect(await askedTo(older, 'stage_left')).toBeUndefined();
		const [lastEvening, afterwards] = [new Date('2026-03-31T21:59:00Z'), new Date('2026-03-31T22:01:00Z')];
		expect(await askedTo(older, 'appointment_seen', lastEvening)).toBe('listened');
		expect(await askedTo(older, 'appointment_seen', afterwards)).toBeUndefined();
	});
});

const form = (values: [string, string][]) => {
	const data = new FormData();
	for (const [name, value] of values) data.append(name, value);
	return data;
};

describe('forms', () => {
	test('keep the levels of the questions that were asked, and nothing else', () => {
		const parsed = parseAnswer(
			form([
				['face', 'good'],
				['listened', 'yes'],
				['next', 'furious'],
				['power', 'no'],
				['before_mobility', 'blocks'],
				['after_mobility', ''],
			]),
			[{ code: 'listened' }, { code: 'next' }, { code: 'obstacle_mobility' }],
		);
		expect(parsed).toMatchObject({ ok: true, value: { levels: { listened: 'yes', before_mobility: 'blocks' } } });
	});
	test.each([
		[[], 'questions'],
		[['a', 'b', 'c', 'd', 'e'].map((code): [string, string] => ['questions[]', code]), 'questions'],
		[
			[
				['questions[]', 'listened'],
				['startsOn', '2026-05-01'],
				['endsOn', '2026-04-01'],
			] as [string, string][],
			'endsOn',
		],
	])('a questionnaire of %j is told what is wrong', (values, field) => {
		const data = form([['title', 'x'], ['moments[]', 'stage_left'], ...(values as [string, string][])]);
		expect(parseQuestionnaire(data)).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
	});
});

describe('the panel', () => {
	async function offered(count: number) {
		for (let index = 0; index < count; index += 1)
			await db.write((tx) => proposeQuestion(tx, { territoryId, text: `Question ${index} ?`, now: NOW }));
		for (const { id, text } of await panelOf(db.read, territoryId))
			await db.write((tx) => moderate(tx, { id, words: { fr: text }, by, now: NOW }));
		return (await panelOf(db.read, territoryId)).toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ id }) => id);
	}
	const voter = async () => (await aPerson(db, { territoryId })).id;
	const cast = (personId: string, questions: string[], now = NOW) =>
		db.write((tx) => vote(tx, { personId, questions, now }));
	const endOfSeason = () => db.write((tx) => closeMonths(tx, new Date('2026-04-01T12:00:00Z')));

	test('hears a question once however often the same form is sent', async () => {
		const send = (text: string) =>
			db.write((tx) => proposeQuestion(tx, { formId: 'form', territoryId, text, now: NOW }));
		await send('Le bus ?');
		await send('Le bus ?');
		await send('Le train ?');
		expect((await panelOf(db.read, territoryId)).map(({ text }) => text).sort()).toEqual(['Le bus ?', 'Le train ?']);
	});

	test('keeps the three first of a season, from sealed ballots counted when it ends', async () => {
		const [a, b, c, d] = (await offered(4)) as [string, string, string, string];
		for (const ballot of [
			[a, b, c],
			[a, b],
			[a, d],
			[c, b],
			[a, c],
		])
			await cast(await voter(), ballot);
		expect(await chosenOf(db.read, territoryId)).toEqual([]);
		expect((await db.read.select().from(panelQuestion)).every(({ votes }) => votes === 0)).toBe(true);
		await endOfSeason();
		expect((await chosenOf(db.read, territoryId)).map(({ id }) => id).slice(0, 1)).toEqual([a]);
		expect(new Set((await chosenOf(db.read, territoryId)).map(({ id }) => id))).toEqual(new Set([a, b, c]));
		expect(await db.read.select().from(ratingBox)).toEqual([]);
		expect(await db.read.select().from(evaluationPool)).toHaveLength(1);
	});

	test('is voted for once a season, three questions at most, offered ones only', async () => {
		const [a] = await offered(2);
		const personId = await voter();
		await cast(personId, ['nothing', a!]);
		await expect(cast(personId, [a!])).rejects.toThrow('panel_voted');
		expect(await panelFor(db.read, personId, NOW)).toMatchObject({ voted: true, season: '2026-1' });
		expect(await panelFor(db.read, personId, new Date('2026-04-02T10:00:00Z'))).toMatchObject({ voted: false });
		for (let index = 0; index < 3; index += 1) await cast(await voter(), [a!]);
		await endOfSeason();
		// Four ballots: who wanted what could be guessed. The questions wait for the next votes.
		expect(await chosenOf(db.read, territoryId)).toEqual([]);
		expect((await panelFor(db.read, personId, new Date('2026-04-02T10:00:00Z'))).questions).toHaveLength(2);
	});

	test('of a page left open since the season before costs nobody the vote of the new one', async () => {
		const [a] = await offered(1);
		for (let index = 0; index < 5; index += 1) await cast(await voter(), [a!]);
		const personId = await voter();
		await endOfSeason();
		const later = new Date('2026-04-02T10:00:00Z');
		await expect(cast(personId, [a!], later)).rejects.toMatchObject({ code: 'panel_changed', kind: 'conflict' });
		expect(await panelFor(db.read, personId, later)).toMatchObject({ voted: false });
	});

	test('for more than three questions is said, not cut', () => {
		const ballot = (questions: string[]) => parseBallot(form(questions.map((id) => ['questions[]', id])));
		expect(ballot(['a', 'b', 'c'])).toEqual({ ok: true, value: { questions: ['a', 'b', 'c'] } });
		for (const questions of [[], ['a', 'b', 'c', 'd']])
			expect(ballot(questions)).toMatchObject({ ok: false, errors: { questions: expect.any(String) } });
	});

	test('offers a question read where nobody has answered yet to the votes of the next quarters', async () => {
		const months = ['2026-05-21', '2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01'];
		await db.write((tx) => proposeQuestion(tx, { territoryId, text: 'Le bus ?', now: NOW }));
		const [row] = await panelOf(db.read, territoryId);
		const read = new Date('2026-05-20T10:00:00Z');
		await db.write((tx) => moderate(tx, { id: row!.id, words: { fr: 'Le bus ?' }, by, now: read }));
		for (const day of months) await db.write((tx) => closeMonths(tx, new Date(`${day}T12:00:00Z`)));
		const later = new Date('2026-10-02T10:00:00Z');
		expect((await panelFor(db.read, await voter(), later)).questions.map(({ id }) => id)).toEqual([row!.id]);
	});

	test('offers again what was lost in an earlier quarter, beside what is counted', async () => {
		const [a, b] = (await offered(2)) as [string, string];
		await db.write((tx) => tx.update(panelQuestion).set({ season: '2025-2' }).where(eq(panelQuestion.id, b)));
		for (let index = 0; index < 5; index += 1) await cast(await voter(), [a]);
		await endOfSeason();
		expect((await chosenOf(db.read, territoryId)).map(({ id }) => id)).toEqual([a]);
		const { questions } = await panelFor(db.read, await voter(), new Date('2026-04-02T10:00:00Z'));
		expect(questions.map(({ id }) => id)).toEqual([b]);
	});

	test('offers a question read after its quarter to the votes of the quarter in which it was read', async () => {
		await db.write((tx) => proposeQuestion(tx, { territoryId, text: 'Le bus ?', now: NOW }));
		const [row] = await panelOf(db.read, territoryId);
		const later = new Date('2026-04-03T10:00:00Z');
		await db.write((tx) => moderate(tx, { id: row!.id, words: { fr: 'Le bus ?' }, by, now: later }));
		expect((await panelFor(db.read, await voter(), later)).questions.map(({ id }) => id)).toEqual([row!.id]);
	});

	test('shows a proposal to nobody before the coordinator of the territory read it', async () => {
		await db.write((tx) => proposeQuestion(tx, { territoryId, text: 'Le bus ?', now: NOW }));
		expect((await panelFor(db.read, await voter(), NOW)).questions).toEqual([]);
		const [row] = await panelOf(db.read, territoryId);
		const elsewhere = { ...by, territoryId: (await aTerritory(db)).id };
		const read = (who: Coordinator, words: Record<string, string> | null) =>
			db.write((tx) => moderate(tx, { id: row!.id, words, by: who, now: NOW }));
		await expect(read(elsewhere, { fr: 'x' })).rejects.toThrow('not_found');
		await read(by, null);
		await expect(read(by, { fr: 'x' })).rejects.toThrow('not_found');
		expect(await panelOf(db.read, territoryId)).toEqual([]);
	});
});

import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aCoordinator, anAppointment, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Rating } from '../../shared/codes.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, person as people, ratingBox, ratingInvitation, tally } from '../db/schema/index.ts';
import { closeMonths, drop } from './box.ts';
import {
	answerRating,
	askAbout,
	askRating,
	invitationOf,
	newRatingLink,
	skipRating,
	stopAsking,
	takeBackAsking,
} from './commands.ts';
import { csvOf } from './csv.ts';
import { parseAnswer, parseFinishing, parseImprovement } from './forms.ts';
import { newId } from '../platform/ids.ts';
import { unsealNullable } from '../platform/sealing.ts';
import {
	addImprovement,
	correctImprovement,
	finishImprovement,
	getImprovement,
	improvementsOf,
	peopleToTell,
	publishImprovement,
	seenWords,
	type Coordinator,
} from './improvements.ts';
import { openInvitations, pendingRating } from './queries.ts';
import { lastMonths, microdata, resultsOf } from './results.ts';

const at = (text: string) => new Date(text);
const NOW = at('2026-03-10T16:00:00Z');
const TODAY = '2026-03-10';
let db: Db;
let territoryId: string;
let person: Awaited<ReturnType<typeof aPerson>>;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	person = await aPerson(db, { referent: await aReferent(db, { territoryId }) });
});

async function ask(now = NOW, day = '2026-03-10') {
	const { id } = await anAppointment(db, { personId: person.id, state: 'seen', day });
	return db.write((tx) => askRating(tx, { appointmentId: id, personId: person.id, now }));
}
const own = (invitationId: string, now = NOW) => ({ invitationId, personId: person.id, now });

describe('asking', () => {
	test('is once a fortnight at most: fourteen days later, not an hour before', async () => {
		expect(await ask()).not.toBeNull();
		expect(await ask(at('2026-03-24T15:00:00Z'), '2026-03-11')).toBeNull();
		expect(await ask(at('2026-03-24T16:00:00Z'), '2026-03-12')).not.toBeNull();
	});
	test('is once about an appointment, even marked twice', async () => {
		const { id: appointmentId } = await anAppointment(db, { personId: person.id, state: 'seen' });
		const asked = (now: Date) => db.write((tx) => askRating(tx, { appointmentId, personId: person.id, now }));
		expect(await asked(NOW)).not.toBeNull();
		expect(await asked(at('2026-04-20T16:00:00Z'))).toBeNull();
	});
	test('stops for who does not want it', async () => {
		await db.write((tx) => tx.update(people).set({ mutedKinds: ['rating'] }));
		expect(await ask()).toBeNull();
	});
});

describe('asking no more', () => {
	test('« ne plus me demander » is true of what was asked before, too', async () => {
		await ask();
		const later = at('2026-03-25T16:00:00Z');
		const { id } = (await ask(later, '2026-03-11'))!;
		expect(await openInvitations(db.read, person.id, later)).toHaveLength(2);
		await db.write((tx) => stopAsking(tx, own(id, later)));
		expect(await openInvitations(db.read, person.id, later)).toEqual([]);
	});
	test('about an appointment that did not take place after all', async () => {
		const { id } = (await ask())!;
		const [{ appointmentId } = expect.fail()] = await db.read.select().from(ratingInvitation);
		const later = at('2026-03-11T16:00:00Z');
		await db.write((tx) => takeBackAsking(tx, { appointmentId: appointmentId!, now: later }));
		expect(await openInvitations(db.read, person.id, later)).toEqual([]);
		await expect(db.write((tx) => skipRating(tx, own(id, later)))).rejects.toThrow('rating_over');
	});
});

describe('answering', () => {
	test('is once, by the person asked, for thirty days', async () => {
		const { id } = (await ask())!;
		const give = (input: ReturnType<typeof own>) =>
			db.write((tx) => answerRating(tx, { ...input, face: 'good', comment: null }));
		const other = await aPerson(db, { territoryId });
		await expect(give({ ...own(id), personId: other.id })).rejects.toThrow('not_found');
		await expect(give(own(id, at('2026-04-09T16:00:00Z')))).rejects.toThrow('rating_over');
		expect((await pendingRating(db.read, person.id, NOW))!.id).toBe(id);
		const twice = await Promise.allSettled([give(own(id)), give(own(id))]);
		expect(twice.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
		expect(await db.read.select().from(ratingBox)).toHaveLength(1);
		expect(await pendingRating(db.read, person.id, NOW)).toBeUndefined();
	});
	test('may be declined: nothing is kept', async () => {
		const { id } = (await ask())!;
		await db.write((tx) => skipRating(tx, own(id)));
		expect([...(await db.read.select().from(ratingBox)), ...(await db.read.select().from(tally))]).toEqual([]);
		await expect(db.write((tx) => skipRating(tx, own(id)))).rejects.toThrow('rating_given');
	});

	const form = (values: Record<string, string>) => {
		const data = new FormData();
		for (const [name, value] of Object.entries(values)) data.set(name, value);
		return data;
	};
	test.each([
		[{ face: 'furious' }, 'face'],
		[{}, 'face'],
		[{ face: 'good', comment: 'x'.repeat(301) }, 'comment'],
		[{ face: 'good', comment: 'a\u0000b' }, 'comment'],
		[{ face: 'good', comment: 'écrivez à alix@example.fr' }, 'comment'],
		[{ face: 'good', comment: 'appelez 06 39 98 00 01' }, 'comment'],
	])('%j is told beside its field', (values, field) => {
		expect(parseAnswer(form(values), [])).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
	});
	test('every question may be passed, the face too; nothing at all is another button', () => {
		const given = (values: Record<string, string>) => parseAnswer(form(values), [{ code: 'listened' }]);
		expect(given({ comment: 'Merci' })).toMatchObject({ ok: true, value: { face: null, comment: 'Merci' } });
		expect(given({ face: '', listened: 'yes' })).toMatchObject({
			ok: true,
			value: { face: null, levels: { listened: 'yes' } },
		});
		expect(given({ contact: 'referent' })).toMatchObject({ ok: true, value: { face: null, contact: 'referent' } });
		expect(given({ face: '', comment: ' ', contact: 'anonymous' })).toMatchObject({ ok: false });
	});
	test('words of any script are kept; no words are none', () => {
		expect(parseAnswer(form({ face: 'good', comment: ' شكرا 🙂 à 14 h 30 ' }), [])).toMatchObject({
			ok: true,
			value: { comment: 'شكرا 🙂 à 14 h 30', contact: 'anonymous', levels: {} },
		});
		expect(parseAnswer(form({ face: 'bad', contact: 'coordinator' }), [])).toMatchObject({
			ok: true,
			value: { comment: null, contact: 'coordinator' },
		});
		expect(
			parseImprovement(form({ finding: '', answer: 'x', ownerLabel: 'y', doneOn: '2026-02-30' }), TODAY),
		).toMatchObject({
			ok: false,
			errors: { finding: expect.any(String), doneOn: expect.any(String) },
		});
	});
	test('what is said to be done was done: a day to come is refused', () => {
		const done = (doneOn: string) =>
			parseImprovement(form({ finding: 'f', answer: 'x', ownerLabel: 'y', doneOn }), TODAY);
		expect(done('2026-03-11')).toMatchObject({ ok: false, errors: { doneOn: expect.any(String) } });
		expect(done(TODAY)).toMatchObject({ ok: true, value: { doneOn: TODAY } });
		expect(done('')).toMatchObject({ ok: true, value: { doneOn: null } });
		expect(parseFinishing(form({ id: newId(), doneOn: '2026-03-11' }), TODAY)).toMatchObject({ ok: false });
		expect(parseFinishing(form({ id: newId(), doneOn: TODAY }), TODAY)).toMatchObject({ ok: true });
	});
});

test('without a face, the rest is counted and the faces are those who chose one', async () => {
	const levels = (index: number) => ({ listened: index % 2 ? 'yes' : 'no' });
	for (let index = 0; index < 24; index += 1) {
		const other = await aPerson(db, { territoryId });
		const { id: appointmentId } = await anAppointment(db, { personId: other.id, state: 'seen', day: '2026-03-10' });
		const { id: invitationId } = (await db.write((tx) =>
			askRating(tx, { appointmentId, personId: other.id, now: NOW }),
		))!;
		const face = index < 12 ? (index % 2 ? ('good' as const) : ('bad' as const)) : null;
		const answerer = { invitationId, personId: other.id, now: NOW };
		await db.write((tx) => answerRating(tx, { ...answerer, face, levels: levels(index), comment: null }));
	}
	await db.write((tx) => closeMonths(tx, at('2026-04-02T12:00:00Z')));
	const { faces, questions } = await resultsOf(db.read, territoryId, { from: '2026-03', to: '2026-03' });
	expect(faces.counts).toEqual({ good: 6, bad: 6 });
	expect(questions.map(({ code, n }) => [code, n])).toEqual([['listened', 24]]);
});

describe('the link of a message', () => {
	test('opens one invitation, answers it once, and is not made for one that is closed', async () => {
		const { id } = (await ask())!;
		const token = (await db.write((tx) => newRatingLink(tx, id)))!;
		expect((await invitationOf(db.read, { token })).id).toBe(id);
		await expect(invitationOf(db.read, { token: 'none' })).rejects.toThrow('not_found');
		const give = () => db.write((tx) => answerRating(tx, { token, now: NOW, face: 'good', comment: null }));
		expect(await give()).toMatchObject({ personId: person.id });
		await expect(give()).rejects.toThrow('rating_given');
		expect(await db.write((tx) => newRatingLink(tx, id))).toBeNull();
	});
	test('stops every other question, even once it is too late to answer this one', async () => {
		const { id } = (await ask())!;
		const token = (await db.write((tx) => newRatingLink(tx, id)))!;
		await db.write((tx) => stopAsking(tx, { token, now: at('2026-05-10T16:00:00Z') }));
		expect((await db.read.select().from(people).where(eq(people.id, person.id)))[0]!.mutedKinds).toEqual(['rating']);
		expect(await ask(at('2026-06-10T16:00:00Z'), '2026-06-10')).toBeNull();
	});
});

test('a stage, an aid, three months of support are asked about once, within the same fortnight rule', async () => {
	const about = (subjectId: string, now = NOW) =>
		db.write((tx) => askAbout(tx, { moment: 'stage_left', subjectId, personId: person.id, now }));
	expect(await about('stage-1')).not.toBeNull();
	expect(await about('stage-2')).toBeNull();
	const later = at('2026-04-01T16:00:00Z');
	expect(await about('stage-1', later)).toBeNull();
	expect(await about('stage-2', later)).not.toBeNull();
});

describe('results', () => {
	const give = (face: Rating, month: string, times: number, areaId = '', levels: Record<string, string> = {}) =>
		db.write(async (tx) => {
			const answer = { areaId, moment: 'appointment_seen' as const, levels: { ...levels, face }, comment: null };
			for (let turn = 0; turn < times; turn += 1) await drop(tx, territoryId, answer, month);
		});
	const closeAt = (day: string) => db.write((tx) => closeMonths(tx, at(`${day}T12:00:00Z`)));
	const results = (filters: object = {}) =>
		resultsOf(db.read, territoryId, { ...lastMonths(NOW, 'Europe/Paris'), ...filters });

	test('cover the last twelve months that ended, with a mean and its interval', async () => {
		await give('bad', '2025-02', 20);
		await give('good', '2025-02', 20);
		for (const face of ['bad', 'medium', 'good'] as const) await give(face, '2025-09', 10);
		await give('good', '2026-03', 20);
		await closeAt('2026-03-31');
		const { faces, months, trend } = await results();
		expect(faces).toMatchObject({ n: 30, counts: { bad: 10, medium: 10, good: 10 }, mean: { value: 5 } });
		expect(faces.mean!.low).toBeCloseTo(5 - 1.96 * Math.sqrt(50 / 3 / 30) * Math.sqrt(30 / 29), 2);
		expect(months.map(({ code }) => code)).toEqual(
			['03', '04', '05', '06', '07', '08', '09', '10', '11', '12']
				.map((one) => `2025-${one}`)
				.concat('2026-01', '2026-02'),
		);
		expect(months.filter(({ n }) => n > 0).map(({ code, n }) => [code, n])).toEqual([['2025-09', 30]]);
		expect(trend).toBeNull();
	});
	test('of another territory are not seen', async () => {
		await give('good', '2026-01', 20);
		await give('bad', '2026-01', 20);
		await closeAt('2026-02-10');
		expect((await results()).faces.n).toBe(40);
		territoryId = (await aTerritory(db)).id;
		expect((await results()).faces.n).toBe(0);
	});
	test('say better, worse or chance of two halves, and which area stands out', async () => {
		for (const [month, good, bad] of [
			['2025-05', 40, 40],
			['2026-01', 120, 20],
		] as const) {
			await give('good', month, good, 'nord');
			await give('bad', month, bad, 'nord');
			await give('good', month, 30, 'sud');
			await give('bad', month, 40, 'sud');
		}
		await closeAt('2026-02-10');
		const found = await results();
		expect(found.trend).toMatchObject({ verdict: 'better' });
		expect(found.where).toMatchObject({
			code: expect.stringMatching(/nord|sud/),
			verdict: expect.not.stringMatching('chance'),
		});
		expect(found.areas.map(({ code, n }) => [code, n])).toEqual([
			['nord', 220],
			['sud', 140],
		]);
		expect(await results({ areaId: 'sud' })).toMatchObject({ faces: { n: 140 }, areas: [], where: null });
	});
	test('questions are counted each on its own, what was passed is not; a theme keeps its own questions', async () => {
		const levels = { listened: 'yes', before_mobility: 'blocks', after_mobility: 'none' };
		await give('good', '2026-01', 12, '', levels);
		await give('bad', '2026-01', 12, '', {
			...levels,
			listened: 'no',
			before_mobility: 'hard',
			after_mobility: 'little',
		});
		await give('good', '2026-01', 9);
		await closeAt('2026-02-10');
		const { questions, faces } = await results();
		expect(faces.n).toBe(33);
		expect(questions.map(({ code, n, mean }) => [code, n, Math.round(mean!.value * 10) / 10])).toEqual([
			['after_mobility', 24, 8.3],
			['before_mobility', 24, 1.7],
			['listened', 24, 5],
		]);
		expect((await results({ theme: 'mobility' })).questions).toHaveLength(2);
	});
	test('who answers is counted from « was asked » and « has answered » once the time to answer is over', async () => {
		const referent = await aReferent(db, { territoryId });
		for (let index = 0; index < 24; index += 1) {
			const asked = await aPerson(db, { referent, birthDate: index < 12 ? '2004-05-06' : '1970-05-06' });
			const { id: appointmentId } = await anAppointment(db, { personId: asked.id, state: 'seen', day: '2026-01-10' });
			const now = at('2026-01-10T16:00:00Z');
			const made = await db.write((tx) => askRating(tx, { appointmentId, personId: asked.id, now }));
			if (index % 12 < 6)
				await db.write((tx) =>
					answerRating(tx, { invitationId: made!.id, personId: asked.id, now, face: 'good', comment: null }),
				);
		}
		await closeAt('2026-02-01');
		expect((await results()).replies).toEqual([]);
		await closeAt('2026-03-01');
		const { replies } = await results();
		expect(replies.map(({ group, code, asked, answered }) => [group, code, asked, answered])).toEqual([
			['channel', 'portal', 24, 12],
			['language', 'fr', 24, 12],
			['age', '55_over', 12, 6],
			['age', 'under_26', 12, 6],
		]);
	});
	test('the microdata say no more than the pages: the same sums', async () => {
		await give('good', '2026-01', 20, 'nord');
		await give('bad', '2026-01', 14, 'nord');
		await closeAt('2026-02-10');
		expect(await microdata(db.read, territoryId, { from: '2026-01', to: '2026-01' })).toEqual([
			{ month: '2026-01', areaId: 'nord', moment: 'appointment_seen', field: 'face', level: 'bad', answers: 14 },
			{ month: '2026-01', areaId: 'nord', moment: 'appointment_seen', field: 'face', level: 'good', answers: 20 },
		]);
	});
});

test('the file for spreadsheets is the one French Excel opens, and runs no formula', () => {
	const file = csvOf([
		['Par mois', 'Non', 'Moyenne'],
		['mars 2026', 12, 5.6],
		['=HYPERLINK("x")', null, -1.5],
		[' +33', 0, 1000],
		['\0=1+1', null, 1],
		['\t-2', null, 2],
		['« a ; b »', 5, 0.1],
	]);
	expect(file).toBe(
		'\ufeffPar mois;Non;Moyenne\r\n' +
			'mars 2026;12;5,6\r\n' +
			'"\'=HYPERLINK(""x"")";;-1,5\r\n' +
			"' +33;0;1000\r\n" +
			"'=1+1;;1\r\n" +
			"'\t-2;;2\r\n" +
			'"« a ; b »";5;0,1\r\n',
	);
});

test('what was done is public once published, by the coordinator of the same territory only', async () => {
	const by = await aCoordinator(db, { territoryId });
	const coordinator = { accountId: by.id, role: by.role, structureId: by.structureId, territoryId };
	const words = { finding: 'Trop loin', answer: 'Par téléphone aussi', ownerLabel: 'Le service', doneOn: null };
	const { id } = await db.write((tx) =>
		addImprovement(tx, { ...words, publish: false }, { by: coordinator, now: NOW }),
	);
	const shown = () => improvementsOf(db.read, territoryId, { publishedOnly: true });
	expect(await shown()).toEqual([]);
	const publish = (change: Partial<Parameters<typeof publishImprovement>[1]>) =>
		db.write((tx) => publishImprovement(tx, { id, publish: true, by: coordinator, now: NOW, ...change }));
	const elsewhere = { ...coordinator, territoryId: (await aTerritory(db)).id };
	await expect(publish({ by: elsewhere })).rejects.toThrow('not_found');
	await publish({});
	expect(await shown()).toMatchObject([words]);
	await publish({ publish: false });
	expect(await shown()).toEqual([]);
});

test('the form sent twice adds it once; other words in the same form are another one', async () => {
	const { id: accountId, role, structureId } = await aCoordinator(db, { territoryId });
	const by = { accountId, role, structureId, territoryId };
	const words = { finding: 'Trop loin', answer: 'Par téléphone aussi', ownerLabel: 'Le service', doneOn: TODAY };
	const add = (answer = words.answer) =>
		db.write((tx) => addImprovement(tx, { ...words, formId: 'form', answer, publish: true }, { by, now: NOW }));
	const [first, again] = [await add(), await add()];
	expect(again).toEqual(first);
	await add('Et près de chez vous');
	expect(await improvementsOf(db.read, territoryId, { publishedOnly: true })).toHaveLength(2);
	const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'improvement.added'));
	expect(journal).toHaveLength(2);
});

test('taken back and published anew, those who took part are looked for anew: some were not told yet', async () => {
	const { id: invitationId } = (await ask())!;
	await db.write((tx) => answerRating(tx, { ...own(invitationId), face: 'bad', comment: null }));
	const { id: accountId, role, structureId } = await aCoordinator(db, { territoryId });
	const by = { accountId, role, structureId, territoryId };
	const words = { finding: 'Trop loin', answer: 'Par téléphone aussi', ownerLabel: 'Le service', doneOn: TODAY };
	const { id } = await db.write((tx) => addImprovement(tx, { ...words, publish: true }, { by, now: NOW }));
	const told = () => db.write((tx) => peopleToTell(tx, { id, by, now: NOW }));
	const publish = (publish: boolean) => db.write((tx) => publishImprovement(tx, { id, publish, by, now: NOW }));
	expect(await told()).toHaveLength(1);
	await publish(false);
	expect(await told()).toEqual([]);
	await publish(true);
	expect(await told()).toEqual([{ personId: person.id }]);
});

test('its words are corrected by the coordinator of the same territory; what was said before is in the journal', async () => {
	const { id: accountId, role, structureId } = await aCoordinator(db, { territoryId });
	const by = { accountId, role, structureId, territoryId };
	const words = { finding: 'Trop loin', answer: 'Par téléfone aussi', ownerLabel: 'Le service', translations: {} };
	const { id } = await db.write((tx) =>
		addImprovement(tx, { ...words, doneOn: null, publish: true }, { by, now: NOW }),
	);
	const kept = () => getImprovement(db.read, territoryId, id);
	const [first, second] = [seenWords(await kept()), seenWords(await kept())];
	const correct = (seen: string, answer: string, who: Coordinator = by) =>
		db.write((tx) => correctImprovement(tx, { id, seen, words: { ...words, answer }, by: who, now: NOW }));
	const elsewhere = { ...by, territoryId: (await aTerritory(db)).id };
	await expect(correct(first, 'Autre chose', elsewhere)).rejects.toThrow('not_found');
	await correct(first, 'Par téléphone aussi');
	expect(await improvementsOf(db.read, territoryId, { publishedOnly: true })).toMatchObject([
		{ ...words, answer: 'Par téléphone aussi', publishedAt: NOW, toldAt: null },
	]);
	// Two editors of the same words: the second reads both versions before anything is replaced.
	await expect(correct(second, 'Par téléphone')).rejects.toThrow('improvement_changed');
	expect(await kept()).toMatchObject({ answer: 'Par téléphone aussi' });
	await correct(seenWords(await kept()), 'Par téléphone');
	const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'improvement.corrected'));
	expect(
		journal.map(
			(entry) => JSON.parse(unsealNullable(`audit_entry.reason_sealed:${entry.id}`, entry.reasonSealed)!).answer,
		),
	).toEqual(['Par téléfone aussi', 'Par téléphone aussi']);
});

test('those who took part are told once, when it is both done and published; who they are tells no answer', async () => {
	const { id: invitationId } = (await ask())!;
	await db.write((tx) => answerRating(tx, { ...own(invitationId), face: 'bad', comment: null }));
	const silent = await aPerson(db, { territoryId });
	const coordinator = await aCoordinator(db, { territoryId });
	const by = { accountId: coordinator.id, role: coordinator.role, structureId: coordinator.structureId, territoryId };
	const words = { finding: 'Trop loin', answer: 'Par téléphone aussi', ownerLabel: 'Le service', doneOn: null };
	const { id } = await db.write((tx) => addImprovement(tx, { ...words, publish: true }, { by, now: NOW }));
	const told = () => db.write((tx) => peopleToTell(tx, { id, by, now: NOW }));
	expect(await told()).toEqual([]);
	await db.write((tx) => finishImprovement(tx, { id, doneOn: '2026-03-09', by, now: NOW }));
	expect(await told()).toEqual([{ personId: person.id }]);
	expect(silent.id).not.toBe(person.id);
	expect(await told()).toEqual([]);
});

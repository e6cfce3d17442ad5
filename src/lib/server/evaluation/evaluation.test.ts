import { beforeEach, describe, expect, test } from 'vitest';
import { aCoordinator, anAppointment, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Rating } from '../../shared/codes.ts';
import type { Db } from '../db/client.ts';
import { person as people, rating, ratingBox } from '../db/schema/index.ts';
import { drop } from './box.ts';
import { addImprovement, answerRating, askRating, publishImprovement, skipRating } from './commands.ts';
import { resultsCsv } from './csv.ts';
import { parseAnswer, parseImprovement } from './forms.ts';
import { improvementsOf, pendingRating, resultsOf } from './queries.ts';

const at = (text: string) => new Date(text);
const NOW = at('2026-03-10T16:00:00Z');
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
		expect([...(await db.read.select().from(ratingBox)), ...(await db.read.select().from(rating))]).toEqual([]);
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
		expect(parseAnswer(form(values))).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
	});
	test('words of any script are kept; no words are none', () => {
		expect(parseAnswer(form({ face: 'good', comment: ' شكرا 🙂 à 14 h 30 ' }))).toMatchObject({
			ok: true,
			value: { comment: 'شكرا 🙂 à 14 h 30', callback: false },
		});
		expect(parseAnswer(form({ face: 'bad', 'callback[]': 'yes' }))).toMatchObject({
			ok: true,
			value: { comment: null, callback: true },
		});
		expect(parseImprovement(form({ finding: '', answer: 'x', ownerLabel: 'y', doneOn: '2026-02-30' }))).toMatchObject({
			ok: false,
			errors: { finding: expect.any(String), doneOn: expect.any(String) },
		});
	});
});

describe('results', () => {
	const give = (face: Rating, month: string, times: number) =>
		db.write(async (tx) => {
			for (let turn = 0; turn < times; turn += 1) await drop(tx, territoryId, { face, comment: null }, month);
		});
	const results = () => resultsOf(db.read, { territoryId, zone: 'Europe/Paris', now: NOW });

	test('cover the last twelve whole months: neither the current one nor the one before', async () => {
		await give('good', '2026-03', 10);
		await give('bad', '2025-02', 10);
		await give('good', '2025-03', 10);
		await give('medium', '2026-02', 10);
		await give('bad', '2025-09', 10);
		expect(await results()).toMatchObject({
			from: '2025-03',
			to: '2026-02',
			total: 30,
			mean: 5,
			faces: [
				{ face: 'bad', count: 10, share: 33 },
				{ face: 'medium', count: 10, share: 33 },
				{ face: 'good', count: 10, share: 33 },
			],
			trend: null,
			responseRate: null,
		});
	});
	test('of another territory are not seen', async () => {
		await give('good', '2026-02', 20);
		territoryId = (await aTerritory(db)).id;
		expect((await results()).total).toBe('few');
	});
	test('say better or worse only when both halves may be shown', async () => {
		for (const face of ['bad', 'medium', 'good'] as const) await give(face, '2025-05', 10);
		await give('bad', '2025-12', 5);
		await give('medium', '2025-12', 5);
		await give('good', '2025-12', 40);
		expect(await results()).toMatchObject({ trend: 'better', total: 80 });
	});
	test('the file for spreadsheets has the same numbers and masks, and runs no formula', async () => {
		await give('good', '2026-02', 20);
		await give('medium', '2026-01', 10);
		await give('bad', '2026-01', 15);
		const csv = resultsCsv(await results(), {
			...{ table: 'Tableau', label: 'Libellé', count: 'Avis', share: 'Part', faces: 'Réponses', months: '=Mois()' },
			...{ total: 'Total', mean: 'Moyenne', rate: 'Taux', few: 'moins de 5', hidden: 'non montré' },
			face: (code) => `@${code}`,
		});
		const lines = csv.split('\r\n');
		expect(lines[0]).toBe('\ufeffTableau;Libellé;Avis;Part');
		expect(lines.slice(1, 7)).toEqual([
			"Réponses;'@bad;15;33",
			"Réponses;'@medium;10;22",
			"Réponses;'@good;20;44",
			'Réponses;Total;45;',
			'Réponses;Moyenne;5,6;',
			'Réponses;Taux;non montré;',
		]);
		expect(lines[7]).toBe("'=Mois();2025-03;0;");
		expect(lines.at(-2)).toBe("'=Mois();2026-02;20;");
	});
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

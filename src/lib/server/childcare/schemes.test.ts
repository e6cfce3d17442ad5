import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aCoordinator, aPerson, aRequest, aStructure, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { anAidSetting, on, RULES, SENT } from '../../../../tests/support/aids.ts';
import { childcareAid } from '../db/schema/index.ts';
import { PROFILES } from '../territories/profiles.ts';
import { deciderFor, submitAid } from './commands.ts';
import { parseScheme } from './forms-scheme.ts';
import { shipSchemes } from './profiles.ts';
import { getOwnAid } from './queries.ts';
import {
	budgetLeft,
	changeScheme,
	findScheme,
	grantedThisYear,
	listSchemes,
	schemeHistory,
	schemeToChange,
} from './schemes.ts';

async function withCoordinator() {
	const given = await anAidSetting({ rules: { budgetCents: 100_000 } });
	const { db, territoryId, as } = given;
	const coordinator = await aCoordinator(db, { territoryId });
	const rules = (today: string) => findScheme(db.read, { territoryId, code: 'childcare', today });
	const set = (content: Partial<typeof RULES>, more: { version?: number; startsOn?: string; now?: Date } = {}) =>
		db.write((tx) =>
			changeScheme(tx, {
				...{ code: 'childcare', version: 1, startsOn: '2026-03-02', now: SENT, by: as(coordinator) },
				content: { ...RULES, ...content },
				...more,
			}),
		);
	return { ...given, coordinator, rules, set };
}

describe('a change of rules', () => {
	test('adds a version from its day on; the day before, the old one still stands', async () => {
		const { rules, set } = await withCoordinator();
		await set({ budgetCents: 5 }, { startsOn: '2026-04-01' });
		expect((await rules('2026-03-31'))!.content.budgetCents).toBe(100_000);
		expect((await rules('2026-04-01'))!.content.budgetCents).toBe(5);
	});
	test('made after one that was to begin later stands for it too: what was decided last is not undone by its day', async () => {
		const { db, territoryId, rules, set } = await withCoordinator();
		await set({ budgetCents: 5 }, { startsOn: '2026-04-01' });
		await set({ budgetCents: 7, open: false }, { version: 2 });
		for (const day of ['2026-03-02', '2026-04-01'])
			expect((await rules(day))!.content).toMatchObject({ budgetCents: 7, open: false });
		expect(await budgetLeft(db.read, { territoryId, kind: 'childcare', today: '2026-04-01' })).toBe(7);
	});
	test('never alters a file that was sent: it keeps the rules of its day, and its decision', async () => {
		const { db, person, open, change, set } = await withCoordinator();
		const { id, reference } = (await open())!;
		await change(id, 'under_review');
		await change(id, 'granted', { amountCents: 41_600 });
		const before = await getOwnAid(db.read, person.id, reference, SENT);
		await set({ name: { fr: 'Autre nom' }, amounts: [], fourEyesCents: 1, deciderStructureId: null, open: false });
		expect(await getOwnAid(db.read, person.id, reference, SENT)).toEqual(before);
	});
	test('a draft is sent under the rules of the day it leaves', async () => {
		const { db, person, open, set } = await withCoordinator();
		const { reference } = (await open({ sent: false }))!;
		await set({ name: { fr: 'Nouveau nom' } });
		await db.write((tx) => submitAid(tx, { reference, personId: person.id, now: SENT }));
		expect((await getOwnAid(db.read, person.id, reference, SENT)).rules!.name.fr).toBe('Nouveau nom');
	});
	test('sends a draft to the structure that they name that day', async () => {
		const { db, territoryId, person, place, open, row, set } = await withCoordinator();
		const { id, reference } = (await open({ sent: false }))!;
		expect((await row(id)).deciderStructureId).toBe(place.id);
		const other = await aStructure(db, { territoryId, name: 'CMS de Givet' });
		await set({ deciderStructureId: other.id });
		await db.write((tx) => submitAid(tx, { reference, personId: person.id, now: SENT }));
		expect((await row(id)).deciderStructureId).toBe(other.id);
		expect(
			(await deciderFor(
				db.read,
				territoryId,
				await findScheme(db.read, {
					...{ territoryId, code: 'childcare', today: '2026-03-02' },
				}),
			))!.name,
		).toBe('CMS de Givet');
	});
	test('that closes the aid takes no file more, not even a draft prepared before; a request goes on without', async () => {
		const { db, territoryId, person, open, row, set } = await withCoordinator();
		const { id, reference } = (await open({ sent: false }))!;
		await set({ open: false });
		await expect(db.write((tx) => submitAid(tx, { reference, personId: person.id, now: SENT }))).rejects.toMatchObject({
			code: 'aid_closed',
			kind: 'conflict',
		});
		expect((await row(id)).status).toBe('draft');
		const other = await aPerson(db, { territoryId });
		for (const sent of [true, false]) await expect(open({ personId: other.id, sent })).rejects.toThrow('aid_closed');
		const request = await aRequest(db, { personId: other.id, themes: ['childcare'] });
		expect(await open({ personId: other.id, requestId: request.id })).toBeNull();
	});
	test('leaves no draft of an aid that the territory where the person lives now does not have', async () => {
		const { db, person, open, row } = await withCoordinator();
		const { id, reference } = (await open({ sent: false }))!;
		const { id: territoryId } = await aTerritory(db);
		await db.write((tx) => tx.update(childcareAid).set({ territoryId }).where(eq(childcareAid.id, id)));
		await expect(db.write((tx) => submitAid(tx, { reference, personId: person.id, now: SENT }))).rejects.toThrow(
			'aid_closed',
		);
		expect((await row(id)).status).toBe('draft');
	});
	test('is made by the coordinator of the territory alone, from what they read, and never in the past', async () => {
		const { db, as, decider, coordinator, set } = await withCoordinator();
		await expect(set({}, { startsOn: '2026-03-01' })).rejects.toThrow('scheme_past');
		await set({});
		await expect(set({})).rejects.toMatchObject({ code: 'scheme_changed', kind: 'conflict' });
		const far = await aCoordinator(db, { territoryId: (await aTerritory(db)).id });
		for (const by of [as(decider), { ...as(coordinator), territoryId: far.territoryId! }])
			await expect(schemeToChange(db.read, by, 'childcare')).rejects.toThrow('not_found');
	});
	test('leaves who made it and when; versions of before stay as they were', async () => {
		const { db, territoryId, coordinator, rules, set } = await withCoordinator();
		await set({ budgetCents: 7 });
		const history = await schemeHistory(db.read, (await rules('2026-03-02'))!.id);
		expect(history.map(({ version, by, content }) => [version, by, content.budgetCents])).toEqual([
			[2, coordinator.displayName, 7],
			[1, null, 100_000],
		]);
		expect(territoryId).toBe(coordinator.territoryId);
	});
	test('posted twice at once, it is made once', async () => {
		const { set } = await withCoordinator();
		const results = await Promise.allSettled([set({ budgetCents: 1 }), set({ budgetCents: 2 })]);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
	});
});

test('the envelope counts what was granted in the calendar year, paid or not, and nothing else', async () => {
	const { db, territoryId, open, change } = await withCoordinator();
	const { id } = (await open())!;
	await change(id, 'under_review');
	await change(id, 'granted', { amountCents: 41_600 });
	const granted = async (today: string) => (await grantedThisYear(db.read, territoryId, today)).get('childcare') ?? 0;
	expect([await granted('2026-12-31'), await granted('2027-01-01'), await granted('2025-12-31')]).toEqual([
		41_600, 0, 0,
	]);
	await change(id, 'paid', { now: on('2026-03-04') });
	expect(await granted('2026-12-31')).toBe(41_600);
	const { id: refused } = (await open({ now: on('2026-03-05') }))!;
	await change(refused, 'under_review', { now: on('2026-03-05') });
	await change(refused, 'refused', { reason: 'budget_spent', now: on('2026-03-05') });
	expect(await granted('2026-12-31')).toBe(41_600);
});

test('what is left is counted from the envelope in force that day, not from the one a file was sent under', async () => {
	const { db, territoryId, open, change, set } = await withCoordinator();
	const { id } = (await open())!;
	await change(id, 'under_review');
	await change(id, 'granted', { amountCents: 41_600 });
	const left = (today: string) => budgetLeft(db.read, { territoryId, kind: 'childcare', today });
	expect(await left('2026-03-02')).toBe(58_400);
	await set({ budgetCents: 50_000 }, { startsOn: '2026-04-01' });
	await set({ budgetCents: null }, { startsOn: '2026-05-01', version: 2 });
	expect([await left('2026-03-31'), await left('2026-04-01'), await left('2026-05-01')]).toEqual([58_400, 8_400, null]);
	expect(await budgetLeft(db.read, { territoryId, kind: 'elsewhere:caf', today: '2026-03-02' })).toBeNull();
});

test('a grant over what is left of the envelope is made knowingly; of two at once, the second is told', async () => {
	const given = await anAidSetting({ rules: { budgetCents: 50_000 } });
	const ready = async () => {
		const { id: personId } = await aPerson(given.db, { territoryId: given.territoryId });
		const { id } = (await given.open({ personId }))!;
		await given.change(id, 'under_review');
		return id;
	};
	const [first, second, whole] = [await ready(), await ready(), await ready()];
	const grant = (id: string, more = {}) => given.change(id, 'granted', { amountCents: 40_000, ...more });
	const both = await Promise.allSettled([grant(first), grant(second)]);
	expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
	expect(both[1]).toMatchObject({ reason: { code: 'aid_over_budget', kind: 'conflict' } });
	expect((await given.row(second)).status).toBe('under_review');
	await grant(whole, { amountCents: 10_000 });
	await grant(second, { overBudget: true });
	const of = { territoryId: given.territoryId, kind: 'childcare', today: '2026-03-02' };
	expect(await budgetLeft(given.db.read, of)).toBe(-40_000);
});

test('every profile ships childcare, an urgent help and at least one aid for mobility, in every language', async () => {
	const db = await testDatabase();
	for (const { id } of PROFILES) {
		await aTerritory(db, { id });
		await aStructure(db, { id: `${id}-decideur`, territoryId: id, decidesAids: true });
		await db.write((tx) => shipSchemes(tx, id, SENT));
		const schemes = await listSchemes(db.read, id, '2026-03-02');
		expect(
			schemes.map(({ theme }) => theme),
			id,
		).toEqual(expect.arrayContaining(['childcare', 'mobility']));
		expect(schemes.map(({ code }) => code)).toContain('urgent_childcare');
		for (const { content } of schemes) {
			expect(content.deciderStructureId).toBe(`${id}-decideur`);
			for (const words of [content.name, content.purpose, ...content.conditions])
				expect(Object.keys(words)).toEqual(['fr', 'en', 'ar', 'uk']);
		}
	}
});

describe('the form of the coordinator', () => {
	const posted = (more: Record<string, string>) => {
		const form = new FormData();
		const values = { version: '3', name: 'Aide', purpose: 'Elle paie.', open: 'yes', startsOn: '2026-03-02', ...more };
		for (const [name, value] of Object.entries(values)) form.set(name, value);
		return parseScheme(form, { ...RULES, name: { fr: 'Aide', en: 'Aid' } }, ['a-structure']);
	};
	test('reads amounts a line each, and keeps the other languages of words that did not change', () => {
		const parsed = posted({
			amounts: 'Un enfant = 400\nDeux enfants = 478,40 €\nTrois = 1\u202f200 euros',
			budget: '60 000',
			decider: 'a-structure',
		});
		expect(parsed).toMatchObject({
			ok: true,
			value: {
				version: 3,
				content: {
					name: { fr: 'Aide', en: 'Aid' },
					purpose: { fr: 'Elle paie.' },
					amounts: [
						{ label: { fr: 'Un enfant' }, cents: 40_000 },
						{ label: { fr: 'Deux enfants' }, cents: 47_840 },
						{ label: { fr: 'Trois' }, cents: 120_000 },
					],
					budgetCents: 6_000_000,
					deciderStructureId: 'a-structure',
					fourEyesCents: null,
				},
			},
		});
		expect(posted({ decider: 'of-another-territory' })).toMatchObject({
			value: { content: { deciderStructureId: null } },
		});
	});
	test.each([
		['name', ''],
		['amounts', 'quatre cents'],
		['amounts', 'Un enfant = -4'],
		['budget', 'beaucoup'],
		['months', '0'],
		['startsOn', '2026-02-30'],
		['open', 'perhaps'],
	])('a bad « %s » (%j) is told beside the field', (field, value) => {
		expect(posted({ [field]: value })).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } });
	});
});

import { expect, test } from 'vitest';
import {
	aFollowUp,
	aMunicipality,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aTerritory,
	NOW,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans, plansOf } from '../../../../tests/support/plans.ts';
import { caseload, peopleOfTerritory } from './caseload.ts';
import { possibleDuplicates } from './duplicates.ts';
import { createPerson, refreshSearch } from './commands.ts';
import { passedDelays } from './delays.ts';
import { ageOn, searchTerms } from './rules.ts';
import { peopleToday } from './today.ts';
import { withDefaults } from '../territories/settings.ts';
import { person } from '../db/schema/index.ts';
import { eq } from 'drizzle-orm';

const today = '2026-03-02';

async function aCaseload() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const follow = (firstName: string, lastName: string, phone: string) =>
		aPerson(db, { referent, firstName, lastName, phone });
	const zoe = await follow('Zoé', 'Lefèvre-Œuvrard', '+33639980012');
	const jose = await follow('José', 'Martin', '+33639981345');
	// A number of the factory's own could be Zoé's.
	const other = await aPerson(db, { territoryId: territory.id, firstName: 'Zoé', lastName: 'Ailleurs', phone: null });
	const find = async (text: string) =>
		(await caseload(db.read, referent.id, { text, today, now: NOW })).rows.map(({ id }) => id);
	const findAll = async (text: string) =>
		(await peopleOfTerritory(db.read, territory.id, { text, today })).rows.map(({ id }) => id);
	return { db, territory, referent, zoe, jose, other, find, findAll };
}

test('a search ignores accents, case, ligatures and the order of names', async () => {
	const { find, zoe } = await aCaseload();
	for (const typed of ['zoe', 'OEUVRARD', 'lefevre zoé', 'Zoé Lefè', 'œuv  zo', "oeuvrard-lefevre'"])
		expect(await find(typed), typed).toEqual([zoe.id]);
	expect(await find('zoe martin')).toEqual([]);
});

test('a search finds any fragment of a phone number, however it is typed', async () => {
	const { find, zoe, jose } = await aCaseload();
	for (const typed of ['06 39 98 00 12', '9980', '0012', '06.39.98.00', '+33 6 39 98 00 12', 'zoe 012'])
		expect(await find(typed), typed).toEqual([zoe.id]);
	expect(await find('0639')).toEqual([zoe.id, jose.id]);
});

test('signs that mean something to a database mean nothing in a search', async () => {
	const { find, zoe, jose } = await aCaseload();
	expect(await find('%')).toEqual([zoe.id, jose.id]);
	for (const typed of ['oeu_vrard', "oz'); --", '"zoe" OR 1', 'zo%é']) expect(await find(typed), typed).toEqual([]);
	expect(searchTerms('a b c d e f g h')).toHaveLength(5);
});

test('a referent finds their own people only; the coordinator the whole territory, without contact', async () => {
	const { db, territory, find, findAll, zoe, other } = await aCaseload();
	expect(await find('zoe')).toEqual([zoe.id]);
	expect(await findAll('zoe')).toEqual([other.id, zoe.id]);
	const elsewhere = await aPerson(db, { firstName: 'Zoé' });
	expect(await findAll('zoe')).not.toContain(elsewhere.id);
	const { rows } = await peopleOfTerritory(db.read, territory.id, { text: '9980012', today });
	expect(JSON.stringify(rows)).not.toContain('63998');
});

test('a new name or number is found after it changes, the old one no longer', async () => {
	const { db, find, referent } = await aCaseload();
	const { id } = await db.write((tx) =>
		createPerson(tx, {
			territoryId: referent.territoryId,
			firstName: 'Inès',
			lastName: 'Perrin',
			locale: 'fr',
			now: NOW,
		}),
	);
	await aFollowUp(db, { personId: id, member: referent });
	expect(await find('perrin ines')).toEqual([id]);
	await db.write(async (tx) => {
		await tx.update(person).set({ lastName: 'Dubois', phone: '+33639987777' }).where(eq(person.id, id));
		await refreshSearch(tx, id);
	});
	expect(await find('perrin')).toEqual([]);
	expect(await find('dubois 7777')).toEqual([id]);
});

test('the list of people filters by theme and by late stage; a member filters on their own themes only', async () => {
	const { db, referent, zoe, jose, territory } = await aCaseload();
	await aRequest(db, { personId: zoe.id, themes: ['housing', 'health'] });
	await aPathway(db, { personId: jose.id });
	const list = async (filters: object) =>
		(await caseload(db.read, referent.id, { today: '2026-05-01', now: NOW, ...filters })).rows.map(({ id }) => id);
	expect(await list({ theme: 'housing' })).toEqual([zoe.id]);
	expect(await list({ late: true })).toEqual([jose.id]);
	const member = await aReferent(db, { territoryId: territory.id });
	await aFollowUp(db, { personId: zoe.id, member, part: 'member', themes: ['housing'] });
	const seen = async (theme?: 'housing' | 'health') =>
		(await caseload(db.read, member.id, { theme, today, now: NOW })).rows;
	expect(await seen('housing')).toHaveLength(1);
	expect(await seen('health')).toEqual([]);
	expect(await seen()).toMatchObject([{ openThemes: ['housing'] }]);
});

test('a list has 50 people a page and says when there are more', async () => {
	const { db, referent } = await aCaseload();
	for (let index = 0; index < 50; index++)
		await aPerson(db, { referent, lastName: `Nom ${String(index).padStart(2, '0')}`, account: false });
	const first = await caseload(db.read, referent.id, { today, now: NOW });
	const second = await caseload(db.read, referent.id, { page: 2, today, now: NOW });
	expect([first.rows.length, first.more, second.rows.length, second.more]).toEqual([50, true, 2, false]);
});

test('a common name is listed to its end, those filed under it first; late ones alone too', async () => {
	const { db, territory } = await aCaseload();
	const numbered = (number: number) => ({
		territoryId: territory.id,
		account: false as const,
		firstName: `Ana ${number}`,
	});
	for (let number = 100; number < 360; number++) await aPerson(db, { ...numbered(number), lastName: 'Durand' });
	const late = await aPerson(db, { ...numbered(500), lastName: 'Durand' });
	await aPathway(db, { personId: late.id, stages: ['Diagnostic'] });
	const byFirstName = await aPerson(db, { territoryId: territory.id, firstName: 'Durand', lastName: 'Ana' });
	const pages = async (text: string, filters = {}) => {
		const found = [];
		for (let page = 1, more = true; more; page++) {
			const read = await peopleOfTerritory(db.read, territory.id, { text, page, today: '2026-05-01', ...filters });
			found.push(...read.rows.map(({ id, lastName, firstName }) => ({ id, name: `${lastName} ${firstName}` })));
			more = read.more;
		}
		return found;
	};
	for (const text of ['durand', 'ana dur']) {
		const found = await pages(text);
		expect(new Set(found.map(({ id }) => id)).size, text).toBe(262);
		expect(found[0]!.name).toBe('Durand Ana 100');
		expect(found.at(-1)!.id, text).toBe(byFirstName.id);
	}
	expect((await pages('durand', { late: true })).map(({ id }) => id)).toEqual([late.id]);
	expect(await fullScans(db, () => pages('durand ana', { late: true }))).toEqual([]);
	const lines = (await plansOf(db, () => pages('durand ana')))
		.flat()
		.filter((line) => line.startsWith('SEARCH person U'));
	expect(lines).toContain(
		'SEARCH person USING COVERING INDEX person_territory_id_search_name_idx (territory_id=? AND search_name>? AND search_name<?)',
	);
});

test('an age counts completed years; with the year alone, the age reached in it', () => {
	expect(ageOn('1990-03-03', today)).toBe(35);
	expect(ageOn('1990-03-02', today)).toBe(36);
	expect(ageOn('1990-00-00', today)).toBe(36);
	expect(ageOn(null, today)).toBeNull();
	expect(ageOn('0000-00-00', today)).toBeNull();
});

test('the same name and birth date, or the same contact, is shown to compare; another territory is not', async () => {
	const { db, zoe, jose } = await aCaseload();
	const here = { territoryId: zoe.territoryId, firstName: 'Zoé', lastName: 'Lefevre Oeuvrard' };
	const again = await aPerson(db, { ...here, phone: null, email: null });
	const family = await aPerson(db, { territoryId: zoe.territoryId, phone: jose.phone });
	await aPerson(db, { ...here, birthDate: '1991-05-17', phone: null, email: null });
	await aPerson(db, { firstName: 'Zoé', lastName: 'Lefèvre-Œuvrard', phone: zoe.phone });
	const of = async (own: typeof zoe) => (await possibleDuplicates(db.read, own)).map(({ id, why }) => [id, why]);
	expect(await of(zoe)).toEqual([[again.id, 'name']]);
	expect(await of(jose)).toEqual([[family.id, 'contact']]);
	expect(await fullScans(db, () => of(zoe))).toEqual([]);
});

test('no list of the professionals reads a whole table', async () => {
	const { db, referent, territory } = await aCaseload();
	const commune = await aMunicipality(db);
	const zoned = { territoryId: territory.id, zone: territory.zone, settings: withDefaults({}), now: NOW };
	await anAppointment(db, { referentId: referent.id });
	const scans = await fullScans(db, async () => {
		for (const text of ['', 'zoe', 'zoe lefevre 06399'])
			for (const late of [false, true]) {
				await caseload(db.read, referent.id, { text, late, theme: 'housing', today, now: NOW });
				await peopleOfTerritory(db.read, territory.id, { text, late, today });
			}
		await peopleToday(db.read, referent.id, zoned);
		await passedDelays(db.read, { accountId: referent.id }, zoned);
		await passedDelays(db.read, {}, zoned);
		await passedDelays(db.read, { structureId: referent.structureId }, zoned);
		await passedDelays(db.read, { employmentAreaId: commune.inseeCode }, zoned);
	});
	expect(scans).toEqual([]);
});

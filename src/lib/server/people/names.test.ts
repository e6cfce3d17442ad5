import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans, plansOf } from '../../../../tests/support/plans.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { meta, personSearchKey } from '../db/schema/index.ts';
import { caseload, peopleOfTerritory } from './caseload.ts';
import { refreshSearch } from './commands.ts';
import { possibleDuplicates } from './duplicates.ts';
import { openExceptionally } from './exceptional.ts';
import { comparedOf, inCommon } from './identity.ts';
import { personOf } from './queries.ts';
import { sameNames, searchKeys, searchNameOf } from './rules.ts';
import { renewSearchKeys } from './search-upkeep.ts';

const today = '2026-03-02';

async function aPlace() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const called = (firstName: string, lastName: string, birthDate = '1990-05-06') =>
		aPerson(db, { ...{ referent, firstName, lastName, birthDate }, ...{ phone: null, email: null, account: false } });
	const doubles = async ({ id }: { id: string }) =>
		(await possibleDuplicates(db.read, await personOf(db.read, id))).map((found) => found.id);
	return { db, territory, referent, called, doubles };
}

test.each<[one: [string, string], other: [string, string]]>([
	[
		['Awa', 'N’Diaye'],
		['Awa', 'Ndiaye'],
	],
	[
		['Jean-Pierre', 'Le Goff'],
		['Jean Pierre', 'Legoff'],
	],
	[
		['Legoff', 'Jeanpierre'],
		['Jean Pierre', 'Le Goff'],
	],
	[
		['Maria Luisa', 'Garcia de la Torre'],
		['Garcia de la Torre', 'Maria Luisa'],
	],
	// Cut elsewhere, too.
	[
		['Maria Luisa', 'Garcia de la Torre'],
		['de la Torre', 'Maria Luisa Garcia'],
	],
])('%s and %s may be the same person', async (one, other) => {
	const { called, doubles } = await aPlace();
	const [a, b] = [await called(...one), await called(...other)];
	await called('Awa Jean', 'Ndiaye Legoff');
	expect(await doubles(a)).toEqual([b.id]);
	expect(await doubles(b)).toEqual([a.id]);
});

test('of whom the year of birth alone is known, any day of it may be theirs', async () => {
	const { called, doubles } = await aPlace();
	const byYear = await called('Alya', 'Martin', '1990-00-00');
	const byDay = await called('Alya', 'Martin', '1990-05-06');
	const otherDay = await called('Alya', 'Martin', '1990-12-31');
	await called('Alya', 'Martin', '1991-00-00');
	expect((await doubles(byYear)).sort()).toEqual([byDay.id, otherDay.id].sort());
	expect(await doubles(byDay)).toEqual([byYear.id]);
});

test('who may be the same is found by an index, not among everybody of the territory', async () => {
	const { db, called } = await aPlace();
	const { id } = await called('Awa', 'N’Diaye');
	const own = { ...(await personOf(db.read, id)), phone: '+33639980042', email: 'awa@example.fr' };
	const read = () => possibleDuplicates(db.read, own);
	expect(await fullScans(db, read)).toEqual([]);
	const lines = (await plansOf(db, read)).flat().filter((line) => / person /.test(line));
	expect(lines.some((line) => /\(territory_id=\?\)$/.test(line))).toBe(false);
});

test('a search finds a name of two words written in one, and the reverse', async () => {
	const { db, territory, referent, called } = await aPlace();
	const [apart, together] = [await called('Awa', 'N’Diaye'), await called('Awa', 'Ndiaye')];
	await called('Ana', 'Diallo');
	const goff = await called('Jean-Pierre', 'Le Goff');
	const find = async (text: string) => [
		(await caseload(db.read, referent.id, { text, today, now: NOW })).rows.map(({ id }) => id).sort(),
		(await peopleOfTerritory(db.read, territory.id, { text, today })).rows.map(({ id }) => id).sort(),
	];
	const both = [apart.id, together.id].sort();
	for (const text of ['ndiaye', "N'Diaye", 'awa n’dia']) expect(await find(text), text).toEqual([both, both]);
	for (const text of ['legoff', 'le goff', 'jeanpierre', 'pierre goff'])
		expect(await find(text), text).toEqual([[goff.id], [goff.id]]);
});

test('a search finds a particle apart or in one word, alone or inside a name', async () => {
	const { db, territory, referent, called } = await aPlace();
	const [apart, together] = [await called('Anne', 'Le Goff'), await called('Yann', 'Legoff')];
	const [hyphen, second] = [await called('Erwan', 'Le-Goff'), await called('Maël', 'Kervella-Le Goff')];
	const [torre, latorre] = [await called('Maria', 'Garcia de la Torre'), await called('Ines', 'Latorre')];
	const lea = await called('Léa', 'Goffin');
	await called('Le', 'Nguyen');
	const find = async (text: string) => {
		const lists = [
			(await caseload(db.read, referent.id, { text, today, now: NOW })).rows,
			(await peopleOfTerritory(db.read, territory.id, { text, today })).rows,
		].map((rows) => rows.map(({ id }) => id).sort());
		expect(lists[0], text).toEqual(lists[1]);
		return lists[0]!;
	};
	const all = [apart, together, hyphen, second].map(({ id }) => id).sort();
	expect(await find('legoff')).toEqual(all);
	// As it is typed, too: « le goff » is the beginning of Léa Goffin.
	for (const text of ['le goff', 'Le-Goff', 'LE GOFF']) expect(await find(text), text).toEqual([...all, lea.id].sort());
	expect(await find('yann le goff')).toEqual([together.id]);
	expect(await find('Le Goff Anne')).toEqual([apart.id]);
	expect(await find('latorre')).toEqual([torre.id, latorre.id].sort());
	expect(await find('la torre')).toEqual([torre.id, latorre.id].sort());
	expect(await find('delatorre maria')).toEqual([torre.id]);
	expect((await find('le nguyen')).length).toBe(1);
	const listed = () => peopleOfTerritory(db.read, territory.id, { text: 'le goff', today });
	expect(await fullScans(db, listed)).toEqual([]);
	expect(await fullScans(db, () => caseload(db.read, referent.id, { text: 'le goff', today, now: NOW }))).toEqual([]);
});

test('of a name that many bear, the pages go on to those who write it in one word', async () => {
	const { db, territory, called } = await aPlace();
	const many = 2 * 50 + 1;
	const names = [...Array.from({ length: many }, () => 'Le Goff'), 'Legoff'];
	const ids = [];
	for (const name of names) ids.push((await called('Anne', name)).id);
	await called('Anne', 'Le Gall');
	const listed = [];
	for (let page = 1, more = true; more; page++) {
		const read = () => peopleOfTerritory(db.read, territory.id, { text: 'le goff', today, page });
		expect(await fullScans(db, read)).toEqual([]);
		const found = await read();
		listed.push(...found.rows.map(({ id }) => id));
		more = found.more;
	}
	expect(listed.toSorted()).toEqual(ids.toSorted());
});

test.each<[firstName: string, lastName: string]>([
	['Awa', 'N’Diaye'],
	['Jean-Pierre', 'Le Goff'],
	['Maria Luisa', 'Garcia de la Torre'],
	['D’Artagnan', 'St-Étienne-l’Œuvre'],
	['Łucja', 'O’’Neil'],
	['’Abd', 'd’El-Œuf d’ Ici'],
	['عبد', 'الرحمن'],
	['2Pac', 'Ste 3'],
])(
	'a key of %s %s that begins with a letter begins where a word of the name does: what rules people out of a search',
	(firstName, lastName) => {
		const initials = new Set(
			searchNameOf({ firstName, lastName })
				.split(' ')
				.map((word) => [...word][0]),
		);
		const keys = searchKeys({ firstName, lastName, phone: '+33639980012' }).filter((key) => /^\p{L}/u.test(key));
		expect(keys.length).toBeGreaterThan(0);
		for (const key of keys) expect(initials, key).toContain([...key][0]);
	},
);

test('« bris de glace » knows a name however it is cut into words, and no part of one', async () => {
	const { db, territory, called } = await aPlace();
	const { id } = await called('Jean-Pierre', 'Le Goff');
	const by = signedIn(await aReferent(db, { territoryId: territory.id }));
	const open = (firstName: string, lastName: string, birthDate = '1990-05-06') =>
		db.write((tx) => openExceptionally(tx, { firstName, lastName, birthDate, by, reason: 'Une urgence', now: NOW }));
	expect(await open('Jean', 'Le Goff')).toBeNull();
	expect(await open('Jean Pierre', 'Legoff', '1990-05-07')).toBeNull();
	expect(await open('Jean Pierre', 'Legoff')).toMatchObject({ outcome: 'opened', personId: id });
});

test('two files compared say that the name is the same, however it is written', async () => {
	const { db, called } = await aPlace();
	const [a, b] = [await called('Jean-Pierre', 'Le Goff'), await called('Legoff', 'Jean Pierre')];
	expect(inCommon(await comparedOf(db.read, a.id), await comparedOf(db.read, b.id)).names).toBe(true);
	expect(sameNames('Le Goff', 'LEGOFF')).toBe(true);
	expect(sameNames('Le Goff', 'Le Gall')).toBe(false);
});

test('keys written by an earlier version are written anew, once', async () => {
	const { db, called } = await aPlace();
	const [a, b] = [await called('Awa', 'N’Diaye'), await called('Zoé', 'Martin')];
	const keysOf = async (personId: string) =>
		(await db.read.select().from(personSearchKey).where(eq(personSearchKey.personId, personId)))
			.map(({ key }) => key)
			.sort();
	const written = [await keysOf(a.id), await keysOf(b.id)];
	await db.write((tx) => tx.delete(personSearchKey));
	await renewSearchKeys(db);
	expect([await keysOf(a.id), await keysOf(b.id)]).toEqual(written);
	expect(written[0]).toEqual(['=awa+ndiaye', 'awa', 'diaye', 'n', 'ndiaye']);
	await db.write((tx) => tx.delete(personSearchKey));
	await renewSearchKeys(db);
	expect(await keysOf(a.id)).toEqual([]);
	// Another version of the keys.
	await db.write((tx) => tx.update(meta).set({ value: '1' }));
	await db.write((tx) => refreshSearch(tx, b.id));
	await renewSearchKeys(db);
	expect(await keysOf(a.id)).toEqual(written[0]);
});

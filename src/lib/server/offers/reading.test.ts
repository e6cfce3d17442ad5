import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aServiceRow, aStructureRow } from '../../../../tests/support/offers.ts';
import { readOffers } from './reading.ts';

const TODAY = '2026-03-02';
const read = (...contents: unknown[]) => readOffers(contents, TODAY);
const whole = (service: Record<string, unknown> = {}, structure: Record<string, unknown> = {}) =>
	read({ structures: [aStructureRow(structure)], services: [aServiceRow(service)] });

test('a service takes from its structure the name, the network, and the place and number it has none of', () => {
	expect(whole()).toEqual({
		broken: [],
		duplicates: 0,
		offers: [
			{
				serviceId: 'fictif--garde-1',
				source: 'fictif',
				name: 'Accueil occasionnel',
				structureName: 'Crèche Les Petits Pas (fictif)',
				isAvip: true,
				kind: 'accompagnement',
				isOnSite: true,
				forPeople: true,
				phone: '+33353010011',
				address: '4 rue du Moulin, 08200 Sedan',
				inseeCode: '08409',
				updatedOn: '2026-02-01',
				themes: ['childcare'],
			},
		],
	});
	const own = { code_insee: '08105', commune: 'Charleville-Mézières', telephone: '03 53 01 00 12' };
	expect(whole(own).offers[0]).toMatchObject({
		inseeCode: '08105',
		address: 'Charleville-Mézières',
		phone: '+33353010012',
	});
});

test('the shapes in which the data comes: one file, a file each, a page of the service that hands it out', () => {
	const [structure, service] = [aStructureRow(), aServiceRow()];
	const expected = whole();
	expect(read([service], [structure])).toEqual(expected);
	expect(read({ items: [structure, service], total: 2, page: 1 })).toEqual(expected);
	for (const nothing of [null, 3, 'x', {}, [], { services: 'none' }])
		expect(read(nothing)).toEqual({ offers: [], broken: [], duplicates: 0 });
});

describe('a broken row is named, with its field and the reason, and the others are read', () => {
	test.each<[string, Record<string, unknown>, string]>([
		['without a name', { nom: undefined }, 'nom'],
		['a name of two letters', { nom: 'ab' }, 'nom'],
		['a name longer than the schema allows', { nom: 'x'.repeat(151) }, 'nom'],
		['a date that does not exist', { date_maj: '2026-02-30' }, 'date_maj'],
		['a date to come', { date_maj: '2026-03-03' }, 'date_maj'],
		['a commune that is a postcode with a letter', { code_insee: '0820X' }, 'code_insee'],
		['themes that are no list', { thematiques: 'famille--garde-denfants' }, 'thematiques'],
		['a number for a telephone', { telephone: 353010011 }, 'telephone'],
		['a structure that is not there', { structure_id: 'fictif--autre' }, 'structure_id'],
	])('%s', (_, more, field) => {
		const file = read({
			structures: [aStructureRow()],
			services: [aServiceRow({ id: 'fictif--casse', ...more }), aServiceRow()],
		});
		expect(file.broken).toEqual([{ row: 'fictif--casse', field, problem: expect.any(String) }]);
		expect(file.offers.map(({ serviceId }) => serviceId)).toEqual(['fictif--garde-1']);
	});
	test('a row without an id is named by its place; what is no row at all as well', () => {
		const { broken } = read([aStructureRow(), aServiceRow({ id: undefined }), 'bonjour']);
		expect(broken.map(({ row }) => row).sort()).toEqual(['row 2', 'row 3']);
	});
	test('a structure that is broken takes its services with it', () => {
		const { offers, broken } = whole({}, { nom: '' });
		expect(offers).toEqual([]);
		expect(broken.map(({ row }) => row)).toEqual(['fictif--creche-1', 'fictif--garde-1']);
	});
});

test('the same service twice is one: the one written last stands, whichever comes first', () => {
	const [old, young] = [
		aServiceRow({ nom: 'Ancien nom', date_maj: '2025-01-01' }),
		aServiceRow({ nom: 'Nouveau nom' }),
	];
	for (const services of [
		[old, young],
		[young, old],
	]) {
		const file = read({ structures: [aStructureRow()], services });
		expect([file.offers.map(({ name }) => name), file.duplicates]).toEqual([['Nouveau nom'], 1]);
	}
});

test('words of the schema: remote alone is no place, professionals alone ask, unknown themes are left, a bad number is none', () => {
	expect(whole({ modes_accueil: ['a-distance'] }).offers[0]!.isOnSite).toBe(false);
	expect(whole({ modes_accueil: null }).offers[0]!.isOnSite).toBe(true);
	expect(whole({ mobilisable_par: ['professionnels'] }).offers[0]!.forPeople).toBe(false);
	expect(whole({ thematiques: ['un-mot-de-demain--x', 'famille--garde-denfants'] }).offers[0]!.themes).toEqual([
		'childcare',
	]);
	expect(whole({ telephone: '36 46 ou 12' }, { telephone: null }).offers[0]!.phone).toBeNull();
	expect(whole({}, { reseaux_porteurs: ['caf'] }).offers[0]!.isAvip).toBe(false);
});

test('a name that would turn the page around, or hides signs, becomes a plain line', () => {
	expect(whole({ nom: 'Accueil\u202e  du\u0000 matin\n' }).offers[0]!.name).toBe('Accueil du matin');
});

test('what is read is what the published schema calls so, and asks no more of a row than it does', () => {
	const schemaOf = (name: string) =>
		JSON.parse(readFileSync(`reference/data-inclusion-v1/${name}.json`, 'utf8')) as {
			required: string[];
			properties: Record<string, unknown>;
		};
	expect(Object.keys(schemaOf('service').properties)).toEqual(expect.arrayContaining(Object.keys(aServiceRow())));
	expect(Object.keys(schemaOf('structure').properties)).toEqual(expect.arrayContaining(Object.keys(aStructureRow())));
	const least = (row: Record<string, unknown>, name: string) =>
		Object.fromEntries(schemaOf(name).required.map((field) => [field, row[field]]));
	const file = read([least(aStructureRow(), 'structure'), least(aServiceRow(), 'service')]);
	expect(file).toMatchObject({ broken: [], offers: [{ inseeCode: null, phone: null, themes: [] }] });
});

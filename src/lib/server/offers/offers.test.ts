import { beforeEach, describe, expect, test } from 'vitest';
import { aMunicipality, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { plansOf } from '../../../../tests/support/plans.ts';
import { aServiceRow, aStructureRow } from '../../../../tests/support/offers.ts';
import type { Db } from '../db/client.ts';
import { catchment, offer } from '../db/schema/index.ts';
import { importOffers } from './commands.ts';
import { offersKnown, placesNear } from './queries.ts';
import { readOffers } from './reading.ts';

const TODAY = '2026-03-02';
const NOW = new Date('2026-03-02T09:00:00Z');
const LATER = new Date('2026-04-02T09:00:00Z');

let db: Db;
let territoryId: string;
beforeEach(async () => {
	db = await testDatabase();
	({ id: territoryId } = await aTerritory(db));
	const communes = [
		['08409', 'Sedan', '083'],
		['08090', 'Carignan', '083'],
		['08105', 'Charleville-Mézières', '081'],
		['51454', 'Reims', '513'],
	] as const;
	for (const [inseeCode, name, arrondissement] of communes)
		await aMunicipality(db, { inseeCode, name, arrondissement, departmentCode: inseeCode.slice(0, 2) });
	await db.write((tx) =>
		tx
			.insert(catchment)
			.values(['08409', '08090', '08105'].map((inseeCode) => ({ inseeCode, territoryId, startsOn: '2021-01-01' }))),
	);
});

type Row = Record<string, unknown>;
const fileOf = (services: Row[], structures: Row[] = [aStructureRow()]) =>
	readOffers([{ structures, services }], TODAY);
const take = (services: Row[], options: { now?: Date; few?: boolean } = {}) =>
	db.write((tx) => importOffers(tx, fileOf(services), { now: NOW, ...options }));
const numbered = (count: number, more: Row = {}) =>
	Array.from({ length: count }, (_, index) => aServiceRow({ id: `fictif--${index + 1}`, ...more }));
const stored = async () =>
	(await db.read.select().from(offer).orderBy(offer.serviceId, offer.theme)).map(({ serviceId, name }) => [
		serviceId,
		name,
	]);

describe('an import', () => {
	test('run again with the same file changes nothing but the day it was looked at', async () => {
		expect(await take(numbered(3))).toEqual({ added: 3, kept: 0, removed: 0, elsewhere: 0 });
		const before = await stored();
		expect(await take(numbered(3), { now: LATER })).toEqual({ added: 0, kept: 3, removed: 0, elsewhere: 0 });
		expect(await stored()).toEqual(before);
		expect((await db.read.select().from(offer)).every(({ importedAt }) => +importedAt === +LATER)).toBe(true);
	});
	test('brings what changed and what is new, and takes away what the file no longer holds', async () => {
		await take(numbered(3));
		const services = [...numbered(2), aServiceRow({ id: 'fictif--9', nom: 'Nouvelle crèche' })];
		services[0] = aServiceRow({ id: 'fictif--1', nom: 'Autre nom' });
		expect(await take(services)).toEqual({ added: 1, kept: 2, removed: 1, elsewhere: 0 });
		expect(await stored()).toEqual([
			['fictif--1', 'Autre nom'],
			['fictif--2', 'Accueil occasionnel'],
			['fictif--9', 'Nouvelle crèche'],
		]);
	});
	test('keeps what was known of a row that is broken today', async () => {
		await take(numbered(3));
		const services = numbered(3);
		services[1] = { ...services[1]!, date_maj: 'hier' };
		expect(await take(services)).toMatchObject({ kept: 2, removed: 0 });
		expect(await stored()).toHaveLength(3);
	});
	test('a service with two themes is found under both, and loses the one it gives up', async () => {
		const both = { thematiques: ['famille--garde-denfants', 'mobilite--preparer-un-permis'] };
		await take(numbered(1, both));
		expect((await db.read.select().from(offer)).map(({ theme }) => theme).sort()).toEqual(['childcare', 'mobility']);
		await take(numbered(1));
		expect((await db.read.select().from(offer)).map(({ theme }) => theme)).toEqual(['childcare']);
	});
	test('leaves what is in no commune known here, says no commune, or answers nothing the portal names', async () => {
		const services = [
			...numbered(1),
			aServiceRow({ id: 'fictif--loin', code_insee: '13055' }),
			aServiceRow({ id: 'fictif--autre', thematiques: ['mot-inconnu'] }),
			aServiceRow({ id: 'fictif--nulle-part', structure_id: 'fictif--sans-lieu' }),
		];
		const file = fileOf(services, [aStructureRow(), aStructureRow({ id: 'fictif--sans-lieu', code_insee: null })]);
		expect(await db.write((tx) => importOffers(tx, file, { now: NOW }))).toMatchObject({ added: 1, elsewhere: 3 });
	});
	test('that would empty the table, or take more than half of it away, is refused and changes nothing, unless it is meant', async () => {
		await take(numbered(10));
		await expect(take([])).rejects.toMatchObject({ code: 'offers_none' });
		await expect(take(numbered(4))).rejects.toMatchObject({ code: 'offers_too_few', detail: { known: 10, gone: 6 } });
		expect(await stored()).toHaveLength(10);
		expect(await take(numbered(5))).toMatchObject({ removed: 5 });
		expect(await take(numbered(1), { few: true })).toMatchObject({ removed: 4 });
	});
});

describe('places near a person', () => {
	const near = (inseeCode: string | null = '08409', today = TODAY) =>
		placesNear(db.read, { theme: 'childcare', territoryId, inseeCode, today });
	const at = (id: string, code_insee: string, more: Row = {}) => aServiceRow({ id, code_insee, ...more });

	test('come by commune, then arrondissement, then territory; what another territory has is not among them', async () => {
		await take([at('a', '08105'), at('b', '08090'), at('c', '08409'), at('d', '51454')]);
		expect((await near()).map(({ serviceId, near, commune }) => [serviceId, near, commune])).toEqual([
			['c', 'commune', 'Sedan'],
			['b', 'area', 'Carignan'],
			['a', 'territory', 'Charleville-Mézières'],
		]);
		expect((await near(null)).map(({ near }) => near)).toEqual(['territory', 'territory', 'territory']);
	});
	test('at the same distance, crèches for people who look for work first, then those that can be called', async () => {
		const file = fileOf(
			[
				at('a', '08409', { structure_id: 'plain', nom: 'Sans numéro' }),
				at('b', '08409', { structure_id: 'plain', telephone: '+33353010013', nom: 'Avec numéro' }),
				at('c', '08409', { nom: 'Zèbre' }),
			],
			[aStructureRow(), aStructureRow({ id: 'plain', reseaux_porteurs: null, telephone: null })],
		);
		await db.write((tx) => importOffers(tx, file, { now: NOW }));
		expect((await near()).map(({ serviceId, isAvip, phone }) => [serviceId, isAvip, phone !== null])).toEqual([
			['c', true, true],
			['b', false, true],
			['a', false, false],
		]);
	});
	test('are places: no money, no course for adults, nothing by telephone alone', async () => {
		await take([
			at('a', '08409', { type: 'aide-financiere' }),
			at('b', '08409', { type: 'formation' }),
			at('c', '08409', { modes_accueil: ['a-distance'] }),
			at('d', '08409', { type: null }),
		]);
		expect((await near()).map(({ serviceId }) => serviceId)).toEqual(['d']);
	});
	test('are said to be old after six months, to the day, and are no longer shown after two years', async () => {
		await take([
			at('new', '08409', { date_maj: '2025-09-02' }),
			at('old', '08409', { date_maj: '2025-09-01' }),
			at('oldest', '08409', { date_maj: '2024-03-02' }),
			at('gone', '08409', { date_maj: '2024-03-01' }),
		]);
		expect(Object.fromEntries((await near()).map(({ serviceId, isOld }) => [serviceId, isOld]))).toEqual({
			new: false,
			old: true,
			oldest: true,
		});
	});
	test('are those of communes that are in the territory already', async () => {
		await db.write((tx) => tx.insert(catchment).values({ inseeCode: '51454', territoryId, startsOn: '2026-03-03' }));
		await take([at('a', '51454')]);
		expect(await near()).toEqual([]);
		expect(await near('08409', '2026-03-03')).toHaveLength(1);
	});
	test('are read by index, however many offers there are in the country', async () => {
		const statements: string[] = [];
		const prepare = db.raw.prepare.bind(db.raw);
		db.raw.prepare = ((sql: string) => (statements.push(sql), prepare(sql))) as typeof db.raw.prepare;
		await near();
		db.raw.prepare = prepare;
		const plans = statements.flatMap((sql) => {
			const values = Array(sql.split('?').length - 1).fill(1);
			return (prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(({ detail }) => detail);
		});
		expect(plans.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
		expect(plans.join()).toContain('SEARCH offer USING INDEX offer_theme_insee_code_idx (theme=? AND insee_code=?)');
	});
});

describe('what a territory knows', () => {
	const known = (today = TODAY) => offersKnown(db.read, { territoryId, today });

	test('is counted by theme and by producer, with what is old; other territories are not', async () => {
		await take([
			...numbered(2),
			aServiceRow({ id: 'fictif--8', date_maj: '2025-06-01', thematiques: ['mobilite--preparer-un-permis'] }),
			aServiceRow({ id: 'fictif--9', date_maj: '2023-06-01', thematiques: ['mobilite--preparer-un-permis'] }),
		]);
		const { themes, sources } = await known();
		expect(themes).toEqual([
			{ theme: 'childcare', services: 2, structures: 1, old: 0, hidden: 0 },
			{ theme: 'mobility', services: 2, structures: 1, old: 2, hidden: 1 },
		]);
		expect(sources).toMatchObject([{ services: 4, structures: 1, importedAt: NOW }]);
		const { id: elsewhere } = await aTerritory(db);
		expect(await offersKnown(db.read, { territoryId: elsewhere, today: TODAY })).toEqual({ themes: [], sources: [] });
	});

	test('is read by the index of theme and commune, not by reading every place of France', async () => {
		await take(numbered(2));
		for (const plan of await plansOf(db, known)) {
			expect(plan.join('\n')).toContain('USING INDEX offer_theme_insee_code_idx (theme=? AND insee_code=?)');
			expect(plan.join('\n')).not.toMatch(/SCAN offer/);
		}
	});
});

import { beforeAll, describe, expect, test } from 'vitest';
import { aTerritory, theTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { catchment, holiday } from '../db/schema/index.ts';
import { instantOf } from './calendar.ts';
import { createTerritory, extendPerimeter, importReference } from './commands.ts';
import { getProfile, nationalProfile, PROFILES } from './profiles.ts';
import {
	getTerritory,
	holidaysOf,
	listDepartments,
	listEmploymentAreas,
	listStructures,
	listTerritories,
	orientationIn,
	stageTemplates,
	structureFor,
	territoryForMunicipality,
} from './queries.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { THEMES } from '../../shared/themes.ts';

const PARIS = 'Europe/Paris';
const CREATED = new Date('2026-11-22T10:00:00Z');
const CONTACT = { phone: '+33199000010', email: 'contact@example.fr', postalAddress: '1 rue de l’Exemple' };

async function allProfiles(): Promise<Db> {
	const db = await testDatabase();
	await db.write(async (tx) => {
		await importReference(tx, process.cwd());
		for (const profile of PROFILES) await createTerritory(tx, profile, CREATED);
	});
	return db;
}

let db: Db;
beforeAll(async () => {
	db = await allProfiles();
});

describe('the five profiles', () => {
	test('each is a territory that works', async () => {
		expect((await listTerritories(db.read)).map((row) => row.id)).toEqual([
			'ardennes',
			'deux-sevres',
			'doubs',
			'guyane',
			'manche',
		]);
		for (const { id } of PROFILES) {
			expect((await stageTemplates(db.read, id)).map((stage) => stage.position)).toEqual([1, 2, 3, 4, 5]);
			const structures = await listStructures(db.read, id);
			expect(structures.filter((structure) => structure.decidesAids)).toHaveLength(1);
			for (const kind of ['departements', 'france-travail', 'mission-locale', 'cap-emploi-reseau-cheops', 'caf'])
				expect(structures.map((structure) => structure.kind)).toContain(kind);
		}
	});

	test('no telephone number could be somebody’s', async () => {
		const fictitious = /^\+33(19900|26191|35301|53649)\d{4}$/;
		for (const { id } of PROFILES) {
			const territory = await getTerritory(db.read, id);
			const places = await listStructures(db.read, id);
			for (const { phone } of [territory, ...places]) expect(phone).toMatch(fictitious);
			expect(new Set(places.map((place) => place.phone)).size).toBe(places.length);
		}
	});

	test('settings are the defaults but for what differs', async () => {
		const { settings } = await getTerritory(db.read, 'ardennes');
		expect(settings).toEqual({
			...DEFAULT_SETTINGS,
			worksInPairs: true,
			missionLocaleUnder: 26,
			caseloadLimit: 100,
		});
		expect((await getTerritory(db.read, 'guyane')).settings.contractsForAllBefore).toBe('2028-01-01');
	});

	test('Manche has five named steps, the first two within 15 days, and 18 themes', async () => {
		const stages = await stageTemplates(db.read, 'manche');
		expect(stages.map((stage) => stage.name.fr)).toContain('Je rencontre mon référent');
		expect(stages[0]!.targetDays + stages[1]!.targetDays).toBe(15);
		expect((await getTerritory(db.read, 'manche')).settings.roadmapThemes).toHaveLength(18);
	});

	test('Doubs has three basins, each with its own teams', async () => {
		const areas = await listEmploymentAreas(db.read, 'doubs');
		expect(areas.map((area) => area.id)).toEqual(['doubs-besancon', 'doubs-montbeliard', 'doubs-pontarlier']);
		const kinds = (await listStructures(db.read, 'doubs', 'doubs-pontarlier')).map((structure) => structure.kind);
		expect(kinds.sort()).toEqual(['ccas-cias', 'departements', 'france-travail', 'mission-locale']);
	});

	test('every theme has one structure that answers for it: in each basin its own, elsewhere one for all', async () => {
		for (const { id } of PROFILES) {
			const structures = await listStructures(db.read, id);
			const areas = await listEmploymentAreas(db.read, id);
			for (const theme of THEMES) {
				const answering = structures.filter(({ themes }) => themes.includes(theme));
				expect(answering, `${id}: ${theme}`).toHaveLength(Math.max(1, areas.length));
				expect(structureFor(structures, theme, null)).toBeDefined();
				for (const area of areas)
					expect(structureFor(structures, theme, area.id)?.employmentAreaId, `${area.id}: ${theme}`).toBe(area.id);
			}
		}
	});

	test('Deux-Sèvres counts 17 chantiers, 5 entreprises and 8 associations, all marked fictitious', async () => {
		const structures = await listStructures(db.read, 'deux-sevres');
		const named = (kind: string) => structures.filter((structure) => structure.kind === kind);
		expect([named('aci').length, named('ei').length, named('ai').length]).toEqual([17, 5, 8]);
		expect(named('aci').every((structure) => structure.name.includes('fictif'))).toBe(true);
	});

	test('a territory cannot be created twice, nor under the code of another', async () => {
		const create = (profile: Parameters<typeof createTerritory>[1]) =>
			db.write((tx) => createTerritory(tx, profile, CREATED));
		await expect(create(getProfile('doubs'))).rejects.toThrow('territory_exists');
		await expect(create({ ...getProfile('doubs'), id: 'autre' })).rejects.toThrow('territory_exists');
	});
});

describe('the territory of a commune', () => {
	const covering = (inseeCode: string, now = CREATED) => territoryForMunicipality(db.read, inseeCode, now);

	test('is that of its département, and its basin where there are basins', async () => {
		expect(await covering('08409')).toMatchObject({
			kind: 'inside',
			territory: { id: 'ardennes' },
			employmentAreaId: null,
		});
		expect(await covering('25462')).toMatchObject({
			kind: 'inside',
			territory: { id: 'doubs', settings: { askedOnce: true, firstContactDays: 7 } },
			employmentAreaId: 'doubs-pontarlier',
		});
	});

	test('the pilot of the Mellois has its 58 communes from April 2022', async () => {
		const rows = await db.read.select().from(catchment);
		const pilot = rows.filter((row) => row.territoryId === 'deux-sevres' && row.startsOn === '2022-04-01');
		expect(pilot).toHaveLength(58);
		expect(rows.filter((row) => row.territoryId === 'deux-sevres')).toHaveLength(252);
		expect(await covering('79174', instantOf('2022-04-01', '00:00', PARIS))).toMatchObject({ kind: 'inside' });
		expect(await covering('79174', instantOf('2022-03-31', '23:59', PARIS))).toMatchObject({ kind: 'outside' });
	});

	test('Niort is told from which day it may ask, then is inside on that very day', async () => {
		expect(await covering('79191')).toMatchObject({
			kind: 'outside',
			coming: { territoryId: 'deux-sevres', territoryName: 'Deux-Sèvres', on: '2027-01-01' },
		});
		expect((await covering('79191', instantOf('2026-12-31', '23:59', PARIS))).kind).toBe('outside');
		expect((await covering('79191', instantOf('2027-01-01', '00:00', PARIS))).kind).toBe('inside');
	});

	test('the first day is counted in the zone of the territory', async () => {
		const own = await allProfiles();
		await own.write(async (tx) => {
			await tx.update(catchment).set({ startsOn: '2027-01-01' });
		});
		const cayenne = (now: string) => territoryForMunicipality(own.read, '97302', new Date(now));
		expect((await cayenne('2027-01-01T02:59:00Z')).kind).toBe('outside');
		expect((await cayenne('2027-01-01T03:00:00Z')).kind).toBe('inside');
	});

	test('communes that join later keep the day they already had', async () => {
		const own = await testDatabase();
		await theTerritory(own, 'deux-sevres');
		const communes = ['79174', '79191', '08409'].map((inseeCode) => ({ inseeCode, employmentAreaId: null }));
		await own.write((tx) => extendPerimeter(tx, { territoryId: 'deux-sevres', communes, startsOn: '2026-12-01' }));
		const rows = await own.read.select().from(catchment);
		const day = (code: string) => rows.find((row) => row.inseeCode === code)!.startsOn;
		expect(['79174', '79191', '08409'].map(day)).toEqual(['2022-04-01', '2026-05-01', '2026-12-01']);
	});

	test('a territory that ended answers until its last day', async () => {
		const own = await testDatabase();
		await own.write((tx) => importReference(tx, process.cwd()));
		const { id } = await aTerritory(own, { endsOn: '2026-11-22' });
		await own.write((tx) =>
			tx.insert(catchment).values({ inseeCode: '08409', territoryId: id, startsOn: '2021-04-01' }),
		);
		const kind = async (day: string) =>
			(await territoryForMunicipality(own.read, '08409', instantOf(day, '12:00', PARIS))).kind;
		expect(await kind('2026-11-22')).toBe('inside');
		expect(await kind('2026-11-23')).toBe('outside');
	});

	test('outside every territory, the person knows whom to call, and the département has its name', async () => {
		expect(await covering('51454')).toEqual({
			kind: 'outside',
			coming: null,
			orientation: {
				departmentCode: '51',
				departmentName: 'Marne',
				services: [
					{ code: 'france_travail', name: 'France Travail', phone: '39 49', dial: '3949' },
					{ code: 'allo_service_public', name: 'Allô Service Public', phone: '39 39', dial: '3939' },
				],
			},
		});
		expect(await covering('2A004')).toMatchObject({ orientation: { departmentName: 'Corse-du-Sud' } });
		expect(await covering('97411')).toMatchObject({ orientation: { departmentName: 'La Réunion' } });
		expect(await orientationIn(db.read, '00')).toMatchObject({ departmentName: null, services: [{}, {}] });
		expect(await listDepartments(db.read)).toHaveLength(101);
	});
});

describe('any other territory of the list', () => {
	test('starts on the national template, empty of what is not known', async () => {
		const own = await testDatabase();
		const profile = nationalProfile(process.cwd(), '974', CONTACT);
		await own.write((tx) => createTerritory(tx, profile, CREATED));
		expect(await getTerritory(own.read, 'la-reunion')).toMatchObject({
			zone: 'Indian/Reunion',
			holidayZone: 'la-reunion',
			settings: DEFAULT_SETTINGS,
		});
		expect(await stageTemplates(own.read, 'la-reunion')).toHaveLength(5);
		expect(await listStructures(own.read, 'la-reunion')).toEqual([]);
	});

	test('a territory smaller than its département does not take the whole of it', () => {
		expect(nationalProfile(process.cwd(), '69M', CONTACT).perimeter).toEqual([]);
		expect(nationalProfile(process.cwd(), 'CEA', CONTACT).perimeter).toMatchObject([{ departments: ['67', '68'] }]);
	});

	test('what is not in the list is refused', async () => {
		expect(() => nationalProfile(process.cwd(), '00', CONTACT)).toThrow('profile_unknown');
		expect(() => getProfile('nowhere')).toThrow('profile_unknown');
		await expect(getTerritory(db.read, 'nowhere')).rejects.toThrow('territory_unknown');
	});
});

describe('public holidays', () => {
	test('each zone has its own', async () => {
		const [metropole, alsace, guyane] = await Promise.all(
			['metropole', 'alsace-moselle', 'guyane'].map((zone) => holidaysOf(db.read, zone)),
		);
		expect([metropole, alsace, guyane].map((days) => days!.has('2026-07-14'))).toEqual([true, true, true]);
		expect([metropole, alsace, guyane].map((days) => days!.has('2026-06-10'))).toEqual([false, false, true]);
		expect([metropole, alsace, guyane].map((days) => days!.has('2026-04-03'))).toEqual([false, true, false]);
	});

	test('are read once, and one database never answers for another', async () => {
		expect(await holidaysOf(db.read, 'guyane')).toBe(await holidaysOf(db.read, 'guyane'));
		const empty = await testDatabase();
		expect(await holidaysOf(empty.read, 'guyane')).toEqual(new Set());
		await empty.write((tx) => tx.insert(holiday).values({ zone: 'guyane', day: '2026-06-10', name: 'Abolition' }));
		expect(await holidaysOf(empty.read, 'guyane')).toEqual(new Set(['2026-06-10']));
	});
});

import type { Db } from '../../src/lib/server/db/client.ts';
import { municipality, structure, territory } from '../../src/lib/server/db/schema/index.ts';
import { shipSchemes } from '../../src/lib/server/childcare/profiles.ts';
import { createTerritory, importReference } from '../../src/lib/server/territories/commands.ts';
import { getProfile } from '../../src/lib/server/territories/profiles.ts';
import { getTerritory, type Territory } from '../../src/lib/server/territories/queries.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { searchable } from '../../src/lib/shared/search.ts';
import { insertOne, next, NOW } from './insert.ts';

type TerritoryRow = typeof territory.$inferSelect;
type StructureRow = typeof structure.$inferSelect;
type MunicipalityRow = typeof municipality.$inferSelect;

/** In Europe/Paris with mainland holidays and the default settings, without communes or stages. */
export async function aTerritory(db: Db, overrides: Partial<TerritoryRow> = {}): Promise<TerritoryRow> {
	const number = next();
	return insertOne(db, territory, {
		id: `territoire-${number}`,
		code: `T${number}`,
		name: `Territoire ${number}`,
		programmeLabel: 'Service public de l’insertion et de l’emploi',
		zone: 'Europe/Paris',
		holidayZone: 'metropole',
		phone: '+33199000001',
		email: 'contact@territoire.example.fr',
		postalAddress: '1 rue de l’Exemple, 08000 Charleville-Mézières',
		accent: 'ardennes',
		startsOn: null,
		endsOn: null,
		settings: {},
		...overrides,
	});
}

/** One of the five profiles, with its real communes, holidays, stages and structures; opened on `NOW`. */
export async function theTerritory(db: Db, profileId: string): Promise<Territory> {
	await db.write(async (tx) => {
		await importReference(tx, process.cwd());
		await createTerritory(tx, getProfile(profileId), NOW);
		await shipSchemes(tx, profileId, NOW);
	});
	return getTerritory(db.read, profileId);
}

/** The id of the given territory, or of one made for the occasion. */
export const territoryIdOf = async (db: Db, given: string | null | undefined): Promise<string> =>
	given ?? (await aTerritory(db)).id;

export async function aStructure(db: Db, overrides: Partial<StructureRow> = {}): Promise<StructureRow> {
	return insertOne(db, structure, {
		id: newId(),
		territoryId: await territoryIdOf(db, overrides.territoryId),
		employmentAreaId: null,
		name: `Maison des solidarités ${next()}`,
		kind: 'departements',
		phone: '+33199000002',
		email: 'accueil@structure.example.fr',
		address: '2 rue de l’Exemple, 08000 Charleville-Mézières',
		inseeCode: null,
		themes: [],
		decidesAids: false,
		...overrides,
	});
}

/** A commune on its own; `importReference` brings the real ones. */
export async function aMunicipality(db: Db, overrides: Partial<MunicipalityRow> = {}): Promise<MunicipalityRow> {
	const name = overrides.name ?? 'Sainte-Exemple';
	return insertOne(db, municipality, {
		inseeCode: `99${String(next()).padStart(3, '0')}`,
		name,
		searchName: searchable(name),
		departmentCode: '99',
		arrondissement: null,
		population: 1000,
		...overrides,
	});
}

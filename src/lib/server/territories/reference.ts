import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import path from 'node:path';

type Row = Record<string, string>;

const read = (root: string, file: string): Row[] =>
	parse(readFileSync(path.join(root, 'reference', file)), { columns: true, bom: true, skip_empty_lines: true });

/** Communes of the pilot départements (INSEE, COG 2026): code, name, département, arrondissement, population. */
export const readMunicipalities = (root: string) =>
	read(root, 'cog/communes-pilotes.csv').map((row) => ({
		inseeCode: row.code_insee!,
		name: row.nom!,
		departmentCode: row.departement!,
		arrondissement: row.arrondissement || null,
		population: Number(row.population_municipale_2023 || 0),
	}));

export const readDepartments = (root: string) =>
	read(root, 'cog/departements.csv').map((row) => ({ code: row.DEP!, name: row.LIBELLE! }));

export const readHolidays = (root: string) =>
	read(root, 'jours-feries/jours-feries-2024-2031.csv').map((row) => ({
		zone: row.zone!,
		day: row.date!,
		name: row.nom!,
	}));

/** The territories selected for the SPIE that are known (reference/territoires-spie/SOURCE.md). */
export const readSelectedTerritories = (root: string) =>
	read(root, 'territoires-spie/territoires-spie.csv').map((row) => ({
		code: row.code!,
		name: row.nom!,
		departments: row.departements!.split(/[^0-9AB]+/).filter(Boolean),
		zone: row.fuseau!,
		holidayZone: row.zone_feries!,
	}));

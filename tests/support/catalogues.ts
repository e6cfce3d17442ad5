import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export type Catalogue = Record<string, string>;

export const areas = readdirSync('messages');

/** Empty when the language has no file for this area. */
export function catalogue(area: string, language: string): Catalogue {
	const file = path.join('messages', area, `${language}.json`);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Catalogue) : {};
}

/** Read by professionals only, in `STAFF_LOCALES`: areas of theirs, and families of keys within the areas they share. */
const STAFF_AREAS = ['pro', 'pilotage'];
const STAFF_KEY = /^[a-z]+_pro_|^evaluation_pilot_|^appointment_(agenda|hours|many)_/;

const filesIn = (folder: string): string[] =>
	readdirSync(folder).flatMap((name) => {
		const entry = path.join(folder, name);
		return statSync(entry).isDirectory() ? filesIn(entry) : [entry];
	});
const pagesOfPersons = ['src/routes/(person)', 'src/routes/(public)']
	.flatMap(filesIn)
	.map((file) => readFileSync(file, 'utf8'))
	.join('\n');

/** A name says it is for professionals, and no page of a person says otherwise. */
export const isForStaff = (area: string, key: string): boolean =>
	STAFF_AREAS.includes(area) || (STAFF_KEY.test(key) && !pagesOfPersons.includes(`m.${key}(`));

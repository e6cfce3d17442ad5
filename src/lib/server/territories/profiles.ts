import { ardennes } from './profiles/ardennes.ts';
import { deuxSevres } from './profiles/deux-sevres.ts';
import { doubs } from './profiles/doubs.ts';
import { guyane } from './profiles/guyane.ts';
import { manche } from './profiles/manche.ts';
import { NATIONAL_STAGES, PROGRAMME, type TerritoryProfile } from './profiles/shape.ts';
import { readSelectedTerritories } from './reference.ts';
import { notFound } from '../platform/errors.ts';
import { plainWords } from '../../shared/search.ts';

export type { TerritoryProfile } from './profiles/shape.ts';

/** The five profiles of product.md §6. Telephone numbers, streets and addresses in them are fictitious. */
export const PROFILES: readonly TerritoryProfile[] = [ardennes, doubs, manche, deuxSevres, guyane];

/** @throws DomainError `profile_unknown` */
export function getProfile(id: string): TerritoryProfile {
	const found = PROFILES.find((profile) => profile.id === id);
	if (!found) throw notFound('profile_unknown');
	return found;
}

/** How people reach a territory: nobody can guess it. */
export type TerritoryContact = Pick<TerritoryProfile, 'phone' | 'email' | 'postalAddress'>;

/**
 * Any other territory of reference/territoires-spie, by its code there, on the national template: no structure yet, and
 * for perimeter the communes of its départements that have been imported. Territories smaller than a département (Pays
 * ajaccien, Métropole de Lyon…) start empty: their list of communes is not public in that file.
 * @throws DomainError `profile_unknown`
 */
export function nationalProfile(root: string, code: string, contact: TerritoryContact): TerritoryProfile {
	const found = readSelectedTerritories(root).find((row) => row.code === code);
	if (!found) throw notFound('profile_unknown');
	const whole = found.departments.length > 1 || found.departments[0] === code;
	return {
		...contact,
		id: plainWords(found.name).replaceAll(' ', '-'),
		code: found.code,
		name: found.name,
		programmeLabel: PROGRAMME,
		zone: found.zone,
		holidayZone: found.holidayZone,
		accent: 'ardennes',
		startsOn: null,
		settings: {},
		areas: [],
		perimeter: whole ? [{ departments: found.departments, startsOn: { firstOfMonthAfter: 0 } }] : [],
		stages: NATIONAL_STAGES,
		structures: [],
	};
}

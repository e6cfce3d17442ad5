import { NATIONAL_STAGES, PROGRAMME, RESPONSIBLE, structureMaker, type TerritoryProfile } from './shape.ts';

const charleville = { name: 'Charleville-Mézières', commune: '08105' };
const sedan = { name: 'Sedan', commune: '08409' };
const rethel = { name: 'Rethel', commune: '08362' };
const at = structureMaker('+333530108');

/** One request open to any status; a pair of referents; under 26, straight to the mission locale; job meetings. */
export const ardennes: TerritoryProfile = {
	id: 'ardennes',
	code: '08',
	name: 'Ardennes',
	programmeLabel: PROGRAMME,
	zone: 'Europe/Paris',
	holidayZone: 'metropole',
	phone: '+33353010800',
	email: 'parcours@ardennes.example.fr',
	postalAddress: 'Service insertion et emploi, 1 rue des Tilleuls, 08000 Charleville-Mézières',
	accent: 'ardennes',
	startsOn: '2021-04-01',
	settings: { worksInPairs: true, missionLocaleUnder: 26, caseloadLimit: 100 },
	areas: [],
	perimeter: [{ departments: ['08'], startsOn: '2021-04-01' }],
	stages: NATIONAL_STAGES,
	structures: [
		at('departement', 'departements', 'Maison des solidarités de Charleville-Mézières', charleville, {
			decidesAids: true,
			themes: RESPONSIBLE.socialTeam,
		}),
		at('france-travail-charleville', 'france-travail', 'France Travail Charleville-Mézières', charleville, {
			themes: RESPONSIBLE.franceTravail,
		}),
		at('france-travail-sedan', 'france-travail', 'France Travail Sedan', sedan),
		at('mission-locale', 'mission-locale', 'Mission locale de Charleville-Mézières', charleville),
		at('cap-emploi', 'cap-emploi-reseau-cheops', 'Cap emploi Ardennes', charleville),
		at('caf', 'caf', 'Caf des Ardennes', charleville),
		at('msa', 'mutualite-sociale-agricole', 'MSA, point d’accueil de Rethel', rethel),
		at('ccas-charleville', 'ccas-cias', 'CCAS de Charleville-Mézières', charleville, { themes: RESPONSIBLE.townAid }),
		at('ccas-sedan', 'ccas-cias', 'CCAS de Sedan', sedan),
		at('ccas-rethel', 'ccas-cias', 'CCAS de Rethel', rethel),
		at('plie', 'plie', 'PLIE des Ardennes', charleville),
	],
};

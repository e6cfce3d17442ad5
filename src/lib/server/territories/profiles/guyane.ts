import { NATIONAL_STAGES, PROGRAMME, RESPONSIBLE, structureMaker, type TerritoryProfile } from './shape.ts';

const cayenne = { name: 'Cayenne', commune: '97302' };
const saintLaurent = { name: 'Saint-Laurent-du-Maroni', commune: '97311' };
const maripasoula = { name: 'Maripasoula', commune: '97353' };
const saintGeorges = { name: 'Saint-Georges', commune: '97308' };
// The numbering plan keeps no range for fiction in Guyane: these are of the mainland's.
const at = structureMaker('+331990097');

/** Three hours behind UTC all year, its own holidays, long distances: outreach points and appointments by phone. */
export const guyane: TerritoryProfile = {
	id: 'guyane',
	code: '973',
	name: 'Guyane',
	programmeLabel: PROGRAMME,
	zone: 'America/Cayenne',
	holidayZone: 'guyane',
	phone: '+33199009700',
	email: 'parcours@guyane.example.fr',
	postalAddress: 'Service insertion et emploi, 1 rue des Tilleuls, 97300 Cayenne',
	accent: 'guyane',
	startsOn: '2021-04-01',
	settings: { firstAppointmentMode: 'phone', contractsForAllBefore: '2028-01-01' },
	areas: [],
	perimeter: [{ departments: ['973'], startsOn: '2021-04-01' }],
	stages: NATIONAL_STAGES,
	structures: [
		at('collectivite', 'departements', 'Collectivité territoriale de Guyane, service insertion', cayenne, {
			decidesAids: true,
			// The town's own aid is hundreds of kilometres away from most.
			themes: [...RESPONSIBLE.socialTeam, ...RESPONSIBLE.townAid],
		}),
		at('france-travail-cayenne', 'france-travail', 'France Travail Cayenne', cayenne, {
			themes: RESPONSIBLE.franceTravail,
		}),
		at('mission-locale', 'mission-locale', 'Mission locale de Guyane', cayenne),
		at('cap-emploi', 'cap-emploi-reseau-cheops', 'Cap emploi Guyane', cayenne),
		at('caf', 'caf', 'Caf de Guyane', cayenne),
		at('ccas-saint-laurent', 'ccas-cias', 'CCAS de Saint-Laurent-du-Maroni', saintLaurent),
		at('antenne-maripasoula', 'departements', 'Point d’accueil itinérant de Maripasoula', maripasoula),
		at('antenne-saint-georges', 'departements', 'Point d’accueil itinérant de Saint-Georges', saintGeorges),
	],
};

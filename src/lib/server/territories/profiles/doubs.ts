import { NATIONAL_STAGES, PROGRAMME, RESPONSIBLE, structureMaker, type TerritoryProfile, type Town } from './shape.ts';

const besancon = { name: 'Besançon', commune: '25056', area: 'besancon' };
const montbeliard = { name: 'Montbéliard', commune: '25388', area: 'montbeliard' };
const pontarlier = { name: 'Pontarlier', commune: '25462', area: 'pontarlier' };
const at = structureMaker('+333530125');

/** The team of one basin. */
const team = (town: Town, ofTown: string) => [
	at(`departement-${town.area}`, 'departements', `Maison des solidarités ${ofTown}`, town, {
		decidesAids: town === besancon,
		themes: RESPONSIBLE.socialTeam,
	}),
	at(`france-travail-${town.area}`, 'france-travail', `France Travail ${town.name}`, town, {
		themes: RESPONSIBLE.franceTravail,
	}),
	at(`mission-locale-${town.area}`, 'mission-locale', `Mission locale ${ofTown}`, town),
	at(`ccas-${town.area}`, 'ccas-cias', `CCAS ${ofTown}`, town, { themes: RESPONSIBLE.townAid }),
];

/** Three basins, each with its own teams and figures; what a partner knows is not asked again. */
export const doubs: TerritoryProfile = {
	id: 'doubs',
	code: '25',
	name: 'Doubs',
	programmeLabel: PROGRAMME,
	zone: 'Europe/Paris',
	holidayZone: 'metropole',
	phone: '+33353012500',
	email: 'parcours@doubs.example.fr',
	postalAddress: 'Service insertion et emploi, 1 rue des Tilleuls, 25000 Besançon',
	accent: 'doubs',
	startsOn: '2021-04-01',
	settings: { askedOnce: true },
	// Basins follow the arrondissements, the only finer cut that the official code gives.
	areas: [
		{ slug: 'besancon', name: 'Bassin de Besançon', arrondissements: ['251'] },
		{ slug: 'montbeliard', name: 'Bassin de Montbéliard', arrondissements: ['252'] },
		{ slug: 'pontarlier', name: 'Bassin de Pontarlier', arrondissements: ['253'] },
	],
	perimeter: [{ departments: ['25'], startsOn: '2021-04-01' }],
	stages: NATIONAL_STAGES,
	structures: [
		...team(besancon, 'de Besançon'),
		...team(montbeliard, 'de Montbéliard'),
		...team(pontarlier, 'de Pontarlier'),
		at('cap-emploi', 'cap-emploi-reseau-cheops', 'Cap emploi Doubs', besancon),
		at('caf', 'caf', 'Caf du Doubs', besancon),
		at('msa', 'mutualite-sociale-agricole', 'MSA, point d’accueil de Besançon', besancon),
		at('plie', 'plie', 'PLIE de Besançon', besancon),
	],
};

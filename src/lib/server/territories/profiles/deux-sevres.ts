import { NATIONAL_STAGES, PROGRAMME, RESPONSIBLE, structureMaker, type TerritoryProfile, type Town } from './shape.ts';

const melle = { name: 'Melle', commune: '79174' };
const celles = { name: 'Celles-sur-Belle', commune: '79061' };
const chefBoutonne = { name: 'Chef-Boutonne', commune: '79083' };
const niort = { name: 'Niort', commune: '79191' };
const bressuire = { name: 'Bressuire', commune: '79049' };
const thouars = { name: 'Thouars', commune: '79329' };
const parthenay = { name: 'Parthenay', commune: '79202' };
const at = structureMaker('+335364979');

/**
 * The 58 communes of the communauté de communes Mellois en Poitou (SIREN 200069755), from the file of intercommunalities
 * of the same commit as reference/cog (DGCL, Licence Ouverte).
 */
const MELLOIS = (
	'79015 79018 79030 79055 79057 79061 79064 79074 79083 79084 79085 79087 79090 79095 79106 79111 79115 79122 79126 ' +
	'79129 79136 79140 79142 79148 79150 79152 79153 79154 79158 79160 79163 79164 79174 79175 79177 79184 79185 79198 ' +
	'79204 79217 79230 79243 79251 79295 79297 79301 79307 79310 79312 79313 79336 79338 79343 79346 79348 79349 79350 79352'
).split(' ');

const KINDS_OF_SIAE = {
	aci: 'Chantier d’insertion fictif',
	ei: 'Entreprise d’insertion fictive',
	ai: 'Association intermédiaire fictive',
};

/** Employers of the inclusion sector, as many as the département counts, spread over its towns. */
function siae(kind: keyof typeof KINDS_OF_SIAE, howMany: number, towns: Town[]) {
	return Array.from({ length: howMany }, (_, index) => {
		const town = towns[index % towns.length]!;
		return at(`${kind}-${index + 1}`, kind, `${KINDS_OF_SIAE[kind]} n° ${index + 1}, ${town.name}`, town);
	});
}

const towns = [melle, niort, bressuire, thouars, parthenay];

/** A pilot perimeter that grows; one referent for both sides; priority audiences; a limit to the caseload. */
export const deuxSevres: TerritoryProfile = {
	id: 'deux-sevres',
	code: '79',
	name: 'Deux-Sèvres',
	programmeLabel: PROGRAMME,
	zone: 'Europe/Paris',
	holidayZone: 'metropole',
	phone: '+33536497900',
	email: 'parcours@deux-sevres.example.fr',
	postalAddress: 'Service insertion et emploi, 1 rue des Tilleuls, 79500 Melle',
	accent: 'deux-sevres',
	startsOn: '2022-04-01',
	settings: {
		caseloadLimit: 60,
		priorityAudiences: ['new_rsa', 'long_term_unemployed', 'under_26', 'single_parent', 'disabled'],
	},
	areas: [],
	// The pilot is of April 2022. The rest follows two months after this portal opens, so that a growing perimeter can
	// be seen at work: until then somebody in Niort reads from which day they may ask.
	perimeter: [
		{ communes: MELLOIS, startsOn: '2022-04-01' },
		{ departments: ['79'], startsOn: { firstOfMonthAfter: 2 } },
	],
	stages: NATIONAL_STAGES,
	structures: [
		at('departement', 'departements', 'Équipe insertion et emploi du Mellois', melle, {
			decidesAids: true,
			themes: RESPONSIBLE.socialTeam,
		}),
		at('france-travail-niort', 'france-travail', 'France Travail Niort', niort, { themes: RESPONSIBLE.franceTravail }),
		at('france-travail-bressuire', 'france-travail', 'France Travail Bressuire', bressuire),
		at('mission-locale', 'mission-locale', 'Mission locale Sud Deux-Sèvres', melle),
		at('cap-emploi', 'cap-emploi-reseau-cheops', 'Cap emploi Deux-Sèvres', niort),
		at('caf', 'caf', 'Caf des Deux-Sèvres', niort),
		at('msa', 'mutualite-sociale-agricole', 'MSA, point d’accueil de Melle', melle),
		at('ccas-melle', 'ccas-cias', 'CCAS de Melle', melle, { themes: RESPONSIBLE.townAid }),
		at('ccas-celles', 'ccas-cias', 'CCAS de Celles-sur-Belle', celles),
		at('ccas-chef-boutonne', 'ccas-cias', 'CCAS de Chef-Boutonne', chefBoutonne),
		at('plie', 'plie', 'PLIE des Deux-Sèvres', niort),
		...siae('aci', 17, towns),
		...siae('ei', 5, towns),
		...siae('ai', 8, towns),
	],
};

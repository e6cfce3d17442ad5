import { PROGRAMME, RESPONSIBLE, structureMaker, type StageProfile, type TerritoryProfile } from './shape.ts';

const cherbourg = { name: 'Cherbourg-en-Cotentin', commune: '50129' };
const saintLo = { name: 'Saint-Lô', commune: '50502' };
const granville = { name: 'Granville', commune: '50218' };
const avranches = { name: 'Avranches', commune: '50025' };
const at = structureMaker('+332619150');

/**
 * The RSA pathway in five steps. That there are five is public; their names are our proposal (domain.md §3), to be
 * checked by the département. The first two add up to the 15 days promised before the first appointment.
 */
const stages: StageProfile[] = [
	{
		name: { fr: 'Mes droits sont ouverts', en: 'My rights are open', ar: 'حقوقي مفتوحة', uk: 'Мої права відкрито' },
		targetDays: 7,
		dayType: 'calendar',
	},
	{
		name: { fr: 'Premier contact', en: 'First contact', ar: 'الاتصال الأول', uk: 'Перший контакт' },
		targetDays: 8,
		dayType: 'calendar',
	},
	{
		name: {
			fr: 'Entretien d’orientation et diagnostic',
			en: 'Orientation interview and diagnosis',
			ar: 'مقابلة التوجيه ودراسة الوضع',
			uk: 'Розмова: обрати напрям і розібрати ситуацію',
		},
		targetDays: 15,
		dayType: 'calendar',
	},
	{
		name: {
			fr: 'Je rencontre mon référent',
			en: 'I meet my referent',
			ar: 'ألتقي بمرافقي',
			uk: 'Я зустрічаюся з відповідальним фахівцем',
		},
		targetDays: 10,
		dayType: 'ouvre',
	},
	{
		name: { fr: 'Contrat et suivi', en: 'Contract and follow-up', ar: 'العقد والمتابعة', uk: 'Договір і супровід' },
		targetDays: 180,
		dayType: 'calendar',
	},
];

/** The roadmap names 18 themes; their wording here is ours, to be replaced by the département's. */
const roadmapThemes = [
	'Accueil et accès aux droits',
	'Premier rendez-vous',
	'Diagnostic commun',
	'Référent de parcours',
	'Numéro unique',
	'Insertion par l’activité économique',
	'Immersion en entreprise',
	'Formation',
	'Clauses sociales',
	'Mobilité',
	'Garde d’enfants',
	'Logement',
	'Santé',
	'Numérique',
	'Lecture et écriture',
	'Jeunes',
	'Travailleurs indépendants',
	'Pouvoir d’agir',
];

/** Pathway in five named steps, each with its target; 18 themes as tags; first appointment within 15 days. */
export const manche: TerritoryProfile = {
	id: 'manche',
	code: '50',
	name: 'Manche',
	programmeLabel: PROGRAMME,
	zone: 'Europe/Paris',
	holidayZone: 'metropole',
	phone: '+33261915000',
	email: 'parcours@manche.example.fr',
	postalAddress: 'Service insertion et emploi, 1 rue des Tilleuls, 50000 Saint-Lô',
	accent: 'manche',
	startsOn: '2022-09-26',
	settings: { firstAppointmentDays: 15, betweenStepsDays: 30, roadmapThemes },
	areas: [],
	perimeter: [{ departments: ['50'], startsOn: '2022-09-26' }],
	stages,
	structures: [
		at('departement', 'departements', 'Centre médico-social de Saint-Lô', saintLo, {
			decidesAids: true,
			themes: RESPONSIBLE.socialTeam,
		}),
		at('france-travail-cherbourg', 'france-travail', 'France Travail Cherbourg-en-Cotentin', cherbourg),
		at('france-travail-saint-lo', 'france-travail', 'France Travail Saint-Lô', saintLo, {
			themes: RESPONSIBLE.franceTravail,
		}),
		at('mission-locale', 'mission-locale', 'Mission locale du Cotentin', cherbourg),
		at('cap-emploi', 'cap-emploi-reseau-cheops', 'Cap emploi Manche', saintLo),
		at('caf', 'caf', 'Caf de la Manche', avranches),
		at('msa', 'mutualite-sociale-agricole', 'MSA, point d’accueil de Saint-Lô', saintLo),
		at('ccas-cherbourg', 'ccas-cias', 'CCAS de Cherbourg-en-Cotentin', cherbourg),
		at('ccas-granville', 'ccas-cias', 'CCAS de Granville', granville),
		at('ccas-avranches', 'ccas-cias', 'CCAS d’Avranches', avranches),
		at('plie', 'plie', 'Maison de l’emploi et PLIE du Cotentin', cherbourg),
		at('udccas', 'autre', 'UDCCAS de la Manche', saintLo, { themes: RESPONSIBLE.townAid }),
		at('gip-tandem', 'autre', 'GIP Tandem', saintLo),
	],
};

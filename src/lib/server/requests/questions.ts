/**
 * The questions of each theme, as data: a territory changes them without code. Wordings come from the reviewed situations
 * of reference/besoins-situations (`from` names the one meant); nothing of its health themes is asked, and nothing medical
 * (domain.md §7.1): for health we ask what would help, never what is wrong. Codes are stored and never change.
 */
import type { Theme } from '../../shared/themes.ts';
import arabic from './questions.ar.ts';
import ukrainian from './questions.uk.ts';

/** What a question and its options are written in; translations of the others stand in `questions.<language>.ts`. */
export interface Words {
	fr: string;
	en: string;
}
export interface Option {
	code: string;
	label: Words;
	/** The situation of reference/besoins-situations it says in plain words. */
	from?: string;
}
export interface Question {
	id: string;
	legend: Words;
	options: Option[];
}

const option = (code: string, fr: string, en: string, from?: string): Option => ({
	code,
	label: { fr, en },
	...(from ? { from } : {}),
});

export const QUESTIONS: Record<Theme, Question[]> = {
	employment: [
		{
			id: 'situation',
			legend: { fr: 'Où en êtes-vous ?', en: 'Where are you now?' },
			options: [
				option(
					'registered',
					'Je suis inscrit·e à France Travail',
					'I am registered with France Travail',
					'Inscrit à France Travail',
				),
				option(
					'over_a_year',
					'Sans travail depuis plus d’un an',
					'Out of work for over a year',
					"Plus d'1 an sans emploi",
				),
				option('never_worked', 'Je n’ai jamais travaillé', 'I have never worked', 'Jamais travaillé'),
				option(
					'part_time',
					'Je cherche un temps partiel',
					'I am looking for part-time work',
					'Disponible à temps partiel',
				),
			],
		},
		{
			id: 'help',
			legend: { fr: 'Qu’est-ce qui vous aiderait ?', en: 'What would help you?' },
			options: [
				option('find_job', 'Trouver un travail', 'Finding a job', 'Disponible immédiatement'),
				option('training', 'Me former', 'Training', 'Prêt à suivre une formation'),
				option('choose_trade', 'Trouver un métier qui me va', 'Finding a trade that suits me'),
				option('own_business', 'Créer mon activité', 'Starting my own business', "En projet d'entreprise"),
			],
		},
	],
	housing: [
		{
			id: 'situation',
			legend: { fr: 'Que se passe-t-il pour votre logement ?', en: 'What is happening with your housing?' },
			options: [
				option(
					'no_roof',
					'Je n’ai pas de logement',
					'I have no place to live',
					'Sans hébergement / rupture effective de logement',
				),
				option(
					'must_leave',
					'Je dois quitter mon logement',
					'I have to leave my home',
					"Doit quitter le logement (procédure d'expulsion, ...)",
				),
				option('hosted', 'Quelqu’un m’héberge', 'Somebody is putting me up', 'Hébergé chez un tiers'),
				option('rent', 'Le loyer est difficile à payer', 'The rent is hard to pay', 'Difficulté à payer le loyer'),
				option('unfit', 'Mon logement est en mauvais état', 'My home is in bad condition', 'Logement insalubre'),
				option('move', 'Je veux changer de logement', 'I want to move'),
			],
		},
	],
	mobility: [
		{
			id: 'means',
			legend: { fr: 'Comment vous déplacez-vous ?', en: 'How do you get around?' },
			options: [
				option('vehicle', 'En voiture ou en scooter', 'By car or scooter', 'Véhicule (voiture, moto, scooter)'),
				option('public_transport', 'En bus ou en train', 'By bus or train', 'Dépendant des transports en commun'),
				option('bike', 'À vélo ou en trottinette', 'By bike or scooter board', 'Vélo ou trottinette électrique'),
				option(
					'none',
					'Je n’ai aucun moyen de transport',
					'I have no means of transport',
					'Aucun moyen de transport à disposition',
				),
			],
		},
		{
			id: 'help',
			legend: { fr: 'Qu’est-ce qui vous aiderait ?', en: 'What would help you?' },
			options: [
				option('licence', 'Passer le permis', 'Getting a driving licence', 'Permis et/ou code en cours'),
				option('repair', 'Réparer ou louer un véhicule', 'Repairing or renting a vehicle'),
				option('fares', 'Payer le bus, le train ou l’essence', 'Paying for the bus, the train or fuel'),
				option('routes', 'Trouver comment y aller', 'Finding how to get there'),
			],
		},
	],
	health: [
		{
			id: 'help',
			legend: { fr: 'Qu’est-ce qui vous aiderait ?', en: 'What would help you?' },
			options: [
				option('find_someone', 'Trouver quelqu’un près de chez moi', 'Finding somebody near me'),
				option('cover', 'Comprendre mes droits', 'Understanding what I am entitled to'),
				option('go_with_me', 'Être accompagné·e à un rendez-vous', 'Having somebody come with me'),
				option('talk', 'En parler avec quelqu’un', 'Talking with somebody'),
			],
		},
	],
	childcare: [
		{
			id: 'help',
			legend: { fr: 'De quoi avez-vous besoin ?', en: 'What do you need?' },
			options: [
				option(
					'place',
					'Une place pour un enfant de moins de 3 ans',
					'A place for a child under 3',
					'Enfant(s) de moins de 3 ans sans solution de garde',
				),
				option('after_school', 'Une garde avant ou après l’école', 'Care before or after school'),
				option(
					'odd_hours',
					'Une garde tôt, tard ou le week-end',
					'Early, late or weekend care',
					'Contraintes horaires',
				),
				option('paying', 'Une aide pour payer la garde', 'Help to pay for childcare'),
			],
		},
		{
			id: 'for',
			legend: { fr: 'C’est pour quoi ?', en: 'What is it for?' },
			options: [
				option('job', 'Un travail', 'A job'),
				option('training', 'Une formation', 'Training'),
				option('search', 'Chercher du travail, un entretien', 'Looking for work, an interview'),
			],
		},
	],
	other: [
		{
			id: 'help',
			legend: { fr: 'De quoi s’agit-il ?', en: 'What is it about?' },
			options: [
				option(
					'papers',
					'Un papier ou une démarche',
					'A paper or a procedure',
					'Difficulté liée à une démarche administrative',
				),
				option(
					'money',
					'Boucler le mois',
					'Making ends meet',
					'Ressources précaires (inférieures au seuil de pauvreté)',
				),
				option('food', 'Avoir à manger', 'Having enough to eat', "Besoin d'un soutien alimentaire"),
				option(
					'digital',
					'Internet et l’ordinateur',
					'The internet and computers',
					'Difficulté à réaliser des démarches administratives en ligne',
				),
				option(
					'french',
					'Lire, écrire, parler français',
					'Reading, writing, speaking French',
					'Difficulté en français en lecture',
				),
				option('legal', 'Connaître mes droits', 'Knowing my rights', "Difficulté d'ordre juridique"),
			],
		},
	],
};

/** By place: `housing.situation` is a question, `housing.situation.rent` one of its options. */
export type Translations = Readonly<Record<string, string>>;
const TRANSLATIONS: Partial<Record<string, Translations>> = { ar: arabic, uk: ukrainian };

const inLanguage = (words: Words, place: string, locale: string): string =>
	locale === 'en' ? words.en : (TRANSLATIONS[locale]?.[place] ?? words.fr);

export interface QuestionView {
	id: string;
	legend: string;
	options: { value: string; label: string }[];
}

/** The questions of a theme in the person's language. */
export const questionsOf = (theme: Theme, locale: string): QuestionView[] =>
	QUESTIONS[theme].map((question) => ({
		id: question.id,
		legend: inLanguage(question.legend, `${theme}.${question.id}`, locale),
		options: question.options.map(({ code, label }) => ({
			value: code,
			label: inLanguage(label, `${theme}.${question.id}.${code}`, locale),
		})),
	}));

/** What was ticked, in words; codes no longer asked are left out. */
export function ticksInWords(theme: Theme, ticks: Record<string, string[]>, locale: string): string[] {
	return QUESTIONS[theme].flatMap((question) =>
		question.options
			.filter(({ code }) => ticks[question.id]?.includes(code))
			.map(({ code, label }) => inLanguage(label, `${theme}.${question.id}.${code}`, locale)),
	);
}

/** Only codes of questions that exist: whatever else a script sends is dropped. */
export function knownTicks(theme: Theme, ticks: Record<string, string[]>): Record<string, string[]> {
	return Object.fromEntries(
		QUESTIONS[theme].map(({ id, options }) => [
			id,
			options.map(({ code }) => code).filter((code) => ticks[id]?.includes(code)),
		]),
	);
}

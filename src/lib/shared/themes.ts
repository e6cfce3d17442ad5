/**
 * Themes a person may ask help for. Codes are stored and never change; labels are messages. `other` is the need of somebody
 * who says « Je ne sais pas, appelez-moi »: it can be handled like the others but is not offered as a subject.
 */
export const THEMES = [
	'employment',
	'training',
	'housing',
	'health',
	'mobility',
	'childcare',
	'digital',
	'rights',
	'money',
	'french',
	'support',
	'other',
] as const;
export type Theme = (typeof THEMES)[number];

export const isTheme = (value: string): value is Theme => (THEMES as readonly string[]).includes(value);

export type OfferedTheme = Exclude<Theme, 'other'>;
/** What the first question offers, in its order. */
export const OFFERED_THEMES = THEMES.filter((theme) => theme !== 'other');

/**
 * Each group of the data·inclusion referential, schema 1.0.8 (reference/data-inclusion-v1), stands for one theme; of the
 * group `famille`, childcare is one and what remains another.
 */
export const DATA_INCLUSION_GROUPS: Record<Theme, readonly string[]> = {
	employment: [
		'choisir-un-metier',
		'preparer-sa-candidature',
		'trouver-un-emploi',
		'creer-une-entreprise',
		'souvrir-a-linternational',
	],
	training: ['se-former'],
	housing: ['logement-hebergement'],
	health: ['sante'],
	mobility: ['mobilite'],
	childcare: ['famille--garde-denfants'],
	digital: ['numerique'],
	rights: ['difficultes-administratives-ou-juridiques'],
	money: ['difficultes-financieres', 'equipement-et-alimentation'],
	french: ['lecture-ecriture-calcul'],
	support: ['remobilisation', 'famille'],
	other: [],
};

/** The theme of a data·inclusion « thématique » (`mobilite--preparer-un-permis`); undefined for a word it does not know. */
export function themeOfService(word: string): Theme | undefined {
	const [group] = word.split('--');
	const holding = (name: string) => THEMES.find((theme) => DATA_INCLUSION_GROUPS[theme].includes(name));
	return holding(word) ?? holding(group!);
}

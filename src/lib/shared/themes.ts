/**
 * Themes a person may ask help for. Codes are stored and never change; labels are messages. Each maps once to the groups of the
 * data·inclusion referential, schema 1.0.8 (reference/data-inclusion-v1).
 */
export const THEMES = ['employment', 'housing', 'mobility', 'health', 'childcare', 'other'] as const;
export type Theme = (typeof THEMES)[number];

export const isTheme = (value: string): value is Theme => (THEMES as readonly string[]).includes(value);

export const DATA_INCLUSION_GROUPS: Record<Theme, readonly string[]> = {
	employment: [
		'choisir-un-metier',
		'preparer-sa-candidature',
		'trouver-un-emploi',
		'se-former',
		'creer-une-entreprise',
		'souvrir-a-linternational',
	],
	housing: ['logement-hebergement'],
	mobility: ['mobilite'],
	health: ['sante'],
	childcare: ['famille--garde-denfants'],
	other: [
		'difficultes-administratives-ou-juridiques',
		'difficultes-financieres',
		'equipement-et-alimentation',
		'numerique',
		'lecture-ecriture-calcul',
		'remobilisation',
	],
};

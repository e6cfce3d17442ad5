/** Rows of a data·inclusion file, schema 1, as their producers write them; override what matters. */
export const aStructureRow = (more: Record<string, unknown> = {}) => ({
	source: 'fictif',
	id: 'fictif--creche-1',
	nom: 'Crèche Les Petits Pas (fictif)',
	date_maj: '2026-02-01',
	commune: 'Sedan',
	code_postal: '08200',
	code_insee: '08409',
	adresse: '4 rue du Moulin',
	telephone: '+33353010011',
	reseaux_porteurs: ['creches-avip'],
	...more,
});

export const aServiceRow = (more: Record<string, unknown> = {}) => ({
	source: 'fictif',
	id: 'fictif--garde-1',
	structure_id: 'fictif--creche-1',
	nom: 'Accueil occasionnel',
	description: 'Accueil de quelques heures pour un entretien ou une formation.',
	date_maj: '2026-02-01',
	type: 'accompagnement',
	thematiques: ['famille--garde-denfants'],
	modes_accueil: ['en-presentiel'],
	mobilisable_par: ['usagers', 'professionnels'],
	...more,
});

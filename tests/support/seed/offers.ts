import { importOffers } from '../../../src/lib/server/offers/commands.ts';
import { readOffers } from '../../../src/lib/server/offers/reading.ts';
import { PROFILES } from '../../../src/lib/server/territories/profiles.ts';
import { addDays, addMonths } from '../../../src/lib/server/territories/calendar.ts';
import type { Tx } from '../../../src/lib/server/db/client.ts';

/** Communes of each territory that have a place for children: INSEE code, name, postcode. */
const TOWNS: Record<string, [code: string, name: string, postcode: string][]> = {
	ardennes: [
		['08105', 'Charleville-Mézières', '08000'],
		['08409', 'Sedan', '08200'],
		['08362', 'Rethel', '08300'],
	],
	doubs: [
		['25056', 'Besançon', '25000'],
		['25388', 'Montbéliard', '25200'],
		['25462', 'Pontarlier', '25300'],
	],
	manche: [
		['50502', 'Saint-Lô', '50000'],
		['50129', 'Cherbourg-en-Cotentin', '50100'],
		['50025', 'Avranches', '50300'],
	],
	'deux-sevres': [['79174', 'Melle', '79500']],
	guyane: [
		['97302', 'Cayenne', '97300'],
		['97311', 'Saint-Laurent-du-Maroni', '97320'],
	],
};

/** One crèche that keeps places, one that does not, and childminders; the last one is old on purpose. */
const KINDS = [
	{
		name: 'Crèche Les Petits Pas',
		service: 'Accueil pendant un entretien ou une formation',
		reseaux: ['creches-avip'],
	},
	{ name: 'Halte-garderie La Marelle', service: 'Accueil de quelques heures', reseaux: ['communes'] },
	{ name: 'Relais petite enfance', service: 'Trouver une assistante maternelle', reseaux: ['caf'] },
];

/** Invented places, marked « fictif », through the same reading as a real file (domain.md §8.3). */
export async function openPlaces(tx: Tx, today: Date): Promise<void> {
	const day = today.toISOString().slice(0, 10);
	const structures: object[] = [];
	const services: object[] = [];
	for (const { id } of PROFILES)
		for (const [index, [code_insee, commune, code_postal]] of TOWNS[id]!.entries())
			for (const [rank, kind] of KINDS.entries()) {
				const number = structures.length + 1;
				const own = { source: 'fictif', date_maj: rank === 2 ? addMonths(day, -8) : addDays(day, -20 - number) };
				structures.push({
					...own,
					id: `fictif--lieu-${number}`,
					nom: `${kind.name} (fictif)`,
					reseaux_porteurs: kind.reseaux,
					adresse: `${number} rue des Écoles`,
					telephone: `+33199000${String(200 + number)}`,
					...{ code_insee, commune, code_postal },
				});
				services.push({
					...own,
					id: `fictif--garde-${number}`,
					structure_id: `fictif--lieu-${number}`,
					nom: kind.service,
					description: 'Lieu inventé pour la démonstration.',
					type: 'accompagnement',
					thematiques: ['famille--garde-denfants'],
					modes_accueil: ['en-presentiel'],
					mobilisable_par: index === 1 && rank === 1 ? ['professionnels'] : ['usagers', 'professionnels'],
				});
			}
	await importOffers(tx, readOffers([{ structures, services }], day), { now: today });
}

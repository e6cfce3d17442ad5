import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { config } from '../platform/config.ts';

/** Dated amounts and conditions of the aid of France Travail: configuration, never code (reference/aide-garde-enfants). */
const file = v.object({
	en_vigueur_depuis: v.string(),
	montants_depuis: v.string(),
	conditions: v.object({
		age_enfant_max_exclu: v.number(),
		duree_emploi_min_jours_calendaires: v.number(),
		duree_formation_min_heures: v.number(),
		delai_demande_mois_apres_debut: v.number(),
		periodicite_mois: v.number(),
	}),
	montants_eur: v.array(
		v.object({
			zone: v.string(),
			heures_semaine: v.string(),
			enfants_1: v.number(),
			enfants_2: v.number(),
			enfants_3_et_plus: v.number(),
		}),
	),
});

/** Amounts in cents for one, two, three children and more. */
type ByChildren = readonly [number, number, number];
export interface Scale {
	/** `YYYY-MM-DD`: rules in force since. */
	since: string;
	/** `YYYY-MM`: amounts since. */
	amountsSince: string;
	/** A child of this age or more gives no right. */
	ageLimit: number;
	jobDays: number;
	trainingHours: number;
	/** Months to ask, from the start. */
	askWithinMonths: number;
	onceEveryMonths: number;
	/** From this many hours a week, the higher amounts. */
	fullHours: number;
	amounts: Record<'mainland' | 'mayotte', { full: ByChildren; part: ByChildren }>;
}

const cents = (euros: number) => Math.round(euros * 100);

/** @throws when a zone or a number of hours is missing, or the file has another shape */
export function readScale(json: unknown): Scale {
	const { conditions, montants_eur, ...dates } = v.parse(file, json);
	const fullHours = Number(/^>=(\d+)$/.exec(montants_eur[0]!.heures_semaine)?.[1]);
	const amountsOf = (zone: string, full: boolean): ByChildren => {
		const row = montants_eur.find((line) => line.zone === zone && line.heures_semaine.startsWith('>=') === full);
		if (!row || !fullHours) throw new Error(`no amounts for ${zone}`);
		return [cents(row.enfants_1), cents(row.enfants_2), cents(row.enfants_3_et_plus)];
	};
	const zone = (name: string) => ({ full: amountsOf(name, true), part: amountsOf(name, false) });
	return {
		since: dates.en_vigueur_depuis,
		amountsSince: dates.montants_depuis,
		ageLimit: conditions.age_enfant_max_exclu,
		jobDays: conditions.duree_emploi_min_jours_calendaires,
		trainingHours: conditions.duree_formation_min_heures,
		askWithinMonths: conditions.delai_demande_mois_apres_debut,
		onceEveryMonths: conditions.periodicite_mois,
		fullHours,
		amounts: { mainland: zone('hors Mayotte'), mayotte: zone('Mayotte') },
	};
}

/** Ages of the helps that others compute: dated configuration too. */
const leadsFile = v.object({
	en_vigueur_depuis: v.string(),
	age_enfant_max_exclu: v.number(),
	age_enfant_max_exclu_parent_seul: v.number(),
	age_creche_avip_max_exclu: v.number(),
});
export interface LeadAges {
	since: string;
	cmg: number;
	cmgAlone: number;
	avip: number;
}

const readJson = (name: string): unknown =>
	JSON.parse(readFileSync(path.join(config().root, 'reference', 'aide-garde-enfants', name), 'utf8'));

let ages: LeadAges | undefined;
/** Ages in force, read once. */
export function currentLeadAges(): LeadAges {
	if (ages) return ages;
	const read = v.parse(leadsFile, readJson('cmg.json'));
	return (ages = {
		since: read.en_vigueur_depuis,
		cmg: read.age_enfant_max_exclu,
		cmgAlone: read.age_enfant_max_exclu_parent_seul,
		avip: read.age_creche_avip_max_exclu,
	});
}

const resourcesFile = v.object({ lecture: v.string(), allocation_journaliere_nette_max_eur: v.number() });
/** The most that somebody may receive a day as unemployment benefit, and when that amount was read. */
export interface Resources {
	dailyCents: number;
	readIn: string;
}
let resources: Resources | undefined;
/** The limit as it was last read; today's rate is not published with the rule. */
export function currentResources(): Resources {
	if (resources) return resources;
	const read = v.parse(resourcesFile, readJson('ressources.json'));
	return (resources = { dailyCents: cents(read.allocation_journaliere_nette_max_eur), readIn: read.lecture });
}

let loaded: Scale | undefined;
/** The scale in force, read once. */
export const currentScale = (): Scale => (loaded ??= readScale(readJson('aide-garde-enfants.json')));

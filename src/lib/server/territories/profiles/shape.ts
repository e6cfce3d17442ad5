import type { Theme } from '../../../shared/themes.ts';
import type { DayType } from '../calendar.ts';
import type { TerritorySettings } from '../settings.ts';

export interface StageProfile {
	/** French and English for professionals; the person's own language, else French. */
	name: Record<string, string> & { fr: string; en: string };
	/** Days in the stage before it is late. */
	targetDays: number;
	dayType: DayType;
}

export interface AreaProfile {
	/** Ends the id of the area: `besancon` → `doubs-besancon`. */
	slug: string;
	name: string;
	/** INSEE arrondissements whose communes it holds. */
	arrondissements: string[];
}

export interface StructureProfile {
	slug: string;
	name: string;
	/** Network, data·inclusion word; `autre` when it has none. */
	kind: string;
	/** E.164, in the ranges kept for fiction. */
	phone: string;
	address: string;
	/** INSEE code. */
	commune: string;
	/** Slug of its employment area. */
	area?: string;
	decidesAids?: boolean;
	/** What it answers for by default; `RESPONSIBLE` holds the usual shares. */
	themes?: Theme[];
}

/** From which day a part of the perimeter is covered: a day, or the first of a month after the territory is created. */
export type StartRule = string | { firstOfMonthAfter: number };

export interface PerimeterPart {
	/** Every commune of these départements… */
	departments?: string[];
	/** …or these, by INSEE code. A commune of several parts belongs to the first. */
	communes?: string[];
	startsOn: StartRule;
}

/** Everything that makes a territory; `createTerritory` turns it into rows. */
export interface TerritoryProfile {
	id: string;
	code: string;
	name: string;
	programmeLabel: string;
	zone: string;
	holidayZone: string;
	phone: string;
	email: string;
	postalAddress: string;
	/** Name of a set of colours in tokens.css. */
	accent: string;
	startsOn: string | null;
	settings: Partial<TerritorySettings>;
	areas: AreaProfile[];
	perimeter: PerimeterPart[];
	stages: StageProfile[];
	structures: StructureProfile[];
}

export const PROGRAMME = 'Service public de l’insertion et de l’emploi';

/** The delays of product.md §5: contact in 7 days, diagnosis in 30, orientation in 45, review after 6 months, 3 months in work. */
export const NATIONAL_STAGES: StageProfile[] = [
	{
		name: { fr: 'Premier contact', en: 'First contact', ar: 'الاتصال الأول', uk: 'Перший контакт' },
		targetDays: 7,
		dayType: 'calendar',
	},
	{
		name: { fr: 'Diagnostic partagé', en: 'Shared diagnosis', ar: 'دراسة الوضع معًا', uk: 'Разом розбираємо ситуацію' },
		targetDays: 23,
		dayType: 'calendar',
	},
	{
		name: { fr: 'Orientation', en: 'Orientation', ar: 'التوجيه', uk: 'Вибір напряму' },
		targetDays: 15,
		dayType: 'calendar',
	},
	{
		name: { fr: 'Accompagnement', en: 'Support', ar: 'المرافقة', uk: 'Супровід' },
		targetDays: 180,
		dayType: 'calendar',
	},
	{
		name: {
			fr: 'Premiers mois au travail',
			en: 'First months in work',
			ar: 'الأشهر الأولى في العمل',
			uk: 'Перші місяці на роботі',
		},
		targetDays: 90,
		dayType: 'calendar',
	},
];

/**
 * Who answers for which themes when nobody chose otherwise: our proposal [G], to be read again by each territory. « Appelez-moi »
 * (`other`) goes to the département's team.
 */
export const RESPONSIBLE = {
	socialTeam: ['housing', 'health', 'childcare', 'rights', 'support', 'other'],
	franceTravail: ['employment', 'training', 'mobility'],
	townAid: ['digital', 'money', 'french'],
} satisfies Record<string, Theme[]>;

/** A town in which structures stand. */
export interface Town {
	name: string;
	commune: string;
	area?: string;
}

const STREETS = ['rue des Tilleuls', 'place du Marché', 'rue de la Fontaine', 'avenue des Peupliers', 'rue des Écoles'];

/**
 * Structures of a profile: real kinds of places, invented streets, telephone numbers of a range kept for fiction
 * (`prefix` and two digits that count up).
 */
export function structureMaker(prefix: string) {
	let count = 0;
	return (slug: string, kind: string, name: string, town: Town, more: Partial<StructureProfile> = {}) => {
		count += 1;
		return {
			slug,
			name,
			kind,
			phone: `${prefix}${String(count).padStart(2, '0')}`,
			address: `${count * 3} ${STREETS[count % STREETS.length]}, ${town.name}`,
			commune: town.commune,
			area: town.area,
			...more,
		};
	};
}

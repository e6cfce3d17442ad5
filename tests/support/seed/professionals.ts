import { asc, desc, eq } from 'drizzle-orm';
import type { SignedIn } from '../../../src/lib/server/accounts/sessions.ts';
import { createAccount } from '../../../src/lib/server/accounts/commands.ts';
import { addWeeklyHours } from '../../../src/lib/server/appointments/availability.ts';
import type { Tx } from '../../../src/lib/server/db/client.ts';
import { structure, territory } from '../../../src/lib/server/db/schema/index.ts';
import type { TerritoryProfile } from '../../../src/lib/server/territories/profiles.ts';

export type Professional = Pick<SignedIn, 'accountId' | 'role' | 'territoryId' | 'side'> & {
	structureId: string;
	displayName: string;
	email: string;
};

/** So many as domain.md §8.1. */
const NAMES: Record<string, string[]> = {
	ardennes: ['Claire Fontaine', 'Samir Haddad', 'Élodie Marchal', 'Julien Weber', 'Fatou Diallo'],
	doubs: ['Hélène Noël', 'Antoine Rousset', 'Yasmine Cherif', 'Paul Vuillemin', 'Inès Lambert', 'Olivier Prost'],
	manche: ['Gaëlle Lebrun', 'Romain Hamel', 'Aïcha Traoré', 'Cécile Marie', 'Damien Lecanu'],
	'deux-sevres': ['Isabelle Bonnet', 'Hugo Texier', 'Leïla Amari'],
	guyane: ['Joseline Brunel', 'Rudy Placide', 'Marlène Tobie'],
};
const COORDINATORS: Record<string, string> = {
	ardennes: 'Laurence Petit',
	doubs: 'Thomas Girard',
	manche: 'Sylvie Leroux',
	'deux-sevres': 'Marc Giraud',
	guyane: 'Rosine Martial',
};
/** Second coordinators: what one writes for many, the other reads. */
const DEPUTIES: Record<string, string> = {
	ardennes: 'Karine Lefort',
	doubs: 'Bruno Jacquet',
	manche: 'Nathalie Poirier',
	'deux-sevres': 'Sandrine Morel',
	guyane: 'Thierry Augustin',
};
/** Networks that hold a referent (CASF L262-36), by side. */
const SIDES = { departements: 'social', 'france-travail': 'work', 'mission-locale': 'work' } as const;

export interface Team {
	coordinator: Professional;
	deputy: Professional;
	referents: Professional[];
}

/** Referents alternate social and work side, in the structures that employ them; two coordinators. */
export async function hireTeam(tx: Tx, profile: TerritoryProfile, now: Date): Promise<Team> {
	const places = await tx
		.select()
		.from(structure)
		.where(eq(structure.territoryId, profile.id))
		.orderBy(desc(structure.decidesAids), asc(structure.id))
		.limit(100);
	const of = (side: 'social' | 'work') => places.filter(({ kind }) => SIDES[kind as keyof typeof SIDES] === side);
	const hire = async (
		role: 'referent' | 'coordinator',
		displayName: string,
		email: string,
		side: 'social' | 'work',
		turn: number,
	) => {
		const place = of(side)[turn % of(side).length]!;
		const own = { role, displayName, email, territoryId: profile.id, structureId: place.id, side };
		const { id } = await createAccount(tx, { ...own, locale: 'fr', now });
		if (role === 'referent') await openHours(tx, id, place, now);
		return { ...own, accountId: id } satisfies Professional;
	};
	const coordinator = await hire(
		'coordinator',
		COORDINATORS[profile.id]!,
		`coordination.${profile.id}@example.fr`,
		'social',
		0,
	);
	const deputy = await hire(
		'coordinator',
		DEPUTIES[profile.id]!,
		`coordination2.${profile.id}@example.fr`,
		'social',
		0,
	);
	const referents: Professional[] = [];
	for (let index = 0; index < NAMES[profile.id]!.length; index += 1) {
		const side = index % 2 === 0 ? 'social' : 'work';
		const suffix = index === 0 ? '' : String(index + 1);
		referents.push(
			await hire(
				'referent',
				NAMES[profile.id]![index]!,
				`referent${suffix}.${profile.id}@example.fr`,
				side,
				index >> 1,
			),
		);
	}
	return { coordinator, deputy, referents };
}

export async function territoryRow(tx: Tx, id: string) {
	const [row] = await tx.select().from(territory).where(eq(territory.id, id)).limit(1);
	return row!;
}

/** Two days at the office, one at the telephone, without the middle of the day. */
async function openHours(tx: Tx, accountId: string, place: { name: string; address: string }, now: Date) {
	const office = { mode: 'on_site' as const, placeName: place.name, address: place.address };
	const week = [
		{ weekday: 2, ...office },
		{ weekday: 3, mode: 'phone' as const },
		{ weekday: 4, ...office },
	];
	for (const day of week) {
		await addWeeklyHours(tx, { accountId, ...day, fromTime: '09:00', toTime: '12:00', now });
		await addWeeklyHours(tx, { accountId, ...day, fromTime: '13:30', toTime: '16:30', now });
	}
}

import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import { bookAppointment } from '../../../src/lib/server/appointments/commands.ts';
import { createWorkshops, joinWorkshop } from '../../../src/lib/server/appointments/workshops.ts';
import { followUpMember } from '../../../src/lib/server/db/schema/index.ts';
import { DomainError } from '../../../src/lib/server/platform/errors.ts';
import { addDays, isCounted, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { holidaysOf } from '../../../src/lib/server/territories/queries.ts';
import type { World } from './lives.ts';

const DAY_MS = 86_400_000;
/** Left alone: their one appointment is what the demo is about. */
const QUIET = ['ardennes', 'guyane'];

/** A workshop to come and one whose sheet waits, and, where referents work in pairs, a meeting held by two. */
export async function meetTogether(world: World, personaId: string): Promise<void> {
	const { territory, team } = world;
	const [host] = team.referents;
	const followed = await followedBy(world, host!.accountId, personaId);
	const coming = await workshopOn(world, 10, ['14:00', '15:30', '09:00', '10:30']);
	const guests = QUIET.includes(territory.id) ? followed.slice(0, 4) : [personaId, ...followed.slice(0, 4)];
	if (coming) await seat(world, coming, guests, world.today);
	const behind = await workshopOn(world, -1, ['14:00', '15:30', '09:00', '10:30']);
	if (behind) await seat(world, behind, followed.slice(4, 9), new Date(world.today.getTime() - 10 * DAY_MS));
	if (territory.settings.worksInPairs) await meetInPair(world, followed);
}

async function followedBy({ tx }: World, accountId: string, but: string): Promise<string[]> {
	const rows = await tx
		.select({ personId: followUpMember.personId })
		.from(followUpMember)
		.where(
			and(
				eq(followUpMember.accountId, accountId),
				eq(followUpMember.part, 'lead'),
				isNull(followUpMember.endedAt),
				ne(followUpMember.personId, but),
			),
		)
		.orderBy(asc(followUpMember.startedAt))
		.limit(40);
	return rows.map(({ personId }) => personId);
}

async function workDay({ territory, today, tx }: World, inDays: number): Promise<string> {
	const holidays = await holidaysOf(tx, territory.holidayZone);
	let day = addDays(localDay(today, territory.zone), inDays, 'calendar', holidays);
	while (!isCounted(day, 'ouvre', holidays)) day = addDays(day, Math.sign(inDays), 'calendar', holidays);
	return day;
}

/** At the first of these hours that its professional has free. */
async function workshopOn(world: World, inDays: number, times: string[]): Promise<string | null> {
	const { tx, territory, team, today } = world;
	const day = await workDay(world, inDays);
	const remote = territory.id === 'guyane';
	for (const time of times) {
		try {
			const { ids } = await createWorkshops(tx, {
				host: { ...team.referents[0]!, territoryId: territory.id },
				type: 'workshop',
				title: 'Refaire son CV',
				mode: remote ? 'video' : 'on_site',
				placeName: remote ? null : 'Médiathèque',
				address: remote ? null : '3 place du Marché',
				phone: territory.phone,
				toBring: 'Votre CV, même ancien',
				day,
				time,
				zone: territory.zone,
				durationMinutes: 90,
				seats: 8,
				now: new Date(today.getTime() - 14 * DAY_MS),
			});
			return ids[0] ?? null;
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
		}
	}
	return null;
}

async function seat({ tx, team }: World, workshopId: string, people: string[], now: Date): Promise<void> {
	for (const personId of people) {
		try {
			await joinWorkshop(tx, { workshopId, personId, by: team.referents[0]!, now });
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
		}
	}
}

async function meetInPair(world: World, people: string[]): Promise<void> {
	const { tx, territory, team, today } = world;
	const [one, other] = [team.referents[0]!, team.referents.find(({ side }) => side !== team.referents[0]!.side)!];
	const day = await workDay(world, 8);
	for (const personId of people.slice(9, 14))
		for (const time of ['09:00', '10:00', '11:00', '14:00', '15:00', '16:00']) {
			try {
				await bookAppointment(tx, {
					personId,
					referent: one,
					secondReferentId: other.accountId,
					type: 'situation_review',
					mode: 'on_site',
					placeName: 'Maison des solidarités',
					address: '12 rue du Moulin',
					phone: territory.phone,
					companion: true,
					day,
					time,
					zone: territory.zone,
					durationMinutes: 60,
					origin: 'invitation',
					now: new Date(today.getTime() - DAY_MS),
				});
				return;
			} catch (error) {
				if (!(error instanceof DomainError)) throw error;
			}
		}
}

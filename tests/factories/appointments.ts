import { eq } from 'drizzle-orm';
import type { Db } from '../../src/lib/server/db/client.ts';
import { account, appointment, territory } from '../../src/lib/server/db/schema/index.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { instantOf } from '../../src/lib/server/territories/calendar.ts';
import { insertOne, NOW } from './insert.ts';
import { aPerson } from './people.ts';
import { leadOf, territoryOf } from './person-of.ts';

type AppointmentRow = typeof appointment.$inferSelect;

interface AppointmentOptions extends Omit<Partial<AppointmentRow>, 'localDay' | 'localTime'> {
	/** Wall-clock day in `zone`, `YYYY-MM-DD`. */
	day?: string;
	/** Wall-clock time, `HH:MM`. */
	time?: string;
}

/**
 * Booked, on site, for one hour, Tuesday 10 March 2026 at 14:00 in the zone of the territory; with the person's lead
 * referent (named when there was none). `zone`, `day` and `time` decide the instants.
 */
export async function anAppointment(
	db: Db,
	{ day = '2026-03-10', time = '14:00', ...overrides }: AppointmentOptions = {},
): Promise<AppointmentRow> {
	const personId = overrides.personId ?? (await aPerson(db, { territoryId: overrides.territoryId })).id;
	const referent = overrides.referentId
		? (await db.read.select().from(account).where(eq(account.id, overrides.referentId)).limit(1))[0]!
		: await leadOf(db, personId);
	const territoryId = overrides.territoryId ?? (await territoryOf(db, personId));
	const [own] = await db.read.select().from(territory).where(eq(territory.id, territoryId)).limit(1);
	const zone = overrides.zone ?? own!.zone;
	const startsAt = overrides.startsAt ?? instantOf(day, time, zone);
	const durationMinutes = overrides.durationMinutes ?? 60;
	return insertOne(db, appointment, {
		id: newId(),
		type: 'follow_up',
		mode: 'on_site',
		placeName: 'Maison des solidarités',
		address: '2 rue de l’Exemple, 08000 Charleville-Mézières',
		phone: '+33199000002',
		toBringSealed: null,
		state: 'booked',
		answer: 'none',
		answeredAt: null,
		answeredVia: null,
		answerNoteSealed: null,
		origin: 'invitation',
		sequence: 0,
		createdById: referent.id,
		createdAt: NOW,
		outcomeAt: null,
		...overrides,
		personId,
		referentId: referent.id,
		structureId: overrides.structureId ?? referent.structureId!,
		territoryId,
		localDay: day,
		localTime: time,
		zone,
		durationMinutes,
		startsAt,
		endsAt: overrides.endsAt ?? new Date(startsAt.getTime() + durationMinutes * 60_000),
	});
}

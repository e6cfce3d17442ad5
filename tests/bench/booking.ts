import { chooseSlot, inviteToChoose } from '../../src/lib/server/appointments/slots.ts';
import { DomainError } from '../../src/lib/server/platform/errors.ts';
import { localDay } from '../../src/lib/server/territories/calendar.ts';
import { appointmentSlot } from '../../src/lib/server/db/schema/index.ts';
import { filledTerritory } from './people.ts';
import { atMost, percentile, type Part } from './harness.ts';

const PEOPLE = 200;
const SLOTS = 50;
const DAY_MS = 86_400_000;

const part: Part = {
	name: 'booking',
	async run() {
		const now = new Date();
		const { db, structureId } = await filledTerritory('booking', PEOPLE, now);
		const zone = 'Europe/Paris';
		const hours = ['08:00', '09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00', '17:00'];
		const slots = Array.from({ length: SLOTS }, (_, i) => ({
			day: localDay(new Date(now.getTime() + (10 + Math.floor(i / hours.length)) * DAY_MS), zone),
			time: hours[i % hours.length]!,
		}));
		const referent = { accountId: 'referent', role: 'referent' as const, structureId };
		const meeting = { type: 'follow_up', mode: 'on_site', zone, durationMinutes: 60 } as const;
		await db.write(async (tx) => {
			for (let i = 1; i <= PEOPLE; i += 1)
				await inviteToChoose(tx, { ...meeting, personId: `p${i}`, referent, slots, now });
		});
		const offered = await db.read.select().from(appointmentSlot).orderBy(appointmentSlot.startsAt);
		const invitations = [...new Set(offered.map(({ appointmentId }) => appointmentId))];
		const owners = new Map(
			(
				db.raw.prepare("SELECT id, person_id AS personId FROM appointment WHERE state = 'invited'").all() as {
					id: string;
					personId: string;
				}[]
			).map((row) => [row.id, row.personId]),
		);
		const waits: number[] = [];
		/** Tries the hours in turn, from one of its own, until one is theirs or none is left. */
		async function choose(appointmentId: string, index: number) {
			const own = offered.filter((slot) => slot.appointmentId === appointmentId);
			const personId = owners.get(appointmentId)!;
			const by = { accountId: `a${personId.slice(1)}`, role: 'beneficiary' as const, structureId: null };
			for (let turn = 0; turn < own.length; turn += 1) {
				const slot = own[(index + turn) % own.length]!;
				const started = performance.now();
				try {
					await db.write((tx) => chooseSlot(tx, { slotId: slot.id, personId, by, now }));
					return true;
				} catch (error) {
					if (!(error instanceof DomainError)) throw error;
				} finally {
					waits.push(performance.now() - started);
				}
			}
			return false;
		}
		const won = await Promise.all(invitations.map(choose));
		const booked = won.filter(Boolean).length;
		const p99 = percentile(waits, 0.99);
		db.close();
		return [
			{
				name: '200 people on 50 hours of one referent: booked',
				value: booked,
				unit: '',
				limit: { text: `= ${SLOTS}`, kept: booked === SLOTS },
			},
			{ name: 'one try to book, all at once, p99', value: p99, unit: 'ms', limit: atMost(p99, 1000, 'ms') },
		];
	},
};
export default part;

import { sql } from 'drizzle-orm';
import { createWorker } from '../../src/lib/server/reminders/worker.ts';
import { planAppointments } from '../../src/lib/server/reminders/planning.ts';
import { planPrompts } from '../../src/lib/server/reminders/prompts.ts';
import { appointment, reminder } from '../../src/lib/server/db/schema/index.ts';
import { filledTerritory } from './people.ts';
import { MANY, many, atMost, median, milliseconds, seconds, type Part } from './harness.ts';

const DAY_MS = 86_400_000;
const nothingLeaves = async () => ({ outcome: 'accepted', reason: 'bench' }) as const;

const part: Part = {
	name: 'planning',
	async run() {
		const now = new Date();
		const { db } = await filledTerritory('planning', MANY, now);
		// Booked a moment ago, in three weeks: the whole plan lies ahead.
		await db.write((tx) =>
			tx
				.update(appointment)
				.set({
					plannedSequence: null,
					startsAt: sql`${appointment.startsAt} + ${16 * DAY_MS}`,
					endsAt: sql`${appointment.endsAt} + ${16 * DAY_MS}`,
					localDay: sql`date(${appointment.localDay}, '+16 days')`,
				})
				.where(sql`${appointment.state} = 'booked'`),
		);
		let planned = 0;
		const planning = await seconds(async () => (planned = await planAppointments(db, now)));
		const prompts = await milliseconds(() => planPrompts(db, now));
		// What is due today is somebody else's measure: nothing is.
		await db.write((tx) => tx.update(reminder).set({ actAt: sql`${reminder.actAt} + ${DAY_MS}` }));
		const edges = {
			push: { send: nothingLeaves, channel: { closedForMs: () => 0 } },
			sendMail: nothingLeaves,
			sendSms: nothingLeaves,
		} as never;
		const worker = createWorker({ db, edges, now: () => now, hourly: [] });
		await worker.tick();
		const ticks: number[] = [];
		for (let turn = 0; turn < 50; turn += 1) ticks.push(await milliseconds(() => worker.tick()));
		db.close();
		return [
			{
				name: `planning the reminders of ${planned.toLocaleString('en')} appointments`,
				value: planning.wall,
				unit: 's',
				yardstick: { name: 'of which CPU, s', value: planning.cpu },
				limit: atMost(planning.wall, 60, 's'),
			},
			{ name: 'a tick with nothing due', value: median(ticks), unit: 'ms', limit: atMost(median(ticks), 5, 'ms') },
			{
				name: `planning what else ${many} people are reminded of, the first time`,
				value: prompts / 1000,
				unit: 's',
				limit: atMost(prompts / 1000, 60, 's'),
			},
		];
	},
};
export default part;

import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import type { Db } from '../db/client.ts';
import { diagnosis, need, stage } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { getTerritory } from '../territories/queries.ts';
import { DELAY_KINDS, passedDelays } from './delays.ts';
import { ownDelays } from './own-delays.ts';

const NOW = new Date('2026-03-03T15:00:00Z');
const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);
const dayAgo = (days: number) => ago(days).toISOString().slice(0, 10);

/** The same lives at each run, of every kind: numbers from 0 to `below`. */
function drawing(seed: number) {
	let state = seed;
	return (below: number) => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((state / 2_147_483_648) * below);
	};
}

async function aLife(
	db: Db,
	referent: Awaited<ReturnType<typeof aReferent>>,
	draw: (below: number) => number,
	minute: number,
) {
	const led = draw(5) > 0;
	const person = await aPerson(db, {
		territoryId: referent.territoryId,
		...(led && { referent }),
		lastContactAt: ago(draw(120)),
	});
	const personId = person.id;
	if (draw(3) > 0) {
		const status = (['submitted', 'assigned', 'in_diagnosis', 'in_pathway', 'closed'] as const)[draw(5)]!;
		const submittedAt = ago(draw(100));
		const sent = { personId, status, submittedAt, respondBy: dayAgo(draw(20) - 10) };
		const { id: requestId } = await aRequest(db, { ...sent, themes: ['housing', 'mobility'] });
		for (const theme of ['housing', 'mobility'] as const)
			await db.write((tx) =>
				tx
					.update(need)
					.set({
						status: draw(3) > 0 ? 'open' : 'in_progress',
						expectedOn: draw(4) > 0 ? dayAgo(draw(20) - 10) : null,
					})
					.where(and(eq(need.requestId, requestId), eq(need.theme, theme))),
			);
		if (draw(2) > 0) {
			const sharedAt = ago(draw(100));
			const own = { id: newId(), personId, territoryId: referent.territoryId, createdAt: sharedAt };
			await insertOne(db, diagnosis, { ...own, state: 'shared', sharedAt });
		}
	}
	if (draw(4) > 0) {
		const kind = (['pro', 'socio_pro', 'social'] as const)[draw(3)]!;
		const pathway = await aPathway(db, { personId, kind, startedAt: ago(draw(500)) });
		await db.write((tx) =>
			tx
				.update(stage)
				.set({ targetOn: dayAgo(draw(40) - 20), enteredAt: ago(draw(120)) })
				.where(eq(stage.id, pathway.stages[0]!.id)),
		);
		const own = { personId, pathwayId: pathway.id, createdAt: ago(draw(90)) };
		for (let count = draw(3); count > 0; count -= 1)
			await aStep(db, {
				...own,
				owner: draw(2) > 0 ? 'referent' : 'person',
				state: draw(3) > 0 ? 'planned' : 'done',
				dueOn: dayAgo(draw(30) - 10),
			});
	}
	if (led && draw(2) > 0)
		await anAppointment(db, {
			personId,
			// Nobody meets two people at once.
			startsAt: new Date(ago(draw(120) - 20).getTime() + minute * 60_000),
			createdAt: ago(draw(120)),
			state: (['booked', 'seen', 'noshow', 'revoked'] as const)[draw(4)]!,
		});
	return personId;
}

test('what a person reads of their own delays is what the list of the territory says of them', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone: 'America/Cayenne' });
	const referent = await aReferent(db, { territoryId: territory.id });
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const context = { territoryId: territory.id, zone, settings, now: NOW };
	const draw = drawing(7);
	const people: string[] = [];
	for (let count = 0; count < 80; count += 1) people.push(await aLife(db, referent, draw, count));

	const all = await passedDelays(db.read, {}, context);
	const shown = ({ kind, targetOn, daysLate, stageName, reference }: (typeof all)[number]) => ({
		...{ kind, targetOn, daysLate, stageName, reference },
	});
	for (const personId of people)
		expect(await ownDelays(db.read, personId, context)).toEqual(
			all
				.filter((delay) => delay.personId === personId)
				.sort((a, b) => b.daysLate - a.daysLate || DELAY_KINDS.indexOf(a.kind) - DELAY_KINDS.indexOf(b.kind))
				.map(shown),
		);
	// Every kind was among them.
	expect(DELAY_KINDS.filter((kind) => !all.some((delay) => delay.kind === kind))).toEqual([]);
	expect(await fullScans(db, () => ownDelays(db.read, people[0]!, context))).toEqual([]);
});

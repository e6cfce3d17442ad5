import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	anAppointment,
	aNeed,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { need, pathway, situationReview, supportRequest } from '../db/schema/index.ts';
import { nestedRates, rateOf } from './indicator-rules.ts';
import { indicatorsOf } from './indicators.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

async function setting() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const referent = await aReferent(db, { territoryId: territory.id });
	const context = { territoryId: territory.id, zone: territory.zone, now: NOW };
	/** Somebody who asked on a day of the cohort (August 2025 to July 2026). */
	async function somebody(index: number, submittedAt = new Date('2026-03-02T09:00:00Z')) {
		const person = await aPerson(db, { referent });
		const request = await aRequest(db, { personId: person.id, status: 'in_pathway' });
		await db.write((tx) =>
			tx
				.update(supportRequest)
				.set({ submittedAt, assignedAt: new Date(submittedAt.getTime() + (index + 1) * 86_400_000) })
				.where(eq(supportRequest.id, request.id)),
		);
		return { person, request };
	}
	return { db, referent, context, somebody };
}

test('delays are those of a cohort old enough: a request of last month is not in it', async () => {
	const { db, context, somebody } = await setting();
	for (let index = 0; index < 11; index += 1) await somebody(index);
	for (let index = 0; index < 5; index += 1) await somebody(90, new Date('2026-10-02T09:00:00Z'));
	const { from, to, delays } = await indicatorsOf(db.read, context);
	expect([from, to]).toEqual(['2025-08-01', '2026-07-31']);
	expect(delays[0]).toEqual({ code: 'contact', count: 11, median: 6, ninetieth: 10 });
	expect(delays.slice(1).every(({ count, median }) => count === 0 && median === null)).toBe(true);
});

test('what was its lead’s from the start makes no delay of a first contact', async () => {
	const { db, context, somebody } = await setting();
	for (let index = 0; index < 11; index += 1) await somebody(index);
	for (let index = 0; index < 5; index += 1) {
		const { request } = await somebody(0);
		const assignedAt = new Date('2026-03-02T09:00:00Z');
		await db.write((tx) => tx.update(supportRequest).set({ assignedAt }).where(eq(supportRequest.id, request.id)));
	}
	const { delays } = await indicatorsOf(db.read, context);
	expect(delays[0]).toEqual({ code: 'contact', count: 11, median: 6, ninetieth: 10 });
});

test('who was in a pathway already when they asked is oriented; one that was over by then is not theirs', async () => {
	const { db, context, somebody } = await setting();
	for (let index = 0; index < 18; index += 1) {
		const { person } = await somebody(index);
		const startedAt = new Date('2024-05-02T09:00:00Z');
		const over = { endedAt: new Date('2025-12-01T09:00:00Z'), endReason: 'work' as const };
		await aPathway(db, { personId: person.id, startedAt, ...(index < 6 && over) });
	}
	const { rates } = await indicatorsOf(db.read, context);
	expect(rates.find(({ code }) => code === 'oriented')).toMatchObject({ n: 18, percent: 67 });
	expect(rates.find(({ code }) => code === 'exit_work')).toMatchObject({ n: 0 });
});

test('of who came from another territory, what happened there is not this one’s', async () => {
	const { db, context, somebody } = await setting();
	const { id: elsewhere } = await aTerritory(db);
	const far = await aReferent(db, { territoryId: elsewhere });
	for (let index = 0; index < 12; index += 1) {
		const { person } = await somebody(index, new Date('2026-03-20T09:00:00Z'));
		const there = { personId: person.id, territoryId: elsewhere };
		const ended = { endedAt: new Date('2026-03-20T09:00:00Z'), endReason: 'moved' as const };
		await aPathway(db, { ...there, startedAt: new Date('2026-01-05T09:00:00Z'), ...ended });
		await anAppointment(db, { ...there, referentId: far.id, day: '2026-02-10', state: 'noshow' });
	}
	const { rates } = await indicatorsOf(db.read, context);
	for (const code of ['exit_positive', 'noshow_invitation'])
		expect(rates.find((one) => one.code === code)).toMatchObject({ n: 0 });
	expect(rates.find(({ code }) => code === 'oriented')).toMatchObject({ n: 12, percent: 0 });
});

test('absences are counted apart after an invitation and after a summons', async () => {
	const { db, referent, context, somebody } = await setting();
	for (let index = 0; index < 24; index += 1) {
		const { person } = await somebody(index);
		const origin = index < 12 ? ('invitation' as const) : ('convocation' as const);
		const state = index % 12 < (index < 12 ? 0 : 6) ? ('noshow' as const) : ('seen' as const);
		await anAppointment(db, {
			personId: person.id,
			referentId: referent.id,
			day: `2026-04-${String(index + 1).padStart(2, '0')}`,
			state,
			origin,
		});
	}
	const { rates, delays } = await indicatorsOf(db.read, context);
	const rate = (code: string) => rates.find((one) => one.code === code)!;
	expect(rate('noshow_invitation')).toMatchObject({ n: 12, percent: 0 });
	expect(rate('noshow_convocation')).toMatchObject({ n: 12, percent: 50 });
	expect(delays.find(({ code }) => code === 'first_appointment')!.count).toBe(18);
});

test('needs lifted, exits and returns to work are shares of those concerned, and small groups are not said', async () => {
	const { db, context, somebody } = await setting();
	const contracts = ['permanent', 'business', 'six_months'] as const;
	for (let index = 0; index < 30; index += 1) {
		const { person, request } = await somebody(index);
		const opened = await aNeed(db, { requestId: request.id, personId: person.id, theme: 'mobility' });
		const createdAt = new Date('2026-03-02T09:00:00Z');
		const lifted = index < 7;
		await db.write((tx) =>
			tx
				.update(need)
				.set({
					createdAt,
					status: lifted ? 'lifted' : 'open',
					closedAt: lifted ? new Date('2026-03-12T09:00:00Z') : null,
				})
				.where(eq(need.id, opened.id)),
		);
		const { id } = await aPathway(db, { personId: person.id });
		await db.write((tx) =>
			tx
				.update(pathway)
				.set({
					startedAt: new Date('2026-03-20T09:00:00Z'),
					endedAt: new Date('2026-10-01T09:00:00Z'),
					endReason: index < 18 ? 'work' : index < 24 ? 'training' : 'moved',
					workContract: index < 12 ? contracts[index % 3] : index < 18 ? 'unknown' : null,
				})
				.where(eq(pathway.id, id)),
		);
	}
	const { rates, obstacles } = await indicatorsOf(db.read, context);
	expect(obstacles.find(({ theme }) => theme === 'mobility')).toMatchObject({ n: 30, percent: 23, days: { count: 7 } });
	expect(obstacles.find(({ theme }) => theme === 'housing')).toMatchObject({ n: 0, percent: null });
	const rate = (code: string) => rates.find((one) => one.code === code)!;
	expect(rate('oriented')).toMatchObject({ n: 30, percent: 100 });
	expect(rate('exit_positive')).toMatchObject({ n: 30, percent: 80 });
	expect(rate('exit_work')).toMatchObject({ n: 30, percent: 60 });
	expect(rate('exit_durable')).toMatchObject({ n: 30, percent: 40 });
	expect(rate('in_work_3')).toMatchObject({ n: 0, percent: null });
});

test('nothing moves within a month: what one day changed cannot be read by looking every day', async () => {
	const { db, referent, context, somebody } = await setting();
	const files: { personId: string; needId: string; pathwayId: string }[] = [];
	for (let index = 0; index < 24; index += 1) {
		const { person, request } = await somebody(index);
		const opened = await aNeed(db, { requestId: request.id, personId: person.id, theme: 'mobility' });
		files.push({ personId: person.id, needId: opened.id, pathwayId: (await aPathway(db, { personId: person.id })).id });
	}
	const at = (now: string) => indicatorsOf(db.read, { ...context, now: new Date(now) });
	const first = await at('2026-11-02T08:00:00Z');
	const happened = new Date('2026-11-10T09:00:00Z');
	for (const { personId, needId, pathwayId } of files.slice(0, 12)) {
		const ended = { endedAt: happened, endReason: 'work', workContract: 'permanent' } as const;
		await db.write(async (tx) => {
			await tx.update(need).set({ status: 'lifted', closedAt: happened }).where(eq(need.id, needId));
			await tx.update(pathway).set(ended).where(eq(pathway.id, pathwayId));
		});
		await anAppointment(db, { personId, referentId: referent.id, day: '2026-11-10', state: 'seen' });
	}
	expect(await at('2026-11-30T20:00:00Z')).toEqual(first);
	const next = await at('2026-12-01T08:00:00Z');
	expect(next.rates.find(({ code }) => code === 'exit_durable')).toMatchObject({ n: 12, percent: 100 });
});

test('a share is said of eleven people or more, and neither of its sides counts from 1 to 4', () => {
	expect(rateOf(5, 11)).toMatchObject({ n: 11, percent: 45 });
	for (const [part, n] of [
		[5, 10],
		[4, 30],
		[27, 30],
	] as const)
		expect(rateOf(part, n)).toEqual({ n, percent: null, low: null, high: null });
	expect(rateOf(0, 30)).toMatchObject({ percent: 0 });
	expect(rateOf(2, 3)).toEqual({ n: null, percent: null, low: null, high: null });
});

test('what one table hides is not read two tables lower: two of twenty who were not oriented', async () => {
	const { db, context, somebody } = await setting();
	for (let index = 0; index < 20; index += 1) {
		const { person } = await somebody(index);
		if (index < 18) await aPathway(db, { personId: person.id, startedAt: new Date('2026-04-02T09:00:00Z') });
	}
	const { rates, delays } = await indicatorsOf(db.read, context);
	expect(rates.find(({ code }) => code === 'oriented')).toMatchObject({ n: 20, percent: null });
	expect(delays.find(({ code }) => code === 'orientation')).toMatchObject({ count: null, median: 31 });
	expect(delays.find(({ code }) => code === 'contact')).toMatchObject({ count: 20 });
});

test('how few were in a pathway already is not the difference of a rate and a delay', async () => {
	const { db, context, somebody } = await setting();
	for (let index = 0; index < 30; index += 1) {
		const { person } = await somebody(index);
		const startedAt = new Date(index < 2 ? '2024-05-02T09:00:00Z' : '2026-04-02T09:00:00Z');
		if (index < 20) await aPathway(db, { personId: person.id, startedAt });
	}
	const { rates, delays } = await indicatorsOf(db.read, context);
	expect(rates.find(({ code }) => code === 'oriented')).toMatchObject({ n: 30, percent: 67 });
	expect(delays.find(({ code }) => code === 'orientation')).toMatchObject({ count: null, median: 31 });
});

test('a share inside another is not said when so few make the difference', () => {
	const percents = (...parts: number[]) => nestedRates(parts, 40).map(({ percent }) => percent);
	expect(percents(20, 15, 10)).toEqual([50, 38, 25]);
	expect(percents(13, 12, 7)).toEqual([33, null, 18]);
	expect(percents(13, 13, 9)).toEqual([33, 33, null]);
	expect(percents(13, 12, 11)).toEqual([33, null, null]);
});

test.each([
	['2026-09-01T07:00:00Z', 100],
	['2026-09-02T07:00:00Z', 0],
])('a review held on %s, for a pathway begun on 1 March, is on time in %i of 100', async (held, percent) => {
	const { db, referent, context, somebody } = await setting();
	for (let index = 0; index < 11; index += 1) {
		const { person } = await somebody(index, new Date('2026-02-20T09:00:00Z'));
		const { id } = await aPathway(db, { personId: person.id, startedAt: new Date('2026-03-01T09:00:00Z') });
		await db.write((tx) =>
			tx.insert(situationReview).values({
				...{ id: `review-${index}`, pathwayId: id, personId: person.id },
				...{ heldAt: new Date(held), heldById: referent.id, lookedSealed: 'x' },
			}),
		);
	}
	const { rates } = await indicatorsOf(db.read, context);
	expect(rates.find(({ code }) => code === 'review_on_time')).toMatchObject({ n: 11, percent });
});

test('no indicator reads a whole table', async () => {
	const { db, context, somebody } = await setting();
	const { person } = await somebody(1);
	await aPathway(db, { personId: person.id });
	expect(await fullScans(db, () => indicatorsOf(db.read, context))).toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { holiday } from '../db/schema/index.ts';
import { declarePaper } from './commands.ts';
import { askPaperAgain, takePaper } from './deciding.ts';
import { getOwnAid } from './queries.ts';
import { warningDays } from './rules.ts';

describe('the day of a refusal by silence', () => {
	const sentAt = async (now: Date, zone?: { zone: string; holidayZone: string }) => {
		const given = await anAidSetting(zone);
		const { id, reference } = (await given.open({ now }))!;
		const refused = async (at: Date) =>
			(await getOwnAid(given.db.read, given.person.id, reference, at)).facts.implicitlyRefused;
		return { ...given, id, reference, refused, silenceOn: (await given.row(id)).silenceOn! };
	};

	test('is not moved by a Sunday nor by a holiday: the law counts from date to date', async () => {
		// 1 March + 2 months = 1 May, a Friday and a holiday; 3 January + 2 months = 3 March; 8 March + 2 = 8 May.
		expect((await sentAt(on('2026-03-01'))).silenceOn).toBe('2026-05-01');
		// A Sunday.
		expect((await sentAt(on('2026-03-10'))).silenceOn).toBe('2026-05-10');
	});
	test('begins at the first minute of the day, and not at the last of the day before', async () => {
		const { refused } = await sentAt(on('2026-03-02'));
		expect(await refused(new Date('2026-05-01T21:59:59Z'))).toBe(false);
		expect(await refused(new Date('2026-05-01T22:00:00Z'))).toBe(true);
	});
	test('across the night when clocks go forward, and back, is the same date', async () => {
		// 28 March 23:30 in Paris, the night before the change.
		expect((await sentAt(new Date('2026-03-28T22:30:00Z'))).silenceOn).toBe('2026-05-28');
		// 25 October, 00:30 in Paris (still summer time in UTC: the 24th).
		expect((await sentAt(new Date('2026-10-24T22:30:00Z'))).silenceOn).toBe('2026-12-25');
	});
	test('in Guyane, late in the evening, counts from the day there', async () => {
		const cayenne = { zone: 'America/Cayenne', holidayZone: 'guyane' };
		expect((await sentAt(new Date('2026-03-11T02:30:00Z'), cayenne)).silenceOn).toBe('2026-05-10');
		expect((await sentAt(new Date('2026-03-11T02:30:00Z'))).silenceOn).toBe('2026-05-11');
	});
	test('at the end of a longer month is the last of a shorter one', async () => {
		expect((await sentAt(on('2025-12-31'))).silenceOn).toBe('2026-02-28');
	});
});

describe('paused and started again, twice', () => {
	test('each pause adds what it lasted; the same holds when the second falls on a holiday of the zone', async () => {
		const given = await anAidSetting({ zone: 'America/Cayenne', holidayZone: 'guyane' });
		await given.db.write((tx) => tx.insert(holiday).values({ zone: 'guyane', day: '2026-06-10', name: 'Abolition' }));
		const { id, reference } = (await given.open({ now: on('2026-04-20') }))!;
		expect((await given.row(id)).silenceOn).toBe('2026-06-20');
		const ask = (dueOn: string, day: string) =>
			given.change(id, 'incomplete', { papers: ['cost_proof'], dueOn, now: on(day, '15:00') });
		const declare = (day: string) =>
			given.db.write((tx) =>
				declarePaper(tx, { reference, personId: given.person.id, kind: 'cost_proof', now: on(day, '15:00') }),
			);
		await ask('2026-05-11', '2026-05-04');
		await declare('2026-05-06');
		await given.change(id, 'under_review', { now: on('2026-05-08', '15:00') });
		expect((await given.row(id)).silenceOn).toBe('2026-06-22');
		await ask('2026-06-10', '2026-06-01');
		// The holiday of Guyane moves the last day to Thursday 11 June: ten days.
		expect(await given.row(id)).toMatchObject({ nextBy: '2026-06-11', silenceOn: '2026-07-02' });
		await declare('2026-06-09');
		await given.change(id, 'under_review', { now: on('2026-06-12', '15:00') });
		expect((await given.row(id)).silenceOn).toBe('2026-06-30');
	});
});

describe('a paper that will not do', () => {
	async function underReview() {
		const given = await anAidSetting();
		const { id, reference } = (await given.open())!;
		const again = (day: string, dueOn?: string, kind = 'cost_proof') =>
			given.db.write((tx) =>
				askPaperAgain(tx, { aidId: id, kind, dueOn, by: given.as(given.decider)!, now: on(day, '15:00') }),
			);
		const declare = (day: string, kind = 'cost_proof') =>
			given.db.write((tx) => declarePaper(tx, { reference, personId: given.person.id, kind, now: on(day, '15:00') }));
		const file = (day: string) => getOwnAid(given.db.read, given.person.id, reference, on(day, '15:00'));
		const clock = async () => {
			const { status, silenceOn, pausedUntil, nextActor, nextBy } = await given.row(id);
			return { status, silenceOn, pausedUntil, nextActor, nextBy };
		};
		return { ...given, id, again, declare, clock, file };
	}

	test('asked for again under review, stops the clock until its day; when it comes it runs again; and once more', async () => {
		const { id, change, again, declare, clock } = await underReview();
		await change(id, 'under_review', { now: on('2026-03-03') });
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-02', pausedUntil: null });
		await again('2026-03-10', '2026-03-20');
		expect(await clock()).toEqual({
			status: 'incomplete',
			silenceOn: '2026-05-12',
			pausedUntil: '2026-03-20',
			nextActor: 'person',
			nextBy: '2026-03-20',
		});
		await declare('2026-03-12');
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-04', pausedUntil: null, nextActor: 'structure' });
		await again('2026-03-16', '2026-03-26');
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-14', pausedUntil: '2026-03-26', nextActor: 'person' });
		await declare('2026-03-19');
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-07', pausedUntil: null });
		await change(id, 'under_review', { now: on('2026-04-02') });
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-07', pausedUntil: null, status: 'under_review' });
	});
	test('the days between its arrival and the second asking are the service’s own', async () => {
		const { id, change, again, declare, clock } = await underReview();
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-04-01', now: on('2026-03-02') });
		await declare('2026-03-06');
		// Four days of pause were used; from the 6th to the 20th the clock ran.
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-06', pausedUntil: null });
		await again('2026-03-20', '2026-03-30');
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-16', pausedUntil: '2026-03-30' });
	});
	test('left on the service’s desk, a file whose papers all came is refused by silence on the day that counts them', async () => {
		const { id, change, declare, file } = await underReview();
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-05-29', now: on('2026-03-02') });
		await declare('2026-03-06');
		expect((await file('2026-05-05')).facts.implicitlyRefused).toBe(false);
		expect((await file('2026-05-06')).facts.implicitlyRefused).toBe(true);
	});
	test('without a day of its own gives ten; with others still waited for, one last day for all, never an earlier one', async () => {
		const { id, change, again, declare, clock, file } = await underReview();
		await change(id, 'under_review');
		await again('2026-03-10');
		expect(await clock()).toMatchObject({ nextBy: '2026-03-20' });
		await again('2026-03-11', '2026-04-10', 'bank_details');
		expect((await file('2026-03-11')).papers.map(({ dueOn }) => dueOn)).toEqual(['2026-04-10', '2026-04-10']);
		await declare('2026-03-12');
		// The other one still stops the clock.
		expect(await clock()).toMatchObject({ pausedUntil: '2026-04-10', nextActor: 'person' });
		await again('2026-03-13', '2026-03-16');
		expect(await clock()).toMatchObject({ nextBy: '2026-04-10', silenceOn: '2026-06-02' });
	});
	test('its day is between tomorrow and 90 days, and moves to a working day', async () => {
		const { id, change, again, clock } = await underReview();
		await change(id, 'under_review');
		for (const dueOn of ['2026-03-10', '2026-06-09'])
			await expect(again('2026-03-10', dueOn)).rejects.toThrow('aid_due_outside');
		await again('2026-03-10', '2026-03-14');
		expect(await clock()).toMatchObject({ nextBy: '2026-03-16' });
	});
	test('after the refusal by silence does not undo it; of a decided file, it could not be sent and is refused', async () => {
		const { id, change, again, clock, row } = await underReview();
		await change(id, 'under_review');
		await again('2026-05-02');
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-02', pausedUntil: null });
		await change(id, 'under_review', { now: on('2026-05-03') });
		await change(id, 'refused', { reason: 'papers_missing', now: on('2026-05-03') });
		const before = await row(id);
		await expect(again('2026-05-04')).rejects.toMatchObject({ code: 'paper_over', kind: 'conflict' });
		expect(await row(id)).toEqual(before);
	});
	test('found to do after all, it is no longer waited for; the last one starts the clock again', async () => {
		const { id, db, change, again, declare, clock, file, as, decider } = await underReview();
		const take = (day: string, kind: string) =>
			db.write((tx) => takePaper(tx, { aidId: id, kind, by: as(decider)!, now: on(day, '15:00') }));
		await change(id, 'under_review');
		await again('2026-03-10', '2026-03-20');
		await again('2026-03-10', '2026-03-20', 'bank_details');
		await take('2026-03-11', 'bank_details');
		expect((await file('2026-03-11')).facts).toMatchObject({ missing: ['cost_proof'], nextActor: 'person' });
		expect(await clock()).toMatchObject({ pausedUntil: '2026-03-20', silenceOn: '2026-05-12' });
		await take('2026-03-12', 'cost_proof');
		expect((await file('2026-03-12')).facts).toMatchObject({ missing: [], nextActor: 'structure' });
		expect(await clock()).toMatchObject({ pausedUntil: null, silenceOn: '2026-05-04', nextBy: '2026-05-04' });
		// Said by a page left open, it is no trouble.
		expect(await declare('2026-03-13')).toEqual({ changed: false });
		expect(await take('2026-03-13', 'cost_proof')).toEqual({ changed: false });
		expect(await clock()).toMatchObject({ silenceOn: '2026-05-04' });
	});
	test('is asked for by those who decide alone', async () => {
		const { id, db, change, as, decider } = await underReview();
		await change(id, 'under_review');
		const by = { ...as(decider)!, structureId: 'autre' };
		await expect(
			db.write((tx) => askPaperAgain(tx, { aidId: id, kind: 'cost_proof', by, now: on('2026-03-10') })),
		).rejects.toThrow('not_found');
	});
});

describe('warnings', () => {
	const of = (silenceOn: string | null, pausedUntil: string | null = null) => warningDays({ silenceOn, pausedUntil });
	test('are 15 and 3 days before', () => {
		expect(of('2026-05-02')).toEqual([
			{ before: 15, on: '2026-04-17' },
			{ before: 3, on: '2026-04-29' },
		]);
	});
	test('wait for the day on which the clock runs again', () => {
		expect(of('2026-05-10', '2026-05-01')).toEqual([
			{ before: 15, on: '2026-05-02' },
			{ before: 3, on: '2026-05-07' },
		]);
		expect(of('2026-05-10', '2026-05-08').map(({ on }) => on)).toEqual(['2026-05-09', '2026-05-09']);
		expect(of('2026-05-10', '2026-05-09')).toEqual([]);
	});
	test('of a draft are none', () => expect(of(null)).toEqual([]));
});

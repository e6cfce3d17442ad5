import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { aDevice, anOutside, remindersIn, tickAt } from '../../../../tests/support/reminders.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { person } from '../db/schema/index.ts';

/** Sent on Monday 2 March: refused by silence on Saturday 2 May; the last day to answer is Friday 1 May, a holiday. */
async function setting() {
	const given = await anAidSetting();
	const outside = await anOutside();
	const { id } = (await given.open())!;
	await aDevice(given.db, outside, { accountId: given.person.account.id, now: on('2026-03-02') });
	const at = (day: string, time = '07:30') => tickAt(given.db, outside, on(day, time));
	const titles = () => outside.pushes().map(({ title }) => title);
	const states = async () => (await remindersIn(given.db)).map(({ kind, state, dueAt }) => [kind, state, dueAt]);
	return { ...given, id, at, titles, states };
}

describe('the person is warned before a refusal by silence', () => {
	test('15 and 3 days before at 9:30, by the last day to answer, without a word of what it is', async () => {
		const { at, titles } = await setting();
		await at('2026-04-17', '07:00');
		expect(titles()).toEqual([]);
		await at('2026-04-17');
		await at('2026-04-29');
		expect(titles()).toEqual([
			'Une réponse vous est due au plus tard vendredi 1er mai',
			'Une réponse vous est due au plus tard vendredi',
		]);
	});
	test('even by somebody who turned messages off: it is owed', async () => {
		const { db, person: who, at, titles } = await setting();
		await db.write((tx) =>
			tx
				.update(person)
				.set({ mutedKinds: ['paper_due', 'manual'] })
				.where(eq(person.id, who.id)),
		);
		await at('2026-04-29');
		expect(titles()).toHaveLength(1);
	});
	test('a worker that was down says it once, not twice', async () => {
		const { at, titles } = await setting();
		await at('2026-04-30');
		expect(titles()).toHaveLength(1);
	});
	test('not while papers are waited for; the date that the pause moved is told', async () => {
		const { id, change, at, titles, states } = await setting();
		await at('2026-04-16');
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-04-30', now: on('2026-04-16', '09:00') });
		await at('2026-04-17');
		expect(titles().filter((title) => title.startsWith('Une réponse'))).toEqual([]);
		// 2 May and fourteen days: 16 May. The clock runs again on 1 May, a holiday: the evening before.
		await at('2026-05-02');
		expect((await states()).filter(([, state]) => state === 'sent')).toEqual([
			['aid_silence', 'sent', on('2026-05-02', '07:30')],
		]);
	});
	test('once, when the clock runs again with three days left or fewer', async () => {
		const { id, change, at, states } = await setting();
		// Two days before, papers are asked for until Tuesday 5 May: 7 May, and the clock runs again on the 6th.
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-05-05', now: on('2026-04-30') });
		for (const day of ['2026-05-05', '2026-05-06']) await at(day);
		expect((await states()).filter(([kind]) => kind === 'aid_silence')).toEqual([
			['aid_silence', 'sent', on('2026-05-06', '07:30')],
		]);
	});
	test('not once it is decided', async () => {
		const { id, change, at, titles, states } = await setting();
		await at('2026-04-16');
		expect((await states()).map(([kind, state]) => [kind, state])).toContainEqual(['aid_silence', 'scheduled']);
		await change(id, 'under_review', { now: on('2026-04-16', '09:00') });
		await change(id, 'refused', { reason: 'no_cost', now: on('2026-04-16', '10:00') });
		await at('2026-04-17');
		expect(titles().filter((title) => title.startsWith('Une réponse'))).toEqual([]);
	});
});

import { describe, expect, test } from 'vitest';
import { aPerson, aRequest } from '../../../../tests/factories/index.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { declarePaper, findOpenAid, withdrawAid } from './commands.ts';
import { askPaperAgain } from './deciding.ts';
import { moveAids } from './joining.ts';
import { getAidToDecide, getOwnAid } from './queries.ts';
import { aidsQueue } from './queue.ts';

/** Sent on 2 March: refused by silence on 2 May. */
const SILENT = on('2026-05-02');
const LEA = { firstName: 'Léa', birthDate: '2022-05-04', sharedCustody: false };

async function aSilentFile() {
	const given = await anAidSetting();
	const first = (await given.open({ children: [LEA] }))!;
	const file = (now = SILENT) => getOwnAid(given.db.read, given.person.id, first.reference, now);
	const again = (more = {}) => given.open({ children: [LEA], now: SILENT, ...more });
	const queue = async (filter: 'waiting' | 'done') =>
		(await aidsQueue(given.db.read, given.decider, { filter, page: 1, now: SILENT })).rows.map(({ id }) => id);
	return { ...given, first, file, again, queue };
}

describe('refused by silence, an aid may be asked for again', () => {
	test('from the day of the refusal, not the day before', async () => {
		const { db, person, first, again } = await aSilentFile();
		const under = async (now: Date) => (await findOpenAid(db.read, { personId: person.id, now }))?.id;
		expect(await again({ now: on('2026-05-01') })).toBeNull();
		expect([await under(on('2026-05-01')), await under(SILENT)]).toEqual([first.id, undefined]);
		const next = (await again())!;
		expect(await under(SILENT)).toBe(next.id);
	});
	test('the former file stays readable, to be contested until its day, and says which one replaces it', async () => {
		const { first, file, again, row } = await aSilentFile();
		const before = await file();
		const next = (await again())!;
		const after = await file();
		expect(after.facts).toMatchObject({
			...{ status: 'submitted', implicitlyRefused: true, nextActor: 'nobody' },
			contestUntil: before.facts.contestUntil,
		});
		expect(after.facts.contestUntil).toBe('2026-07-03');
		expect([after.isReplaced, after.silenceOn]).toEqual([true, '2026-05-02']);
		expect(after.history.at(-1)).toMatchObject({ status: 'submitted', detail: { replacedBy: next.reference } });
		expect(await row(next.id)).toMatchObject({ status: 'submitted', silenceOn: '2026-07-02' });
		expect((await row(first.id)).replacedAt).toEqual(SILENT);
	});
	test('« je n’en veux plus » comes too late: what may be contested is not wiped away', async () => {
		const { db, person, first, file } = await aSilentFile();
		const withdraw = (now: Date) =>
			db.write((tx) => withdrawAid(tx, { reference: first.reference, personId: person.id, now }));
		await expect(withdraw(SILENT)).rejects.toThrow('aid_refused_move');
		expect((await file()).facts).toMatchObject({ implicitlyRefused: true, contestUntil: '2026-07-03' });
		await expect(withdraw(on('2026-05-01'))).resolves.toEqual({ changed: true });
	});
	test('nobody decides the former one any more: two files are not granted for one need', async () => {
		const { db, person, decider, as, territoryId, first, change, again, queue, row } = await aSilentFile();
		const next = (await again())!;
		const before = await row(first.id);
		for (const to of ['under_review', 'incomplete'] as const)
			await expect(change(first.id, to, { papers: ['cost_proof'], dueOn: '2026-05-20', now: SILENT })).rejects.toThrow(
				'aid_refused_move',
			);
		const own = { reference: first.reference, personId: person.id, now: SILENT };
		await expect(db.write((tx) => withdrawAid(tx, own))).rejects.toThrow('aid_refused_move');
		const asked = { aidId: first.id, kind: 'cost_proof', by: as(decider), now: SILENT };
		await expect(db.write((tx) => askPaperAgain(tx, asked))).rejects.toThrow('paper_over');
		expect(await row(first.id)).toEqual(before);
		const shown = await getAidToDecide(db.read, { ...as(decider), territoryId }, first.reference, SILENT);
		expect(shown.moves).toEqual([]);
		expect([await queue('waiting'), await queue('done')]).toEqual([[next.id], [first.id]]);
	});
	test('not asked again, it may still be decided', async () => {
		const { first, change, queue, row } = await aSilentFile();
		expect(await queue('waiting')).toEqual([first.id]);
		await change(first.id, 'under_review', { now: SILENT });
		await change(first.id, 'granted', { amountCents: 100, now: SILENT });
		expect((await row(first.id)).status).toBe('granted');
	});
	test('papers that it waited for are no longer declared', async () => {
		const { db, person, first, change, again } = await aSilentFile();
		await change(first.id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
		// The pause moved the refusal to 20 May.
		const late = on('2026-05-20');
		await again({ now: late });
		const declared = { reference: first.reference, personId: person.id, kind: 'cost_proof', now: late };
		await expect(db.write((tx) => declarePaper(tx, declared))).rejects.toThrow('aid_refused_move');
	});
	test('a request that asks for no money puts no draft in the place of a file that may be decided', async () => {
		const { db, person, first, again, row } = await aSilentFile();
		const request = await aRequest(db, { personId: person.id, themes: ['childcare'] });
		expect(await again({ requestId: request.id, sent: false })).toBeNull();
		expect((await row(first.id)).replacedAt).toBeNull();
		expect(await again({ requestId: request.id, sent: true })).not.toBeNull();
	});
	test('asked twice at once, one file is made', async () => {
		const { again } = await aSilentFile();
		const made = await Promise.all([again(), again()]);
		expect(made.filter(Boolean)).toHaveLength(1);
	});
});

test.each(['theirs', 'the one kept'])(
	'of two files that become one person’s, what silence refused stays to be contested: %s',
	async (which) => {
		const { db, person, territoryId, open, row } = await anAidSetting();
		const visitor = await aPerson(db, { territoryId, account: false });
		const [silent, live] = which === 'theirs' ? [visitor, person] : [person, visitor];
		const old = (await open({ personId: silent.id }))!;
		const fresh = (await open({ personId: live.id, now: on('2026-04-20') }))!;
		await db.write((tx) => moveAids(tx, { from: visitor.id, to: person.id, now: SILENT }));
		expect(await row(old.id)).toMatchObject({ personId: person.id, status: 'submitted', replacedAt: SILENT });
		expect(await row(fresh.id)).toMatchObject({ personId: person.id, status: 'submitted', replacedAt: null });
	},
);

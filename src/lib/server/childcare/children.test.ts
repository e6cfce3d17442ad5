import { describe, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { aidChild } from '../db/schema/index.ts';
import { childrenOf } from './children.ts';
import { withdrawAid } from './commands.ts';
import { parseAsking } from './forms-ask.ts';
import { childFacts } from './rules.ts';

const LEA = { firstName: 'Léa', birthDate: '2022-05-04', sharedCustody: false };

describe('two files for one child', () => {
	async function parents() {
		const given = await anAidSetting();
		const other = await aPerson(given.db, { territoryId: given.territoryId });
		const theirs = (children: (typeof LEA)[]) => given.open({ personId: other.id, children });
		return { ...given, other, theirs };
	}
	test('are refused, whichever parent asks and however the name is written, and nothing is half kept', async () => {
		const { db, open, theirs } = await parents();
		const { id } = (await open({ children: [LEA] }))!;
		await expect(theirs([{ ...LEA, firstName: 'LEA ' }])).rejects.toMatchObject({
			code: 'aid_child_taken',
			kind: 'conflict',
		});
		expect((await db.read.select().from(aidChild)).map(({ aidId }) => aidId)).toEqual([id]);
	});
	test('a sister, or a child of the same name born another day, is another child', async () => {
		const { open, theirs } = await parents();
		await open({ children: [LEA] });
		expect(await theirs([{ ...LEA, birthDate: '2022-05-05' }])).not.toBeNull();
	});
	test('are both taken when custody is shared: each parent has days of their own', async () => {
		const { db, open, theirs } = await parents();
		const shared = { ...LEA, sharedCustody: true };
		await open({ children: [shared] });
		const second = (await theirs([shared]))!;
		expect(await childrenOf(db.read, second.id)).toEqual([shared]);
	});
	test('once the first is decided or withdrawn, another may be opened', async () => {
		const { db, person, open, change, theirs } = await parents();
		const first = (await open({ children: [LEA] }))!;
		await db.write((tx) => withdrawAid(tx, { reference: first.reference, personId: person.id, now: SENT }));
		const { id } = (await theirs([LEA]))!;
		await expect(open({ children: [LEA] })).rejects.toThrow('aid_child_taken');
		await change(id, 'under_review');
		await change(id, 'refused', { reason: 'no_cost' });
		expect(await open({ children: [LEA], now: on('2026-03-03') })).not.toBeNull();
	});
	test('the table says neither name nor birth', async () => {
		const { db, open } = await parents();
		await open({ children: [LEA] });
		const [row] = await db.read.select().from(aidChild);
		expect(JSON.stringify(row)).not.toMatch(/Léa|2022-05-04/);
	});
});

describe('the twelfth birthday', () => {
	const of = (birthDate: string, from = '2026-03-02', to: string | null = '2026-06-30') =>
		childFacts(birthDate, { from, to, ageLimit: 12 });

	test('inside the period leaves the right, and is said with its day', () => {
		expect(of('2014-05-10')).toEqual({ ageAtStart: 11, isEntitled: true, limitInside: '2026-05-10' });
	});
	test('on the last day is inside; the day after is not', () => {
		expect(of('2014-06-30').limitInside).toBe('2026-06-30');
		expect(of('2014-07-01').limitInside).toBeNull();
	});
	test('on the first day ends the right; the day after the first does not', () => {
		expect(of('2014-03-02')).toMatchObject({ ageAtStart: 12, isEntitled: false, limitInside: null });
		expect(of('2014-03-03')).toMatchObject({ ageAtStart: 11, isEntitled: true, limitInside: '2026-03-03' });
	});
	test('of a child born on 29 February is on the 28th of a short year', () => {
		expect(of('2012-02-29', '2024-02-28', '2024-03-01').limitInside).toBe('2024-02-29');
		expect(childFacts('2012-02-29', { from: '2025-02-27', to: null, ageLimit: 13 }).isEntitled).toBe(true);
		expect(childFacts('2012-02-29', { from: '2025-02-28', to: null, ageLimit: 13 }).isEntitled).toBe(false);
	});
});

describe('children in the form', () => {
	const parsed = (values: Record<string, string>) => {
		const form = new FormData();
		for (const [name, value] of Object.entries(values)) form.set(name, value);
		return parseAsking(form, '2026-03-02');
	};
	test('none is an answer; a line has both a name and a birth', () => {
		expect(parsed({})).toEqual({ ok: true, value: { startsOn: undefined, keep: false, children: [] } });
		expect(parsed({ child1: 'Léa' })).toMatchObject({ ok: false, errors: { birth1: expect.any(String) } });
		expect(parsed({ birth2: '2022-05-04' })).toMatchObject({ ok: false, errors: { child2: expect.any(String) } });
		expect(parsed({ child3: 'Léa', birth3: '2022-05-04', shared3: '1', keep: '1' })).toMatchObject({
			value: { keep: true, children: [{ ...LEA, sharedCustody: true }] },
		});
	});
	test.each(['2026-03-03', '2000-01-01', '2022-13-01', 'hier'])('a birth on %s is none', (birth1) => {
		expect(parsed({ child1: 'Léa', birth1 }).ok).toBe(false);
	});
});

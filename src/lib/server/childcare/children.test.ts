import { describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { aPerson, aStructure } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import { aidChild, childcareAid } from '../db/schema/index.ts';
import { childrenOf } from './children.ts';
import { submitAid, withdrawAid } from './commands.ts';
import { parseAsking } from './forms-ask.ts';
import { getAidToDecide } from './queries.ts';
import { childFacts } from './rules.ts';

const LEA = { firstName: 'Léa', birthDate: '2022-05-04', sharedCustody: false };

describe('two files for one child', () => {
	async function parents() {
		const given = await anAidSetting();
		const other = await aPerson(given.db, { territoryId: given.territoryId });
		const theirs = (children: (typeof LEA)[], now = SENT) => given.open({ personId: other.id, children, now });
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
	test('a draft keeps nobody from asking: the child is taken when it is sent', async () => {
		const { db, person, open, theirs } = await parents();
		const draft = (await open({ children: [LEA], sent: false }))!;
		const sent = (await theirs([LEA]))!;
		const send = () => db.write((tx) => submitAid(tx, { reference: draft.reference, personId: person.id, now: SENT }));
		await expect(send()).rejects.toMatchObject({ code: 'aid_child_taken', kind: 'conflict' });
		expect((await db.read.select().from(aidChild)).filter(({ claim }) => claim).map(({ aidId }) => aidId)).toEqual([
			sent.id,
		]);
	});
	test('the child of a draft that had taken it goes to who asks; sent, the draft takes it', async () => {
		const { db, person, other, open, theirs } = await parents();
		const draft = (await open({ children: [LEA] }))!;
		await db.write((tx) => tx.update(childcareAid).set({ status: 'draft', silenceOn: null }));
		const { reference } = (await theirs([LEA]))!;
		await db.write((tx) => withdrawAid(tx, { reference, personId: other.id, now: SENT }));
		await db.write((tx) => submitAid(tx, { reference: draft.reference, personId: person.id, now: SENT }));
		await expect(theirs([LEA])).rejects.toThrow('aid_child_taken');
	});
	test('a file that silence refused lets its child go on that day, and is not granted once another asked for it', async () => {
		const { open, change, row, theirs } = await parents();
		const { id } = (await open({ children: [LEA] }))!;
		await expect(theirsOn(theirs, '2026-05-01')).rejects.toThrow('aid_child_taken');
		const next = (await theirsOn(theirs, '2026-05-02'))!;
		await change(id, 'under_review', { now: on('2026-05-03') });
		const grant = { amountCents: 10_000, now: on('2026-05-03') };
		await expect(change(id, 'granted', grant)).rejects.toMatchObject({ code: 'aid_child_taken', kind: 'conflict' });
		await change(next.id, 'not_competent', { transmittedTo: 'CAF', now: on('2026-05-04') });
		await change(id, 'granted', grant);
		expect((await row(id)).status).toBe('granted');
	});
	test('the table says neither name nor birth', async () => {
		const { db, open } = await parents();
		await open({ children: [LEA] });
		const [row] = await db.read.select().from(aidChild);
		expect(JSON.stringify(row)).not.toMatch(/Léa|2022-05-04/);
	});
});

type Asking = (children: (typeof LEA)[], now: Date) => Promise<{ id: string } | null>;
const theirsOn = (theirs: Asking, day: string) => theirs([LEA], on(day));

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

describe('two parents who do not say the same of custody', () => {
	async function asked() {
		const given = await anAidSetting();
		const other = await aPerson(given.db, { territoryId: given.territoryId });
		const alone = (await given.open({ children: [LEA] }))!;
		const shared = (await given.open({ personId: other.id, children: [{ ...LEA, sharedCustody: true }] }))!;
		const viewer = { ...given.as(given.decider), structureId: given.place.id };
		const told = async (reference: string, now = SENT) =>
			(await getAidToDecide(given.db.read, viewer, reference, now)).file.childFacts.map((child) => child.otherCustody);
		return { ...given, other, alone, shared, viewer, told };
	}
	test('both files are taken, and each says it to who decides, without whose the other is', async () => {
		const { db, other, alone, shared, viewer, told } = await asked();
		expect([await told(alone.reference), await told(shared.reference)]).toEqual([[true], [true]]);
		const seen = JSON.stringify(await getAidToDecide(db.read, viewer, alone.reference, SENT));
		for (const secret of [other.id, other.lastName, shared.reference, shared.id]) expect(seen).not.toContain(secret);
	});
	test('it is still said once the other was granted; not when it was refused, given up, or granted a year ago', async () => {
		const { alone, shared, change, told } = await asked();
		await change(alone.id, 'under_review');
		await change(alone.id, 'granted', { amountCents: 10_000 });
		expect(await told(shared.reference)).toEqual([true]);
		expect(await told(shared.reference, on('2027-03-03'))).toEqual([false]);
		await change(shared.id, 'under_review');
		await change(shared.id, 'refused', { reason: 'no_cost' });
		expect(await told(alone.reference)).toEqual([false]);
	});
	test('nothing is said of the same custody, of a draft, or of what another service decides', async () => {
		const { db, open, territoryId, alone, shared, told } = await asked();
		const third = await aPerson(db, { territoryId });
		const same = (await open({ personId: third.id, children: [{ ...LEA, sharedCustody: true }] }))!;
		const elsewhere = await aStructure(db, { territoryId, decidesAids: true });
		const hand = (id: string, deciderStructureId: string) =>
			db.write((tx) => tx.update(childcareAid).set({ deciderStructureId }).where(eq(childcareAid.id, id)));
		await hand(alone.id, elsewhere.id);
		expect([await told(shared.reference), await told(same.reference)]).toEqual([[false], [false]]);
		const draft = await aPerson(db, { territoryId });
		await open({ personId: draft.id, children: [LEA], sent: false });
		expect(await told(shared.reference)).toEqual([false]);
	});
	test('the question reads no whole table', async () => {
		const { db, viewer, alone } = await asked();
		expect(await fullScans(db, () => getAidToDecide(db.read, viewer, alone.reference, SENT))).toEqual([]);
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
	test('the same child typed twice is one, in turn with the other parent when one line says so', () => {
		const lines = { child1: 'Léa', birth1: '2022-05-04', child2: ' LEA', birth2: '2022-05-04', shared2: '1' };
		expect(parsed(lines)).toMatchObject({ ok: true, value: { children: [{ ...LEA, sharedCustody: true }] } });
		expect(parsed({ ...lines, birth2: '2022-05-05' })).toMatchObject({ value: { children: [{}, {}] } });
	});
	test.each(['2026-03-03', '2000-01-01', '2022-13-01', 'hier'])('a birth on %s is none', (birth1) => {
		expect(parsed({ child1: 'Léa', birth1 }).ok).toBe(false);
	});
});

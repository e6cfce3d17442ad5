import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { aPaper, aPerson, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { ElsewhereBody } from '../../shared/aids.ts';
import { childcareAid } from '../db/schema/index.ts';
import { childrenOf } from './children.ts';
import { noteElsewhere, openAid, openElsewhere } from './commands.ts';
import { papersOf } from '../papers/queries.ts';
import { moveAids } from './joining.ts';

test.each([
	['no file under way', false, ['draft']],
	['a file under way', true, ['draft', 'withdrawn']],
])('the file of a visitor joins the person they are: %s', async (_, known, expected) => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const visitor = await aPerson(db, { territoryId, account: false });
	const person = await aPerson(db, { territoryId });
	await db.write((tx) => openAid(tx, { personId: visitor.id, territoryId, now: NOW }));
	if (known) await db.write((tx) => openAid(tx, { personId: person.id, territoryId, now: NOW }));
	await db.write((tx) => moveAids(tx, { from: visitor.id, to: person.id, now: NOW }));
	const aids = await db.read.select().from(childcareAid).where(eq(childcareAid.personId, person.id));
	expect(aids.map(({ status }) => status).sort()).toEqual(expected);
	expect(await db.read.select().from(childcareAid).where(eq(childcareAid.personId, visitor.id))).toEqual([]);
});

describe('of two files of one aid', () => {
	let given: Awaited<ReturnType<typeof anAidSetting>>;
	let other: Awaited<ReturnType<typeof aPerson>>;
	const lea = { firstName: 'Léa', birthDate: '2021-04-05', sharedCustody: false };
	const tom = { firstName: 'Tom', birthDate: '2023-06-07', sharedCustody: false };
	beforeEach(async () => {
		given = await anAidSetting();
		other = await aPerson(given.db, { territoryId: given.territoryId });
	});
	const theirs = (more: Parameters<typeof given.open>[0] = {}) => given.open({ personId: other.id, ...more });
	const join = (now = SENT) => given.db.write((tx) => moveAids(tx, { from: other.id, to: given.person.id, now }));
	const namesOf = async (aidId: string) => (await childrenOf(given.db.read, aidId)).map(({ firstName }) => firstName);

	test('the one that was sent goes on, the draft ends', async () => {
		const draft = (await given.open({ sent: false, children: [tom] }))!;
		const sent = (await theirs({ children: [lea] }))!;
		await join();
		expect(await given.row(sent.id)).toMatchObject({ personId: given.person.id, status: 'submitted' });
		expect((await given.row(draft.id)).status).toBe('withdrawn');
		// What was never sent is not asked of the service.
		expect(await namesOf(sent.id)).toEqual(['Léa']);
	});

	test('the one that somebody examines goes on, with the children of the other, still claimed', async () => {
		const own = (await given.open({ children: [lea] }))!;
		const examined = (await theirs({ children: [tom] }))!;
		await given.change(examined.id, 'under_review');
		const { version } = await given.row(examined.id);
		await join();
		expect((await given.row(own.id)).status).toBe('withdrawn');
		expect(await given.row(examined.id)).toMatchObject({ status: 'under_review', personId: given.person.id });
		expect(await namesOf(examined.id)).toEqual(['Léa', 'Tom']);
		const somebody = await aPerson(given.db, { territoryId: given.territoryId });
		await expect(given.open({ personId: somebody.id, children: [lea] })).rejects.toThrow('aid_child_taken');
		// A decision that was prepared for one child is read again for two.
		const stale = given.change(examined.id, 'refused', { version, reason: 'no_cost' });
		await expect(stale).rejects.toThrow('aid_changed');
	});

	test('papers sent for the one that ends are read with the other, and no longer waited for there', async () => {
		const own = (await given.open())!;
		const asked = (await theirs())!;
		const send = (aidId: string, who: typeof other, kind: string) =>
			aPaper(given.db, { of: { aidId }, personId: who.id, accountId: who.account.id, kind });
		await send(own.id, given.person, 'cost_proof');
		await send(own.id, given.person, 'bank_details');
		await send(asked.id, other, 'bank_details');
		await given.change(asked.id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
		await join();
		expect(await given.row(asked.id)).toMatchObject({
			status: 'incomplete',
			nextActor: 'structure',
			pausedUntil: null,
		});
		const kinds = async (aidId: string) => (await papersOf(given.db.read, { aidId })).map(({ kind }) => kind).sort();
		expect([await kinds(asked.id), await kinds(own.id)]).toEqual([['bank_details', 'cost_proof'], ['bank_details']]);
	});

	test('as far as each other, their own goes on; a child that both name is one', async () => {
		const shared = { ...lea, sharedCustody: true };
		const own = (await given.open({ children: [shared] }))!;
		const newer = (await theirs({ children: [shared, tom] }))!;
		await join();
		expect((await given.row(own.id)).status).toBe('submitted');
		expect((await given.row(newer.id)).status).toBe('withdrawn');
		expect(await namesOf(own.id)).toEqual(['Léa', 'Tom']);
	});

	test('a file that silence refused may still be decided when the other is a draft', async () => {
		const silent = (await theirs())!;
		const late = on('2026-06-02');
		const draft = (await given.open({ sent: false, now: late }))!;
		await join(late);
		expect(await given.row(silent.id)).toMatchObject({ status: 'submitted', replacedAt: null });
		expect((await given.row(draft.id)).status).toBe('withdrawn');
	});

	test('of another body: the latest news goes on, and the one that ended is not under way again', async () => {
		const follow = (personId: string, body: ElsewhereBody = 'caf') =>
			given.db.write((tx) =>
				openElsewhere(tx, { personId, territoryId: given.territoryId, body, by: given.as(given.decider), now: SENT }),
			);
		const [own, news] = [(await follow(given.person.id))!, (await follow(other.id))!];
		await follow(other.id, 'france_travail');
		const later = on('2026-03-12');
		const note = (reference: string, personId: string) =>
			given.db.write((tx) =>
				noteElsewhere(tx, {
					...{ reference, personId, to: 'incomplete', on: '2026-03-10' },
					...{ by: given.as(given.decider), now: later },
				}),
			);
		await note(news.reference, other.id);
		await join(later);
		expect(await given.row(news.id)).toMatchObject({ personId: given.person.id, status: 'incomplete' });
		expect((await given.row(own.id)).status).toBe('withdrawn');
		await expect(note(own.reference, given.person.id)).rejects.toThrow('aid_open');
	});
});

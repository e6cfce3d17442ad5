import { beforeEach, describe, expect, test } from 'vitest';
import { aPaper, aPerson, aStructure } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { eq } from 'drizzle-orm';
import { childcareAid, supportingDocument } from '../db/schema/index.ts';
import { examinePaper } from '../papers/commands.ts';
import { getPaper, papersOf } from '../papers/queries.ts';
import { nameChildren } from './children.ts';
import { heldFor } from './held.ts';

type Setting = Awaited<ReturnType<typeof anAidSetting>>;
let given: Setting;
let first: { id: string; reference: string };
let second: { id: string; reference: string };
beforeEach(async () => {
	given = await anAidSetting();
	first = (await given.open())!;
	second = (await given.open({ kind: 'vehicle_repair' }))!;
});

/** Sent for the first aid and found to do. */
async function examined(kind = 'bank_details', now = SENT) {
	const { db, person, as, decider } = given;
	const { id } = await aPaper(db, {
		of: { aidId: first.id },
		personId: person.id,
		accountId: person.account.id,
		kind,
		now,
	});
	const joined = await getPaper(db.read, id);
	await db.write((tx) => examinePaper(tx, { ...joined, by: as(decider)!, now }));
	return id;
}
const held = async (aidId = second.id, today = '2026-03-02') =>
	(await heldFor(given.db.read, { aidId, today, zone: 'Europe/Paris' })).map(({ kind, reference }) => [
		kind,
		reference,
	]);
const ask = (papers: ('bank_details' | 'quote')[], now = on('2026-03-03')) =>
	given.change(second.id, 'incomplete', { papers, dueOn: '2026-03-20', now });

test('a lasting paper that the service found to do for one aid is not asked again for another', async () => {
	await examined();
	expect(await held()).toEqual([['bank_details', first.reference]]);
	await expect(ask(['quote', 'bank_details'])).rejects.toMatchObject({ code: 'aid_paper_held', kind: 'invalid' });
	expect((await given.row(second.id)).status).toBe('submitted');
	await ask(['quote']);
	expect((await given.row(second.id)).status).toBe('incomplete');
});
test('one that nobody examined, that belongs to its own aid, or that is a year old, is asked for', async () => {
	const { db, person } = given;
	await aPaper(db, {
		of: { aidId: first.id },
		personId: person.id,
		accountId: person.account.id,
		kind: 'bank_details',
	});
	await examined('quote');
	expect(await held()).toEqual([]);
	await examined('family_record', on('2025-03-01'));
	expect(await held(second.id, '2026-03-01')).toEqual([['family_record', first.reference]]);
	expect(await held(second.id, '2026-03-02')).toEqual([]);
});
test('what another person sent, or what another service holds, is not told', async () => {
	await examined();
	const { db, territoryId, open } = given;
	const other = await aPerson(db, { territoryId });
	const theirs = (await open({ personId: other.id }))!;
	expect(await held(theirs.id)).toEqual([]);
	const elsewhere = await aStructure(db, { territoryId, decidesAids: true });
	await db.write((tx) =>
		tx.update(childcareAid).set({ deciderStructureId: elsewhere.id }).where(eq(childcareAid.id, second.id)),
	);
	expect(await held()).toEqual([]);
});

describe('a paper about children', () => {
	const LEA = { firstName: 'Léa', birthDate: '2022-05-04', sharedCustody: false };
	const TOM = { firstName: 'Tom', birthDate: '2024-01-09', sharedCustody: false };
	const withChildren = async (ofFirst: (typeof LEA)[], ofSecond: (typeof LEA)[]) => {
		await given.db.write(async (tx) => {
			await nameChildren(tx, { aidId: first.id, children: ofFirst });
			await nameChildren(tx, { aidId: second.id, children: ofSecond });
		});
		for (const kind of ['family_record', 'custody_decision', 'bank_details']) await examined(kind);
		return (await held()).map(([kind]) => kind).sort();
	};
	test('is held when it is about the same ones, however their names are written', async () => {
		expect(await withChildren([LEA, TOM], [{ ...LEA, firstName: 'LEA' }])).toEqual([
			'bank_details',
			'custody_decision',
			'family_record',
		]);
	});
	test('is asked for when another child is named', async () => {
		expect(await withChildren([LEA], [LEA, TOM])).toEqual(['bank_details']);
		await given.change(second.id, 'incomplete', {
			papers: ['family_record'],
			dueOn: '2026-03-20',
			now: on('2026-03-03'),
		});
		expect((await given.row(second.id)).status).toBe('incomplete');
	});
});

test.each([
	['one that lasts, because it changed', 'bank_details', 'changedPapers'],
	['another', 'work_contract', 'papers'],
] as const)('a paper that the service found to do and asks for anew may be sent anew: %s', async (_, kind, field) => {
	const { db, person, change } = given;
	await examined(kind);
	await change(first.id, 'incomplete', { [field]: [kind], dueOn: '2026-03-20', now: on('2026-03-03') });
	const own = { of: { aidId: first.id }, personId: person.id, accountId: person.account.id, kind };
	await aPaper(db, { ...own, now: on('2026-03-04') });
	expect((await papersOf(db.read, { aidId: first.id })).map(({ state }) => state)).toEqual(['sent']);
	expect(await held()).toEqual([]);
});

test('a paper that changed is asked for again, when who decides says that it changed', async () => {
	await examined();
	const changed = { changedPapers: ['bank_details' as const], papers: [], dueOn: '2026-03-20', now: on('2026-03-03') };
	await given.change(second.id, 'incomplete', changed);
	const waited = await given.db.read.select().from(supportingDocument).where(eq(supportingDocument.aidId, second.id));
	expect(waited.map(({ kind }) => kind)).toEqual(['bank_details']);
});

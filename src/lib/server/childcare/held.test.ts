import { beforeEach, expect, test } from 'vitest';
import { aPaper, aPerson, aStructure } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { eq } from 'drizzle-orm';
import { childcareAid } from '../db/schema/index.ts';
import { examinePaper } from '../papers/commands.ts';
import { getPaper } from '../papers/queries.ts';
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

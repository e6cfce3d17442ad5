import { expect, test } from 'vitest';
import { aPerson, aReferent, aRequest, aTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { inbox } from './inbox.ts';

test('a referent lists what nobody took and what is theirs, never a colleague’s', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const [own, colleague] = [await aReferent(db, here), await aReferent(db, here)];
	const given = async (assignedToId: string | null, lastName: string) => {
		const person = await aPerson(db, { ...here, firstName: 'Zoé', lastName });
		const status = assignedToId ? 'assigned' : 'submitted';
		return (await aRequest(db, { personId: person.id, assignedToId, status })).reference!;
	};
	const [waiting, mine, theirs] = [
		await given(null, 'Attente'),
		await given(own.id, 'Mienne'),
		await given(colleague.id, 'Leur'),
	];
	const list = async (accountId?: string, text?: string) => {
		const onlyOf = accountId ? { accountId, structureId: own.structureId } : undefined;
		const rows = await inbox(db.read, territory.id, { show: 'all', onlyOf, text, today: '2026-03-02' });
		return rows.map((row) => row.reference);
	};
	expect((await list(own.id)).sort()).toEqual([waiting, mine].sort());
	expect((await list()).sort()).toEqual([waiting, mine, theirs].sort());
	expect(await list(undefined, 'zoé leur')).toEqual([theirs]);
	expect(await list(undefined, 'leur zoé')).toEqual([theirs]);
	expect(await list(own.id, theirs)).toEqual([]);
});

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

test('what waits: urgent first, then priority audiences, then the nearest day to answer by; read in that order from its index', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const add = async (lastName: string, values: { urgent?: boolean; priority?: boolean; respondBy?: string }) => {
		const { id: personId } = await aPerson(db, { territoryId, lastName });
		await aRequest(db, { personId, ...values });
	};
	await add('Ordinaire', { respondBy: '2026-03-09' });
	await add('Ordinaire-plus-tôt', { respondBy: '2026-03-05' });
	await add('Prioritaire', { priority: true, respondBy: '2026-03-12' });
	await add('Urgente', { urgent: true, respondBy: '2026-03-13' });
	await add('Urgente-prioritaire', { urgent: true, priority: true, respondBy: '2026-03-14' });
	const list = () => inbox(db.read, territoryId, { today: '2026-03-06' });
	const plans: string[] = [];
	const prepare = db.raw.prepare.bind(db.raw);
	const spied = Object.assign(db.raw, {
		prepare(sql: string) {
			if (sql.includes('"support_request"."urgent" desc')) {
				const values = Array(sql.split('?').length - 1).fill(1);
				const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
				plans.push(...rows.map(({ detail }) => detail));
			}
			return prepare(sql);
		},
	});
	const rows = await list();
	spied.prepare = prepare as typeof spied.prepare;
	expect(rows.map(({ lastName }) => lastName)).toEqual([
		'Urgente-prioritaire',
		'Urgente',
		'Prioritaire',
		'Ordinaire-plus-tôt',
		'Ordinaire',
	]);
	expect(plans[0]).toMatch(/^SEARCH support_request USING INDEX support_request_waiting_idx/);
	expect(plans.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
});

import { expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aStep, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { stepsToDo } from './own-steps.ts';
import { pathwayOf } from './queries.ts';

test('a person’s pathway and a professional’s own actions read indexes, whatever the number of people', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const person = await aPerson(db, { referent });
	const pathway = await aPathway(db, { personId: person.id });
	await aStep(db, { pathwayId: pathway.id, personId: person.id, owner: 'referent', ownerAccountId: referent.id });
	const statements: string[] = [];
	const prepare = db.raw.prepare.bind(db.raw);
	db.raw.prepare = ((sql: string) => (statements.push(sql), prepare(sql))) as typeof db.raw.prepare;
	await pathwayOf(db.read, person.id, 'fr');
	expect(await stepsToDo(db.read, referent.id, NOW)).toHaveLength(1);
	db.raw.prepare = prepare;

	const plans = statements.flatMap((sql) => {
		const values = Array(sql.split('?').length - 1).fill(1);
		const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
		return rows.map(({ detail }) => detail);
	});
	expect(plans.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
	expect(plans.some((detail) => detail.includes('step_owner_account_id_open_due_on_idx'))).toBe(true);
	for (const table of ['pathway', 'stage', 'step', 'follow_up_member'])
		expect(plans.some((detail) => detail.startsWith(`SEARCH ${table} `))).toBe(true);
});

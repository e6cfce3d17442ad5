import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { childcareAid } from '../db/schema/index.ts';
import { openAid } from './commands.ts';
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

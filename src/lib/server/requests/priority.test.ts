import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { aMunicipality, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { catchment, supportRequest } from '../db/schema/index.ts';
import { NO_ANSWERS, NO_CONTACT, type Answers } from './answers.ts';
import { saveAnswers, submitRequest } from './commands.ts';
import { transferRequest } from './transferring.ts';

let db: Db;
let here: string;
let elsewhere: string;
const communes: Record<string, string> = {};

/** Served first: single parents here, nobody in particular elsewhere. */
beforeEach(async () => {
	db = await testDatabase();
	const settings = { priorityAudiences: ['single_parent', 'under_26', 'long_term_unemployed'] };
	here = (await aTerritory(db, { settings })).id;
	elsewhere = (await aTerritory(db)).id;
	for (const territoryId of [here, elsewhere]) {
		const { inseeCode } = await aMunicipality(db);
		communes[territoryId] = inseeCode;
		await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId, startsOn: '2021-04-01' }));
	}
});

const contact = {
	...NO_CONTACT,
	firstName: 'Amel',
	lastName: 'Durand',
	phone: '+33639980101',
	birthDate: '1986-03-27',
};
const ALONE = { household: 'single' as const, childrenCount: null, childAges: [] };
let browsers = 0;
async function filed(change: Partial<Answers>, territoryId = here) {
	const owner = { personId: null, browserHash: `browser-${(browsers += 1)}` };
	const answers = { ...NO_ANSWERS, themes: ['employment' as const], household: ALONE, contact, ...change };
	const whole = { ...answers, inseeCode: communes[territoryId]! };
	const { id } = await db.write((tx) =>
		saveAnswers(tx, { owner, page: 'themes', change: () => whole, locale: 'fr', now: NOW }),
	);
	const sent = await db.write((tx) => submitRequest(tx, { draftId: id, owner, locale: 'fr', now: NOW }));
	return { ...sent, priority: await priorityOf(sent.id) };
}
const priorityOf = async (id: string) =>
	(await db.read.select().from(supportRequest).where(eq(supportRequest.id, id)).limit(1))[0]!.priority;

const parent = { household: 'single_parent' as const, childrenCount: 1, childAges: [] };
test.each<[string, Partial<Answers>, boolean]>([
	['nobody the territory serves first', {}, false],
	['a parent alone', { household: parent }, true],
	['the day before 26', { contact: { ...contact, birthDate: '2000-03-03' } }, true],
	['26 that day', { contact: { ...contact, birthDate: '2000-03-02' } }, false],
	[
		'without work for over a year',
		{ byTheme: { employment: { ticks: { situation: ['over_a_year'] }, note: '' } } },
		true,
	],
])('what is sent by %s stands among the first, or not', async (_who, change, expected) => {
	expect((await filed(change)).priority).toBe(expected);
});

test('who is served first is each territory’s own: asked again after a move', async () => {
	const { id, personId, priority } = await filed({ household: parent });
	expect(priority).toBe(true);
	expect((await filed({ household: parent }, elsewhere)).priority).toBe(false);
	const by = { accountId: 'a', role: 'beneficiary' as const, structureId: null };
	const to = { personId, territoryId: elsewhere, inseeCode: communes[elsewhere]!, by, now: NOW };
	const moved = await db.write((tx) => transferRequest(tx, to));
	expect([await priorityOf(id), await priorityOf(moved!.id)]).toEqual([true, false]);
});

import { expect, test } from 'vitest';
import { aPerson, NOW } from '../../../tests/factories/index.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { openSession } from './accounts/commands.ts';
import { recordAudit } from './audit/commands.ts';
import { auditEntry, session, supportRequest } from './db/schema/index.ts';
import { forgetPast } from './forget.ts';
import { saveAnswers } from './requests/commands.ts';

const DAY_MS = 86_400_000;
const after = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

test('what has had its time is forgotten, what has not stays', async () => {
	const db = await testDatabase();
	const { account } = await aPerson(db);
	await db.write(async (tx) => {
		await openSession(tx, { accountId: account.id, kind: 'own_phone', device: 'android', now: NOW });
		await recordAudit(tx, { action: 'person.opened', at: NOW });
		const owner = { personId: null, browserHash: 'browser' };
		await saveAnswers(tx, { owner, page: 'themes', change: (answers) => answers, locale: 'fr', now: NOW });
	});
	const left = async () => ({
		sessions: (await db.read.select().from(session)).length,
		drafts: (await db.read.select().from(supportRequest)).length,
		journal: (await db.read.select().from(auditEntry)).length,
	});
	await db.write((tx) => forgetPast(tx, after(29)));
	expect(await left()).toEqual({ sessions: 1, drafts: 1, journal: 1 });
	await db.write((tx) => forgetPast(tx, after(31)));
	expect(await left()).toEqual({ sessions: 0, drafts: 0, journal: 1 });
	await db.write((tx) => forgetPast(tx, after(366)));
	expect(await left()).toEqual({ sessions: 0, drafts: 0, journal: 0 });
});

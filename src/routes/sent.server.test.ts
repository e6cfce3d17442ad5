import { expect, test } from 'vitest';
import { aPerson, aTerritory, NOW } from '../../tests/factories/index.ts';
import { testDatabase } from '../../tests/support/database.ts';
import { reminder } from '$lib/server/db/schema/index';
import { sendShort } from '$lib/server/requests/at-once';
import { followSent } from './sent.server';

test('what is added to an open request has a message of receipt of its own, once', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db, { territoryId: (await aTerritory(db)).id });
	const ask = (formId: string) =>
		db.write(async (tx) => {
			const asked = { formId, personId, wantsCall: false, note: '', locale: 'fr', now: NOW };
			const sent = await sendShort(tx, { ...asked, themes: [formId === 'one' ? 'housing' : 'health'] });
			if (sent.first) await followSent(tx, sent, NOW);
			return sent.id;
		});
	const [first, second, again] = [await ask('one'), await ask('two'), await ask('two')];
	expect([second, again]).toEqual([first, first]);
	const told = await db.read.select().from(reminder);
	expect(told.map(({ kind, subjectId }) => ({ kind, subjectId }))).toEqual([
		{ kind: 'request_received', subjectId: first },
		{ kind: 'request_received', subjectId: first },
	]);
});

import { expect, test } from 'vitest';
import { aPerson, aRequest, aTerritory, NOW } from '../../tests/factories/index.ts';
import { anAidSetting, SENT } from '../../tests/support/aids.ts';
import { testDatabase } from '../../tests/support/database.ts';
import { reminder } from '$lib/server/db/schema/index';
import { sendShort } from '$lib/server/requests/at-once';
import type { Submitted } from '$lib/server/requests/commands';
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

test('a draft of childcare leaves with the request that asks for its money, and stays one with another request', async () => {
	const { db, person, territoryId, open, row } = await anAidSetting();
	const { id } = (await open({ sent: false }))!;
	const request = await aRequest(db, { personId: person.id, themes: ['childcare'] });
	const follow = (asksForMoney: boolean) => {
		const sent = { id: request.id, draftId: 'one', reference: '08-R-AAAA', personId: person.id, territoryId };
		const about = { themes: ['childcare'], asksForMoney, first: true, added: true };
		return db.write((tx) => followSent(tx, { ...sent, ...about } as Submitted, SENT));
	};
	await follow(false);
	expect((await row(id)).status).toBe('draft');
	await follow(true);
	expect(await row(id)).toMatchObject({ status: 'submitted', silenceOn: '2026-05-02' });
});

test('a draft that cannot leave holds up no request: it stays one', async () => {
	const { db, person, territoryId, open, row } = await anAidSetting();
	const other = await aPerson(db, { territoryId });
	const children = [{ firstName: 'Léa', birthDate: '2022-05-04', sharedCustody: false }];
	const { id } = (await open({ sent: false, children }))!;
	await open({ personId: other.id, children });
	const request = await aRequest(db, { personId: person.id, themes: ['childcare'] });
	const sent = { id: request.id, draftId: 'one', reference: '08-R-AAAA', personId: person.id, territoryId };
	const about = { themes: ['childcare'], asksForMoney: true, first: true, added: true };
	await db.write((tx) => followSent(tx, { ...sent, ...about } as Submitted, SENT));
	expect((await row(id)).status).toBe('draft');
});

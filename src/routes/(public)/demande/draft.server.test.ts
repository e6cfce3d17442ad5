import type { RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { db } from '$lib/server/db';
import { aMunicipality, aPerson, aTerritory } from '../../../../tests/factories/index.ts';
import { ownAppDatabase } from '../../../../tests/support/app-database.ts';
import { catchment } from '$lib/server/db/schema/index';
import { savePage, todayOf } from './draft.server';

ownAppDatabase();

test('today is that of where the person lives: a helper named for the day is not named until the next', async () => {
	const guyane = await aTerritory(db, { zone: 'America/Cayenne' });
	const { inseeCode } = await aMunicipality(db, { name: 'Cayenne' });
	await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId: guyane.id, startsOn: '2021-04-01' }));
	// 23:30 in Cayenne, the 2nd; 02:30 UTC, the 3rd.
	const now = new Date('2026-03-03T02:30:00Z');
	const jar = new Map<string, string>();
	const as = (account: unknown) =>
		({
			cookies: { get: (name: string) => jar.get(name), set: (name: string, value: string) => jar.set(name, value) },
			locals: { now, account, locale: 'fr' },
			getClientAddress: () => '192.0.2.1',
			request: new Request('https://portail.example.fr/'),
		}) as unknown as RequestEvent;
	expect(await todayOf(as(null))).toBe('2026-03-03');
	await savePage(as(null), 'commune', (answers) => ({ ...answers, inseeCode }));
	expect(await todayOf(as(null))).toBe('2026-03-02');
	jar.clear();
	const { id: personId } = await aPerson(db, { territoryId: guyane.id });
	expect(await todayOf(as({ role: 'beneficiary', personId, territoryId: guyane.id }))).toBe('2026-03-02');
});

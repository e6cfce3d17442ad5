import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import * as v from 'valibot';
import { territory } from '../db/schema/index.ts';
import { PROFILES } from './profiles.ts';
import { getTerritory } from './queries.ts';
import { setSettings, SETTINGS_FORM } from './settings-form.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

async function aPlace() {
	const db = await testDatabase();
	const { id } = await aTerritory(db);
	const set = (content: unknown) => db.write((tx) => setSettings(tx, { territoryId: id, content, now: NOW }));
	const stored = async () => (await db.read.select().from(territory).where(eq(territory.id, id)))[0]!.settings;
	return { db, id, set, stored };
}

test('every setting may be set, and what is shipped passes', () => {
	expect(Object.keys(SETTINGS_FORM.entries).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
	for (const settings of [DEFAULT_SETTINGS, ...PROFILES.map((profile) => profile.settings)])
		expect(v.safeParse(SETTINGS_FORM, settings).issues).toBeUndefined();
});

test('what the file names changes, the rest stays, and what is as everywhere is not stored', async () => {
	const { db, id, set, stored } = await aPlace();
	expect(await set({ silenceDays: 20, caseloadLimit: 60 })).toEqual(['silenceDays', 'caseloadLimit']);
	await set({ silenceDays: DEFAULT_SETTINGS.silenceDays, worksInPairs: true });
	expect(await stored()).toEqual({ caseloadLimit: 60, worksInPairs: true });
	expect((await getTerritory(db.read, id)).settings).toMatchObject({ silenceDays: 30, caseloadLimit: 60 });
	await set({ caseloadLimit: null });
	expect(await stored()).toEqual({ worksInPairs: true });
});

test.each([
	[{ silenceDays: 0 }, 'silenceDays'],
	[{ silenceDays: '30' }, 'silenceDays'],
	[{ silenceDay: 30 }, 'silenceDay'],
	[{ reminderTime: '07:59' }, 'reminderTime'],
	[{ reminderEveningTime: '20:00' }, 'reminderEveningTime'],
	[{ reminderTime: '10 h' }, 'reminderTime'],
	[{ reminderFirstDays: 31 }, 'reminderFirstDays'],
	[{ reminderSecondDays: 1 }, 'reminderSecondDays'],
	[{ reminderFirstDays: 5, reminderSecondDays: 5 }, 'reminderSecondDays'],
	[{ reminderSecondDays: 9 }, 'reminderSecondDays'],
	[{ reminderCallHours: 0 }, 'reminderCallHours'],
	[{ sendingFrom: '07:30' }, 'sendingFrom'],
	[{ sendingUntil: '20:30' }, 'sendingUntil'],
	[{ sendingUntil: '13:00' }, 'sendingUntil'],
	[{ sendingUntil: '18:00' }, 'reminderEveningTime'],
	[{ sendingFrom: '10:30' }, 'reminderTime'],
	[{ contractsForAllBefore: '2027-02-31' }, 'contractsForAllBefore'],
	[{ orientationRules: [{ onlyTheme: ['housing'] }] }, 'orientationRules.0.onlyTheme'],
	[[], 'file'],
])('%j is refused with its place, and nothing is stored', async (content, where) => {
	const { set, stored } = await aPlace();
	const before = await stored();
	await expect(set(content)).rejects.toMatchObject({ code: 'settings_invalid', detail: { where } });
	expect(await stored()).toEqual(before);
});

test('the plan of a territory is looked at whole: what is set now goes with what was set before', async () => {
	const { set, stored } = await aPlace();
	await set({ reminderFirstDays: 5, reminderSecondDays: 3, sendingUntil: '19:00' });
	await expect(set({ reminderFirstDays: 3 })).rejects.toMatchObject({ detail: { where: 'reminderSecondDays' } });
	await expect(set({ reminderEveningTime: '18:50' })).rejects.toMatchObject({
		detail: { where: 'reminderEveningTime' },
	});
	await set({ reminderEveningTime: '18:45' });
	expect(await stored()).toMatchObject({ reminderFirstDays: 5, reminderEveningTime: '18:45' });
});

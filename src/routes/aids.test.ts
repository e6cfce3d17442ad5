import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { anAidSetting, SENT } from '../../tests/support/aids.ts';
import { getOwnAid } from '../lib/server/childcare/queries.ts';
import { person, reminder } from '../lib/server/db/schema/index.ts';
import { unseal } from '../lib/server/platform/sealing.ts';
import { aidSentence } from '../lib/shared/aids.ts';
import { tellAidChange } from './aids.server.ts';

test.each(['fr', 'ar'])(
	'the message says what the page says (%s), with days that hold on whatever day it is read, once for each change',
	async (locale) => {
		const { db, person: who, open, change } = await anAidSetting();
		await db.write((tx) => tx.update(person).set({ locale }).where(eq(person.id, who.id)));
		const { id, reference } = (await open())!;
		const told = { reference, personId: who.id, now: SENT };
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
		for (let times = 0; times < 2; times += 1) await db.write((tx) => tellAidChange(tx, told));
		const rows = await db.read.select().from(reminder);
		const { facts, zone, today } = await getOwnAid(db.read, who.id, reference, SENT);
		expect(rows.map((row) => [row.path, unseal(`reminder.text_sealed:${row.id}`, row.textSealed!)])).toEqual([
			[`/aides/${reference}`, aidSentence(facts, { locale, zone, now: new Date(0), today })],
		]);
		expect(facts.nextBy).toBe('2026-03-20');
		await change(id, 'under_review');
		await db.write((tx) => tellAidChange(tx, told));
		expect(await db.read.select().from(reminder)).toHaveLength(2);
	},
);

import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aTerritory } from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { anOutside, tickAt, type Outside } from '../../../tests/support/reminders.ts';
import { aWholeFile } from '../../../tests/support/whole-file.ts';
import type { Db } from './db/client.ts';
import { archivedFile, auditEntry, municipality, person, reminder } from './db/schema/index.ts';
import { forgetPast, sweepPast } from './forget.ts';
import { touchContact } from './people/commands.ts';
import { personOf } from './people/queries.ts';
import { newId } from './platform/ids.ts';
import { closingKey } from './reminders/prompt-rules.ts';
import { planPrompts } from './reminders/prompts.ts';
import { archivePerson, findArchived, settleContacts, toArchive } from './retention.ts';

/** Monday 2 March 2026, 10:00 in Paris. */
const HEARD = new Date('2026-03-02T09:00:00Z');
/** 731 days later. */
const CLOSES = new Date('2028-03-02T09:00:00Z');
const DAY_MS = 86_400_000;
const from = (instant: Date, days: number) => new Date(instant.getTime() + days * DAY_MS);

let db: Db;
let outside: Outside;
let territoryId: string;
beforeEach(async () => {
	db = await testDatabase();
	outside = await anOutside();
	territoryId = (await aTerritory(db)).id;
	await insertOne(db, municipality, {
		inseeCode: '99001',
		name: 'Exemple',
		searchName: 'exemple',
		departmentCode: '99',
		population: 10,
	});
});

const silentSince = (lastContactAt: Date, more: Parameters<typeof aPerson>[1] = {}) =>
	aPerson(db, { territoryId, lastContactAt, createdAt: lastContactAt, ...more });
const isThere = async (id: string) => (await db.read.select().from(person).where(eq(person.id, id))).length === 1;

/** A day of the portal: its messages at 10:00, then its hourly work. */
async function live(day: Date) {
	await tickAt(db, outside, day);
	await db.write((tx) => forgetPast(tx, day));
	await sweepPast(db, day);
}
async function liveFrom(first: Date, days: number) {
	for (let day = 0; day <= days; day++) await live(from(first, day));
}
const subjects = () => outside.mailbox.map(({ subject }) => subject);

test('a file without contact for two years is told of 30 and 7 days before, then leaves the pages', async () => {
	const someone = await silentSince(HEARD);
	await liveFrom(from(CLOSES, -32), 33);
	expect(subjects()).toEqual([
		'Votre espace ferme jeudi 2 mars\u00a0: ouvrez-le pour qu’il reste',
		'Votre espace ferme jeudi 2 mars\u00a0: ouvrez-le pour qu’il reste',
	]);
	const [first, second] = await db.read.select().from(archivedFile);
	expect(first).toMatchObject({ id: someone.id, territoryId });
	expect(second).toBeUndefined();
	expect(await isThere(someone.id)).toBe(false);
}, 60_000);

test('any contact meanwhile keeps it: the second notice does not leave, and two years begin again', async () => {
	const someone = await silentSince(HEARD);
	await live(from(CLOSES, -30));
	expect(subjects()).toHaveLength(1);
	await db.write((tx) => touchContact(tx, someone.id, from(CLOSES, -20)));
	await liveFrom(from(CLOSES, -8), 10);
	expect(subjects()).toHaveLength(1);
	expect(await isThere(someone.id)).toBe(true);
}, 60_000);

test('found late, it closes later: nobody loses the 30 days', async () => {
	const someone = await silentSince(HEARD);
	const late = from(CLOSES, 400);
	await liveFrom(late, 29);
	expect(await isThere(someone.id)).toBe(true);
	const told = (await db.read.select().from(reminder)).map(({ dueAt, usefulUntil }) =>
		Math.round((usefulUntil.getTime() - dueAt.getTime()) / DAY_MS),
	);
	expect(told).toHaveLength(2);
	expect(Math.min(...told)).toBeGreaterThanOrEqual(7);
	expect(Math.max(...told)).toBeGreaterThanOrEqual(30);
	await liveFrom(from(late, 30), 5);
	expect(await isThere(someone.id)).toBe(false);
}, 60_000);

test('what happened with them counts as a contact, written on the person or not', async () => {
	const [met, silent] = [await silentSince(HEARD), await silentSince(HEARD)];
	await anAppointment(db, { personId: met.id, day: '2027-06-01', time: '10:00', state: 'seen' });
	await planPrompts(db, from(CLOSES, -30));
	expect((await db.read.select().from(reminder)).map(({ personId }) => personId)).toEqual([silent.id]);
	expect(await settleContacts(db, from(CLOSES, -30))).toBe(1);
	expect((await personOf(db.read, met.id)).lastContactAt).toEqual(new Date('2027-06-01T09:00:00Z'));
	expect((await personOf(db.read, silent.id)).lastContactAt).toEqual(HEARD);
	// Between the two notices too: it does not leave.
	await db.write((tx) => tx.update(person).set({ lastContactAt: HEARD }).where(eq(person.id, met.id)));
	const told = { kind: 'file_closing', personId: met.id, path: '/compte', state: 'sent', attempts: 0 } as const;
	const at = { dueAt: HEARD, usefulUntil: HEARD, createdAt: HEARD };
	await insertOne(db, reminder, { ...told, ...at, id: newId(), onceKey: closingKey(met.id, HEARD, 7) });
	expect(await toArchive(db.read, from(CLOSES, 60))).toEqual([]);
});

test('an archive holds the whole file, sealed; the operator finds it by name and birth date, until its own end', async () => {
	const referent = await aReferent(db, { territoryId });
	const someone = await aWholeFile(
		db,
		{ territoryId, referent, number: 1 },
		{ lastName: 'Xylophone', birthDate: '1986-03-27', lastContactAt: HEARD },
	);
	await db.write((tx) => archivePerson(tx, { personId: someone.id, now: CLOSES }));
	const [row] = await db.read.select().from(archivedFile);
	expect(row!.contentSealed).not.toContain('Xylophone');
	const who = { territoryId, lastName: 'xylophone', birthDate: '1986-03-27' };
	const [found] = await findArchived(db.read, who);
	expect(Object.keys(found!.rows)).toEqual(
		expect.arrayContaining(['person', 'support_request', 'need', 'pathway', 'step', 'childcare_aid', 'appointment']),
	);
	expect(found!.rows.situation_review).toMatchObject([{ lookedSealed: 'Le logement' }]);
	for (const left of ['working_note', 'reminder', 'person_search_key']) expect(found!.rows).not.toHaveProperty(left);
	expect(await findArchived(db.read, { ...who, birthDate: '1986-03-28' })).toEqual([]);
	expect((await db.read.select().from(auditEntry)).map(({ action, detail }) => [action, detail])).toContainEqual([
		'person.erased',
		{ reason: 'archived' },
	]);
	await db.write((tx) => forgetPast(tx, from(HEARD, 4 * 365)));
	expect(await db.read.select().from(archivedFile)).toHaveLength(1);
	await db.write((tx) => forgetPast(tx, from(HEARD, 4 * 365 + 3)));
	expect(await db.read.select().from(archivedFile)).toEqual([]);
});

test('nothing of it reads a whole table of people', async () => {
	await silentSince(HEARD);
	const scans = await fullScans(db, async () => {
		await planPrompts(db, CLOSES);
		await toArchive(db.read, CLOSES);
		await settleContacts(db, CLOSES);
	});
	expect(scans.filter((scan) => /person|reminder/.test(JSON.stringify(scan)))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { eq, getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { beforeEach, expect, test } from 'vitest';
import { aCoordinator, aPerson, aReferent, aTerritory, NOW } from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { aWholeFile } from '../../../tests/support/whole-file.ts';
import { guestsOf, inviteGuest, withdrawGuest } from './childcare/guests.ts';
import type { Db } from './db/client.ts';
import * as tables from './db/schema/index.ts';
import { emptyWriteLog } from './db/write-log.ts';
import { erasePerson } from './erasing.ts';

const CANARY = 'Xylophone';
const ALL = (Object.values(tables) as unknown[]).filter((table): table is SQLiteTable => is(table, SQLiteTable));

/** Emptied by `erasePerson` itself. */
const BY_NAME = [
	'account',
	'session',
	'invitation',
	'push_subscription',
	'removed_device',
	'calendar_feed',
	'audit_entry',
];

/** Why a table has nothing of a person that could be erased. */
const NAMES_NOBODY: Record<string, string> = {
	meta: 'facts about the database',
	demo_message: 'the demo’s invented people; empty elsewhere',
	territory: 'public',
	employment_area: 'public',
	department: 'public',
	municipality: 'public',
	catchment: 'public',
	holiday: 'public',
	structure: 'public',
	stage_template: 'of a territory',
	theme_questions: 'of a territory',
	offer: 'public',
	sign_in_code: 'hashes, gone within the hour',
	message_template: 'of a territory',
	message_template_version: 'of a territory',
	workshop: 'what it is; who comes is an appointment',
	availability: 'of professionals',
	availability_exception: 'of professionals',
	freed_hour: 'an hour of a professional',
	outside_calendar: 'of professionals',
	outside_busy: 'of professionals',
	aid_scheme: 'of a territory',
	aid_scheme_version: 'of a territory',
	questionnaire: 'of a territory',
	questionnaire_version: 'of a territory',
	rating_box: 'anonymous answers',
	evaluation_pool: 'anonymous counts',
	tally: 'anonymous counts',
	indicator_publication: 'masked figures of a month and what they tell',
	rating_comment: 'anonymous words',
	panel_question: 'anonymous words',
	improvement: 'public',
	archived_file: 'what is kept instead of the rows, destroyed on its own day (retention.ts)',
};

/** Tables whose rows go with a person, whatever the way. */
function hangingOnPeople(): Set<string> {
	const hanging = new Set(['person']);
	const add = () =>
		ALL.filter((table) => !hanging.has(getTableName(table))).filter((table) =>
			getTableConfig(table).foreignKeys.some(
				(key) => key.onDelete === 'cascade' && hanging.has(getTableName(key.reference().foreignTable)),
			),
		);
	for (let more = add(); more.length > 0; more = add()) for (const table of more) hanging.add(getTableName(table));
	return hanging;
}

let db: Db;
let territoryId: string;
let referent: Awaited<ReturnType<typeof aReferent>>;
beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	await insertOne(db, tables.municipality, {
		inseeCode: '99001',
		name: 'Exemple',
		searchName: 'exemple',
		departmentCode: '99',
		population: 10,
	});
	referent = await aReferent(db, { territoryId });
});

const counts = () =>
	Object.fromEntries(
		ALL.map((table) => {
			const name = getTableName(table);
			return [name, (db.raw.prepare(`SELECT count(*) AS rows FROM "${name}"`).get() as { rows: number }).rows];
		}),
	);
const erase = (personId: string, more: Partial<Parameters<typeof erasePerson>[1]> = {}) =>
	db.write((tx) => erasePerson(tx, { personId, reason: 'asked', by: null, now: NOW, ...more }));

test('every table goes with a person, is emptied by name, or says why it names nobody', () => {
	const said = [...hangingOnPeople(), ...BY_NAME, ...Object.keys(NAMES_NOBODY)].sort();
	expect(said).toEqual(ALL.map((table) => getTableName(table)).sort());
});

test('of a whole file nothing is left but an account of nobody and the line that says it was erased', async () => {
	const other = await aWholeFile(db, { territoryId, referent, number: 1 });
	const before = counts();
	const gone = await aWholeFile(db, { territoryId, referent, number: 2 });
	await erase(gone.id);
	expect(counts()).toEqual({ ...before, account: before.account! + 1, audit_entry: before.audit_entry! + 1 });
	const [account] = await db.read.select().from(tables.account).where(eq(tables.account.id, gone.account.id));
	expect(account).toMatchObject({ status: 'disabled', email: null, phone: null, displayName: '', personId: null });
	expect(db.raw.pragma('foreign_key_check')).toEqual([]);
	const theirs = await db.read.select().from(tables.auditEntry).where(eq(tables.auditEntry.personId, other.id));
	expect(theirs.length).toBeGreaterThan(0);
});

test('the line says who did it and why, and the id of the file only', async () => {
	const coordinator = await aCoordinator(db, { territoryId });
	const gone = await aPerson(db, { territoryId, lastName: CANARY });
	const by = { accountId: coordinator.id, role: 'coordinator' as const, structureId: coordinator.structureId };
	await erase(gone.id, { by, reason: 'not_concerned' });
	const [line] = await db.read.select().from(tables.auditEntry).where(eq(tables.auditEntry.subjectId, gone.id));
	expect(line).toMatchObject({
		action: 'person.erased',
		actorId: coordinator.id,
		personId: null,
		detail: { reason: 'not_concerned' },
	});
	await expect(erase(gone.id)).rejects.toThrow('not_found');
});

test('names, contacts and words are in no byte of the database nor of its log of writes', async () => {
	const gone = await aWholeFile(
		db,
		{ territoryId, referent, number: 1 },
		{ lastName: CANARY, email: `${CANARY}@example.fr`, phone: '+33639987654' },
	);
	const written = () =>
		['', '-wal'].map((end) => readFileSync(`${db.raw.name}${end}`, 'latin1').toLowerCase()).join('\n');
	expect(written()).toContain(CANARY.toLowerCase());
	await erase(gone.id);
	expect(emptyWriteLog(db)).toBe(true);
	for (const trace of [CANARY.toLowerCase(), '639987654', gone.id.toLowerCase()])
		expect(written().split(trace).length - 1, trace).toBe(trace === gone.id.toLowerCase() ? 2 : 0);
});

test('an adult who reads no other file, any more or ever, is forgotten with it; who reads another one stays', async () => {
	const [gone, other] = [
		await aWholeFile(db, { territoryId, referent, number: 1 }),
		await aWholeFile(db, { territoryId, referent, number: 2 }),
	];
	const invite = async (person: typeof gone, contact: string) => {
		const [aid] = await db.read
			.select()
			.from(tables.childcareAid)
			.where(eq(tables.childcareAid.personId, person.id))
			.limit(1);
		const by = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
		const own = { personId: person.id, reference: aid!.reference, by, now: NOW };
		await db.write((tx) => inviteGuest(tx, { ...own, firstName: 'Sami', contact, locale: 'fr' }));
		return own;
	};
	await invite(gone, 'seulement@example.fr');
	await invite(gone, 'les-deux@example.fr');
	await invite(gone, 'plus-les-deux@example.fr');
	const own = await invite(other, 'plus-les-deux@example.fr');
	const [former] = await guestsOf(db.read, own);
	await db.write((tx) => withdrawGuest(tx, { ...own, guestId: former!.id }));
	await invite(other, 'les-deux@example.fr');
	await erase(gone.id);
	const contacts = (await db.read.select().from(tables.account).where(eq(tables.account.role, 'coparent'))).map(
		({ email, status }) => [email, status],
	);
	expect(contacts.sort()).toEqual(
		[
			[null, 'disabled'],
			[null, 'disabled'],
			['les-deux@example.fr', 'active'],
		].sort(),
	);
});

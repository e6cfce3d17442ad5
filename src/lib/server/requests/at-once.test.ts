import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { aMunicipality, aPerson, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { catchment, supportRequest } from '../db/schema/index.ts';
import { openAnswers } from './answers.ts';
import { sendShort } from './at-once.ts';
import { parseShort } from './forms.ts';
import { needsOf } from './queries.ts';

let db: Db;
let personId: string;
const formId = '01234567-89ab-4cde-8f01-23456789abcd';

beforeEach(async () => {
	db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const { inseeCode } = await aMunicipality(db);
	await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId, startsOn: '2021-04-01' }));
	({ id: personId } = await aPerson(db, { territoryId, inseeCode }));
});

const send = (form: Record<string, string> & { themes?: never }, themes: string[], id = formId) => {
	const posted = new FormData();
	for (const [name, value] of Object.entries({ formId: id, ...form })) posted.set(name, value);
	for (const theme of themes) posted.append('themes[]', theme);
	const parsed = parseShort(posted);
	if (!parsed.ok) return Promise.resolve(parsed);
	return db.write((tx) => sendShort(tx, { ...parsed.value, personId, locale: 'fr', now: NOW }));
};

test('subjects and a sentence make a whole request of somebody the portal knows', async () => {
	const sent = await send({ note: 'Plus de chauffage.' }, ['housing', 'digital']);
	if (!('reference' in sent)) throw new Error('refused');
	expect(sent).toMatchObject({ first: true, added: false, themes: ['housing', 'digital'] });
	const [row] = await db.read.select().from(supportRequest);
	expect(row).toMatchObject({ status: 'submitted', personId, channel: 'self' });
	expect(openAnswers(row!.id, row!.answersSealed).byTheme.housing?.note).toBe('Plus de chauffage.');
});

test('the same form sent again, also at the same time, finds the first receipt', async () => {
	const answers = await Promise.all(Array.from({ length: 20 }, () => send({ note: 'Froid.' }, ['housing'])));
	const references = answers.map((sent) => 'reference' in sent && sent.reference);
	expect(new Set(references).size).toBe(1);
	expect(await db.read.select().from(supportRequest)).toHaveLength(1);
});

test('the form changed after an answer that was lost on the way: what is new is added, and no words stand there twice', async () => {
	const first = await send({ note: 'Plus de chauffage.' }, ['housing']);
	const changed = () => send({ note: 'Plus de chauffage. Une facture aussi.' }, ['housing', 'money']);
	const [second, again] = [await changed(), await changed()];
	if (!('id' in first)) throw new Error('refused');
	expect(second).toMatchObject({ id: first.id, first: true, added: true });
	expect(again).toMatchObject({ id: first.id, first: false });
	// The first one, late on the way.
	expect(await send({ note: 'Plus de chauffage.' }, ['housing'])).toMatchObject({ id: first.id, first: false });
	const needs = await needsOf(db.read, first.id);
	expect(needs.map(({ theme, answers }) => [theme, answers.note]).sort()).toEqual([
		['housing', 'Plus de chauffage. Une facture aussi.'],
		['money', ''],
	]);
	const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, first.id));
	expect(openAnswers(row!.id, row!.answersSealed)).toMatchObject({
		themes: ['housing', 'money'],
		byTheme: { housing: { note: 'Plus de chauffage. Une facture aussi.' } },
	});
});

test('the change arrives before the form it replaced, or alone: it is the request, and the first one adds no words to it', async () => {
	const changed = await send({ note: 'Plus de chauffage. Une facture aussi.' }, ['housing', 'money']);
	if (!('id' in changed)) throw new Error('refused');
	expect(changed).toMatchObject({ first: true, added: false });
	expect(await send({ note: 'Plus de chauffage.' }, ['housing'])).toMatchObject({ id: changed.id, added: true });
	const needs = await needsOf(db.read, changed.id);
	expect(needs.find(({ theme }) => theme === 'housing')?.answers.note).toBe('Plus de chauffage. Une facture aussi.');
});

test('a second form adds its subjects to the open request, each once', async () => {
	const first = await send({}, ['housing']);
	const second = await send({}, ['housing', 'money'], `${formId}-2`);
	if (!('id' in first) || !('id' in second)) throw new Error('refused');
	expect(second).toMatchObject({ id: first.id, added: true });
	expect((await needsOf(db.read, first.id)).map(({ theme }) => theme).sort()).toEqual(['housing', 'money']);
});

test('« appelez-moi » is a whole answer; nothing at all is not', async () => {
	expect(await send({}, [])).toMatchObject({ ok: false, errors: { themes: expect.any(String) } });
	const sent = await send({ call: '1', note: 'Après 17 heures.' }, []);
	expect(sent).toMatchObject({ first: true });
	if (!('id' in sent)) throw new Error('refused');
	// What was written is read with it.
	expect(await needsOf(db.read, sent.id)).toMatchObject([{ theme: 'other', answers: { note: 'Après 17 heures.' } }]);
});

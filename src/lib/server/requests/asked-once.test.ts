import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { aMunicipality, aPerson, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, catchment, person, supportRequest } from '../db/schema/index.ts';
import { localDay } from '../territories/calendar.ts';
import { NO_ANSWERS, NO_CONTACT, notInFile, openAnswers, sealAnswers, withKnown, type Answers } from './answers.ts';
import { endHelp, saveAnswers, submitRequest, withdrawRequest } from './commands.ts';
import { findOpenRequest, getOwnRequest, knownAnswers, knownOf } from './queries.ts';
import { helperOn } from './rules.ts';

let db: Db;
let territoryId: string;
let personId: string;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	const { inseeCode } = await aMunicipality(db);
	await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId, startsOn: '2021-04-01' }));
	({ id: personId } = await aPerson(db, { territoryId, firstName: 'Amel', household: 'single', childrenCount: null }));
});

const owner = () => ({ personId, browserHash: null });
async function file(answers: Partial<Answers>, sentAt = NOW) {
	const change = () => ({ ...NO_ANSWERS, themes: ['housing' as const], ...answers });
	const { id } = await db.write((tx) =>
		saveAnswers(tx, { owner: owner(), page: 'themes', change, locale: 'fr', now: NOW }),
	);
	return db.write((tx) => submitRequest(tx, { draftId: id, owner: owner(), locale: 'fr', now: sentAt }));
}
const answersOf = async (reference: string) => {
	const row = await getOwnRequest(db.read, owner(), reference);
	return openAnswers(row.id, row.answersSealed);
};

test('what the file knows stands in the request without being asked, and only where nothing else was said', async () => {
	const { reference } = await file({});
	expect(await answersOf(reference)).toMatchObject({
		household: { household: 'single' },
		contact: { firstName: 'Amel', helper: '' },
	});
});

test('what was said in the request before is not asked again, but for who helped', async () => {
	await db.write((tx) => tx.update(person).set({ phone: '+33639980102' }).where(eq(person.id, personId)));
	const situation = { status: ['rsa' as const], transport: ['bus' as const] };
	const contact = { ...NO_CONTACT, reach: 'sms' as const, helper: 'Nadia', helperUntil: '2026-12-22' };
	const { reference } = await file({ situation, contact });
	expect(await knownOf(db.read, personId)).toEqual({ adding: true, household: true, commune: true, contact: true });
	await db.write((tx) => withdrawRequest(tx, { personId, reference, now: NOW }));
	expect(await knownOf(db.read, personId)).toMatchObject({ adding: false, household: true });
	const known = await knownAnswers(db.read, personId);
	expect(known).toMatchObject({ situation, contact: { reach: 'sms', helper: '', helperUntil: null } });
	expect(withKnown({ ...NO_ANSWERS, situation: { status: [], transport: ['car'] } }, known)).toMatchObject({
		household: { household: 'single' },
		situation: { status: [], transport: ['car'] },
	});
});

test('filed by a professional, whose form does not ask it: the language is still the one said before, or the file’s', async () => {
	await db.write((tx) => tx.update(person).set({ locale: 'uk' }).where(eq(person.id, personId)));
	const unasked = { ...NO_CONTACT, moments: ['morning' as const] };
	const first = await file({ contact: unasked });
	expect((await answersOf(first.reference)).contact).toMatchObject({ language: 'uk', moments: ['morning'] });
	await file({ themes: ['mobility'], contact: { ...NO_CONTACT, language: 'ar' } });
	await db.write((tx) => withdrawRequest(tx, { personId, reference: first.reference, now: NOW }));
	const { id, reference } = await file({ contact: unasked }, new Date(NOW.getTime() + 86_400_000));
	expect((await answersOf(reference)).contact).toMatchObject({ language: 'ar' });
	// A request that was sent without one, by an earlier release.
	const before = { ...(await answersOf(reference)), contact: unasked };
	await db.write((tx) =>
		tx
			.update(supportRequest)
			.set({ answersSealed: sealAnswers(id, before) })
			.where(eq(supportRequest.id, id)),
	);
	expect((await knownAnswers(db.read, personId)).contact).toMatchObject({ language: 'uk', moments: ['morning'] });
});

test('a name or contact typed in a form never replaces the one of the file', async () => {
	const forged = { ...NO_CONTACT, firstName: 'Autre', phone: '+33639980199' };
	const { reference } = await file({ contact: forged });
	expect((await answersOf(reference)).contact).toMatchObject({ firstName: 'Amel' });
	expect((await answersOf(reference)).contact?.phone).not.toBe(forged.phone);
});

test('a way to be reached that leads nowhere is not promised: the number is gone since, or was typed and is not the file’s', async () => {
	const setPhone = (phone: string | null) =>
		db.write((tx) => tx.update(person).set({ phone }).where(eq(person.id, personId)));
	const reach = { ...NO_CONTACT, reach: 'sms' as const };
	await setPhone('+33639980102');
	const first = await file({ contact: reach });
	expect((await answersOf(first.reference)).contact).toMatchObject({ reach: 'sms' });
	await db.write((tx) => withdrawRequest(tx, { personId, reference: first.reference, now: NOW }));
	await setPhone(null);
	const { reference } = await file({});
	expect((await answersOf(reference)).contact).toMatchObject({ reach: null, phone: null });
	// Added to the open one: neither.
	const typed = { ...NO_CONTACT, phone: '+33639980199', reach: 'call' as const, moments: ['morning' as const] };
	expect(await file({ themes: ['mobility'], contact: typed })).toMatchObject({ reference, added: true });
	expect((await answersOf(reference)).contact).toMatchObject({ reach: null, phone: null, moments: ['morning'] });
});

test('a contact typed before signing in is said not to be in the file, where the file has none of its kind', async () => {
	const { contact: own } = await knownAnswers(db.read, personId);
	const typed = { ...NO_CONTACT, phone: '+33639980199', email: 'autre@example.fr' };
	expect(notInFile(typed, { ...own!, phone: null, email: 'amel@example.fr' })).toEqual([typed.phone]);
	expect(notInFile(typed, { ...own!, phone: null, email: null })).toEqual([typed.phone, typed.email]);
	expect(notInFile(NO_CONTACT, { ...own!, phone: null })).toEqual([]);
	expect(notInFile(null, own)).toEqual([]);
});

test('what changed at home is written in the file when the request is sent', async () => {
	await file({ household: { household: 'couple_with_children', childrenCount: 2, childAges: ['0_2'] } });
	const [row] = await db.read.select().from(person).where(eq(person.id, personId));
	expect(row).toMatchObject({ household: 'couple_with_children', childrenCount: 2 });
});

test('that somebody helped until a day is in the journal, without their name', async () => {
	await file({ contact: { ...NO_CONTACT, helper: 'Nadia', helperFor: 'month', helperUntil: '2026-12-22' } });
	const open = await findOpenRequest(db.read, personId);
	const rows = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, open!.id));
	const helped = rows.filter(({ action }) => action === 'request.helped');
	expect(helped).toHaveLength(1);
	expect(JSON.stringify(helped[0])).toContain('2026-12-22');
	expect(JSON.stringify(helped[0])).not.toContain('Nadia');
	expect(open?.channel).toBe('helped');
});

test('who helps is named until the last day, then no more; the person may end it before', async () => {
	const contact = { ...NO_CONTACT, helper: 'Nadia', helperFor: 'month' as const, helperUntil: '2026-12-22' };
	expect(helperOn(contact, '2026-12-22')).toEqual({ name: 'Nadia', until: '2026-12-22' });
	expect(helperOn(contact, '2026-12-23')).toBeNull();
	expect(helperOn(null, '2026-12-22')).toBeNull();
	const { id, reference } = await file({ contact });
	const end = () => db.write((tx) => endHelp(tx, { personId, reference, now: NOW }));
	const other = await aPerson(db, { territoryId });
	await expect(db.write((tx) => endHelp(tx, { personId: other.id, reference, now: NOW }))).rejects.toThrow('not_found');
	await end();
	await end();
	expect((await answersOf(reference)).contact).toMatchObject({ helper: '', helperUntil: null, firstName: 'Amel' });
	const rows = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, id));
	expect(rows.filter(({ action }) => action === 'request.help_ended')).toHaveLength(1);
});

test('who helped until a day that was over before it was sent is not sent, and leaves the place to who helps now', async () => {
	const month = { ...NO_CONTACT, helper: 'Paul', helperFor: 'month' as const, helperUntil: '2026-12-22' };
	const today = localDay(NOW, 'Europe/Paris');
	const day = { ...NO_CONTACT, helper: 'Marie', helperFor: 'today' as const, helperUntil: today };
	const tomorrow = new Date(NOW.getTime() + 86_400_000);
	const { id, reference } = await file({ contact: month });
	const added = await file({ themes: ['mobility'], contact: day }, tomorrow);
	expect((await answersOf(reference)).contact).toMatchObject({ helper: 'Paul', helperUntil: '2026-12-22' });
	const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, added.draftId));
	expect(openAnswers(row!.id, row!.answersSealed).contact).toMatchObject({ helper: '', helperFor: null });
	// On the day itself, who was said last stands.
	await file({ themes: ['health'], contact: day });
	expect((await answersOf(reference)).contact).toMatchObject({ helper: 'Marie', helperUntil: today });
	await db.write((tx) => withdrawRequest(tx, { personId, reference, now: NOW }));
	const anew = await file({ contact: day }, tomorrow);
	expect(anew.id).not.toBe(id);
	expect((await answersOf(anew.reference)).contact).toMatchObject({ helper: '', helperUntil: null });
});

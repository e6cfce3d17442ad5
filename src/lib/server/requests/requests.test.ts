import { readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../db/client.ts';
import { account, auditEntry, catchment, holiday, need, person, supportRequest } from '../db/schema/index.ts';
import { aCoordinator, aMunicipality, aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { endFollowUp } from '../people/commands.ts';
import { localDay } from '../territories/calendar.ts';
import { NO_ANSWERS, NO_CONTACT, openAnswers, sealAnswers, type Answers } from './answers.ts';
import { sendShort } from './at-once.ts';
import {
	assignRequest,
	joinPerson,
	reopenRequest,
	saveAnswers,
	sayStillWaiting,
	sendNeed,
	submitRequest,
	takeNeed,
	takeRequest,
	withdrawNeed,
	withdrawRequest,
} from './commands.ts';
import { deleteOldDrafts, dropBrought, findBrought, findDraft, takeBrought, type Owner } from './drafts.ts';
import { inbox, inboxCounts } from './inbox.ts';
import type { Page } from './pages.ts';
import { findOpenRequest, getOwnRequest, needsOf } from './queries.ts';
import { getRequestFor, orientationsOf } from './reading.ts';

let db: Db;
let territoryId: string;
let commune: string;
const visitor: Owner = { personId: null, browserHash: 'browser-one' };
const ofPerson = (personId: string): Owner => ({ personId, browserHash: null });
const days = (count: number) => new Date(NOW.getTime() + count * 24 * 3_600_000);

const complete = (change: Partial<Answers> = {}): Answers => ({
	...NO_ANSWERS,
	themes: ['housing', 'mobility'],
	byTheme: { housing: { ticks: { situation: ['rent'] }, note: 'CANARI-LOGEMENT' } },
	household: { household: 'single_parent', childrenCount: 2, childAges: ['0_2'] },
	inseeCode: commune,
	contact: {
		...NO_CONTACT,
		firstName: 'Amel',
		lastName: 'Durand',
		email: 'amel@example.fr',
		phone: '+33639980101',
		reach: 'call',
		moments: ['morning'],
		birthDate: '1986-03-27',
		helpToCome: ['interpreter'],
		helper: '',
	},
	...change,
});

const draftOf = (owner: Owner, answers: Answers) =>
	db.write((tx) => saveAnswers(tx, { owner, page: 'themes', change: () => answers, locale: 'fr', now: NOW }));
const send = (draftId: string, owner: Owner, now = NOW) =>
	db.write((tx) => submitRequest(tx, { draftId, owner, locale: 'fr', now }));
async function filed(owner: Owner = visitor, answers = complete()) {
	const { id } = await draftOf(owner, answers);
	return send(id, owner);
}
const asViewer = (account: { id: string; role: string; territoryId: string | null; structureId: string | null }) =>
	({ ...account, accountId: account.id }) as unknown as SignedIn;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	commune = (await aMunicipality(db)).inseeCode;
	await db.write((tx) => tx.insert(catchment).values({ inseeCode: commune, territoryId, startsOn: '2021-04-01' }));
});

test('answers come back as they were given, and a text moved to another request does not open', () => {
	const answers = complete();
	const sealed = sealAnswers('one', answers);
	expect(openAnswers('one', sealed)).toEqual(answers);
	expect(() => openAnswers('two', sealed)).toThrow();
});

test('the draft keeps each page and is found by the same browser only', async () => {
	const first = await draftOf(visitor, { ...NO_ANSWERS, themes: ['health'] });
	const second = await db.write((tx) =>
		saveAnswers(tx, {
			owner: visitor,
			page: 'commune',
			change: (answers) => ({ ...answers, inseeCode: commune }),
			locale: 'fr',
			now: days(1),
		}),
	);
	expect(second.id).toBe(first.id);
	expect(await findDraft(db.read, visitor)).toEqual(second);
	expect(second.answers).toMatchObject({ themes: ['health'], inseeCode: commune });
	expect(second.answers.savedAt).toEqual({ themes: NOW.getTime(), commune: days(1).getTime() });
	expect(await findDraft(db.read, { personId: null, browserHash: 'browser-two' })).toBeUndefined();
	expect(await findDraft(db.read, { personId: null, browserHash: null })).toBeUndefined();
});

test('what a visitor began is nobody’s: whoever signs in there says whether it is theirs', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const there: Owner = { personId, browserHash: 'browser-one' };
	const draft = await draftOf(visitor, complete());
	expect(await findDraft(db.read, there)).toBeUndefined();
	await expect(send(draft.id, there)).rejects.toThrow('not_found');
	expect((await findBrought(db.read, there))?.id).toBe(draft.id);
	// Of this browser only, and of who is not signed in.
	expect(await findBrought(db.read, ofPerson(personId))).toBeUndefined();
	expect(await findBrought(db.read, visitor)).toBeUndefined();
	await db.write((tx) => dropBrought(tx, { personId, browserHash: 'browser-two' }));
	expect((await findDraft(db.read, visitor))?.id).toBe(draft.id);
	// A page of their own, meanwhile, is not written into it.
	const own = await draftOf(there, { ...NO_ANSWERS, themes: ['health'] });
	expect(own.id).not.toBe(draft.id);
	await db.write((tx) => dropBrought(tx, there));
	expect(await findDraft(db.read, visitor)).toBeUndefined();
	expect((await findDraft(db.read, there))?.answers.themes).toEqual(['health']);
});

test('said to be theirs, it is, on any phone; said twice, nothing more happens', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const there: Owner = { personId, browserHash: 'browser-one' };
	const draft = await draftOf(visitor, complete());
	const mine = () => db.write((tx) => takeBrought(tx, { owner: there, now: days(1) }));
	await mine();
	await mine();
	expect(await findDraft(db.read, ofPerson(personId))).toEqual(draft);
	expect(await findDraft(db.read, visitor)).toBeUndefined();
	expect(await findBrought(db.read, there)).toBeUndefined();
	expect((await send(draft.id, ofPerson(personId), days(1))).personId).toBe(personId);
});

test('a page posted after the session ended joins the person’s draft page by page, and hides nothing', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const back: Owner = { personId, browserHash: 'browser-one' };
	const save = (owner: Owner, page: Page, change: Partial<Answers>, now: Date) =>
		db.write((tx) =>
			saveAnswers(tx, { owner, page, change: (answers) => ({ ...answers, ...change }), locale: 'fr', now }),
		);
	const note = (text: string) => ({ byTheme: { housing: { ticks: {}, note: text } } });
	const own = await save(ofPerson(personId), 'themes', { themes: ['housing', 'health'] }, days(0));
	await save(ofPerson(personId), 'housing', note('Avant'), days(0));
	await save(ofPerson(personId), 'securite', { urgency: ['food'] }, days(0));
	// Signed out without knowing it.
	await save(visitor, 'housing', note('Après'), days(1));
	await db.write((tx) => takeBrought(tx, { owner: back, now: days(2) }));
	const kept = (await findDraft(db.read, ofPerson(personId)))!;
	expect(kept).toMatchObject({ id: own.id, answers: { themes: ['housing', 'health'], urgency: ['food'] } });
	expect(kept.answers.byTheme.housing?.note).toBe('Après');
	expect(await findDraft(db.read, visitor)).toBeUndefined();
	// Kept for thirty days from here.
	await db.write((tx) => deleteOldDrafts(tx, days(31)));
	expect(await findDraft(db.read, back)).toEqual(kept);
});

test('sending writes the person, the needs, the reference, the day to answer by and the journal', async () => {
	const sent = await filed();
	expect(sent).toMatchObject({ first: true, added: false, territoryId, themes: ['housing', 'mobility'] });
	const row = await getOwnRequest(db.read, visitor, sent.reference);
	expect(row).toMatchObject({ status: 'submitted', respondBy: '2026-03-09', silenceOn: null, urgent: false });
	const [known] = await db.read.select().from(person).where(eq(person.id, sent.personId));
	expect(known).toMatchObject({
		firstName: 'Amel',
		phone: '+33639980101',
		contactConfirmedAt: null,
		household: 'single_parent',
		childrenCount: 2,
	});
	const needs = await needsOf(db.read, row.id);
	expect(needs.map(({ theme, status, answers }) => ({ theme, status, note: answers.note }))).toEqual([
		{ theme: 'housing', status: 'open', note: 'CANARI-LOGEMENT' },
		{ theme: 'mobility', status: 'open', note: '' },
	]);
	const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, row.id));
	expect(journal.map(({ action }) => action)).toEqual(['request.submitted']);
});

test('what was answered about a theme that was unticked since is not sent, and is there when it is ticked again', async () => {
	const said = { mobility: { ticks: { obstacle: ['no_licence'] }, note: 'Plus de permis' } };
	const byTheme: Answers['byTheme'] = { ...complete().byTheme, ...said };
	const kept = async (id: string) => {
		const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, id)).limit(1);
		return openAnswers(row!.id, row!.answersSealed).byTheme;
	};
	const draft = await draftOf(visitor, complete({ byTheme, themes: ['housing'] }));
	expect(await kept(draft.id)).toEqual(byTheme);
	const sent = await send(draft.id, visitor);
	expect(await kept(sent.id)).toEqual({ housing: byTheme.housing });
	// Added to a request that is open, neither there nor in what was added.
	const { id: personId } = await aPerson(db, { territoryId });
	const open = await filed(ofPerson(personId), complete({ themes: ['health'], byTheme: {} }));
	const more = await draftOf(ofPerson(personId), complete({ byTheme, themes: ['housing'] }));
	await send(more.id, ofPerson(personId));
	expect((await kept(open.id)).mobility).toBeUndefined();
	expect(await kept(more.id)).toEqual({ housing: byTheme.housing });
});

test('nothing typed freely can be read in the file of the database', async () => {
	const contact = { ...complete().contact!, helper: 'CANARI-AIDANT', interpreterIn: 'CANARI-LANGUE' };
	await filed(visitor, complete({ contact }));
	const file = db.raw.name;
	const bytes = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
	expect(bytes.includes('Durand')).toBe(true);
	for (const canary of ['CANARI-LOGEMENT', 'CANARI-AIDANT', 'CANARI-LANGUE'])
		expect(bytes.includes(canary)).toBe(false);
});

test('twenty identical posts in parallel make one request', async () => {
	const { id } = await draftOf(visitor, complete());
	const all = await Promise.all(Array.from({ length: 20 }, () => send(id, visitor)));
	expect(new Set(all.map(({ reference }) => reference)).size).toBe(1);
	expect(all.filter(({ first }) => first)).toHaveLength(1);
	expect(await db.read.select().from(supportRequest)).toHaveLength(1);
	expect(await db.read.select().from(person)).toHaveLength(1);
	expect(await db.read.select().from(need)).toHaveLength(2);
});

test('a replay shows the first receipt; somebody else’s draft is not found', async () => {
	const { id } = await draftOf(visitor, complete());
	const first = await send(id, visitor);
	expect(await send(id, visitor, days(3))).toMatchObject({ reference: first.reference, first: false });
	await expect(send(id, { personId: null, browserHash: 'browser-two' })).rejects.toThrow('not_found');
	await expect(send('forged', visitor)).rejects.toThrow('not_found');
});

test('what is missing is named and nothing is written', async () => {
	const { id } = await draftOf(visitor, { ...NO_ANSWERS, themes: ['health'] });
	await expect(send(id, visitor)).rejects.toMatchObject({
		code: 'request_incomplete',
		detail: { missing: ['commune', 'contact'] },
	});
	const { id: outside } = await draftOf(
		visitor,
		complete({ inseeCode: (await aMunicipality(db, { name: 'Ailleurs' })).inseeCode }),
	);
	await expect(send(outside, visitor)).rejects.toThrow('outside_perimeter');
	expect(await db.read.select().from(person)).toHaveLength(0);
	expect((await findDraft(db.read, visitor))?.answers.contact?.firstName).toBe('Amel');
});

test('« appelez-moi » alone is a need', async () => {
	const sent = await filed(visitor, complete({ themes: [], wantsCall: true, household: null }));
	expect((await needsOf(db.read, sent.id)).map(({ theme }) => theme)).toEqual(['other']);
});

test('a person has one open request: more needs are added to it, and a replay finds it', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const owner = ofPerson(personId);
	const first = await filed(owner);
	const { id: draftId } = await draftOf(owner, { ...NO_ANSWERS, themes: ['childcare', 'housing'] });
	const added = await send(draftId, owner, days(2));
	expect(added).toMatchObject({ id: first.id, reference: first.reference, added: true });
	expect(await send(draftId, owner, days(3))).toMatchObject({ reference: first.reference, first: false, added: true });
	const needs = await needsOf(db.read, first.id);
	expect(needs.map(({ theme }) => theme).sort()).toEqual(['childcare', 'housing', 'mobility']);
	expect(needs.find(({ theme }) => theme === 'housing')?.answers.note).toBe('CANARI-LOGEMENT');
	const row = await getOwnRequest(db.read, owner, first.reference);
	// Silence is counted from the day money was asked; the clock to answer by does not restart.
	expect(row).toMatchObject({ respondBy: '2026-03-09', silenceOn: '2026-05-04' });
});

test('a visitor who is somebody already known adds to their open request; the new file ends as withdrawn', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const open = await filed(ofPerson(personId), complete({ themes: ['employment'] }));
	const sent = await filed();
	const joined = await db.write((tx) => joinPerson(tx, { requestId: sent.id, personId, now: NOW }));
	expect(joined.reference).toBe(open.reference);
	expect((await needsOf(db.read, open.id)).map(({ theme }) => theme)).toEqual(['employment', 'housing', 'mobility']);
	const [merged] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, sent.id));
	expect(merged).toMatchObject({ status: 'withdrawn', mergedIntoId: open.id, personId });
});

test('of two requests that are joined, whose help is over leaves the place to who helps still', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const helpedBy = (helper: string, day: Date) => {
		const { contact } = complete();
		return complete({
			contact: { ...contact!, helper, helperFor: 'month', helperUntil: localDay(day, 'Europe/Paris') },
		});
	};
	await filed(ofPerson(personId), helpedBy('Paul', days(20)));
	const { id } = await draftOf(visitor, helpedBy('Marie', days(1)));
	const sent = await send(id, visitor, days(1));
	await db.write((tx) => joinPerson(tx, { requestId: sent.id, personId, now: days(2) }));
	const row = (await findOpenRequest(db.read, personId))!;
	expect(openAnswers(row.id, row.answersSealed).contact).toMatchObject({ helper: 'Paul' });
});

test('a visitor who is known and has nothing open keeps the request they sent', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const sent = await filed();
	const joined = await db.write((tx) => joinPerson(tx, { requestId: sent.id, personId, now: NOW }));
	expect(joined.reference).toBe(sent.reference);
	expect((await findOpenRequest(db.read, personId))?.id).toBe(sent.id);
	// The account opens it from now on, the browser alone no longer.
	await expect(getOwnRequest(db.read, visitor, sent.reference)).rejects.toThrow('not_found');
});

test('a receipt opens for its owner only', async () => {
	const { reference } = await filed();
	await expect(getOwnRequest(db.read, { personId: null, browserHash: 'x' }, reference)).rejects.toThrow('not_found');
	await expect(getOwnRequest(db.read, { personId: null, browserHash: null }, reference)).rejects.toThrow('not_found');
	const other = await aPerson(db, { territoryId });
	await expect(getOwnRequest(db.read, ofPerson(other.id), reference)).rejects.toThrow('not_found');
});

test('withdrawing the last need ends the request, and it can be reopened for thirty days', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const { id, reference } = await filed(ofPerson(personId));
	const [housing, mobility] = await needsOf(db.read, id);
	const withdraw = (needId: string) => db.write((tx) => withdrawNeed(tx, { personId, reference, needId, now: NOW }));
	await withdraw(housing!.id);
	await withdraw(housing!.id);
	expect((await findOpenRequest(db.read, personId))?.id).toBe(id);
	await withdraw(mobility!.id);
	expect(await findOpenRequest(db.read, personId)).toBeUndefined();
	await expect(withdraw('forged')).rejects.toThrow('not_found');
	const reopen = (now: Date) => db.write((tx) => reopenRequest(tx, { personId, reference, now }));
	await expect(reopen(days(31))).rejects.toThrow('reopen_too_late');
	await reopen(days(30));
	expect(await findOpenRequest(db.read, personId)).toMatchObject({ status: 'submitted', respondBy: '2026-04-08' });
	// A second tap, or a replay, finds it reopened: nothing is written again.
	await reopen(days(31));
	expect(await findOpenRequest(db.read, personId)).toMatchObject({ id, respondBy: '2026-04-08' });
	const told = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.reopened'));
	expect(told).toHaveLength(1);
});

test('a former request is not reopened beside the one that is open', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const { reference } = await filed(ofPerson(personId));
	await db.write((tx) => withdrawRequest(tx, { personId, reference, now: NOW }));
	const { id: present } = await filed(ofPerson(personId));
	const reopen = db.write((tx) => reopenRequest(tx, { personId, reference, now: days(1) }));
	await expect(reopen).rejects.toThrow('request_already_open');
	expect((await findOpenRequest(db.read, personId))?.id).toBe(present);
});

test('nobody withdraws the request of somebody else', async () => {
	const owner = await aPerson(db, { territoryId });
	const other = await aPerson(db, { territoryId });
	const { reference } = await filed(ofPerson(owner.id));
	const attempt = db.write((tx) => withdrawRequest(tx, { personId: other.id, reference, now: NOW }));
	await expect(attempt).rejects.toThrow('not_found');
});

test('« j’attends toujours » counts once a day, and only past the day', async () => {
	const { id: personId } = await aPerson(db, { territoryId });
	const { id, reference } = await filed(ofPerson(personId));
	const say = (now: Date) => db.write((tx) => sayStillWaiting(tx, { personId, reference, now }));
	await expect(say(new Date('2026-03-09T22:59:00Z'))).rejects.toThrow('not_late_yet');
	await say(new Date('2026-03-09T23:00:00Z'));
	await say(new Date('2026-03-10T12:00:00Z'));
	await say(new Date('2026-03-11T12:00:00Z'));
	const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.subjectId, id));
	expect(journal.filter(({ action }) => action === 'request.still_waiting')).toHaveLength(2);
	expect(await inboxCounts(db.read, territoryId, '2026-03-11')).toMatchObject({ waiting: 1, late: 1, stillWaiting: 1 });
});

test('in Cayenne the day is the one of Cayenne, and its holidays are its own', async () => {
	const guyane = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	const { inseeCode } = await aMunicipality(db, { name: 'Cayenne' });
	await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId: guyane.id, startsOn: '2021-04-01' }));
	await db.write((tx) => tx.insert(holiday).values({ zone: 'guyane', day: '2026-06-10', name: 'Abolition' }));
	const { id } = await draftOf(visitor, complete({ inseeCode }));
	// 4 June, 01:00 UTC is still 3 June at 22:00 in Cayenne: seven days later is the 10th, a holiday there.
	const sent = await send(id, visitor, new Date('2026-06-04T01:00:00Z'));
	expect(await getOwnRequest(db.read, visitor, sent.reference)).toMatchObject({ respondBy: '2026-06-11' });
});

test('professionals of the territory read a request nobody took; afterwards only who follows the person', async () => {
	const referent = asViewer(await aReferent(db, { territoryId }));
	const colleague = asViewer(await aReferent(db, { territoryId }));
	const coordinator = asViewer(await aCoordinator(db, { territoryId }));
	const stranger = asViewer(await aReferent(db));
	const { reference } = await filed();
	const read = (viewer: SignedIn) => getRequestFor(db.read, viewer, reference);
	expect((await read(colleague)).needs).toHaveLength(2);
	await expect(read(stranger)).rejects.toThrow('not_found');
	await db.write((tx) => takeRequest(tx, { reference, account: referent, now: NOW }));
	expect((await read(referent)).answers?.contact?.helpToCome).toEqual(['interpreter']);
	await expect(read(colleague)).rejects.toThrow('not_found');
	expect(await read(coordinator)).toMatchObject({ access: 'limited', needs: [], answers: null });
});

test('two professionals take the same request: one wins, the other is told', async () => {
	const one = asViewer(await aReferent(db, { territoryId }));
	const two = asViewer(await aReferent(db, { territoryId }));
	const { reference, id } = await filed();
	const results = await Promise.allSettled(
		[one, two].map((account) => db.write((tx) => takeRequest(tx, { reference, account, now: NOW }))),
	);
	expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
	expect(results[1]).toMatchObject({ reason: { code: 'request_already_taken', kind: 'conflict' } });
	const [row] = await db.read.select().from(supportRequest).where(eq(supportRequest.id, id));
	expect(row).toMatchObject({ status: 'assigned', assignedToId: one.accountId });
	const needs = await needsOf(db.read, id);
	expect(new Set(needs.map(({ structureId }) => structureId))).toEqual(new Set([one.structureId]));
});

test('a professional of another territory assigns nothing', async () => {
	const stranger = asViewer(await aCoordinator(db));
	const referent = await aReferent(db, { territoryId });
	const { reference } = await filed();
	const attempt = db.write((tx) => assignRequest(tx, { reference, accountId: referent.id, by: stranger, now: NOW }));
	await expect(attempt).rejects.toThrow('not_found');
});

test('the inbox shows urgent requests first, then the oldest, and finds a name without accents', async () => {
	const other = (name: string): Owner => ({ personId: null, browserHash: name });
	const named = (lastName: string, change: Partial<Answers> = {}) =>
		complete({ contact: { ...complete().contact!, lastName }, ...change });
	await filed(other('a'), named('Lefèvre'));
	const roof = { housing: { ticks: { situation: ['no_roof'] }, note: '' } };
	await filed(other('b'), named('Petit', { byTheme: roof }));
	const names = async (filters: object) =>
		(await inbox(db.read, territoryId, { today: '2026-03-02', ...filters })).map(({ lastName }) => lastName);
	expect(await names({})).toEqual(['Petit', 'Lefèvre']);
	expect(await names({ text: 'LEFEVRE' })).toEqual(['Lefèvre']);
	expect(await names({ theme: 'health' })).toEqual([]);
	expect(await names({ show: 'late', today: '2026-03-10' })).toHaveLength(2);
	expect(await names({ show: 'taken' })).toEqual([]);
});

test('one browser opens thirty drafts a day at most', async () => {
	for (let count = 0; count < 30; count += 1) await filed(visitor);
	await expect(draftOf(visitor, NO_ANSWERS)).rejects.toThrow('too_many_drafts');
});

describe('reopened', () => {
	const staff = async () => asViewer(await aReferent(db, { territoryId }));
	const rowOf = async (id: string) =>
		(await db.read.select().from(supportRequest).where(eq(supportRequest.id, id)).limit(1))[0]!;
	const reopen = (personId: string, reference: string, now = days(2)) =>
		db.write((tx) => reopenRequest(tx, { personId, reference, now }));
	async function taken() {
		const { id: personId } = await aPerson(db, { territoryId });
		const lead = await staff();
		const { id, reference } = await filed(ofPerson(personId));
		await db.write((tx) => takeRequest(tx, { reference, account: lead, now: NOW }));
		const withdraw = () => db.write((tx) => withdrawRequest(tx, { personId, reference, now: days(1) }));
		return { personId, lead, id, reference, withdraw };
	}

	test('with the lead who still follows, it goes on where it stood, and the needs are answered for', async () => {
		const { personId, lead, id, reference, withdraw } = await taken();
		await withdraw();
		await reopen(personId, reference);
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: lead.accountId, closedAt: null });
		expect(await needsOf(db.read, id)).toMatchObject(
			['housing', 'mobility'].map((theme) => ({
				theme,
				status: 'open',
				structureId: lead.structureId,
				expectedOn: '2026-03-19',
			})),
		);
	});

	test('after the follow-up ended it waits for somebody, and the list shows it', async () => {
		const { personId, lead, id, reference, withdraw } = await taken();
		await withdraw();
		await db.write((tx) => endFollowUp(tx, { personId, accountId: lead.accountId, by: lead, now: days(1) }));
		await reopen(personId, reference);
		expect(await rowOf(id)).toMatchObject({ status: 'submitted', assignedToId: null, assignedAt: null });
		expect(await inbox(db.read, territoryId, { today: '2026-03-04' })).toMatchObject([{ id }]);
		const other = await staff();
		await db.write((tx) => takeRequest(tx, { reference, account: other, now: days(3) }));
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: other.accountId });
	});

	test('with a lead whose account was closed it waits too', async () => {
		const { personId, lead, id, reference, withdraw } = await taken();
		await withdraw();
		await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, lead.accountId)));
		await reopen(personId, reference);
		expect(await rowOf(id)).toMatchObject({ status: 'submitted', assignedToId: null });
	});

	test('twice after a move, it goes on once in the new territory', async () => {
		const { id: personId } = await aPerson(db, { territoryId });
		const { reference } = await filed(ofPerson(personId));
		await db.write((tx) => withdrawRequest(tx, { personId, reference, now: days(1) }));
		const { id: elsewhere } = await aTerritory(db);
		await db.write((tx) => tx.update(person).set({ territoryId: elsewhere }).where(eq(person.id, personId)));
		await reopen(personId, reference);
		const there = await findOpenRequest(db.read, personId);
		await reopen(personId, reference, days(3));
		expect(await findOpenRequest(db.read, personId)).toEqual(there);
		expect(there).toMatchObject({ territoryId: elsewhere, status: 'submitted' });
	});

	test('« j’attends toujours » of before is no longer said', async () => {
		const { id: personId } = await aPerson(db, { territoryId });
		const { id, reference } = await filed(ofPerson(personId));
		await db.write((tx) => sayStillWaiting(tx, { personId, reference, now: days(10) }));
		await db.write((tx) => withdrawRequest(tx, { personId, reference, now: days(11) }));
		await reopen(personId, reference, days(12));
		expect(await rowOf(id)).toMatchObject({ status: 'submitted', stillWaitingAt: null });
	});

	test('a need somebody had taken is nobody’s any more', async () => {
		const { personId, lead, id, reference, withdraw } = await taken();
		const taker = await staff();
		const [housing] = await needsOf(db.read, id);
		const needId = housing!.id;
		const send = { needId, structureId: taker.structureId!, by: lead, now: NOW };
		await db.write((tx) => sendNeed(tx, send));
		await db.write((tx) => takeNeed(tx, { needId, by: taker, now: NOW }));
		await withdraw();
		await reopen(personId, reference);
		expect((await needsOf(db.read, id))[0]).toMatchObject({ status: 'open', structureId: lead.structureId });
		expect(await orientationsOf(db.read, { id, personId }, days(2))).toEqual(new Map());
		// It can be sent again, as nobody has it.
		await db.write((tx) => sendNeed(tx, { ...send, now: days(3) }));
	});

	test('a need that was taken, dropped, then asked for again is nobody’s either', async () => {
		const { personId, lead, id, reference } = await taken();
		const taker = await staff();
		const needId = (await needsOf(db.read, id))[0]!.id;
		await db.write((tx) => sendNeed(tx, { needId, structureId: taker.structureId!, by: lead, now: NOW }));
		await db.write((tx) => takeNeed(tx, { needId, by: taker, now: NOW }));
		await db.write((tx) => withdrawNeed(tx, { personId, reference, needId, now: days(1) }));
		expect((await orientationsOf(db.read, { id, personId }, days(2))).get(needId)).toBeUndefined();
		const owner = ofPerson(personId);
		const { id: draftId } = await draftOf(owner, { ...NO_ANSWERS, themes: ['housing'] });
		await send(draftId, owner, days(2));
		const again = (await needsOf(db.read, id)).find(({ theme }) => theme === 'housing');
		expect(again).toMatchObject({
			id: needId,
			status: 'open',
			structureId: lead.structureId,
			expectedOn: '2026-03-19',
		});
	});
});

describe('what was added to an open request', () => {
	const asked = async () => {
		const { id: personId } = await aPerson(db, { territoryId });
		const open = await filed(ofPerson(personId), complete({ themes: ['employment'], urgency: null }));
		return { personId, open };
	};
	const short = (personId: string, formId = 'form-one') =>
		db.write((tx) =>
			sendShort(tx, {
				formId,
				personId,
				themes: ['health'],
				wantsCall: true,
				note: 'Une phrase',
				locale: 'fr',
				now: NOW,
			}),
		);

	test('twenty replays of a form kept on the phone find its first receipt', async () => {
		const { personId, open } = await asked();
		const all = await Promise.all(Array.from({ length: 20 }, () => short(personId)));
		expect(new Set(all.map(({ reference }) => reference))).toEqual(new Set([open.reference]));
		expect(new Set(all.map(({ draftId }) => draftId)).size).toBe(1);
		expect(all.filter(({ first }) => first)).toHaveLength(1);
		expect(await db.read.select().from(supportRequest)).toHaveLength(2);
		expect(await short(personId, 'form-two')).toMatchObject({ first: true, added: true, reference: open.reference });
	});

	test('the draft of a visitor who signed in and said that it is theirs is found again too', async () => {
		const { personId, open } = await asked();
		const { id } = await draftOf(visitor, { ...NO_ANSWERS, themes: ['health'] });
		const owner = { personId, browserHash: 'browser-one' };
		await db.write((tx) => takeBrought(tx, { owner, now: NOW }));
		await send(id, owner);
		expect(await send(id, owner)).toMatchObject({ first: false, added: true, reference: open.reference, draftId: id });
		await expect(send(id, ofPerson((await aPerson(db, { territoryId })).id))).rejects.toThrow('not_found');
	});

	test('what was said around the needs is kept, and the names are those of before', async () => {
		const { personId, open } = await asked();
		const owner = ofPerson(personId);
		const before = (await findOpenRequest(db.read, personId))!;
		expect(openAnswers(before.id, before.answersSealed)).toMatchObject({ urgency: null, wantsCall: false });
		const contact = {
			...NO_CONTACT,
			firstName: 'Autre',
			lastName: 'Nom',
			reach: 'sms' as const,
			interpreterIn: 'Dari',
			helper: 'Nadia',
			helperUntil: '2026-04-02',
		};
		const { id: draftId } = await draftOf(owner, {
			...NO_ANSWERS,
			themes: ['health'],
			wantsCall: true,
			urgency: ['food'],
			household: { household: 'couple', childrenCount: 1, childAges: ['3_5'] },
			contact,
		});
		await send(draftId, owner, days(1));
		const row = (await findOpenRequest(db.read, personId))!;
		expect(row).toMatchObject({ id: open.id, wantsCall: true, urgent: true });
		const answers = openAnswers(row.id, row.answersSealed);
		expect(answers).toMatchObject({
			themes: ['employment', 'health'],
			urgency: ['food'],
			wantsCall: true,
			household: { household: 'couple', childrenCount: 1 },
			contact: {
				reach: 'sms',
				moments: ['morning'],
				helpToCome: ['interpreter'],
				interpreterIn: 'Dari',
				helper: 'Nadia',
			},
		});
		expect(answers.contact?.lastName).toBe(openAnswers(before.id, before.answersSealed).contact?.lastName);
		const helped = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.helped'));
		expect(helped).toMatchObject([{ subjectId: open.id, personId, detail: { until: '2026-04-02' } }]);
	});

	test('« C’est moi » brings what the visitor said as well', async () => {
		const { personId } = await asked();
		const sent = await filed(visitor, complete({ urgency: ['roof'], wantsCall: true }));
		await db.write((tx) => joinPerson(tx, { requestId: sent.id, personId, now: NOW }));
		const row = (await findOpenRequest(db.read, personId))!;
		expect(row.wantsCall).toBe(true);
		expect(openAnswers(row.id, row.answersSealed)).toMatchObject({
			urgency: ['roof'],
			contact: { reach: 'call', helpToCome: ['interpreter'] },
		});
	});
});

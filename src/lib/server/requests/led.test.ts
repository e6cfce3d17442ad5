/** Requests of people whom somebody leads, or led. */
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	aCoordinator,
	actorOf,
	aMunicipality,
	aPerson,
	aReferent,
	aTerritory,
	NOW,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Db } from '../db/client.ts';
import { account, auditEntry, catchment, supportRequest } from '../db/schema/index.ts';
import { recordOpening, transferLead } from '../people/commands.ts';
import { followUpOf, leadOf } from '../people/queries.ts';
import { objectToMember } from '../people/sharing.ts';
import { peopleToday } from '../people/today.ts';
import { addDays } from '../territories/calendar.ts';
import { withDefaults } from '../territories/settings.ts';
import { NO_ANSWERS, NO_CONTACT, type Answers } from './answers.ts';
import {
	decideRequest,
	followLead,
	joinPerson,
	liftNeed,
	reopenRequest,
	saveAnswers,
	sendNeed,
	submitRequest,
	takeNeed,
	takeRequest,
	withdrawNeed,
	withdrawRequest,
} from './commands.ts';
import type { Owner } from './drafts.ts';
import { inbox } from './inbox.ts';
import { needsStanding, progressOf } from './progress.ts';
import { getOwnRequest, needsOf } from './queries.ts';
import { getRequestFor, orientationsOf } from './reading.ts';
import { transferRequest } from './transferring.ts';

type Staff = Awaited<ReturnType<typeof aReferent>>;
const as = (row: Staff) => ({ ...row, accountId: row.id }) as unknown as SignedIn;
const HOUR_MS = 3_600_000;
const days = (count: number, hours = 0) => new Date(NOW.getTime() + (count * 24 + hours) * HOUR_MS);

let db: Db;
let territoryId: string;
let lead: Staff;
let other: Staff;
let coordinator: Staff;
let personId: string;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	const here = { territoryId };
	[lead, other, coordinator] = [await aReferent(db, here), await aReferent(db, here), await aCoordinator(db, here)];
	personId = (await aPerson(db, here)).id;
});

async function ask(change: Partial<Answers>, now = NOW, owner: Owner = { personId, browserHash: null }) {
	const answers = { ...NO_ANSWERS, ...change };
	const draft = await db.write((tx) =>
		saveAnswers(tx, { owner, page: 'themes', change: () => answers, locale: 'fr', now }),
	);
	return db.write((tx) => submitRequest(tx, { draftId: draft.id, owner, locale: 'fr', now }));
}
const SOON = days(0, 0.1);
const take = (reference: string, by = lead, now = SOON) =>
	db.write((tx) => takeRequest(tx, { reference, account: as(by), now }));
const rowOf = async (id: string) =>
	(await db.read.select().from(supportRequest).where(eq(supportRequest.id, id)).limit(1))[0]!;
const withdraw = (reference: string, now = days(1)) =>
	db.write((tx) => withdrawRequest(tx, { personId, reference, now }));
const reopen = (reference: string, now: Date) => db.write((tx) => reopenRequest(tx, { personId, reference, now }));
const disable = (row: Staff) =>
	db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, row.id)));
const todayOf = async (row: Staff, now: Date) => {
	const context = { territoryId, zone: 'Europe/Paris', settings: withDefaults({}), now };
	return (await peopleToday(db.read, row.id, context)).flatMap(({ reasons }) => reasons);
};
const ROOF = { themes: ['housing' as const], byTheme: { housing: { ticks: { situation: ['no_roof'] }, note: '' } } };

describe('what is said once somebody has the request', () => {
	test('about a subject asked already, « no roof » and « appelez-moi » come first, until the lead looked', async () => {
		const { reference } = await ask({ themes: ['housing'] });
		await take(reference, lead, days(0, 1));
		await ask({ ...ROOF, wantsCall: true }, days(2));
		expect(await todayOf(lead, days(2, 1))).toMatchObject([
			{ reason: 'urgent_need', reference, since: days(2), detail: { urgent: true, callBack: true } },
		]);
		const look = { viewer: as(lead), personId, part: 'request' as const, now: days(2, 2) };
		await db.write((tx) => recordOpening(tx, look));
		expect(await todayOf(lead, days(2, 3))).toEqual([]);
		// Asked again since: read again.
		await ask({ themes: ['housing'] }, days(3));
		expect(await todayOf(lead, days(3, 1))).toMatchObject([{ reason: 'new_need', detail: { urgent: false } }]);
	});

	test('a new need that cannot wait is first, then it stays until somebody begins it', async () => {
		const { reference } = await ask({ themes: ['employment'] });
		await take(reference, lead, days(0, 1));
		await ask(ROOF, days(2));
		expect(await todayOf(lead, days(2, 1))).toMatchObject([{ reason: 'urgent_need' }]);
		const look = { viewer: as(lead), personId, part: 'request' as const, now: days(2, 2) };
		await db.write((tx) => recordOpening(tx, look));
		expect(await todayOf(lead, days(2, 3))).toMatchObject([{ reason: 'new_need', detail: { urgent: true } }]);
	});

	test('nobody is told of what they typed themselves, nor of what was opened longer ago than the journal remembers', async () => {
		const { reference } = await ask({ themes: ['housing'] });
		await take(reference, lead, days(0, 1));
		const owner = { personId, browserHash: null };
		const change = () => ({ ...NO_ANSWERS, ...ROOF });
		const saved = { owner, page: 'themes' as const, change, locale: 'fr', now: days(1) };
		const { id: draftId } = await db.write((tx) => saveAnswers(tx, saved));
		await db.write((tx) => submitRequest(tx, { draftId, owner, locale: 'fr', by: as(lead), now: days(1) }));
		expect(await todayOf(lead, days(1, 1))).toEqual([]);
		await ask(ROOF, days(2));
		expect(await todayOf(lead, days(400))).not.toContainEqual(expect.objectContaining({ reason: 'urgent_need' }));
	});

	test('what a visitor said before « c’est moi » counts too, and the page reads by index', async () => {
		const { reference } = await ask({ themes: ['housing'] });
		await take(reference, lead, days(0, 1));
		const inseeCode = await aCommune();
		const contact = { ...NO_CONTACT, firstName: 'Amel', lastName: 'Durand', email: 'amel@example.fr' };
		const visitor = await ask({ ...ROOF, urgency: [], inseeCode, contact }, days(2), {
			personId: null,
			browserHash: 'browser-one',
		});
		await db.write((tx) => joinPerson(tx, { requestId: visitor.id, personId, now: days(2) }));
		expect(await todayOf(lead, days(2, 1))).toMatchObject([{ reason: 'urgent_need', reference }]);
		expect(await fullScans(db, () => todayOf(lead, days(2, 2)))).toEqual([]);
	});
});

async function aCommune() {
	const { inseeCode } = await aMunicipality(db);
	await db.write((tx) => tx.insert(catchment).values({ inseeCode, territoryId, startsOn: '2021-04-01' }));
	return inseeCode;
}

describe('somebody who is led asks again', () => {
	test('it is the lead’s from the start, who sees it; nobody else is proposed to take it', async () => {
		const first = await ask({ themes: ['housing'] });
		await take(first.reference);
		await withdraw(first.reference);
		const again = await ask(ROOF, days(5));
		expect(await rowOf(again.id)).toMatchObject({ status: 'assigned', assignedToId: lead.id, assignedAt: days(5) });
		expect(await needsOf(db.read, again.id)).toMatchObject([
			{ structureId: lead.structureId, expectedOn: '2026-03-23' },
		]);
		expect(await inbox(db.read, territoryId, { today: '2026-03-07' })).toEqual([]);
		expect(await todayOf(lead, days(5, 1))).toMatchObject([{ reason: 'urgent_need', reference: again.reference }]);
	});

	test('known at last, a visitor whom somebody leads is theirs too', async () => {
		const first = await ask({ themes: ['housing'] });
		await take(first.reference);
		await withdraw(first.reference);
		const contact = { ...NO_CONTACT, firstName: 'Amel', lastName: 'Durand', email: 'amel@example.fr' };
		const said = { ...ROOF, inseeCode: await aCommune(), contact };
		const visitor = await ask(said, days(5), { personId: null, browserHash: 'browser-one' });
		await db.write((tx) => joinPerson(tx, { requestId: visitor.id, personId, now: days(5, 1) }));
		expect(await rowOf(visitor.id)).toMatchObject({ status: 'assigned', assignedToId: lead.id });
		expect(await todayOf(lead, days(5, 2))).toMatchObject([{ reason: 'urgent_need' }]);
	});

	test('while the lead’s account is closed, what is asked has its day; the next lead answers for it', async () => {
		const { id, reference } = await ask({ themes: ['housing'] });
		await take(reference);
		await disable(lead);
		await ask({ themes: ['mobility'] }, days(5));
		const mobility = async () => (await needsOf(db.read, id)).find(({ theme }) => theme === 'mobility');
		expect(await mobility()).toMatchObject({ structureId: null, expectedOn: '2026-03-23' });
		const given = { personId, accountId: other.id, reason: 'Départ', by: as(coordinator), now: days(6) };
		await db.write((tx) => transferLead(tx, given));
		await db.write((tx) => followLead(tx, given));
		for (const need of await needsOf(db.read, id)) expect(need.structureId).toBe(other.structureId);
		expect(await mobility()).toMatchObject({ expectedOn: '2026-03-23' });
	});

	test('when the lead’s account is closed, anybody may take it, and the coordinator give it', async () => {
		const first = await ask({ themes: ['housing'] });
		await take(first.reference);
		await withdraw(first.reference);
		await disable(lead);
		const again = await ask({ themes: ['housing'] }, days(5));
		expect(await rowOf(again.id)).toMatchObject({ status: 'submitted', assignedToId: null });
		const choice = {
			accountId: other.id,
			structureId: null,
			kind: 'social' as const,
			reason: 'Secret',
			proposal: null,
		};
		const { reference } = again;
		await db.write((tx) => decideRequest(tx, { ...choice, reference, by: as(coordinator), now: days(6) }));
		expect(await rowOf(again.id)).toMatchObject({ status: 'assigned', assignedToId: other.id });
		expect((await followUpOf(db.read, personId)).map(({ accountId, part }) => [accountId, part])).toEqual([
			[other.id, 'lead'],
		]);
		// Why it was given is not said to the person as why the former lead left.
		const ended = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'person.follow_up_ended'));
		expect(ended).toMatchObject([{ personId, reasonSealed: null }]);
	});
});

describe('a lead who leaves', () => {
	test('the open request and the needs that were theirs go to who leads now, those sent elsewhere stay there', async () => {
		const { id, reference } = await ask({ themes: ['housing', 'employment'] });
		await take(reference);
		const [employment, housing] = await needsOf(db.read, id);
		const third = await aReferent(db, { territoryId });
		const sent = { needId: employment!.id, structureId: third.structureId, by: as(lead), now: NOW };
		await db.write((tx) => sendNeed(tx, sent));
		await disable(lead);
		const transfer = { personId, accountId: other.id, by: actorOf(coordinator), now: days(3) };
		await db.write(async (tx) => {
			await transferLead(tx, transfer);
			await followLead(tx, transfer);
		});
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: other.id, assignedAt: SOON });
		const at = Object.fromEntries((await needsOf(db.read, id)).map((need) => [need.id, need.structureId]));
		expect(at).toEqual({ [employment!.id]: third.structureId, [housing!.id]: other.structureId });
		const theirs = { today: '2026-03-05', show: 'taken' as const, onlyOf: { accountId: other.id, structureId: null } };
		expect(await inbox(db.read, territoryId, theirs)).toMatchObject([{ id, assignedTo: other.displayName }]);
	});

	test('what waited for somebody since is the new lead’s as well', async () => {
		const first = await ask({ themes: ['housing'] });
		await take(first.reference);
		await withdraw(first.reference);
		await disable(lead);
		const { id } = await ask({ themes: ['housing'] }, days(5));
		const transfer = { personId, accountId: other.id, by: actorOf(coordinator), now: days(6) };
		await db.write(async (tx) => {
			await transferLead(tx, transfer);
			await followLead(tx, transfer);
		});
		expect(await rowOf(id)).toMatchObject({ status: 'assigned', assignedToId: other.id });
	});
});

describe('a need whose taker is gone', () => {
	async function aTakenNeed() {
		const { id, reference } = await ask({ themes: ['housing'] });
		await take(reference);
		const needId = (await needsOf(db.read, id))[0]!.id;
		const send = (structureId: string, now = NOW) =>
			db.write((tx) => sendNeed(tx, { needId, structureId, by: as(lead), now }));
		await send(other.structureId);
		await db.write((tx) => takeNeed(tx, { needId, by: as(other), now: NOW }));
		const said = async (now: Date) => {
			const own = await getOwnRequest(db.read, { personId, browserHash: null }, reference);
			return (await progressOf(db.read, own, now)).needs[0];
		};
		return { id, needId, send, said };
	}

	test('while they follow, it stays theirs; objected to, it is nobody’s, the lead sees it and sends it again', async () => {
		const { id, needId, send, said } = await aTakenNeed();
		await expect(send(lead.structureId)).rejects.toThrow('need_taken');
		expect(await todayOf(lead, days(0, 1))).toEqual([]);
		const { id: memberId } = (await followUpOf(db.read, personId)).find(({ part }) => part === 'member')!;
		const by = { accountId: 'person', role: 'beneficiary' as const, structureId: null };
		await db.write((tx) => objectToMember(tx, { personId, memberId, by, now: days(1) }));
		expect((await todayOf(lead, days(1, 1))).map(({ reason }) => reason)).toContain('need_left');
		expect(await said(days(1))).toMatchObject({ status: 'open', at: null });
		expect((await orientationsOf(db.read, { id, personId }, days(1))).get(needId)).toMatchObject({ isLeft: true });
		const third = await aReferent(db, { territoryId });
		await send(third.structureId, days(2));
		expect(await said(days(2))).toMatchObject({ status: 'open', at: { state: 'sent' } });
		expect((await todayOf(lead, days(2))).map(({ reason }) => reason)).not.toContain('need_left');
	});

	test('the same once their account is closed', async () => {
		const { id, needId, send, said } = await aTakenNeed();
		expect(await said(NOW)).toMatchObject({ status: 'in_progress', at: { state: 'taken' } });
		await disable(other);
		expect(await said(days(1))).toMatchObject({ status: 'open', at: null });
		// The list of the person’s requests says the same as the page of this one.
		const listed = await needsStanding(db.read, { id, personId }, days(1));
		expect(listed.find((need) => need.id === needId)).toMatchObject({ status: 'open' });
		expect((await todayOf(lead, days(1))).map(({ reason }) => reason)).toContain('need_left');
		await send(lead.structureId, days(1));
	});

	test('settled, it is nobody’s to send again', async () => {
		const { id, needId } = await aTakenNeed();
		await db.write((tx) => liftNeed(tx, { needId, by: as(lead), now: days(1) }));
		await disable(other);
		expect((await orientationsOf(db.read, { id, personId }, days(2))).get(needId)).toMatchObject({ isLeft: false });
		expect((await todayOf(lead, days(2))).map(({ reason }) => reason)).not.toContain('need_left');
	});
});

describe('silence on money', () => {
	const CHILDCARE = {
		themes: ['childcare' as const],
		byTheme: { childcare: { ticks: { help: ['paying'] }, note: '' } },
	};

	test('asked again after it was withdrawn, it counts from then; asked twice, from the first', async () => {
		const { id, reference } = await ask({ ...CHILDCARE, themes: ['childcare', 'housing'] });
		expect((await rowOf(id)).silenceOn).toBe('2026-05-02');
		await ask(CHILDCARE, days(10));
		expect((await rowOf(id)).silenceOn).toBe('2026-05-02');
		const needId = (await needsOf(db.read, id)).find(({ theme }) => theme === 'childcare')!.id;
		await db.write((tx) => withdrawNeed(tx, { personId, reference, needId, now: days(20) }));
		await ask({ themes: ['health'] }, days(30));
		await ask(CHILDCARE, days(80));
		expect((await rowOf(id)).silenceOn).toBe('2026-07-21');
	});

	test('reopened, it counts from the reopening', async () => {
		const { id, reference } = await ask(CHILDCARE);
		await withdraw(reference, days(60));
		await reopen(reference, days(79));
		expect((await rowOf(id)).silenceOn).toBe('2026-07-20');
	});
});

describe('a request of which all is settled', () => {
	async function settled() {
		const { id, reference } = await ask({ themes: ['housing'] });
		await take(reference);
		const needId = (await needsOf(db.read, id))[0]!.id;
		await db.write((tx) => liftNeed(tx, { needId, by: as(lead), now: days(1) }));
		return { id, reference };
	}

	test('does not move with its person: it is closed where it was', async () => {
		const { id } = await settled();
		const elsewhere = await aTerritory(db);
		const move = { personId, territoryId: elsewhere.id, inseeCode: null, by: null, now: days(2) };
		expect(await db.write((tx) => transferRequest(tx, move))).toBeNull();
		expect(await rowOf(id)).toMatchObject({ status: 'closed', closedAt: days(2) });
		expect(await inbox(db.read, elsewhere.id, { today: '2026-03-04' })).toEqual([]);
	});

	test('reopened, it asks again for what was settled', async () => {
		const { id, reference } = await settled();
		await withdraw(reference, days(2));
		await reopen(reference, days(3));
		expect(await needsOf(db.read, id)).toMatchObject([{ theme: 'housing', status: 'open', closedAt: null }]);
		expect(await leadOf(db.read, personId)).toBeDefined();
		expect((await getRequestFor(db.read, as(lead), reference)).request.status).toBe('assigned');
	});
});

test('the last day to reopen lasts until midnight of the territory', async () => {
	const { reference } = await ask({ themes: ['housing'] });
	// 10:00 in Paris on 3 March: the thirtieth day is 2 April.
	await withdraw(reference, days(1));
	await expect(reopen(reference, new Date('2026-04-02T22:00:00Z'))).rejects.toThrow('reopen_too_late');
	await reopen(reference, new Date('2026-04-02T21:59:59Z'));
});

test('somebody whose help ended before it was sent did not help', async () => {
	const helper = { ...NO_CONTACT, helper: 'Nadia', helperFor: 'today' as const, helperUntil: '2026-03-02' };
	const { id } = await ask({ themes: ['housing'], contact: helper }, days(1));
	expect(await rowOf(id)).toMatchObject({ channel: 'self' });
	await ask({ themes: ['health'], contact: helper }, days(2));
	expect(await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.helped'))).toEqual([]);
	await ask({ themes: ['health'], contact: { ...helper, helperUntil: addDays('2026-03-02', 3) } }, days(3));
	expect(await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.helped'))).toHaveLength(1);
});

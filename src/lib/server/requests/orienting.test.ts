import { eq, inArray } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import {
	aCoordinator,
	aPerson,
	aReferent,
	aRequest,
	aStructure,
	aTerritory,
	NOW,
	theTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans } from '../../../../tests/support/plans.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, need, orientation, structure, supportRequest } from '../db/schema/index.ts';
import { assignLead } from '../people/commands.ts';
import { followersNow, getPersonFor } from '../people/queries.ts';
import {
	declineNeed,
	declineRequest,
	decideRequest,
	reopenRequest,
	sendNeed,
	takeNeed,
	takeRequest,
	withdrawRequest,
} from './commands.ts';
import { inbox, inboxCounts, needsReturned, needsSentTo } from './inbox.ts';
import { needOrientation } from './orienting.ts';
import { followedProposals, proposalFor } from './orientation.ts';
import {
	calledBackAt,
	getRequestFor,
	holderOf,
	needHolderOf,
	needsTaken,
	orientationsOf,
	tookThemes,
} from './reading.ts';

type Staff = Awaited<ReturnType<typeof aReferent>>;
const as = (account: { id: string; role: string; territoryId: string | null; structureId: string | null }) =>
	({ ...account, accountId: account.id }) as unknown as SignedIn;
const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

let db: Db;
let territoryId: string;
let coordinator: Staff;
let housing: Staff;
let colleague: Staff;
let elsewhere: Staff;
let sent: Awaited<ReturnType<typeof aRequest>>;

beforeEach(async () => {
	db = await testDatabase();
	territoryId = (await aTerritory(db)).id;
	const here = { territoryId };
	coordinator = await aCoordinator(db, here);
	housing = await aReferent(db, here);
	colleague = await aReferent(db, { ...here, structureId: housing.structureId });
	elsewhere = await aReferent(db, here);
	const person = await aPerson(db, here);
	sent = await aRequest(db, { personId: person.id, themes: ['housing', 'employment'] });
});

const NOTHING = { accountId: null, structureId: null, kind: 'social' as const, reason: '', proposal: null };
const decide = (choice: Partial<typeof NOTHING> | Record<string, unknown>, now = NOW) =>
	db.write((tx) =>
		decideRequest(tx, { ...NOTHING, ...choice, reference: sent.reference!, by: as(coordinator), now } as Parameters<
			typeof decideRequest
		>[1]),
	);
const toStructure = (now = NOW) => decide({ structureId: housing.structureId }, now);
const take = (account: Staff) =>
	db.write((tx) => takeRequest(tx, { reference: sent.reference!, account: as(account), now: NOW }));
const giveBack = (account: Staff, now = NOW) =>
	db.write((tx) =>
		declineRequest(tx, { reference: sent.reference!, reason: 'full', note: 'Complet', by: as(account), now }),
	);
const row = async () =>
	(await db.read.select().from(supportRequest).where(eq(supportRequest.id, sent.id)).limit(1))[0]!;

describe('a request sent to a structure', () => {
	test('withdrawn by the person, it is no longer given back', async () => {
		await toStructure();
		const own = { personId: sent.personId, reference: sent.reference!, now: NOW };
		await db.write((tx) => withdrawRequest(tx, own));
		await expect(giveBack(housing)).rejects.toThrow('already_answered');
		await expect(giveBack(elsewhere)).rejects.toThrow('not_found');
		await db.write((tx) => reopenRequest(tx, own));
		// Called back: the coordinator decides again.
		await expect(giveBack(housing)).rejects.toThrow('already_answered');
		expect(await inboxCounts(db.read, territoryId, '2026-03-02')).toMatchObject({ waiting: 1, sent: 0 });
	});

	test('taken by somebody, it is no longer given back either', async () => {
		await toStructure();
		await take(colleague);
		await expect(giveBack(housing)).rejects.toThrow('already_answered');
		expect((await row()).status).toBe('assigned');
	});

	test('is read and taken there, and nowhere else', async () => {
		await toStructure();
		const read = (account: Staff) => getRequestFor(db.read, as(account), sent.reference!);
		await expect(read(elsewhere)).rejects.toThrow('not_found');
		await expect(take(elsewhere)).rejects.toThrow('not_found');
		expect((await read(housing)).access).toBe('whole');
		expect((await read(coordinator)).access).toBe('whole');
		const listed = async ({ id: accountId, structureId }: Staff) =>
			(await inbox(db.read, territoryId, { today: '2026-03-02', onlyOf: { accountId, structureId } })).length;
		expect([await listed(colleague), await listed(elsewhere)]).toEqual([1, 0]);
		await take(colleague);
		expect(await row()).toMatchObject({ status: 'assigned', assignedToId: colleague.id });
		expect(await orientationsOf(db.read, sent, NOW)).toMatchObject(new Map([[null, { state: 'taken' }]]));
	});

	test('called back, that alone is known there, for a month, and nowhere else', async () => {
		await toStructure();
		const known = (account: Staff, now = later(3)) => calledBackAt(db.read, as(account), sent.reference!, now);
		expect(await known(housing)).toBeUndefined();
		await decide({ structureId: elsewhere.structureId, reason: 'Plus près' }, later(2));
		expect([await known(housing), await known(colleague)]).toEqual([later(2), later(2)]);
		expect(await known(housing, later(32))).toBeUndefined();
		for (const other of [elsewhere, coordinator]) expect(await known(other)).toBeUndefined();
		const far = await aReferent(db, { territoryId: (await aTerritory(db)).id });
		expect(await known(far)).toBeUndefined();
		expect(await known({ ...far, structureId: housing.structureId })).toBeUndefined();
	});

	test('taken by two at once: one wins, the other is told', async () => {
		await toStructure();
		const results = await Promise.allSettled([take(housing), take(colleague)]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const lost = results.find((result) => result.status === 'rejected');
		expect(String(lost!.reason)).toContain('request_already_taken');
		const { assignedToId } = await row();
		const name = [housing, colleague].find(({ id }) => id === assignedToId)!.displayName;
		const at = { reference: sent.reference!, territoryId };
		expect(await holderOf(db.read, at)).toMatchObject({ accountId: assignedToId, name, status: 'assigned' });
		const far = { ...at, territoryId: (await aTerritory(db)).id };
		expect(await holderOf(db.read, far)).toBeUndefined();
	});

	test('declined with a reason, it is the coordinator’s again and its clock does not restart', async () => {
		await toStructure();
		const before = await row();
		await expect(giveBack(elsewhere)).rejects.toThrow('not_found');
		await giveBack(housing, later(3));
		expect(await row()).toMatchObject({
			status: 'submitted',
			submittedAt: before.submittedAt,
			respondBy: before.respondBy,
			assignedToId: null,
		});
		expect(await inboxCounts(db.read, territoryId, '2026-03-02')).toMatchObject({ waiting: 1, sent: 0, returned: 1 });
		expect(await orientationsOf(db.read, sent, NOW)).toMatchObject(
			new Map([[null, { state: 'declined', declineReason: 'full', declineNote: 'Complet' }]]),
		);
		// Anybody of the territory reads it again; said twice, it is refused.
		expect((await getRequestFor(db.read, as(elsewhere), sent.reference!)).access).toBe('whole');
		await expect(giveBack(colleague)).rejects.toThrow('already_answered');
		// Sent elsewhere after that, the first structure sees nothing of it.
		await decide({ structureId: elsewhere.structureId });
		await expect(getRequestFor(db.read, as(housing), sent.reference!)).rejects.toThrow('not_found');
	});

	test('decided by two coordinators from the same screen: one wins, the other is told and undoes nothing', async () => {
		const seen = '';
		expect(await decide({ structureId: housing.structureId, seen })).not.toBeNull();
		// The second tap of the first one.
		expect(await decide({ structureId: housing.structureId, seen })).toBeNull();
		for (const choice of [{ structureId: elsewhere.structureId }, { accountId: elsewhere.id }])
			await expect(decide({ ...choice, seen })).rejects.toThrow('already_decided');
		const present = (await orientationsOf(db.read, sent, NOW)).get(null)!;
		expect(present).toMatchObject({ state: 'sent', structureId: housing.structureId });
		expect(await db.read.select().from(orientation)).toHaveLength(1);
		// Who has read it decides otherwise.
		await decide({ structureId: elsewhere.structureId, seen: present.id });
		expect((await orientationsOf(db.read, sent, NOW)).get(null)?.structureId).toBe(elsewhere.structureId);
		// Given back meanwhile, nothing stands in the way.
		const { id } = (await orientationsOf(db.read, sent, NOW)).get(null)!;
		await giveBack(elsewhere);
		expect(await decide({ structureId: housing.structureId, seen: id })).not.toBeNull();
	});

	test('« other reason » without a word is not a reason', async () => {
		await toStructure();
		const declining = db.write((tx) =>
			declineRequest(tx, { reference: sent.reference!, reason: 'other', note: ' ', by: as(housing), now: NOW }),
		);
		await expect(declining).rejects.toThrow('note_needed');
	});

	test('a structure of another territory is none', async () => {
		const far = await aStructure(db);
		await expect(decide({ structureId: far.id })).rejects.toThrow('structure_unknown');
	});
});

describe('the proposal of the rules', () => {
	const proposed = () => proposalFor(db.read, sent.id, territoryId, NOW);

	test('accepted or not is kept, audited and counted; otherwise needs a reason', async () => {
		const proposal = await proposed();
		const { account, kind } = proposal;
		expect(account).not.toBeNull();
		const other = [housing, colleague, elsewhere].find(({ id }) => id !== account!.id)!;
		await expect(decide({ accountId: other.id, kind, proposal })).rejects.toThrow('reason_needed');
		await decide({ accountId: other.id, kind, proposal, reason: 'Elle la connaît' });
		const second = await aRequest(db, { territoryId, personId: (await aPerson(db, { territoryId })).id });
		sent = second;
		const again = await proposed();
		await decide({ accountId: again.account!.id, kind: again.kind, proposal: again });
		expect(await followedProposals(db.read, territoryId, later(1))).toEqual({ proposed: 2, followed: 1 });
		const [first] = await db.read.select().from(orientation).orderBy(orientation.at).limit(1);
		expect(first!.reasonSealed).not.toContain('connaît');
		const journal = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.oriented')).limit(5);
		expect(journal.map(({ detail }) => detail.followed)).toEqual([false, true]);
	});

	test('who declined it is not proposed again, and it is said', async () => {
		const first = (await proposed()).structure!;
		await decide({ structureId: first.id });
		const [decliner] = [housing, elsewhere].filter(({ structureId }) => structureId === first.id);
		await giveBack(decliner!);
		const { structure, why } = await proposed();
		expect(structure).not.toBeNull();
		expect(structure!.id).not.toBe(first.id);
		expect(why).toContainEqual({ code: 'declined', structure: first.name });
	});

	test('when they propose nobody, it is said, and choosing needs no reason', async () => {
		const alone = await aTerritory(db);
		const [chief, referent] = [
			await aCoordinator(db, { territoryId: alone.id }),
			await aReferent(db, { structureId: (await aStructure(db, { territoryId: alone.id, kind: 'autre' })).id }),
		];
		const request = await aRequest(db, { personId: (await aPerson(db, { territoryId: alone.id })).id });
		// The coordinator's own structure is of no network of the rules either.
		await db.write((tx) => tx.update(structure).set({ kind: 'autre' }).where(eq(structure.territoryId, alone.id)));
		const proposal = await proposalFor(db.read, request.id, alone.id, NOW);
		expect(proposal).toMatchObject({ structure: null, why: [{ code: 'no_structure' }] });
		const choice = {
			...NOTHING,
			accountId: referent.id,
			proposal,
			reference: request.reference!,
			by: as(chief),
			now: NOW,
		};
		await db.write((tx) => decideRequest(tx, choice));
		expect(await followedProposals(db.read, alone.id, later(1))).toEqual({ proposed: 0, followed: 0 });
	});

	test('reads by index', async () => {
		expect(await fullScans(db, proposed)).toEqual([]);
	});
});

test('a pilot perimeter: nothing is proposed before the commune joins, somebody is on the day', async () => {
	await theTerritory(db, 'deux-sevres');
	await aReferent(db, { territoryId: 'deux-sevres', structureId: 'deux-sevres-departement' });
	const person = await aPerson(db, { territoryId: 'deux-sevres', inseeCode: '79191' });
	const { id } = await aRequest(db, { personId: person.id, themes: ['housing'] });
	const at = (day: string) => proposalFor(db.read, id, 'deux-sevres', new Date(`${day}T12:00:00Z`));
	expect(await at('2026-04-30')).toMatchObject({ structure: null, why: [{ code: 'outside', from: '2026-05-01' }] });
	expect((await at('2026-05-01')).structure?.id).toBe('deux-sevres-departement');
});

describe('one need of a request', () => {
	let lead: Staff;
	let needId: string;
	beforeEach(async () => {
		lead = elsewhere;
		await take(lead);
		needId = sent.needs.find(({ theme }) => theme === 'housing')!.id;
	});
	const on = { needId: '', now: NOW };
	const send = (by: Staff, structureId = housing.structureId, now = NOW, seen?: string) =>
		db.write((tx) => sendNeed(tx, { ...on, needId, structureId, seen, by: as(by), now }));
	const takeIt = (by: Staff) => db.write((tx) => takeNeed(tx, { ...on, needId, by: as(by) }));
	const decline = (by: Staff, now = NOW) =>
		db.write((tx) => declineNeed(tx, { needId, reason: 'not_competent', note: '', by: as(by), now }));
	const needRow = async () => (await db.read.select().from(need).where(eq(need.id, needId)).limit(1))[0]!;

	test('goes to its own structure, which sees this need alone; the lead keeps the whole', async () => {
		await send(lead);
		const read = await getRequestFor(db.read, as(housing), sent.reference!);
		expect(read.needs.map(({ theme }) => theme)).toEqual(['housing']);
		expect(read).toMatchObject({ access: 'themes', answers: null, leads: false });
		expect(await needsSentTo(db.read, housing.structureId)).toMatchObject([{ id: needId, theme: 'housing' }]);
		await takeIt(housing);
		expect(await needRow()).toMatchObject({ status: 'in_progress', structureId: housing.structureId });
		expect(await getPersonFor(db.read, as(housing), sent.personId)).toMatchObject({
			access: 'member',
			themes: ['housing'],
		});
		// Of the same structure, but not who took it.
		await expect(getRequestFor(db.read, as(colleague), sent.reference!)).rejects.toThrow('not_found');
		expect((await getRequestFor(db.read, as(lead), sent.reference!)).needs).toHaveLength(2);
	});

	test('taken by two at once: one wins, the other is told', async () => {
		await send(lead);
		const results = await Promise.allSettled([takeIt(housing), takeIt(colleague)]);
		expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		expect(String(results.find((result) => result.status === 'rejected')!.reason)).toContain('need_already_taken');
		const [first, second] = results[0]!.status === 'fulfilled' ? [housing, colleague] : [colleague, housing];
		// Who came second may not open it any more: the list says who has it, to this structure alone.
		await expect(getRequestFor(db.read, as(second), sent.reference!)).rejects.toThrow('not_found');
		const of = (structureId: string) => needHolderOf(db.read, { needId, structureId });
		expect(await of(housing.structureId)).toMatchObject({ accountId: first.id, name: first.displayName });
		expect(await of(elsewhere.structureId)).toBeUndefined();
	});

	test('sent from two screens at once: one wins, the other is told and undoes nothing', async () => {
		expect(await send(lead, housing.structureId, NOW, '')).not.toBeNull();
		expect(await send(lead, housing.structureId, NOW, '')).toBeNull();
		await expect(send(lead, elsewhere.structureId, NOW, '')).rejects.toThrow('already_decided');
		await takeIt(housing);
		expect((await needRow()).structureId).toBe(housing.structureId);
	});

	test('come back, and sent by two coordinators from the same screen: one wins, the other is told and undoes nothing', async () => {
		await send(lead);
		await decline(housing);
		const other = await aCoordinator(db, { territoryId });
		const seen = (await needOrientation(db.read, needId))!.id;
		const again = (by: Staff, structureId: string) => send(by, structureId, later(1), seen);
		expect(await again(coordinator, colleague.structureId)).not.toBeNull();
		// A second tap, or the same choice of the other one.
		expect(await again(coordinator, colleague.structureId)).toBeNull();
		expect(await again(other, colleague.structureId)).toBeNull();
		await expect(again(other, elsewhere.structureId)).rejects.toThrow('already_decided');
		expect((await needRow()).structureId).toBe(colleague.structureId);
		// Who never had it before them, or never saw it, learns nothing.
		await expect(again(colleague, elsewhere.structureId)).rejects.toThrow('not_found');
		await expect(send(other, elsewhere.structureId, later(1), '')).rejects.toThrow('not_found');
		const abroad = await aCoordinator(db);
		await expect(again(abroad, elsewhere.structureId)).rejects.toThrow('not_found');
	});

	test('whoever took it follows the person because of it: the person and the lead read that reason', async () => {
		await send(lead);
		const why = async ({ id }: Staff) => {
			const line = (await followersNow(db.read, sent.personId, later(1))).find(({ accountId }) => accountId === id);
			return line && tookThemes(await needsTaken(db.read, sent.personId), line);
		};
		expect(await why(housing)).toBeUndefined();
		await takeIt(housing);
		expect(await why(housing)).toEqual(['housing']);
		expect(await why(lead)).toEqual([]);
		// What they took before a line ended is no reason of the next one.
		const [line] = (await followersNow(db.read, sent.personId, NOW)).filter(({ part }) => part === 'member');
		const next = { ...line!, startedAt: later(2) };
		expect(tookThemes(await needsTaken(db.read, sent.personId), next)).toEqual([]);
		expect(await fullScans(db, () => needsTaken(db.read, sent.personId))).toEqual([]);
	});

	test('declined, it returns to the coordinator with the same day; sent again, the day still stands', async () => {
		await send(lead);
		const { expectedOn } = await needRow();
		expect(expectedOn).toBe('2026-03-09');
		await decline(housing, later(4));
		expect(await needRow()).toMatchObject({ status: 'open', structureId: null, expectedOn });
		expect(await needsReturned(db.read, territoryId)).toMatchObject([{ id: needId, declineReason: 'not_competent' }]);
		// The coordinator sees what came back, not the rest.
		const read = await getRequestFor(db.read, as(coordinator), sent.reference!);
		expect(read.needs.map(({ theme }) => theme)).toEqual(['housing']);
		await expect(getRequestFor(db.read, as(housing), sent.reference!)).rejects.toThrow('not_found');
		await send(coordinator, colleague.structureId, later(5));
		expect(await needRow()).toMatchObject({ expectedOn });
		expect(await needsReturned(db.read, territoryId)).toEqual([]);
		expect((await getRequestFor(db.read, as(coordinator), sent.reference!)).access).toBe('limited');
	});

	test('who declined it is not proposed for it again', async () => {
		const answersHere = { themes: ['housing'] as Theme[] };
		await db.write((tx) =>
			tx
				.update(structure)
				.set(answersHere)
				.where(inArray(structure.id, [housing.structureId, elsewhere.structureId])),
		);
		const proposed = async () => (await proposalFor(db.read, sent.id, territoryId, NOW)).byNeed[needId]?.id;
		const first = (await proposed())!;
		await send(lead, first);
		await decline(first === housing.structureId ? housing : elsewhere);
		expect(await proposed()).toBe(first === housing.structureId ? elsewhere.structureId : housing.structureId);
	});

	test('is sent by who leads, or by the coordinator once it came back; not while it is taken', async () => {
		await expect(send(coordinator)).rejects.toThrow('not_found');
		await expect(send(housing)).rejects.toThrow('not_found');
		const stranger = await aReferent(db);
		await expect(send(stranger)).rejects.toThrow('not_found');
		await send(lead);
		await expect(takeIt(elsewhere)).rejects.toThrow('not_found');
		await takeIt(housing);
		await expect(send(lead, elsewhere.structureId)).rejects.toThrow('need_taken');
		await expect(decline(colleague)).rejects.toThrow('already_answered');
	});

	test('a second need taken by the same person is one theme more', async () => {
		await send(lead);
		await takeIt(housing);
		needId = sent.needs.find(({ theme }) => theme === 'employment')!.id;
		const read = async () =>
			(await getRequestFor(db.read, as(housing), sent.reference!)).needs.map(({ theme }) => theme).sort();
		expect(await read()).toEqual(['housing']);
		await send(lead);
		expect(await read()).toEqual(['employment', 'housing']);
		await takeIt(housing);
		const { themes } = await getPersonFor(db.read, as(housing), sent.personId);
		expect(themes).toEqual(['housing', 'employment']);
	});
});

test('who already leads somebody else is not asked twice: a request of a person with a lead is theirs only', async () => {
	await db.write((tx) =>
		assignLead(tx, { personId: sent.personId, accountId: elsewhere.id, by: as(coordinator), now: NOW }),
	);
	await expect(take(housing)).rejects.toThrow('already_assigned');
});

test('every view of the inbox reads by index', async () => {
	const views = ['waiting', 'late', 'still_waiting', 'sent', 'returned', 'taken', 'ended', 'all'] as const;
	const onlyOf = { accountId: housing.id, structureId: housing.structureId };
	const lists = async () => {
		for (const show of views) {
			await inbox(db.read, territoryId, { show, today: '2026-03-02' });
			await inbox(db.read, territoryId, { show, today: '2026-03-02', onlyOf, text: 'marti', theme: 'housing' });
		}
		await inboxCounts(db.read, territoryId, '2026-03-02');
		await needsSentTo(db.read, housing.structureId);
		await needsReturned(db.read, territoryId);
	};
	expect(await fullScans(db, lists)).toEqual([]);
});

test('those that wait: urgent first, then the oldest; the others, the latest first', async () => {
	const add = async (lastName: string, submittedAt: Date, more: Partial<typeof supportRequest.$inferSelect> = {}) => {
		const person = await aPerson(db, { territoryId, lastName });
		await aRequest(db, { personId: person.id, submittedAt, ...more });
	};
	await add('Ancien', later(-9));
	await add('Urgent', later(-1), { urgent: true });
	await add('Fini', later(-2), { status: 'closed' });
	await add('Fini-avant', later(-4), { status: 'withdrawn' });
	const names = async (show: 'waiting' | 'ended') =>
		(await inbox(db.read, territoryId, { show, today: '2026-03-02' })).map(({ lastName }) => lastName);
	expect((await names('waiting')).slice(0, 2)).toEqual(['Urgent', 'Ancien']);
	expect(await names('ended')).toEqual(['Fini', 'Fini-avant']);
});

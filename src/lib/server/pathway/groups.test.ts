import { expect, test } from 'vitest';
import { aFollowUp, aPathway, aPerson, aReferent, aTerritory } from '../../../../tests/factories/index.ts';
import type { Professional } from '../../../../tests/factories/people.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { account, caseGroup, holiday, pathway } from '../db/schema/index.ts';
import { historyOf } from '../audit/queries.ts';
import { getPersonFor } from '../people/queries.ts';
import { eq } from 'drizzle-orm';
import { closePathway } from './closing.ts';
import { groupFor, groupsOf, ownGroups } from './group-queries.ts';
import { answerGroup, cancelGroup, holdGroup, moveGroup, proposeGroup } from './groups.ts';
import { pathwayOf } from './queries.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
/** 10 March, 14:00 to 14:45 in Paris. */
const HOUR = { day: '2026-03-10', time: '14:00', minutes: 45 };
const BEGINS = new Date('2026-03-10T13:00:00Z');
const ENDS = new Date('2026-03-10T13:45:00Z');

async function aProposal() {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const [lead, second, expert, other] = [
		await aReferent(db, here),
		await aReferent(db, here),
		await aReferent(db, here),
		await aReferent(db, here),
	];
	const person = await aPerson(db, { referent: lead, second });
	await aPathway(db, { personId: person.id });
	const personId = person.id;
	const input = {
		personId,
		why: 'Trouver un logement',
		agenda: 'Les pistes',
		themes: ['housing' as const],
		...HOUR,
		memberIds: [expert.id],
		formId: undefined as string | undefined,
	};
	const propose = (by: Professional, values: Partial<typeof input> = {}, now = NOW) =>
		db.write((tx) => proposeGroup(tx, { ...input, ...values, by: signedIn(by), now }));
	const { id: groupId } = await propose(lead);
	const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
	const answer = (values: { word?: string; refuse?: boolean }, now = NOW) =>
		db.write((tx) => answerGroup(tx, { groupId, personId, refuse: false, ...values, by: self, now }));
	const decisions = [{ title: 'Appeler le bailleur', ownerId: expert.id as string | null, dueOn: '2026-03-20' }];
	const hold = (
		by: Professional,
		now = BEGINS,
		values = { looked: 'Trois pistes', answer: 'Nous appelons', decisions },
	) => db.write((tx) => holdGroup(tx, { groupId, ...values, by: signedIn(by), now }));
	const see = (who: Professional, now: Date) => groupFor(db.read, signedIn(who), groupId, now);
	return {
		db,
		territory,
		lead,
		second,
		expert,
		other,
		person,
		personId,
		groupId,
		propose,
		answer,
		hold,
		see,
		decisions,
	};
}

test('the person reads why and who, adds a word, and those who meet read it', async () => {
	const { db, personId, answer, see, expert } = await aProposal();
	await answer({ word: 'Je préfère rester près de l’école' });
	expect(await ownGroups(db.read, personId, NOW)).toMatchObject([
		{ why: 'Trouver un logement', startsAt: BEGINS, members: [{ name: expert.displayName }], answer: null },
	]);
	expect(await see(expert, BEGINS)).toMatchObject({
		file: { why: 'Trouver un logement', word: 'Je préfère rester près de l’école', agenda: 'Les pistes' },
	});
});

test('those invited read the file from the first to the last minute of the meeting, no other time and no other file', async () => {
	const { db, see, expert, other, personId, propose, lead } = await aProposal();
	for (const moment of [NOW, new Date(BEGINS.getTime() - 1), ENDS]) expect((await see(expert, moment)).file).toBeNull();
	for (const moment of [BEGINS, new Date(ENDS.getTime() - 1)]) expect((await see(expert, moment)).file).not.toBeNull();
	await expect(see(other, BEGINS)).rejects.toThrow('not_found');
	// Not a member of the follow-up for all that.
	await expect(getPersonFor(db.read, signedIn(expert), personId, BEGINS)).rejects.toThrow('not_found');
	const { id } = await propose(lead, { memberIds: [other.id] });
	await expect(groupFor(db.read, signedIn(expert), id, BEGINS)).rejects.toThrow('not_found');
});

test('lists name the person to those who follow them only', async () => {
	const { db, lead, expert, person, groupId } = await aProposal();
	expect(await groupsOf(db.read, lead.id, NOW, NOW)).toMatchObject([{ id: groupId, lastName: person.lastName }]);
	expect(await groupsOf(db.read, expert.id, NOW, NOW)).toMatchObject([
		{ id: groupId, firstName: null, lastName: null },
	]);
});

test('the person refuses until it begins: then nobody meets and nothing is decided', async () => {
	const { answer, hold, lead, see, expert } = await aProposal();
	await answer({ refuse: true }, new Date(BEGINS.getTime() - 1));
	expect(await see(expert, BEGINS)).toMatchObject({ state: 'refused', file: null });
	await expect(hold(lead)).rejects.toThrow('group_over');
	await expect(answer({ word: 'Finalement oui' })).rejects.toThrow('group_over');
});

test('a refusal that a phone sends again because it heard no answer is the same refusal', async () => {
	const { db, answer, personId } = await aProposal();
	await answer({ refuse: true, word: 'Pas avec eux' });
	await answer({ refuse: true, word: 'Pas avec eux' }, ENDS);
	const told = (await historyOf(db.read, personId, 20)).filter(({ action }) => action === 'group.refused');
	expect(told).toMatchObject([{ at: NOW }]);
});

test('a proposal sent twice is one meeting; another hour is another one', async () => {
	const { db, lead, personId, propose } = await aProposal();
	const formId = 'drawn-with-the-form';
	const first = await propose(lead, { formId });
	expect(await propose(lead, { formId })).toEqual(first);
	// The answer was lost, and by now it would be too late to propose it.
	expect(await propose(lead, { formId }, new Date(BEGINS.getTime() - 1))).toEqual(first);
	expect(await propose(lead, { formId, time: '16:00' })).not.toEqual(first);
	expect(await db.read.select().from(caseGroup).where(eq(caseGroup.personId, personId))).toHaveLength(3);
	const told = (await historyOf(db.read, personId, 20)).filter(({ action }) => action === 'group.proposed');
	expect(told).toHaveLength(3);
});

test('once it began it is too late to refuse, and nobody answers for somebody else', async () => {
	const { db, answer, groupId } = await aProposal();
	await expect(answer({ refuse: true }, BEGINS)).rejects.toThrow('group_over');
	const stranger = await aPerson(db);
	const by = { accountId: stranger.account.id, role: 'beneficiary' as const, structureId: null };
	const theirs = { groupId, personId: stranger.id, refuse: true, by, now: NOW };
	await expect(db.write((tx) => answerGroup(tx, theirs))).rejects.toThrow('not_found');
});

test('decisions become steps with their owner and day, and the person is answered', async () => {
	const { db, personId, expert, hold, lead, groupId, decisions } = await aProposal();
	await expect(hold(lead, NOW)).rejects.toThrow('group_not_begun');
	const forPerson = { title: 'Rassembler mes papiers', ownerId: null, dueOn: '2026-03-15' };
	await hold(lead, BEGINS, { looked: 'Trois pistes', answer: 'Nous appelons', decisions: [...decisions, forPerson] });
	const steps = (await pathwayOf(db.read, personId, 'fr'))!.steps;
	expect(steps).toMatchObject([
		{ title: 'Rassembler mes papiers', owner: 'person', dueOn: '2026-03-15' },
		{ title: 'Appeler le bailleur', owner: 'referent', ownerName: expert.displayName, dueOn: '2026-03-20' },
	]);
	expect(await ownGroups(db.read, personId, NOW)).toMatchObject([{ state: 'held', answer: 'Nous appelons' }]);
	await expect(hold(lead)).rejects.toThrow('group_over');
	const [row] = await db.read.select().from(caseGroup).where(eq(caseGroup.id, groupId));
	expect(JSON.stringify(row)).not.toContain('pistes');
});

test('two working days from the moment the person can be told are theirs to add a word or refuse', async () => {
	const { db, propose, lead } = await aProposal();
	const at = (day: string, time: string, now: Date) => propose(lead, { day, time }, now);
	// Told on Monday 2 March at 10:00: two working days end on Wednesday at 10:00.
	await expect(at('2026-03-04', '09:59', NOW)).rejects.toThrow('group_too_soon');
	await at('2026-03-04', '10:00', NOW);
	// Friday at 21:00 the message waits for Saturday at 8:00; a Saturday is no working day.
	const friday = new Date('2026-03-06T20:00:00Z');
	await expect(at('2026-03-10', '07:59', friday)).rejects.toThrow('group_too_soon');
	await at('2026-03-10', '08:00', friday);
	await insertOne(db, holiday, { zone: 'metropole', day: '2026-04-06', name: 'Lundi de Pâques' });
	const saturday = new Date('2026-04-04T10:00:00Z');
	await expect(at('2026-04-07', '12:00', saturday)).rejects.toThrow('group_too_soon');
	await at('2026-04-08', '12:00', saturday);
});

test('a meeting is put off by the pair only, with the same time to refuse, and called off before it begins', async () => {
	const { db, lead, second, expert, personId, groupId, see, answer, hold } = await aProposal();
	const move = (by: Professional, day: string, now = NOW) =>
		db.write((tx) => moveGroup(tx, { groupId, ...HOUR, day, by: signedIn(by), now }));
	const cancel = (by: Professional, now = NOW) => db.write((tx) => cancelGroup(tx, { groupId, by: signedIn(by), now }));
	await answer({ word: 'Plutôt le matin' });
	for (const command of [move(expert, '2026-03-17'), cancel(expert)])
		await expect(command).rejects.toThrow('not_found');
	await expect(move(lead, '2026-03-03')).rejects.toThrow('group_too_soon');
	await move(second, '2026-03-17');
	const later = new Date('2026-03-17T13:00:00Z');
	expect((await see(expert, BEGINS)).file).toBeNull();
	expect((await see(expert, later)).file).toMatchObject({ word: 'Plutôt le matin' });
	await cancel(lead);
	expect(await see(expert, later)).toMatchObject({ state: 'cancelled', file: null });
	expect(await groupsOf(db.read, expert.id, NOW, NOW)).toMatchObject([{ state: 'cancelled' }]);
	expect(await ownGroups(db.read, personId, NOW)).toMatchObject([{ state: 'cancelled' }]);
	expect(await ownGroups(db.read, personId, later)).toEqual([]);
	await expect(hold(lead, later)).rejects.toThrow('group_over');
	for (const command of [move(lead, '2026-03-24'), cancel(lead)]) await expect(command).rejects.toThrow('group_over');
});

test('moved to the hour it has already, nothing changes; moved back, it does', async () => {
	const { db, lead, groupId, personId } = await aProposal();
	const move = (day: string, minutes = HOUR.minutes) =>
		db.write((tx) => moveGroup(tx, { groupId, ...HOUR, day, minutes, by: signedIn(lead), now: NOW }));
	expect(await move(HOUR.day)).toEqual({ personId, changed: false });
	for (const day of ['2026-03-17', HOUR.day]) expect(await move(day)).toMatchObject({ changed: true });
	expect(await move(HOUR.day, 60)).toMatchObject({ changed: true });
	expect((await historyOf(db.read, personId, 20)).filter(({ action }) => action === 'group.moved')).toHaveLength(3);
	expect((await groupFor(db.read, signedIn(lead), groupId, NOW)).startsAt).toEqual(BEGINS);
});

test('a meeting whose decisions were never written says so to lead and second, until they are', async () => {
	const { db, lead, second, expert, hold, see, groupId } = await aProposal();
	const listed = async (who: Professional, now: Date, since = NOW) =>
		(await groupsOf(db.read, who.id, since, now)).map(({ id, unwritten }) => [id, unwritten]);
	const late = new Date('2026-06-10T09:00:00Z');
	for (const who of [lead, second]) {
		expect(await listed(who, new Date(ENDS.getTime() - 1))).toEqual([[groupId, false]]);
		expect(await listed(who, ENDS)).toEqual([[groupId, true]]);
		// However long ago it was; the list of the others goes a month back.
		expect(await listed(who, late, BEGINS)).toEqual([[groupId, true]]);
		expect(await see(who, ENDS)).toMatchObject({ unwritten: true });
	}
	expect(await listed(expert, ENDS)).toEqual([[groupId, false]]);
	expect(await listed(expert, late, BEGINS)).toEqual([]);
	expect(await see(expert, ENDS)).toMatchObject({ unwritten: false });
	await hold(lead, ENDS);
	expect(await listed(lead, ENDS)).toEqual([[groupId, false]]);
	expect(await listed(lead, late, BEGINS)).toEqual([]);
});

test('a pathway that ends calls its meetings off; no meeting reads a pathway begun since or elsewhere', async () => {
	const { db, territory, lead, expert, personId, groupId, see } = await aProposal();
	const end = (now: Date) =>
		db.write((tx) => closePathway(tx, { personId, reason: 'own_wish', by: signedIn(lead), now }));
	await end(NOW);
	expect(await see(expert, BEGINS)).toMatchObject({ state: 'cancelled', file: null });
	// Were it left planned: neither a new pathway here nor one of another territory is theirs to read.
	await db.write((tx) =>
		tx.update(caseGroup).set({ state: 'planned', closedAt: null }).where(eq(caseGroup.id, groupId)),
	);
	expect((await see(expert, BEGINS)).file).toBeNull();
	const since = await aPathway(db, { personId, startedAt: new Date(NOW.getTime() + 1) });
	expect((await see(expert, BEGINS)).file).toBeNull();
	const elsewhere = (await aTerritory(db)).id;
	const moved = (territoryId: string) =>
		db.write((tx) => tx.update(pathway).set({ territoryId, startedAt: NOW }).where(eq(pathway.id, since.id)));
	await moved(elsewhere);
	expect((await see(expert, BEGINS)).file).toBeNull();
	await moved(territory.id);
	expect((await see(expert, BEGINS)).file).not.toBeNull();
});

test('only lead and second put forward and decide; a member of a theme does not', async () => {
	const { db, propose, hold, second, expert, other, personId } = await aProposal();
	await aFollowUp(db, { personId, member: other, part: 'member', themes: ['housing'] });
	for (const who of [expert, other]) {
		await expect(propose(who)).rejects.toThrow('not_found');
		await expect(hold(who)).rejects.toThrow('not_found');
	}
	await propose(second);
});

test('a past hour, nobody, somebody of another territory or disabled, an owner who was not there: refused', async () => {
	const { db, propose, hold, lead, other, expert, decisions } = await aProposal();
	await expect(propose(lead, { day: '2026-03-01' })).rejects.toThrow('group_past');
	const far = await aReferent(db);
	for (const memberIds of [[], [far.id]]) await expect(propose(lead, { memberIds })).rejects.toThrow('not_a_referent');
	const absent = [{ ...decisions[0]!, ownerId: other.id }];
	await expect(hold(lead, BEGINS, { looked: 'x', answer: 'y', decisions: absent })).rejects.toThrow('not_a_referent');
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, expert.id)));
	await expect(propose(lead)).rejects.toThrow('not_a_referent');
});

test('who works here no more is not given a decision to do', async () => {
	const { db, propose, hold, lead, expert, decisions } = await aProposal();
	await propose(lead);
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, expert.id)));
	const theirs = [{ ...decisions[0]!, ownerId: expert.id }];
	await expect(hold(lead, BEGINS, { looked: 'x', answer: 'y', decisions: theirs })).rejects.toThrow('not_a_referent');
});

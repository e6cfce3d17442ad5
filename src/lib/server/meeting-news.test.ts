import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { actorOf, anAppointment, aPathway, aPerson, aReferent } from '../../../tests/factories/index.ts';
import type { Professional } from '../../../tests/factories/people.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { fullScans } from '../../../tests/support/plans.ts';
import { signedIn } from '../../../tests/support/signed-in.ts';
import { cancelAppointment, markOutcome, moveAppointment } from './appointments/commands.ts';
import { createWorkshops, joinWorkshop } from './appointments/workshops.ts';
import { account } from './db/schema/index.ts';
import { closeSupport } from './ending.ts';
import { meetingsChanged, meetingsChangedBy } from './meeting-news.ts';
import { answerGroup, cancelGroup, moveGroup, proposeGroup } from './pathway/groups.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
const LATER = new Date('2026-03-02T10:00:00Z');
const DAY_MS = 86_400_000;
const BEFORE = new Date('2026-03-10T13:00:00Z');
const AFTER = new Date('2026-03-11T15:00:00Z');

/** A pair, somebody who is invited to their meeting of 10 March at 14:00 in Paris, and somebody who is not. */
async function aMeeting() {
	const db = await testDatabase();
	const lead = await aReferent(db);
	const [second, invited, other] = [
		await aReferent(db, { territoryId: lead.territoryId, locale: 'en' }),
		await aReferent(db, { territoryId: lead.territoryId }),
		await aReferent(db, { territoryId: lead.territoryId }),
	];
	const person = await aPerson(db, { referent: lead, second });
	const personId = person.id;
	await aPathway(db, { personId });
	const hour = { day: '2026-03-10', time: '14:00', minutes: 45 };
	const group = {
		personId,
		why: 'Trouver un logement',
		themes: ['housing' as const],
		...hour,
		memberIds: [invited.id],
	};
	const { id: groupId } = await db.write((tx) => proposeGroup(tx, { ...group, by: signedIn(lead), now: NOW }));
	const move = (by: Professional, now = LATER, values = { day: '2026-03-11', time: '16:00', minutes: 45 }) =>
		db.write((tx) => moveGroup(tx, { groupId, ...values, by: signedIn(by), now }));
	const read = (who: Professional, now = LATER) => meetingsChanged(db.read, who.id, now);
	const mailed = async (by: { id: string }, now = LATER) =>
		(await meetingsChangedBy(db.read, { personId, by: { accountId: by.id }, now })).map(({ to, news }) => ({
			...{ to, before: news.before, after: news.after },
		}));
	const at = ({ email, locale }: Professional) => ({ email, locale });
	return { db, lead, second, invited, other, person, personId, groupId, move, read, mailed, at };
}

test('a meeting that is moved is told to those who were to be there, but for who moved it', async () => {
	const { db, lead, second, invited, other, groupId, move, read, mailed, at } = await aMeeting();
	expect(await Promise.all([lead, second, invited].map((who) => read(who)))).toEqual([[], [], []]);
	await move(lead);
	const news = { id: groupId, path: `/pro/groupes/${groupId}`, zone: 'Europe/Paris', before: BEFORE, after: AFTER };
	expect([await read(second), await read(invited)]).toEqual([[news], [news]]);
	expect([await read(lead), await read(other)]).toEqual([[], []]);
	const said = { before: BEFORE, after: AFTER };
	const told = await mailed(lead);
	expect(told).toHaveLength(2);
	expect(told).toEqual(expect.arrayContaining([second, invited].map((who) => ({ to: at(who), ...said }))));
	// The same hour sent again is no news, and a change is told by the write that made it alone.
	const again = new Date(LATER.getTime() + 60_000);
	await move(lead, again);
	expect(await mailed(lead, again)).toEqual([]);
	expect(await mailed(second)).toEqual([]);
	expect(await fullScans(db, () => read(invited))).toEqual([]);
	expect(await fullScans(db, () => mailed(lead))).toEqual([]);
	// The latest change counts: who made it reads nothing, who made the one before does.
	await move(second, again, { day: '2026-03-12', time: '16:00', minutes: 45 });
	expect(await read(second, again)).toEqual([]);
	expect(await read(lead, again)).toMatchObject([{ before: AFTER, after: new Date('2026-03-12T15:00:00Z') }]);
});

test('a change is on the first page for a week, and never after the hour', async () => {
	const { invited, lead, move, read } = await aMeeting();
	await move(lead);
	expect(await read(invited, new Date(LATER.getTime() + 7 * DAY_MS - 1))).toHaveLength(1);
	expect(await read(invited, new Date(LATER.getTime() + 7 * DAY_MS))).toEqual([]);
	await move(lead, new Date('2026-03-06T10:00:00Z'), { day: '2026-03-10', time: '18:00', minutes: 45 });
	const begins = new Date('2026-03-10T17:00:00Z');
	expect(await read(invited, new Date(begins.getTime() - 1))).toHaveLength(1);
	expect(await read(invited, begins)).toEqual([]);
});

test('called off by the pair, by the end of the pathway or by a refusal: who was invited is told that it is off, not why', async () => {
	for (const how of ['cancelled', 'closed', 'refused'] as const) {
		const { db, lead, second, invited, person, personId, groupId, move, read, mailed, at } = await aMeeting();
		await move(second, NOW);
		const self = { accountId: person.account.id, role: 'beneficiary' as const, structureId: null };
		await db.write(async (tx) => {
			if (how === 'cancelled') await cancelGroup(tx, { groupId, by: signedIn(lead), now: LATER });
			else if (how === 'closed')
				await closeSupport(tx, { personId, reason: 'goals_met', by: signedIn(lead), now: LATER });
			else await answerGroup(tx, { groupId, personId, word: 'Pas sans moi', refuse: true, by: self, now: LATER });
		});
		expect(await read(invited), how).toMatchObject([{ id: groupId, before: AFTER, after: null }]);
		expect(JSON.stringify(await read(invited))).not.toContain('Pas sans moi');
		const off = { before: AFTER, after: null };
		const told = await mailed(how === 'refused' ? person.account : lead);
		// Lead and second read a refusal with its words on their first page; a follow-up that ended has no second.
		const others = how === 'cancelled' ? [second, invited] : [invited];
		expect(told, how).toHaveLength(others.length);
		expect(told, how).toEqual(expect.arrayContaining(others.map((who) => ({ to: at(who), ...off }))));
		expect(await read(second), how).toHaveLength(how === 'cancelled' ? 1 : 0);
	}
});

test('an hour with two that one of them moves, hands on or calls off is told to the other', async () => {
	const { db, lead, second, other, personId, read, mailed, at } = await aMeeting();
	const both = { personId, referentId: lead.id, secondReferentId: second.id, time: '14:00', state: 'booked' as const };
	const { id } = await anAppointment(db, { ...both, day: '2026-03-16' });
	const was = new Date('2026-03-16T13:00:00Z');
	const is = new Date('2026-03-17T13:00:00Z');
	const to = { appointmentId: id, day: '2026-03-17', time: '14:00', zone: 'Europe/Paris', durationMinutes: 45 };
	await db.write((tx) => moveAppointment(tx, { ...to, by: actorOf(lead), now: LATER }));
	expect(await read(second)).toEqual([
		{ id, path: '/pro/agenda?semaine=2026-03-16', zone: 'Europe/Paris', before: was, after: is },
	]);
	expect([await read(lead), await read(other)]).toEqual([[], []]);
	expect(await mailed(lead)).toEqual([{ to: at(second), before: was, after: is }]);
	// Without them from now on: it is off for who would have come.
	const alone = new Date(LATER.getTime() + 1);
	await db.write((tx) => moveAppointment(tx, { ...to, secondReferentId: null, by: actorOf(lead), now: alone }));
	expect(await mailed(lead, alone)).toEqual([{ to: at(second), before: is, after: null }]);
	// One's own hour, held alone, is nobody else's news.
	const then = new Date(LATER.getTime() + 2);
	await db.write((tx) => markOutcome(tx, { appointmentId: id, by: actorOf(lead), outcome: 'revoked', now: then }));
	expect([await mailed(lead, then), await read(lead, then), await read(second, then)]).toEqual([[], [], []]);
	const { id: shared } = await anAppointment(db, { ...both, day: '2026-03-18' });
	const last = new Date(LATER.getTime() + 3);
	await db.write((tx) =>
		markOutcome(tx, { appointmentId: shared, by: actorOf(second), outcome: 'revoked', now: last }),
	);
	expect(await read(lead, last)).toMatchObject([{ id: shared, after: null }]);
	expect(await mailed(second, last)).toMatchObject([{ to: at(lead), after: null }]);
	// Who works here no more, or has no address, is not written to.
	await db.write((tx) => tx.update(account).set({ status: 'disabled' }).where(eq(account.id, lead.id)));
	expect(await mailed(second, last)).toEqual([]);
});

test('an hour held alone that a colleague moves or calls off, or the person cancels, is told to who holds it; a seat given back is not', async () => {
	const { db, lead, second, person, personId, read, mailed, at } = await aMeeting();
	const self = actorOf(person.account);
	const own = { personId, referentId: lead.id, time: '14:00', state: 'booked' as const };
	const { id } = await anAppointment(db, { ...own, day: '2026-03-16' });
	const was = new Date('2026-03-16T13:00:00Z');
	const is = new Date('2026-03-17T13:00:00Z');
	const to = { appointmentId: id, day: '2026-03-17', time: '14:00', zone: 'Europe/Paris', durationMinutes: 45 };
	await db.write((tx) => moveAppointment(tx, { ...to, by: actorOf(second), now: LATER }));
	const path = '/pro/agenda?semaine=2026-03-16';
	expect(await read(lead)).toEqual([{ id, path, zone: 'Europe/Paris', before: was, after: is }]);
	expect(await read(second)).toEqual([]);
	expect(await mailed(second)).toEqual([{ to: at(lead), before: was, after: is }]);
	const cancelled = new Date(LATER.getTime() + 1);
	const cancel = { appointmentId: id, personId, by: self, now: cancelled };
	await db.write((tx) => cancelAppointment(tx, cancel));
	expect(await read(lead, cancelled)).toMatchObject([{ id, before: is, after: null }]);
	expect(await mailed(person.account, cancelled)).toEqual([{ to: at(lead), before: is, after: null }]);
	const { id: other } = await anAppointment(db, { ...own, day: '2026-03-18' });
	const revoked = new Date(LATER.getTime() + 2);
	const off = { appointmentId: other, by: actorOf(second), outcome: 'revoked', now: revoked } as const;
	await db.write((tx) => markOutcome(tx, off));
	expect(await mailed(second, revoked)).toMatchObject([{ to: at(lead), after: null }]);
	// The workshop goes on.
	const workshop = { type: 'workshop', title: 'Refaire son CV', mode: 'on_site', seats: 3 } as const;
	const hour = { day: '2026-03-19', time: '14:00', zone: 'Europe/Paris', durationMinutes: 45 };
	const seated = new Date(LATER.getTime() + 3);
	const { id: seat } = await db.write(async (tx) => {
		const { ids } = await createWorkshops(tx, { ...workshop, ...hour, host: actorOf(lead), now: LATER });
		return joinWorkshop(tx, { workshopId: ids[0]!, personId, by: actorOf(second), now: LATER });
	});
	await db.write((tx) => cancelAppointment(tx, { appointmentId: seat, personId, by: self, now: seated }));
	expect(await mailed(person.account, seated)).toEqual([]);
	expect((await read(lead, seated)).map((one) => one.id)).not.toContain(seat);
});

test('times to choose with two that are called off were no hour of anybody: nobody is told, by hand or by the end of the pathway', async () => {
	for (const isEnd of [false, true]) {
		const { db, lead, second, personId, read, mailed } = await aMeeting();
		const both = { personId, referentId: lead.id, secondReferentId: second.id, day: '2026-03-16', time: '14:00' };
		const { id } = await anAppointment(db, { ...both, state: 'invited', chooseBy: BEFORE });
		await db.write(async (tx) => {
			if (isEnd) await closeSupport(tx, { personId, reason: 'goals_met', by: signedIn(lead), now: LATER });
			else await markOutcome(tx, { appointmentId: id, by: actorOf(lead), outcome: 'revoked', now: LATER });
		});
		const ofIt = (told: { before: Date }[]) => told.filter(({ before }) => before.getTime() !== BEFORE.getTime());
		expect([ofIt(await read(second)), ofIt(await mailed(lead))], String(isEnd)).toEqual([[], []]);
	}
});

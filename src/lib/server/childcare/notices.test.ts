import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { aFollowUp, aPerson, aReferent, aStructure } from '../../../../tests/factories/index.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { aidNotice, structure } from '../db/schema/index.ts';
import type { Mail } from '../platform/mail.ts';
import type { Delivery } from '../platform/outcome.ts';
import { planSilenceNotices, sendAidNotices } from './notices.ts';
import { getOwnAid } from './queries.ts';
import { aidsQueue } from './queue.ts';
import { askUrgently } from './urgent.ts';

let given: Awaited<ReturnType<typeof anAidSetting>>;
let mails: Mail[];
let answer: Delivery;
beforeEach(async () => {
	given = await anAidSetting();
	mails = [];
	answer = { outcome: 'accepted', reason: 'smtp_250' };
});
const send = (mail: Mail) => {
	mails.push(mail);
	return Promise.resolve(answer);
};
const tick = async (now: Date) => {
	await planSilenceNotices(given.db, now);
	return sendAidNotices(given.db, send, now);
};
const subjects = () =>
	mails.map(({ subject }) => subject.replace(/\u00a0/g, ' ').replace(/08?[A-Z0-9-]*T?\d*-G-[\w-]+/, 'X'));

describe('the service that decides', () => {
	// Sent on 2 March: refused by silence on 2 May.
	test('is told 15 and 3 days before, once each, at its own address, without a name', async () => {
		await given.open();
		await tick(on('2026-04-16', '21:00'));
		expect(mails).toEqual([]);
		await tick(on('2026-04-17', '08:00'));
		await tick(on('2026-04-17', '09:00'));
		await tick(on('2026-04-28', '21:30'));
		expect(mails).toHaveLength(1);
		await tick(on('2026-04-29', '08:00'));
		await tick(on('2026-05-02', '08:00'));
		expect(mails).toHaveLength(2);
		expect(mails.map(({ to }) => to)).toEqual([given.place.email, given.place.email]);
		expect(mails[0]!.text).toMatch(/2 mai/);
		expect(JSON.stringify(mails)).not.toContain(given.person.lastName);
	});
	test('hears nothing while papers are waited for, then of the date that the pause moved', async () => {
		const { id } = (await given.open())!;
		// From 10 April to 30 April: twenty days later, 22 May.
		await given.change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-04-30', now: on('2026-04-10') });
		expect((await given.row(id)).silenceOn).toBe('2026-05-22');
		for (const day of ['2026-04-17', '2026-04-29', '2026-05-06']) await tick(on(day));
		expect(mails).toEqual([]);
		await tick(on('2026-05-07'));
		expect(mails).toHaveLength(1);
		expect(mails[0]!.text).toMatch(/22 mai/);
	});
	test('hears at once when the clock runs again with few days left', async () => {
		const { id } = (await given.open())!;
		await given.change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-05-29', now: on('2026-04-27') });
		await given.change(id, 'under_review', { now: on('2026-04-28') });
		expect((await given.row(id)).silenceOn).toBe('2026-05-03');
		await tick(on('2026-04-28', '11:00'));
		expect(mails).toHaveLength(1);
	});
	test('hears nothing of what was decided meanwhile, even when it was written already', async () => {
		const { id } = (await given.open())!;
		await planSilenceNotices(given.db, on('2026-04-17'));
		await given.change(id, 'under_review', { now: on('2026-04-17') });
		await given.change(id, 'granted', { amountCents: 100, now: on('2026-04-17') });
		await sendAidNotices(given.db, send, on('2026-04-17', '11:00'));
		expect(mails).toEqual([]);
	});
	test('is written to again a quarter of an hour later when the mail could not leave, eight times at most', async () => {
		await given.open();
		answer = { outcome: 'temporary_failure', reason: 'timeout' };
		const start = on('2026-04-17', '08:00').getTime();
		for (let minutes = 0; minutes < 400; minutes += 5) await tick(new Date(start + minutes * 60_000));
		expect(mails).toHaveLength(8);
		expect((await given.db.read.select().from(aidNotice))[0]).toMatchObject({ actAt: null, sentAt: null });
	});
	test('without an address of its own, is told through each of its referents who has one', async () => {
		const { db, place, decider, second } = given;
		await db.write((tx) => tx.update(structure).set({ email: null }).where(eq(structure.id, place.id)));
		await aReferent(db, { structureId: place.id, territoryId: given.territoryId, email: null });
		const { reference } = (await given.open())!;
		await tick(on('2026-04-17', '08:00'));
		await tick(on('2026-04-17', '09:00'));
		expect(mails.map(({ to }) => to).sort()).toEqual([decider.email!, second.email!].sort());
		expect(mails[0]!.text).toContain(`/pro/aides/${reference}`);
	});
	test('whose mail server hangs holds up no other', async () => {
		const { db, territoryId } = given;
		for (let i = 0; i < 20; i += 1) await given.open({ personId: (await aPerson(db, { territoryId })).id });
		let hung = false;
		const hangOnce = (mail: Mail) => {
			if (hung) return send(mail);
			hung = true;
			return new Promise<Delivery>(() => {});
		};
		await planSilenceNotices(db, on('2026-04-17'));
		void sendAidNotices(db, hangOnce, on('2026-04-17'));
		await vi.waitFor(() => expect(mails).toHaveLength(19), { timeout: 20_000 });
	});
	test('two workers at once write once', async () => {
		await given.open();
		await planSilenceNotices(given.db, on('2026-04-17'));
		await Promise.all([1, 2, 3].map(() => sendAidNotices(given.db, send, on('2026-04-17'))));
		expect(mails).toHaveLength(1);
	});
	test('counts in its own zone: in Cayenne the day begins three hours after Greenwich', async () => {
		given = await anAidSetting({ zone: 'America/Cayenne', holidayZone: 'guyane' });
		await given.open();
		await tick(on('2026-04-17', '02:59'));
		expect(mails).toEqual([]);
		await tick(on('2026-04-17', '03:00'));
		expect(mails).toHaveLength(1);
	});
});

test('a request that is handed to another service of the territory is said to that service, by its reference', async () => {
	const { db, territoryId, place, person } = given;
	const body = await aStructure(db, { territoryId, name: 'CCAS de Givet' });
	const { id, reference } = (await given.open())!;
	await given.change(id, 'not_competent', { transmittedTo: body.name });
	await sendAidNotices(db, send, on('2026-03-02'));
	expect(mails.map(({ to }) => to)).toEqual([body.email]);
	expect(mails[0]!.subject).toContain(reference);
	expect(mails[0]!.text).toContain(place.name);
	expect(JSON.stringify(mails)).not.toContain(person.lastName);
});

describe('« j’ai un entretien demain »', () => {
	const ask = (day: string, now = on('2026-03-02')) =>
		given.db.write((tx) =>
			askUrgently(tx, {
				...{ personId: given.person.id, territoryId: given.territoryId, on: day, now },
				by: given.as({ ...given.person.account, structureId: null }),
			}),
		);

	test('reaches the service that decides and the referent at once, and is on top of the queue', async () => {
		const { db, person, decider, second } = given;
		await given.open({ now: on('2026-01-05') });
		await aFollowUp(db, { personId: person.id, member: second });
		const { reference } = (await ask('2026-03-03'))!;
		await sendAidNotices(db, send, on('2026-03-02'));
		expect(mails.map(({ to }) => to).sort()).toEqual([given.place.email!, second.email!].sort());
		expect(subjects()[0]).toMatch(/^Urgent/);
		const { rows } = await aidsQueue(db.read, decider, { filter: 'waiting', page: 1, now: on('2026-03-02') });
		expect(rows.map((row) => [row.urgentOn, row.reference === reference])).toEqual([
			['2026-03-03', true],
			[null, false],
		]);
	});
	test('is to be answered by its own day, not by the one of the law; once it is over, by that', async () => {
		const { reference } = (await ask('2026-03-03'))!;
		const nextBy = async (day: string) =>
			(await getOwnAid(given.db.read, given.person.id, reference, on(day))).facts.nextBy;
		expect([await nextBy('2026-03-02'), await nextBy('2026-03-03')]).toEqual(['2026-03-03', '2026-03-03']);
		expect(await nextBy('2026-03-04')).toBe('2026-05-02');
	});
	test('for another day, with one under way, is said again in the same file, once for each day', async () => {
		const { db, person, decider, second } = given;
		await aFollowUp(db, { personId: person.id, member: second });
		const first = (await ask('2026-03-03'))!;
		await sendAidNotices(db, send, on('2026-03-02'));
		// Nobody decided: ten days later there is another interview.
		const asked = on('2026-03-12');
		expect(await ask('2026-03-13', asked)).toEqual(first);
		expect(await ask('2026-03-13', asked)).toEqual(first);
		expect(await given.row(first.id)).toMatchObject({ urgentOn: '2026-03-13', version: 2, silenceOn: '2026-05-02' });
		mails = [];
		await sendAidNotices(db, send, asked);
		expect(mails.map(({ to }) => to).sort()).toEqual([given.place.email!, second.email!].sort());
		expect(mails[0]!.text).toMatch(/13 mars/);
		const file = await getOwnAid(db.read, person.id, first.reference, asked);
		expect(file.history.map(({ status, detail }) => [status, detail.urgentOn])).toEqual([
			['submitted', undefined],
			['submitted', '2026-03-13'],
		]);
		expect(file.facts.nextBy).toBe('2026-03-13');
		const { rows } = await aidsQueue(db.read, decider, { filter: 'waiting', page: 1, now: asked });
		expect(rows.map(({ urgentOn }) => urgentOn)).toEqual(['2026-03-13']);
	});
	test('prepared and not sent, is sent when the day is said; refused by silence, is asked anew', async () => {
		const draft = (await given.open({ kind: 'urgent_childcare', sent: false }))!;
		expect(await ask('2026-03-03')).toMatchObject({ id: draft.id });
		expect(await given.row(draft.id)).toMatchObject({ status: 'submitted', urgentOn: '2026-03-03' });
		const again = (await ask('2026-05-05', on('2026-05-04')))!;
		expect(again.id).not.toBe(draft.id);
	});
	test('no longer comes first in the queue once its day is over', async () => {
		const { db, territoryId, decider } = given;
		await given.open({ now: on('2026-02-02') });
		await ask('2026-03-03');
		const { id: personId } = await aPerson(db, { territoryId });
		await given.open({ personId, kind: 'urgent_childcare', urgentOn: '2026-03-05', now: on('2026-03-03') });
		const queue = async (day: string) =>
			(await aidsQueue(db.read, decider, { filter: 'waiting', page: 1, now: on(day) })).rows.map((row) => row.urgentOn);
		expect(await queue('2026-03-03')).toEqual(['2026-03-03', '2026-03-05', null]);
		expect(await queue('2026-03-04')).toEqual(['2026-03-05', null, '2026-03-03']);
	});
	test('is for today at the earliest and two weeks at the latest, in the zone of the territory', async () => {
		for (const day of ['2026-03-01', '2026-03-17']) await expect(ask(day)).rejects.toThrow('urgent_outside');
		expect(await ask('2026-03-02')).not.toBeNull();
		given = await anAidSetting({ zone: 'America/Cayenne', holidayZone: 'guyane' });
		// Still 1 March in Cayenne.
		expect(await ask('2026-03-01', on('2026-03-02', '02:00'))).not.toBeNull();
	});
});

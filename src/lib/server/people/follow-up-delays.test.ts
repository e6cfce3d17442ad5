import { expect, test } from 'vitest';
import {
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { plansOf } from '../../../../tests/support/plans.ts';
import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import {
	appointment,
	diagnosis,
	need,
	pathway,
	person as personTable,
	situationReview,
	step,
	supportRequest,
} from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { reopenRequest, withdrawRequest } from '../requests/commands.ts';
import { getTerritory } from '../territories/queries.ts';
import { passedDelays, territoryDelays, type DelayKind } from './delays.ts';
import { ownDelays } from './own-delays.ts';

/** 3 March 2026 at noon in Cayenne (UTC−3). */
const NOON = new Date('2026-03-03T15:00:00Z');
const at = (day: string) => new Date(`${day}T15:00:00Z`);

async function aFollowUpInGuyane(startedAt: Date, kind: 'socio_pro' | 'social' = 'socio_pro') {
	const db = await testDatabase();
	const territory = await aTerritory(db, { zone: 'America/Cayenne' });
	const referent = await aReferent(db, { territoryId: territory.id });
	const person = await aPerson(db, { referent, lastContactAt: NOON });
	const pathway = await aPathway(db, { personId: person.id, startedAt, kind, stages: [] });
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const late = async (kind: DelayKind, now = NOON) => {
		const context = { territoryId: territory.id, zone, settings, now };
		const [mine, all, own] = [
			await passedDelays(db.read, { accountId: referent.id }, context),
			await passedDelays(db.read, {}, context),
			await ownDelays(db.read, person.id, context),
		].map((list) =>
			list.filter((delay) => delay.kind === kind).map(({ targetOn, daysLate }) => ({ targetOn, daysLate })),
		);
		// The referent, the coordinator and the person read the same list.
		expect(all).toEqual(mine);
		expect(own).toEqual(mine);
		return mine;
	};
	return { db, territory, referent, person, pathway, late };
}

test('between two steps: nothing added, done or entered for 45 days, counted from the latest of them', async () => {
	const { db, person, pathway, late } = await aFollowUpInGuyane(at('2025-12-01'));
	expect(await late('steps')).toEqual([{ targetOn: '2026-01-15', daysLate: 47 }]);
	const own = { personId: person.id, pathwayId: pathway.id };
	await aStep(db, { ...own, createdAt: at('2025-12-10'), doneAt: at('2026-01-16'), state: 'done' });
	expect(await late('steps')).toEqual([{ targetOn: '2026-03-02', daysLate: 1 }]);
	await aStep(db, { ...own, createdAt: at('2026-01-17') });
	expect(await late('steps')).toEqual([]);
});

test('the last day of the target is still in time, until midnight in the territory', async () => {
	const { late } = await aFollowUpInGuyane(at('2026-01-17'));
	// 45 days after 17 January is 3 March: over at 03:00 UTC on the 4th.
	expect(await late('steps', new Date('2026-03-04T02:59:59Z'))).toEqual([]);
	expect(await late('steps', new Date('2026-03-04T03:00:00Z'))).toEqual([{ targetOn: '2026-03-03', daysLate: 1 }]);
});

test('last interview: nobody met the person for 45 days; one to come is enough', async () => {
	const { db, person, late } = await aFollowUpInGuyane(at('2025-11-01'));
	await anAppointment(db, { personId: person.id, day: '2025-12-20', time: '10:00', state: 'seen' });
	await anAppointment(db, { personId: person.id, day: '2026-02-20', time: '10:00', state: 'noshow' });
	expect(await late('interview')).toEqual([{ targetOn: '2026-02-03', daysLate: 28 }]);
	await anAppointment(db, { personId: person.id, day: '2026-03-10', time: '10:00', state: 'booked' });
	expect(await late('interview')).toEqual([]);
});

test('a point de situation is due after 6 months, 12 in a social pathway, from the latest one', async () => {
	const { db, person, pathway, referent, late } = await aFollowUpInGuyane(at('2025-09-02'));
	expect(await late('review')).toEqual([{ targetOn: '2026-03-02', daysLate: 1 }]);
	const held = { id: newId(), pathwayId: pathway.id, personId: person.id, heldById: referent.id, lookedSealed: 'x' };
	await insertOne(db, situationReview, { ...held, heldAt: at('2025-09-03') });
	expect(await late('review')).toEqual([]);
	expect(await late('review', at('2026-03-04'))).toEqual([{ targetOn: '2026-03-03', daysLate: 1 }]);

	const social = await aFollowUpInGuyane(at('2025-03-02'), 'social');
	expect(await social.late('review')).toEqual([{ targetOn: '2026-03-02', daysLate: 1 }]);
	const younger = await aFollowUpInGuyane(at('2025-03-03'), 'social');
	expect(await younger.late('review')).toEqual([]);
});

test('six months from the 31st end on the last day of a shorter month', async () => {
	const { late } = await aFollowUpInGuyane(at('2025-08-31'));
	expect(await late('review', at('2026-02-28'))).toEqual([]);
	expect(await late('review', at('2026-03-01'))).toEqual([{ targetOn: '2026-02-28', daysLate: 1 }]);
});

test('diagnosis and orientation are awaited 30 and 45 days after the request, until one is shared or decided', async () => {
	const { db, territory, referent, late } = await aFollowUpInGuyane(NOON);
	const waiting = await aPerson(db, { referent, lastContactAt: NOON });
	const sent = {
		personId: waiting.id,
		status: 'assigned',
		assignedToId: referent.id,
		submittedAt: at('2026-01-10'),
	} as const;
	await aRequest(db, sent);
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const kinds = async () =>
		(await ownDelays(db.read, waiting.id, { territoryId: territory.id, zone, settings, now: NOON }))
			.filter(({ kind }) => kind === 'diagnosis' || kind === 'orientation')
			.map(({ kind, targetOn }) => `${kind} ${targetOn}`)
			.sort();
	expect(await kinds()).toEqual(['diagnosis 2026-02-09', 'orientation 2026-02-24']);
	await insertOne(db, diagnosis, {
		id: newId(),
		personId: waiting.id,
		territoryId: territory.id,
		state: 'shared',
		sharedAt: at('2026-02-01'),
		createdAt: at('2026-02-01'),
	});
	await aPathway(db, { personId: waiting.id });
	expect(await kinds()).toEqual([]);
	expect(await late('diagnosis')).toEqual([]);
});

test('a first appointment is awaited until one is offered since the request, that neither was called off nor ran out', async () => {
	const { db, territory, referent } = await aFollowUpInGuyane(NOON);
	const waiting = await aPerson(db, { referent, lastContactAt: NOON });
	const personId = waiting.id;
	await aRequest(db, {
		personId,
		status: 'assigned',
		assignedToId: referent.id,
		submittedAt: at('2026-02-10'),
	});
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const late = async () =>
		(await ownDelays(db.read, personId, { territoryId: territory.id, zone, settings, now: NOON }))
			.filter(({ kind }) => kind === 'first_appointment')
			.map(({ targetOn }) => targetOn);
	const expected = ['2026-02-25'];
	expect(await late()).toEqual(expected);
	// Of an earlier request; called off by the service; a choice that ran out.
	await anAppointment(db, { personId, day: '2025-11-20', state: 'seen', createdAt: at('2025-11-01') });
	await anAppointment(db, { personId, day: '2026-02-20', state: 'revoked', createdAt: at('2026-02-12') });
	const offered = { personId, day: '2026-03-10', state: 'invited', createdAt: at('2026-02-12') } as const;
	const choice = await anAppointment(db, { ...offered, chooseBy: at('2026-02-22') });
	expect(await late()).toEqual(expected);
	await db.write((tx) =>
		tx
			.update(appointment)
			.set({ chooseBy: at('2026-03-04') })
			.where(eq(appointment.id, choice.id)),
	);
	expect(await late()).toEqual([]);
	await db.write((tx) => tx.update(appointment).set({ state: 'noshow' }).where(eq(appointment.id, choice.id)));
	expect(await late()).toEqual([]);
});

test('of a request that was withdrawn and reopened, days count from the reopening, as the first contact does', async () => {
	const { db, person, late } = await aFollowUpInGuyane(NOON);
	const personId = person.id;
	const { reference } = await aRequest(db, { personId, status: 'assigned', submittedAt: at('2026-01-10') });
	const own = (now: Date) => ({ personId, reference: reference!, now });
	const days = async (now = NOON) => [await late('first_appointment', now), await late('diagnosis', now)];
	expect(await days()).toEqual([
		[{ targetOn: '2026-01-25', daysLate: 37 }],
		[{ targetOn: '2026-02-09', daysLate: 22 }],
	]);
	await db.write((tx) => withdrawRequest(tx, own(at('2026-02-10'))));
	await db.write((tx) => reopenRequest(tx, own(at('2026-03-01'))));
	expect(await days()).toEqual([[], []]);
	// The fifteenth day, then the thirtieth, are still in time.
	expect(await days(at('2026-03-16'))).toEqual([[], []]);
	expect(await days(at('2026-04-01'))).toEqual([
		[{ targetOn: '2026-03-16', daysLate: 16 }],
		[{ targetOn: '2026-03-31', daysLate: 1 }],
	]);
});

test('what a professional or a structure promised is late the day after its last day, one line a person, the oldest', async () => {
	const { db, referent, person, pathway: way, late } = await aFollowUpInGuyane(NOON);
	const promise = (values: Parameters<typeof aStep>[1]) =>
		aStep(db, { personId: person.id, pathwayId: way.id, owner: 'referent', ownerAccountId: referent.id, ...values });
	await promise({ owner: 'person', ownerAccountId: null, dueOn: '2026-02-01' });
	await promise({ state: 'done', dueOn: '2026-02-01' });
	await promise({ dueOn: null });
	expect(await late('promise')).toEqual([]);
	await promise({ dueOn: '2026-03-03' });
	// Over at midnight in Cayenne: 03:00 UTC.
	expect(await late('promise', new Date('2026-03-04T02:59:59Z'))).toEqual([]);
	const first = await promise({ owner: 'structure', ownerAccountId: null, dueOn: '2026-03-01' });
	await promise({ dueOn: '2026-03-01', state: 'in_progress' });
	expect(await late('promise')).toEqual([{ targetOn: '2026-03-01', daysLate: 2 }]);
	expect(await late('promise', new Date('2026-03-04T03:00:00Z'))).toEqual([{ targetOn: '2026-03-01', daysLate: 3 }]);
	await db.write((tx) => tx.update(step).set({ state: 'cancelled' }).where(eq(step.id, first.id)));
	expect(await late('promise')).toHaveLength(1);
	await db.write((tx) => tx.update(pathway).set({ endedAt: NOON }).where(eq(pathway.id, way.id)));
	expect(await late('promise')).toEqual([]);
});

test('a need that nobody has begun is late the day after its day, once the request was taken; one line a person', async () => {
	const { db, person, late } = await aFollowUpInGuyane(NOON);
	const request = await aRequest(db, { personId: person.id, themes: ['housing', 'mobility'], submittedAt: NOON });
	const set = (theme: 'housing' | 'mobility', values: Partial<typeof need.$inferInsert>) =>
		db.write((tx) =>
			tx
				.update(need)
				.set(values)
				.where(and(eq(need.requestId, request.id), eq(need.theme, theme))),
		);
	const standing = (status: 'assigned' | 'in_pathway' | 'closed') =>
		db.write((tx) => tx.update(supportRequest).set({ status }).where(eq(supportRequest.id, request.id)));
	await set('housing', { expectedOn: '2026-03-01' });
	await set('mobility', { expectedOn: '2026-02-28' });
	// Nobody took the request: it is the request that is late.
	expect(await late('need')).toEqual([]);
	await standing('assigned');
	expect(await late('need')).toEqual([{ targetOn: '2026-02-28', daysLate: 3 }]);
	await set('mobility', { status: 'in_progress' });
	await standing('in_pathway');
	expect(await late('need')).toEqual([{ targetOn: '2026-03-01', daysLate: 2 }]);
	await set('housing', { expectedOn: '2026-03-03' });
	expect(await late('need')).toEqual([]);
	await set('housing', { expectedOn: '2026-03-01' });
	await standing('closed');
	expect(await late('need')).toEqual([]);
});

test('a territory’s list says when it goes on, and is read further page after page', async () => {
	const { db, territory, referent, person } = await aFollowUpInGuyane(at('2025-12-01'));
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const context = { territoryId: territory.id, zone, settings, now: NOON };
	const read = async (upTo?: number) => territoryDelays(db.read, {}, context, upTo);
	await db.write((tx) =>
		tx
			.update(personTable)
			.set({ lastContactAt: at('2026-01-01') })
			.where(eq(personTable.id, person.id)),
	);
	for (let count = 0; count < 199; count++) await aPerson(db, { referent, lastContactAt: at('2026-01-02') });
	const exact = await read();
	expect(exact).toMatchObject({ cut: [] });
	expect(exact.delays.filter(({ kind }) => kind === 'silence')).toHaveLength(200);
	await aPerson(db, { referent, lastContactAt: at('2026-01-03') });
	const first = await read(51);
	expect(first.cut).toEqual(['silence']);
	expect(first.delays.filter(({ kind }) => kind === 'silence')).toHaveLength(200);
	const further = await read(201);
	expect(further).toMatchObject({ cut: [] });
	expect(further.delays.filter(({ kind }) => kind === 'silence')).toHaveLength(201);
});

test('an ended pathway is late on nothing', async () => {
	const { db, referent, late } = await aFollowUpInGuyane(NOON);
	const gone = await aPerson(db, { referent, lastContactAt: NOON });
	await aPathway(db, { personId: gone.id, startedAt: at('2024-01-01'), endedAt: at('2025-01-01') });
	for (const kind of ['steps', 'interview', 'review'] as const) expect(await late(kind)).toEqual([]);
});

const WAITS = 'id, moved_at, met_at, meets_at, reviewed_at';
/** Pathways whose kept instants are not what they are made of. */
const wrongOnes = (db: Db) =>
	db.raw.prepare(`SELECT ${WAITS} FROM pathway EXCEPT SELECT ${WAITS} FROM pathway_waits`).all();

test('what a pathway waits since follows whatever happens to what it is made of', async () => {
	const { db, referent, person: own, pathway: followed } = await aFollowUpInGuyane(at('2025-12-01'));
	const other = await aPerson(db, { referent, lastContactAt: NOON });
	const elsewhere = await aPathway(db, { personId: other.id, startedAt: at('2025-11-01') });
	const kept = () => db.raw.prepare('SELECT moved_at, met_at, meets_at FROM pathway WHERE id = ?').get(followed.id);
	const seen = await anAppointment(db, { personId: own.id, day: '2026-01-20', time: '10:00', state: 'booked' });
	const added = await aStep(db, { personId: own.id, pathwayId: followed.id, createdAt: at('2026-01-10') });
	expect(wrongOnes(db)).toEqual([]);
	const started = at('2025-12-01').getTime();
	const startsAt = seen.startsAt.getTime();
	expect(kept()).toEqual({ moved_at: at('2026-01-10').getTime(), met_at: started, meets_at: startsAt });

	const changes: ((tx: Parameters<Parameters<Db['write']>[0]>[0]) => Promise<unknown>)[] = [
		async (tx) => tx.update(appointment).set({ state: 'seen' }).where(eq(appointment.id, seen.id)),
		async (tx) =>
			tx
				.update(step)
				.set({ doneAt: at('2026-02-01'), state: 'done' })
				.where(eq(step.id, added.id)),
		async (tx) =>
			tx
				.update(pathway)
				.set({ orientedAt: at('2026-02-10') })
				.where(eq(pathway.id, followed.id)),
		// Two files of one person become one.
		async (tx) => tx.update(appointment).set({ personId: other.id }).where(eq(appointment.id, seen.id)),
		async (tx) => tx.update(step).set({ pathwayId: elsewhere.id }).where(eq(step.id, added.id)),
		// Said by mistake.
		async (tx) => tx.update(appointment).set({ state: 'noshow' }).where(eq(appointment.id, seen.id)),
		async (tx) => tx.delete(appointment).where(eq(appointment.id, seen.id)),
		async (tx) => tx.delete(step).where(eq(step.id, added.id)),
		async (tx) => tx.delete(personTable).where(eq(personTable.id, other.id)),
	];
	const before = new Set([JSON.stringify(kept())]);
	for (const change of changes) {
		await db.write((tx) => change(tx));
		expect(wrongOnes(db)).toEqual([]);
		before.add(JSON.stringify(kept()));
	}
	expect(before.size).toBeGreaterThan(3);
});

test('what a territory waits for is read from its index, the longest first, and nothing else is', async () => {
	const { db, territory } = await aFollowUpInGuyane(NOON);
	const { settings, zone } = await getTerritory(db.read, territory.id);
	const context = { territoryId: territory.id, zone, settings, now: NOON };
	const plans = await plansOf(db, () => passedDelays(db.read, {}, context));
	const leading = plans.map(([first]) => / INDEX (\w+)/.exec(first!)?.[1]);
	expect(leading).toEqual([
		'stage_current_target_on_idx',
		'support_request_taken_idx',
		'person_territory_id_last_contact_at_idx',
		'support_request_taken_idx',
		'support_request_taken_idx',
		'need_open_expected_on_idx',
		'pathway_open_moved_at_idx',
		'step_promised_open_due_on_idx',
		'pathway_open_met_at_idx',
		'pathway_open_reviewed_at_idx',
		'pathway_open_reviewed_at_idx',
		'support_request_territory_id_status_idx',
	]);
});

import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
	actorOf,
	aCoordinator,
	aPerson,
	aReferent,
	aRequest,
	aTerritory,
	NOW,
	theTerritory,
} from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { fullScans, plansOf } from '../../../../tests/support/plans.ts';
import type { Theme } from '../../shared/themes.ts';
import { supportRequest } from '../db/schema/index.ts';
import { declineRequest, decideRequest, withdrawNeed, withdrawRequest } from './commands.ts';
import { inbox, inboxCounts, waitingCount, type InboxFilters } from './inbox.ts';
import { transferRequest } from './transferring.ts';

test('a referent lists what nobody took and what is theirs, never a colleague’s', async () => {
	const db = await testDatabase();
	const territory = await aTerritory(db);
	const here = { territoryId: territory.id };
	const [own, colleague] = [await aReferent(db, here), await aReferent(db, here)];
	const given = async (assignedToId: string | null, lastName: string) => {
		const person = await aPerson(db, { ...here, firstName: 'Zoé', lastName });
		const status = assignedToId ? 'assigned' : 'submitted';
		return (await aRequest(db, { personId: person.id, assignedToId, status })).reference!;
	};
	const [waiting, mine, theirs] = [
		await given(null, 'Attente'),
		await given(own.id, 'Mienne'),
		await given(colleague.id, 'Leur'),
	];
	const list = async (accountId?: string, text?: string) => {
		const onlyOf = accountId ? { accountId, structureId: own.structureId } : undefined;
		const rows = await inbox(db.read, territory.id, { show: 'all', onlyOf, text, today: '2026-03-02' });
		return rows.map((row) => row.reference);
	};
	expect((await list(own.id)).sort()).toEqual([waiting, mine].sort());
	expect((await list()).sort()).toEqual([waiting, mine, theirs].sort());
	expect(await list(undefined, 'zoé leur')).toEqual([theirs]);
	expect(await list(undefined, 'leur zoé')).toEqual([theirs]);
	expect(await list(own.id, theirs)).toEqual([]);
});

test('a reference is found with or without its hyphens, a number with any', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db, { code: '2A-AJA' });
	const add = async (phone: string, reference: string) => {
		const { id: personId } = await aPerson(db, { territoryId, phone });
		return (await aRequest(db, { personId, reference })).id;
	};
	const one = await add('+33639982234', '2A-AJA-7K4M-2QXR');
	const other = await add('+33639989999', '08-7K4M-2QXS');
	const found = async (text: string) =>
		(await inbox(db.read, territoryId, { today: '2026-03-02', text })).map(({ id }) => id);
	for (const typed of ['2A-AJA-7K4M-2QXR', '2aaja7k4m2qxr', '2A-AJA 7K4M 2QXR', '06-39-98-22-34', '06 39 98 22 34'])
		expect(await found(typed), typed).toEqual([one]);
	for (const typed of ['08-7K4M-2QXS', '087k4m2qxs', '08–7k4m–2qxs', '06-39-98-99-99'])
		expect(await found(typed), typed).toEqual([other]);
	expect(await found('08-9K9M-2QXS')).toEqual([]);
	expect(await fullScans(db, () => found('087K4M2QXS'))).toEqual([]);
});

test('a reference is found as what it goes on as, joined or moved, where that one is listed', async () => {
	const db = await testDatabase();
	await theTerritory(db, 'ardennes');
	await theTerritory(db, 'doubs');
	const here = { territoryId: 'ardennes', inseeCode: '08105' };
	const { id: personId } = await aPerson(db, here);
	const kept = await aRequest(db, { personId, urgent: true });
	const { id: mergedIntoId, reference } = kept;
	const joined = await aRequest(db, { personId, status: 'withdrawn', mergedIntoId });
	const found = async (territoryId: string, text: string, onlyOf?: InboxFilters['onlyOf']) =>
		(await inbox(db.read, territoryId, { show: 'all', today: '2026-03-02', text, onlyOf })).map(({ id }) => id);
	expect(await found('ardennes', joined.reference!)).toEqual([kept.id]);
	expect(await found('doubs', joined.reference!)).toEqual([]);
	const to = { territoryId: 'doubs', inseeCode: '25056', by: null, now: NOW };
	const moved = (await db.write((tx) => transferRequest(tx, { personId, ...to })))!;
	for (const old of [joined.reference!, reference!]) {
		expect(await found('doubs', old), old).toEqual([moved.id]);
		// The one they left: that it did, and no more.
		expect(await found('ardennes', old), old).toEqual([kept.id]);
	}
	expect(await found('ardennes', moved.reference)).toEqual([]);
	const [own, colleague] = [
		await aReferent(db, { territoryId: 'doubs' }),
		await aReferent(db, { territoryId: 'doubs' }),
	];
	const taken = { status: 'assigned', assignedToId: colleague.id } as const;
	await db.write((tx) => tx.update(supportRequest).set(taken).where(eq(supportRequest.id, moved.id)));
	const of = ({ id: accountId, structureId }: typeof own) => ({ accountId, structureId });
	expect(await found('doubs', reference!, of(colleague))).toEqual([moved.id]);
	expect(await found('doubs', reference!, of(own))).toEqual([]);
});

test('what waits: urgent first, then priority audiences, then the nearest day to answer by; read in that order from its index', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const add = async (lastName: string, values: { urgent?: boolean; priority?: boolean; respondBy?: string }) => {
		const { id: personId } = await aPerson(db, { territoryId, lastName });
		await aRequest(db, { personId, ...values });
	};
	await add('Ordinaire', { respondBy: '2026-03-09' });
	await add('Ordinaire-plus-tôt', { respondBy: '2026-03-05' });
	await add('Prioritaire', { priority: true, respondBy: '2026-03-12' });
	await add('Urgente', { urgent: true, respondBy: '2026-03-13' });
	await add('Urgente-prioritaire', { urgent: true, priority: true, respondBy: '2026-03-14' });
	const list = () => inbox(db.read, territoryId, { today: '2026-03-06' });
	const plans: string[] = [];
	const prepare = db.raw.prepare.bind(db.raw);
	const spied = Object.assign(db.raw, {
		prepare(sql: string) {
			if (sql.includes('"support_request"."urgent" desc')) {
				const values = Array(sql.split('?').length - 1).fill(1);
				const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
				plans.push(...rows.map(({ detail }) => detail));
			}
			return prepare(sql);
		},
	});
	const rows = await list();
	spied.prepare = prepare as typeof spied.prepare;
	expect(rows.map(({ lastName }) => lastName)).toEqual([
		'Urgente-prioritaire',
		'Urgente',
		'Prioritaire',
		'Ordinaire-plus-tôt',
		'Ordinaire',
	]);
	expect(plans[0]).toMatch(/^SEARCH support_request USING INDEX support_request_waiting_idx/);
	expect(plans.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([]);
});

test('what a referent counts is what their list shows, the coordinator counts all of it', async () => {
	const db = await testDatabase();
	const here = { territoryId: (await aTerritory(db)).id };
	const [own, colleague, coordinator] = [
		await aReferent(db, here),
		await aReferent(db, here),
		await aCoordinator(db, here),
	];
	const by = actorOf(coordinator);
	const add = async (structureId: string | null, values: { respondBy?: string; stillWaitingAt?: Date } = {}) => {
		const { id: personId } = await aPerson(db, here);
		const { reference } = await aRequest(db, { personId, ...values });
		const choice = { accountId: null, structureId, kind: 'social' as const, reason: '', proposal: null };
		if (structureId) await db.write((tx) => decideRequest(tx, { ...choice, reference: reference!, by, now: NOW }));
		return reference!;
	};
	await add(null, { respondBy: '2026-03-01' });
	await add(own.structureId, { stillWaitingAt: NOW });
	await add(colleague.structureId, { respondBy: '2026-03-01', stillWaitingAt: NOW });
	const returned = await add(colleague.structureId);
	const refusal = { reason: 'full' as const, note: '', by: actorOf(colleague), now: NOW };
	await db.write((tx) => declineRequest(tx, { reference: returned, ...refusal }));
	const onlyOf = { accountId: own.id, structureId: own.structureId };
	const today = '2026-03-02';
	// First: a statement is prepared once.
	const plans = (await plansOf(db, () => inboxCounts(db.read, here.territoryId, today, onlyOf))).flat();
	expect(plans).toContain('SEARCH support_request USING COVERING INDEX support_request_waiting_idx (territory_id=?)');
	expect(plans.filter((line) => line.startsWith('SEARCH orientation'))).toEqual([
		'SEARCH orientation USING INDEX orientation_territory_id_sent_idx (territory_id=?)',
		'SEARCH orientation USING INDEX orientation_territory_id_declined_idx (territory_id=?)',
	]);
	expect(plans.filter((line) => line.startsWith('SCAN'))).toEqual([]);
	const all = { waiting: 4, late: 2, stillWaiting: 2, sent: 2, returned: 1 };
	expect(await inboxCounts(db.read, here.territoryId, today)).toEqual(all);
	expect(await inboxCounts(db.read, here.territoryId, today, onlyOf)).toEqual({
		waiting: 3,
		late: 1,
		stillWaiting: 1,
		sent: 1,
		returned: 1,
	});
	expect(await inbox(db.read, here.territoryId, { show: 'waiting', onlyOf, today })).toHaveLength(3);
	expect(await waitingCount(db.read, here.territoryId, today, onlyOf)).toBe(3);
});

test('how many wait is counted once for a page and its menu, and anew as soon as one more does', async () => {
	const db = await testDatabase();
	const here = { territoryId: (await aTerritory(db)).id };
	const today = '2026-03-02';
	const add = async () => aRequest(db, { personId: (await aPerson(db, here)).id, respondBy: '2026-03-01' });
	const counted = async () => [
		await waitingCount(db.read, here.territoryId, today),
		(await inboxCounts(db.read, here.territoryId, today)).waiting,
		(await inboxCounts(db.read, here.territoryId, '2026-03-01')).late,
	];
	await add();
	expect(await counted()).toEqual([1, 1, 0]);
	expect((await inboxCounts(db.read, here.territoryId, today)).late).toBe(1);
	await add();
	expect(await counted()).toEqual([2, 2, 0]);
});

test('the themes of a list are read by its requests, in the order they were asked', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	for (const themes of [['housing', 'employment'], ['health']] as const)
		await aRequest(db, { personId: (await aPerson(db, { territoryId })).id, themes: [...themes] });
	const plans = (await plansOf(db, () => inbox(db.read, territoryId, { today: '2026-03-02' }))).flat();
	expect(plans).toContain('SEARCH need USING INDEX need_request_id_theme_idx (request_id=?)');
	const rows = await inbox(db.read, territoryId, { today: '2026-03-02' });
	expect(rows.map(({ themes }) => themes.length).sort()).toEqual([1, 2]);
});

test('a need that its person withdrew is listed and found no more while the request goes on; what ended with it is', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const { id: personId } = await aPerson(db, { territoryId });
	const { needs, ...row } = await aRequest(db, { personId, themes: ['housing', 'health', 'mobility'] });
	const own = { personId, reference: row.reference!, now: NOW };
	const needOf = (theme: Theme) => needs.find((each) => each.theme === theme)!.id;
	const list = async (theme?: Theme) =>
		(await inbox(db.read, territoryId, { show: 'all', theme, today: '2026-03-02' })).map(({ themes }) =>
			themes.toSorted(),
		);
	await db.write((tx) => withdrawNeed(tx, { ...own, needId: needOf('health') }));
	expect(await list()).toEqual([['housing', 'mobility']]);
	expect(await list('health')).toEqual([]);
	expect(await list('housing')).toHaveLength(1);
	const later = new Date(NOW.getTime() + 60_000);
	await db.write((tx) => withdrawRequest(tx, { ...own, now: later }));
	expect(await list('mobility')).toEqual([['housing', 'mobility']]);
	expect(await list('health')).toEqual([]);
});

test('a name that hundreds bear finds the requests of all of them', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const ids: string[] = [];
	for (let number = 0; number < 255; number++)
		ids.push((await aPerson(db, { territoryId, lastName: 'Martin', account: false })).id);
	const asked = new Set<string>();
	for (const personId of [...ids].sort().slice(-6)) asked.add((await aRequest(db, { personId })).id);
	const list = () => inbox(db.read, territoryId, { text: 'martin', today: '2026-03-02' });
	expect(new Set((await list()).map(({ id }) => id))).toEqual(asked);
	expect(await fullScans(db, list)).toEqual([]);
});

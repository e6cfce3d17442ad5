import { beforeEach, describe, expect, test } from 'vitest';
import {
	aCoordinator,
	aFollowUp,
	aPerson,
	aReferent,
	aRequest,
	aStructure,
	aTerritory,
} from '../../../../tests/factories/index.ts';
import { RULES } from '../../../../tests/support/aids.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aidSentence, type Paper } from '../../shared/aids.ts';
import type { AidStatus } from '../../shared/codes.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, childcareAid, holiday } from '../db/schema/index.ts';
import {
	changeAidStatus,
	declarePaper,
	openAid,
	paperArrived,
	submitAid,
	withdrawAid,
	type AidChange,
} from './commands.ts';
import { aidsOf, getAidToDecide, getOwnAid } from './queries.ts';
import { aidsFollowed, aidsQueue, decides } from './queue.ts';
import { addScheme } from './schemes.ts';

const at = (text: string) => new Date(text);
const SENT = at('2026-03-02T09:00:00Z');

let db: Db;
let territoryId: string;
let decider: Awaited<ReturnType<typeof aReferent>>;
let person: Awaited<ReturnType<typeof aPerson>>;

async function inTerritory(zone: string, holidayZone: string) {
	db = await testDatabase();
	territoryId = (await aTerritory(db, { zone, holidayZone })).id;
	const structure = await aStructure(db, { territoryId, decidesAids: true, name: 'CMS de Sedan' });
	decider = await aReferent(db, { structureId: structure.id });
	person = await aPerson(db, { territoryId });
}
beforeEach(() => inTerritory('Europe/Paris', 'metropole'));

const actor = (who: { id: string; role: 'referent' | 'coordinator' | string; structureId: string | null }) =>
	({ accountId: who.id, role: who.role, structureId: who.structureId }) as AidChange['by'];
const viewer = (who: typeof decider) => ({ ...actor(who), territoryId: who.territoryId });

async function sent(now = SENT) {
	const request = await aRequest(db, { personId: person.id, themes: ['childcare'] });
	const opened = await db.write((tx) => openAid(tx, { personId: person.id, territoryId, requestId: request.id, now }));
	return opened!;
}
const row = async () => (await db.read.select().from(childcareAid).limit(1))[0]!;
const change = async (to: AidStatus, more: Partial<AidChange> = {}) => {
	const { id: aidId, version } = await row();
	return db.write((tx) => changeAidStatus(tx, { aidId, to, by: actor(decider), version, now: SENT, ...more }));
};
const ask = (papers: Paper[], dueOn: string, now: Date) => change('incomplete', { papers, dueOn, now });
const own = () => row().then(({ reference }) => ({ reference, personId: person.id }));

describe('opening', () => {
	test('a request sends the file to the structure that decides; silence counts two months from that day', async () => {
		const opened = await sent();
		expect(await row()).toMatchObject({
			id: opened.id,
			status: 'submitted',
			deciderStructureId: decider.structureId,
			nextActor: 'structure',
			nextBy: '2026-05-02',
			silenceOn: '2026-05-02',
		});
	});
	test('a person has one file that is not decided; a decided one leaves room for another', async () => {
		await sent();
		const again = { personId: person.id, territoryId, now: SENT };
		expect(await db.write((tx) => openAid(tx, again))).toBeNull();
		await db.write(async (tx) => withdrawAid(tx, { ...(await own()), now: SENT }));
		expect(await db.write((tx) => openAid(tx, again))).not.toBeNull();
	});
	test('kept for later, it is a draft without a clock, sent once by its own person', async () => {
		await db.write((tx) => openAid(tx, { personId: person.id, territoryId, now: SENT }));
		expect(await row()).toMatchObject({ status: 'draft', nextActor: 'person', silenceOn: null });
		const other = await aPerson(db, { territoryId });
		const mine = await own();
		await expect(db.write((tx) => submitAid(tx, { ...mine, personId: other.id, now: SENT }))).rejects.toThrow(
			'not_found',
		);
		const later = { ...mine, now: at('2026-12-31T10:00:00Z') };
		expect(await db.write((tx) => submitAid(tx, later))).toEqual({ changed: true });
		expect(await db.write((tx) => submitAid(tx, later))).toEqual({ changed: false });
		expect(await row()).toMatchObject({ status: 'submitted', silenceOn: '2027-02-28', version: 2 });
	});
});

describe('who may change a file', () => {
	test('a referent of another structure, a coordinator and a person do not find it', async () => {
		await sent();
		const { territoryId: same } = decider;
		const strangers = [
			await aReferent(db, { territoryId: same }),
			await aCoordinator(db, { structureId: decider.structureId }),
			await aReferent(db, { structureId: (await aStructure(db, { decidesAids: true })).id }),
			{ ...person.account, structureId: decider.structureId },
		];
		for (const stranger of strangers)
			await expect(change('under_review', { by: actor(stranger) })).rejects.toThrow('not_found');
		const { reference } = await row();
		for (const stranger of strangers.slice(0, 3))
			await expect(getAidToDecide(db.read, viewer(stranger as typeof decider), reference, SENT)).rejects.toThrow(
				'not_found',
			);
		expect((await row()).status).toBe('submitted');
	});
	test('what the table does not allow is refused, and nothing is written', async () => {
		await sent();
		for (const to of ['granted', 'partially_granted', 'refused', 'paid', 'withdrawn', 'draft', 'submitted'] as const)
			await expect(change(to, { amountCents: 100, reason: 'too_late' })).rejects.toThrow('aid_refused_move');
		expect(await row()).toMatchObject({ status: 'submitted', version: 1 });
	});
	test('two who decide at once make one decision', async () => {
		await sent();
		await change('under_review');
		const { id: aidId, version } = await row();
		const decide = (to: AidStatus, more: Partial<AidChange>) =>
			db.write((tx) => changeAidStatus(tx, { aidId, to, by: actor(decider), version, now: SENT, ...more }));
		const results = await Promise.allSettled([
			decide('granted', { amountCents: 41_600 }),
			decide('refused', { reason: 'too_late' }),
		]);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
		expect((results[1] as PromiseRejectedResult).reason).toMatchObject({ code: 'aid_changed', kind: 'conflict' });
		expect(await row()).toMatchObject({ status: 'granted', amountCents: 41_600, reason: null });
	});
	test('a decision says what it must: papers and a date, an amount, a reason', async () => {
		await sent();
		await expect(ask([], '2026-03-20', SENT)).rejects.toThrow('aid_papers_needed');
		await expect(change('incomplete', { papers: ['cost_proof'] })).rejects.toThrow('aid_due_needed');
		for (const day of ['2026-03-02', '2026-02-01', '2026-06-01'])
			await expect(ask(['cost_proof'], day, SENT)).rejects.toThrow('aid_due_outside');
		await change('under_review');
		await expect(change('granted')).rejects.toThrow('aid_amount_needed');
		await expect(change('granted', { amountCents: 0 })).rejects.toThrow('aid_amount_needed');
		await expect(change('partially_granted', { amountCents: 100 })).rejects.toThrow('aid_reason_needed');
		await expect(change('refused')).rejects.toThrow('aid_reason_needed');
	});
	test('each change leaves its event, its words sealed, and its line in the journal', async () => {
		await sent();
		await change('under_review', { note: 'Nous regardons votre dossier.' });
		const file = await getOwnAid(db.read, person.id, (await row()).reference, SENT);
		expect(file.history.map(({ status, note }) => [status, note])).toEqual([
			['submitted', null],
			['under_review', 'Nous regardons votre dossier.'],
		]);
		const actions = (await db.read.select().from(auditEntry)).map(({ action }) => action);
		expect(actions).toEqual(['aid.created', 'aid.status_changed']);
	});
});

describe('papers', () => {
	const day = (text: string) => at(`${text}T10:00:00Z`);

	test('asked for with a date, they stop the clock; when they come it runs again', async () => {
		await sent();
		await ask(['creche_certificate', 'cost_proof'], '2026-03-24', day('2026-03-10'));
		expect(await row()).toMatchObject({ nextActor: 'person', nextBy: '2026-03-24', silenceOn: '2026-05-16' });
		await change('under_review', { now: day('2026-03-13') });
		expect(await row()).toMatchObject({
			nextActor: 'structure',
			nextBy: '2026-05-05',
			silenceOn: '2026-05-05',
			pausedUntil: null,
		});
	});
	test('the day the person declared counts, not the day the service opened its mail', async () => {
		await sent();
		await ask(['creche_certificate', 'cost_proof'], '2026-03-24', day('2026-03-10'));
		const mine = await own();
		const declare = (kind: string, now: Date) => db.write((tx) => declarePaper(tx, { ...mine, kind, now }));
		expect(await declare('cost_proof', day('2026-03-11'))).toEqual({ changed: true });
		expect(await declare('cost_proof', day('2026-03-12'))).toEqual({ changed: false });
		expect(await row()).toMatchObject({ nextActor: 'person' });
		await declare('creche_certificate', day('2026-03-12'));
		expect(await row()).toMatchObject({ status: 'incomplete', nextActor: 'structure' });
		await change('under_review', { now: day('2026-03-20') });
		expect(await row()).toMatchObject({ silenceOn: '2026-05-04' });
	});
	test('asked for twice, both pauses count', async () => {
		await sent();
		await ask(['cost_proof'], '2026-03-24', day('2026-03-10'));
		await change('under_review', { now: day('2026-03-13') });
		await ask(['cost_proof'], '2026-04-10', day('2026-04-01'));
		const file = await getOwnAid(db.read, person.id, (await row()).reference, day('2026-04-02'));
		expect(file.facts.missing).toEqual(['cost_proof']);
		await change('under_review', { now: day('2026-04-03') });
		expect(await row()).toMatchObject({ silenceOn: '2026-05-07' });
	});
	test('examined without a paper that never came, it is not said to be received, and is no longer waited for', async () => {
		await sent();
		await ask(['creche_certificate', 'cost_proof'], '2026-03-24', day('2026-03-10'));
		await db.write(async (tx) => declarePaper(tx, { ...(await own()), kind: 'cost_proof', now: day('2026-03-12') }));
		await change('under_review', { now: day('2026-03-25') });
		const file = async () => getOwnAid(db.read, person.id, (await row()).reference, day('2026-03-25'));
		expect((await file()).papers.map(({ kind, receivedAt }) => [kind, receivedAt !== null])).toEqual([
			['cost_proof', true],
		]);
		expect((await file()).history.map(({ detail }) => detail.papers?.length)).toContain(2);
		await ask(['bank_details'], '2026-04-10', day('2026-03-26'));
		expect((await file()).facts.missing).toEqual(['bank_details']);
	});
	test('handed in without a word before its last day, it is received when the service goes on', async () => {
		await sent();
		await ask(['cost_proof'], '2026-03-24', day('2026-03-10'));
		await change('under_review', { now: day('2026-03-24') });
		const { papers } = await getOwnAid(db.read, person.id, (await row()).reference, day('2026-03-24'));
		expect(papers).toMatchObject([{ kind: 'cost_proof', receivedAt: day('2026-03-24') }]);
	});
	test('nobody declares a paper that was not asked for, nor that of somebody else', async () => {
		await sent();
		await ask(['cost_proof'], '2026-03-24', day('2026-03-10'));
		const mine = { ...(await own()), now: SENT };
		await expect(db.write((tx) => declarePaper(tx, { ...mine, kind: 'work_contract' }))).rejects.toThrow('not_found');
		const other = await aPerson(db, { territoryId });
		await expect(
			db.write((tx) => declarePaper(tx, { ...mine, personId: other.id, kind: 'cost_proof' })),
		).rejects.toThrow('not_found');
	});
	test('declared from a page left open while the service went on, it is said to be over, not to be unknown', async () => {
		await sent();
		await ask(['cost_proof', 'bank_details'], '2026-03-24', day('2026-03-10'));
		const mine = await own();
		await change('under_review', { now: day('2026-03-25') });
		for (const kind of ['cost_proof', 'bank_details'])
			await expect(db.write((tx) => declarePaper(tx, { ...mine, kind, now: day('2026-03-25') }))).rejects.toMatchObject(
				{ code: 'aid_refused_move', kind: 'conflict' },
			);
	});
	test('a file that arrives is declared while it is waited for, kept before, and refused once it is over', async () => {
		await sent();
		const mine = await own();
		const arrive = (now: Date) => db.write((tx) => paperArrived(tx, { ...mine, kind: 'cost_proof', now }));
		await arrive(day('2026-03-09'));
		await ask(['cost_proof'], '2026-03-24', day('2026-03-10'));
		await arrive(day('2026-03-11'));
		expect(await row()).toMatchObject({ status: 'incomplete', nextActor: 'structure' });
		await change('under_review', { now: day('2026-03-12') });
		await arrive(day('2026-03-12'));
		await change('refused', { reason: 'no_cost', now: day('2026-03-13') });
		await expect(arrive(day('2026-03-13'))).rejects.toMatchObject({ code: 'paper_over', kind: 'conflict' });
	});
	test('the last day moves past a holiday of the own zone only', async () => {
		const due = async (zone: string, holidayZone: string) => {
			await inTerritory(zone, holidayZone);
			await db.write((tx) => tx.insert(holiday).values({ zone: 'guyane', day: '2026-06-10', name: 'Abolition' }));
			await sent(day('2026-06-01'));
			await ask(['cost_proof'], '2026-06-10', day('2026-06-02'));
			return (await row()).nextBy;
		};
		expect(await due('America/Cayenne', 'guyane')).toBe('2026-06-11');
		expect(await due('Europe/Paris', 'metropole')).toBe('2026-06-10');
	});
});

describe('the day, in the zone of the territory', () => {
	test('sent at 22:00 in Cayenne, it counts from that day, not from the next of Paris', async () => {
		await inTerritory('America/Cayenne', 'guyane');
		await sent(at('2026-03-03T01:00:00Z'));
		expect(await row()).toMatchObject({ silenceOn: '2026-05-02' });
		const { reference } = await row();
		const refused = async (now: string) =>
			(await getOwnAid(db.read, person.id, reference, at(now))).facts.implicitlyRefused;
		expect(await refused('2026-05-02T02:59:59Z')).toBe(false);
		expect(await refused('2026-05-02T03:00:00Z')).toBe(true);
	});
	test('across a change of clock the day stays the same', async () => {
		await sent(at('2026-09-30T22:30:00Z'));
		expect(await row()).toMatchObject({ silenceOn: '2026-12-01' });
		const { reference } = await row();
		const file = await getOwnAid(db.read, person.id, reference, at('2026-11-30T22:59:59Z'));
		expect(file.facts.implicitlyRefused).toBe(false);
		expect((await getOwnAid(db.read, person.id, reference, at('2026-11-30T23:00:00Z'))).facts).toMatchObject({
			implicitlyRefused: true,
			contestUntil: '2027-02-02',
		});
	});
});

test('each line of a list tells its own day, also to who lives in another zone by now', async () => {
	const late = at('2026-03-03T01:00:00Z');
	await sent(late);
	const { id: cayenne } = await aTerritory(db, { zone: 'America/Cayenne', holidayZone: 'guyane' });
	const there = { personId: person.id, territoryId: cayenne, kind: 'urgent_childcare', sent: true };
	await db.write((tx) => openAid(tx, { ...there, now: late }));
	const lines = await aidsOf(db.read, person.id, late);
	expect(lines.map(({ zone, today }) => [zone, today]).sort()).toEqual([
		['America/Cayenne', '2026-03-02'],
		['Europe/Paris', '2026-03-03'],
	]);
});

test('an implicit refusal may still become a decision, and is never stored', async () => {
	await sent();
	const late = at('2026-05-10T10:00:00Z');
	const { reference } = await row();
	const [line] = await aidsOf(db.read, person.id, late);
	expect(line!.facts).toMatchObject({ implicitlyRefused: true, status: 'submitted' });
	await change('under_review', { now: late });
	await change('granted', { amountCents: 41_600, now: late });
	expect((await getOwnAid(db.read, person.id, reference, late)).facts).toMatchObject({
		implicitlyRefused: false,
		status: 'granted',
	});
});

test('the queue shows the nearest legal date first, to the deciding structure alone', async () => {
	await sent(at('2026-03-02T09:00:00Z'));
	const second = await aPerson(db, { territoryId, referent: decider });
	await db.write((tx) =>
		openAid(tx, { personId: second.id, territoryId, sent: true, now: at('2026-02-02T09:00:00Z') }),
	);
	const shown = { filter: 'waiting', page: 1, now: SENT } as const;
	const { rows } = await aidsQueue(db.read, decider, shown);
	expect(rows.map(({ personId }) => personId)).toEqual([second.id, person.id]);
	const elsewhere = await aReferent(db, { territoryId });
	expect((await aidsQueue(db.read, elsewhere, shown)).rows).toEqual([]);
	const followed = await aidsFollowed(db.read, decider.id, { page: 1, now: SENT });
	expect(followed.rows.map(({ personId }) => personId)).toEqual([second.id]);
});

test('a file that was never sent is in no list of those who decide, and does not open to them', async () => {
	await db.write((tx) => openAid(tx, { personId: person.id, territoryId, now: SENT }));
	const { reference } = await row();
	const found = async () => {
		const lists = [];
		for (const filter of ['waiting', 'to_pay', 'done'] as const)
			lists.push(...(await aidsQueue(db.read, decider, { filter, page: 1, now: SENT })).rows);
		return lists;
	};
	expect(await found()).toEqual([]);
	await expect(getAidToDecide(db.read, viewer(decider), reference, SENT)).rejects.toThrow('not_found');
	await db.write((tx) => withdrawAid(tx, { reference, personId: person.id, now: SENT }));
	expect(await found()).toEqual([]);
	await expect(getAidToDecide(db.read, viewer(decider), reference, SENT)).rejects.toThrow('not_found');
});

test('a structure that the rules name decides, whatever it was when the territory was made', async () => {
	const place = await aStructure(db, { territoryId, name: 'CMS de Givet' });
	const named = await aReferent(db, { structureId: place.id, territoryId });
	expect(await decides(db.read, named)).toBe(false);
	await sent();
	await db.write((tx) => tx.update(childcareAid).set({ deciderStructureId: place.id }));
	expect(await decides(db.read, named)).toBe(true);
	expect(await decides(db.read, { ...named, role: 'coordinator' })).toBe(false);
});

test('who follows people reads first what waits, not what ended long ago', async () => {
	const followed = await aPerson(db, { territoryId, referent: decider });
	const open = (now: Date) => db.write((tx) => openAid(tx, { personId: followed.id, territoryId, sent: true, now }));
	const ended: string[] = [];
	for (const now of [at('2025-03-02T09:00:00Z'), at('2025-06-02T09:00:00Z')]) {
		const { reference } = (await open(now))!;
		await db.write((tx) => withdrawAid(tx, { reference, personId: followed.id, now }));
		ended.unshift(reference);
	}
	const waiting = (await open(SENT))!;
	const { rows } = await aidsFollowed(db.read, decider.id, { page: 1, now: SENT });
	expect(rows.map(({ reference }) => reference)).toEqual([waiting.reference, ...ended]);
});

test('who follows somebody for a theme reads the aids of that theme, until their last day', async () => {
	const member = async (themes: string[], endsAt: Date | null = null) => {
		const who = await aReferent(db, { territoryId });
		await aFollowUp(db, { personId: person.id, member: who, part: 'member', themes, endsAt });
		return (await aidsFollowed(db.read, who.id, { page: 1, now: SENT })).rows.map(({ kind }) => kind).sort();
	};
	const now = SENT;
	const scheme = { territoryId, theme: 'mobility', position: 2, content: RULES, startsOn: '2020-01-01', now };
	await db.write((tx) => addScheme(tx, { ...scheme, code: 'vehicle_repair' }));
	await sent();
	await db.write((tx) => openAid(tx, { personId: person.id, territoryId, kind: 'vehicle_repair', sent: true, now }));
	expect(await member(['childcare'])).toEqual(['childcare']);
	expect(await member(['mobility'])).toEqual(['vehicle_repair']);
	expect(await member(['childcare', 'mobility'])).toEqual(['childcare', 'vehicle_repair']);
	expect(await member(['housing'])).toEqual([]);
	expect(await member(['childcare'], at('2026-03-01T09:00:00Z'))).toEqual([]);
});

test('one sentence says who must do what next, until when', async () => {
	await sent();
	const say = async (now: Date, locale = 'fr') => {
		const file = await getOwnAid(db.read, person.id, (await row()).reference, now);
		return aidSentence(file.facts, { locale, zone: file.zone, today: file.today, now }).replace(/\u00a0/g, ' ');
	};
	expect(await say(SENT)).toMatch(/^CMS de Sedan doit agir : vous répondre au plus tard le samedi 2 mai/);
	const asked = at('2026-03-10T10:00:00Z');
	await ask(['creche_certificate', 'cost_proof'], '2026-03-24', asked);
	expect(await say(asked)).toBe(
		'C’est à vous d’agir : envoyez l’attestation de la crèche et une preuve de ce que vous payez pour la garde au plus tard le mardi 24 mars (dans 14 jours).',
	);
	expect(await say(at('2026-03-25T10:00:00Z'))).toMatch(
		/^C’est à vous d’agir : envoyez vite .*La date était le mardi 24 mars/,
	);
	await change('under_review', { now: asked });
	await change('refused', { reason: 'too_late', now: asked });
	expect(await say(asked)).toMatch(/jusqu’au lundi 11 mai\.$/);
	expect(await say(at('2026-05-11T20:00:00Z'))).toMatch(/jusqu’au lundi 11 mai\.$/);
	expect(await say(at('2026-05-12T10:00:00Z'))).toBe('L’aide est refusée.');
	expect(await say(asked, 'en')).toMatch(/^The aid is refused\. If you disagree, you can act until Monday 11 May\.$/);
});

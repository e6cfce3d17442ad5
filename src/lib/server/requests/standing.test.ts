import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { aPathway, aPerson, aReferent, aRequest, NOW } from '../../../../tests/factories/index.ts';
import { insertOne } from '../../../../tests/factories/insert.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import type { Db } from '../db/client.ts';
import { auditEntry, diagnosis, supportRequest } from '../db/schema/index.ts';
import { answerDiagnosis, notePoints, planInterview, saveSelf, shareDiagnosis } from '../diagnosis/commands.ts';
import { reorient } from '../pathway/closing.ts';
import { enterStage } from '../pathway/commands.ts';
import { addStep } from '../pathway/steps.ts';
import { passedDelays } from '../people/delays.ts';
import { newId } from '../platform/ids.ts';
import { getTerritory } from '../territories/queries.ts';
import { reopenRequest, takeRequest, withdrawRequest } from './commands.ts';
import { inbox } from './inbox.ts';

const later = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

let db: Db;
let lead: Awaited<ReturnType<typeof aReferent>>;
let person: Awaited<ReturnType<typeof aPerson>>;
let request: Awaited<ReturnType<typeof aRequest>>;
let way: Awaited<ReturnType<typeof aPathway>>;
let by: ReturnType<typeof signedIn> & { structureId: string };
let self: { accountId: string; role: 'beneficiary'; structureId: null };

beforeEach(async () => {
	db = await testDatabase();
	lead = await aReferent(db);
	by = signedIn(lead) as typeof by;
	person = await aPerson(db, { territoryId: lead.territoryId });
	self = { accountId: person.account.id, role: 'beneficiary', structureId: null };
	request = await aRequest(db, { personId: person.id });
	await db.write((tx) => takeRequest(tx, { reference: request.reference!, account: by, now: NOW }));
	// As taking does: the pathway opens in the same write.
	way = await aPathway(db, { personId: person.id });
});

const status = async () =>
	(await db.read.select().from(supportRequest).where(eq(supportRequest.id, request.id)).limit(1))[0]!.status;
const personId = () => person.id;
const plan = (now = later(1)) => db.write((tx) => planInterview(tx, { personId: personId(), by, now }));
const note = (now = later(2)) =>
	db.write((tx) =>
		notePoints(tx, {
			personId: personId(),
			by,
			changes: [
				{
					point: 'housing',
					version: 0,
					value: { need: 'need', constraint: 'yes', impact: null, priority: false, note: '' },
				},
			],
			now,
		}),
	);
const share = (now = later(3)) => db.write((tx) => shareDiagnosis(tx, { personId: personId(), by, now }));
const agree = (agrees = true, now = later(4)) =>
	db.write((tx) => answerDiagnosis(tx, { personId: personId(), by: self, agrees, point: 'housing', why: 'Non', now }));
const decideStep = (now = later(5)) =>
	db.write((tx) => addStep(tx, { personId: personId(), title: 'Appeler', owner: 'referent', by, now }));

test('taken with its pathway open, nothing is decided yet', async () => {
	expect(await status()).toBe('assigned');
	await db.write((tx) => saveSelf(tx, { personId: personId(), part: { goals: 'Cuisine' }, by: self, now: later(1) }));
	await decideStep(later(1));
	expect(await status()).toBe('assigned');
});

test('an interview that is prepared, or a first point noted, is the diagnosis', async () => {
	await plan();
	expect(await status()).toBe('in_diagnosis');
	const [kept] = await db.read.select().from(auditEntry).where(eq(auditEntry.action, 'request.advanced')).limit(1);
	expect(kept).toMatchObject({ subjectId: request.id, actorId: lead.id, detail: { status: 'in_diagnosis' } });
});

test('without planning it, the first note is enough', async () => {
	await note();
	expect(await status()).toBe('in_diagnosis');
	await share();
	expect(await status()).toBe('in_diagnosis');
});

test('the person agrees: the pathway begins', async () => {
	await note();
	await share();
	await agree();
	expect(await status()).toBe('in_pathway');
	expect((await inbox(db.read, lead.territoryId, { show: 'taken', today: '2026-03-02' })).map(({ id }) => id)).toEqual([
		request.id,
	]);
	// Nothing leads back: a new diagnosis is part of the pathway.
	await plan(later(200));
	expect(await status()).toBe('in_pathway');
});

test.each([
	['a step', () => decideStep()],
	[
		'a stage',
		() => db.write((tx) => enterStage(tx, { personId: personId(), stageId: way.stages[1]!.id, by, now: later(5) })),
	],
	[
		'another orientation',
		() => db.write((tx) => reorient(tx, { personId: personId(), kind: 'pro', reason: 'Emploi', by, now: later(5) })),
	],
])('%s decided once the diagnosis was shared begins it too, and not before', async (_, decide) => {
	await note();
	await share();
	expect(await status()).toBe('in_diagnosis');
	await decide();
	expect(await status()).toBe('in_pathway');
});

test('contested, it is still being talked about', async () => {
	await note();
	await share();
	await agree(false);
	expect(await status()).toBe('in_diagnosis');
});

test('a diagnosis of before the request decides nothing about it', async () => {
	await insertOne(db, diagnosis, {
		id: newId(),
		personId: person.id,
		territoryId: lead.territoryId,
		state: 'agreed',
		sharedAt: later(-100),
		createdAt: later(-120),
	});
	await decideStep();
	expect(await status()).toBe('assigned');
	await plan(later(6));
	expect(await status()).toBe('in_diagnosis');
});

test('a request nobody took is not moved', async () => {
	await db.write((tx) => tx.update(supportRequest).set({ status: 'submitted' }));
	await plan();
	expect(await status()).toBe('submitted');
});

test('withdrawn and reopened while the lead follows, it is where it was', async () => {
	await note();
	const own = { personId: person.id, reference: request.reference! };
	const again = async (days: number) => {
		await db.write((tx) => withdrawRequest(tx, { ...own, now: later(days) }));
		await db.write((tx) => reopenRequest(tx, { ...own, now: later(days + 1) }));
		return status();
	};
	expect(await again(3)).toBe('in_diagnosis');
	await share(later(5));
	await agree(true, later(6));
	expect(await again(7)).toBe('in_pathway');
});

test('in diagnosis, no delay is lost: no appointment was offered, none was shared', async () => {
	await plan();
	const { zone, settings } = await getTerritory(db.read, lead.territoryId);
	const context = { territoryId: lead.territoryId, zone, settings, now: later(40) };
	const kinds = async () => (await passedDelays(db.read, {}, context)).map(({ kind }) => kind);
	expect(await kinds()).toEqual(expect.arrayContaining(['first_appointment', 'diagnosis']));
	await note();
	await share();
	await agree();
	expect(await kinds()).not.toContain('diagnosis');
});

import { expect, test } from 'vitest';
import { anAppointment, aPerson, aReferent, aRequest, NOW } from '../../../tests/factories/index.ts';
import { insertOne } from '../../../tests/factories/insert.ts';
import { testDatabase } from '../../../tests/support/database.ts';
import { openSession } from './accounts/commands.ts';
import { FILE_OPENINGS, forgottenBefore, recordAudit } from './audit/commands.ts';
import {
	answerLink,
	auditEntry,
	handover,
	invitation,
	ratingInvitation,
	ratingLink,
	session,
	supportRequest,
} from './db/schema/index.ts';
import { forgetPast } from './forget.ts';
import { newId } from './platform/ids.ts';
import { saveAnswers } from './requests/commands.ts';

const DAY_MS = 86_400_000;
const after = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

test('what has had its time is forgotten, what has not stays', async () => {
	const db = await testDatabase();
	const person = await aPerson(db);
	const { account } = person;
	await db.write(async (tx) => {
		await openSession(tx, { accountId: account.id, kind: 'own_phone', device: 'android', now: NOW });
		await recordAudit(tx, { action: 'person.opened', personId: person.id, at: NOW });
		const owner = { personId: null, browserHash: 'browser' };
		await saveAnswers(tx, { owner, page: 'themes', change: (answers) => answers, locale: 'fr', now: NOW });
	});
	const left = async () => ({
		sessions: (await db.read.select().from(session)).length,
		drafts: (await db.read.select().from(supportRequest)).length,
		journal: (await db.read.select().from(auditEntry)).length,
	});
	await db.write((tx) => forgetPast(tx, after(29)));
	expect(await left()).toEqual({ sessions: 1, drafts: 1, journal: 1 });
	await db.write((tx) => forgetPast(tx, after(31)));
	expect(await left()).toEqual({ sessions: 0, drafts: 0, journal: 1 });
	await db.write((tx) => forgetPast(tx, after(366)));
	expect(await left()).toEqual({ sessions: 0, drafts: 0, journal: 0 });
});

test('who read, signed in or was sent something is forgotten after a year; what was decided lives as long as the file', async () => {
	const db = await testDatabase();
	const { id: personId } = await aPerson(db);
	const passing = [...FILE_OPENINGS, 'session.started', 'session.ended', 'session.others_ended', 'reminder.dropped'];
	const kept = ['pathway.opened', 'stage.entered', 'person.assigned', 'aid.status_changed', 'request.submitted'];
	await db.write(async (tx) => {
		for (const action of [...passing, ...kept]) await recordAudit(tx, { action, personId, at: NOW });
		await recordAudit(tx, { action: 'territory.created', at: NOW });
	});
	const left = async () => (await db.read.select().from(auditEntry)).map(({ action }) => action).sort();
	const all = await left();
	await db.write((tx) => forgetPast(tx, after(365)));
	expect(await left()).toEqual(all);
	await db.write((tx) => forgetPast(tx, after(3650)));
	expect(await left()).toEqual([...kept].sort());
});

test('the hourly purge of the journal reads what it forgets, not the decisions of years', async () => {
	const db = await testDatabase();
	const plan = db.raw
		.prepare(`EXPLAIN QUERY PLAN ${db.read.select().from(auditEntry).where(forgottenBefore(NOW)).toSQL().sql}`)
		.all(0) as { detail: string }[];
	expect(plan[0]!.detail).toContain('USING INDEX audit_entry_kept_a_year_idx (at<?)');
});

test('links past their life are forgotten a month later, and no other', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const { id: personId, account } = await aPerson(db, { referent });
	const { id: appointmentId } = await anAppointment(db, { personId, referentId: referent.id });
	const { id: requestId } = await aRequest(db, { personId });
	const invitationId = newId();
	await insertOne(db, ratingInvitation, { id: invitationId, personId, askedAt: NOW, expiresAt: NOW });
	for (const [tokenHash, expiresAt] of [
		['over', after(0)],
		['alive', after(10)],
	] as const) {
		await insertOne(db, answerLink, { tokenHash, appointmentId, createdAt: NOW, expiresAt });
		await insertOne(db, ratingLink, { tokenHash, invitationId, expiresAt });
		await insertOne(db, invitation, { tokenHash, accountId: account.id, createdAt: NOW, expiresAt });
		const by = { createdById: referent.id, createdAt: NOW, tries: 0 };
		await insertOne(db, handover, { tokenHash, requestId, expiresAt, ...by });
	}
	const left = async () =>
		Promise.all(
			[answerLink, ratingLink, invitation, handover].map(async (table) =>
				(await db.read.select({ tokenHash: table.tokenHash }).from(table)).map(({ tokenHash }) => tokenHash).sort(),
			),
		);
	await db.write((tx) => forgetPast(tx, after(29)));
	expect(await left()).toEqual(Array.from({ length: 4 }, () => ['alive', 'over']));
	await db.write((tx) => forgetPast(tx, after(31)));
	expect(await left()).toEqual(Array.from({ length: 4 }, () => ['alive']));
});

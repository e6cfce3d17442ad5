import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { expect, test } from 'vitest';
import {
	aFollowUp,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	NOW,
} from '../../../../../tests/factories/index.ts';
import { insertOne } from '../../../../../tests/factories/insert.ts';
import { signedIn } from '../../../../../tests/support/signed-in.ts';
import { endPathway } from '../../../../lib/server/pathway/closing.ts';
import { testDatabase } from '../../../../../tests/support/database.ts';
import { newId } from '../../../../lib/server/platform/ids.ts';
import { seal } from '../../../../lib/server/platform/sealing.ts';
import { openSession } from '../../../../lib/server/accounts/sessions.ts';
import { recordAudit } from '../../../../lib/server/audit/commands.ts';
import type { Db } from '../../../../lib/server/db/client.ts';
import * as tables from '../../../../lib/server/db/schema/index.ts';
import { aFullFile as aWholeFile } from '../../../../../tests/support/world-file.ts';
import { ownFile, type OwnFile } from './own-file.ts';

/** Somebody with something of everything, each text carrying the mark. */
async function aFullFile(db: Db, mark: string) {
	const referent = await aReferent(db, { displayName: `Référent ${mark}`, email: `secret-${mark}@example.fr` });
	const person = await aPerson(db, { referent, firstName: `Prénom-${mark}`, email: `${mark}@example.fr` });
	const { personId, territoryId } = { personId: person.id, territoryId: person.territoryId };
	await aRequest(db, { personId, territoryId });
	const pathway = await aPathway(db, { personId, territoryId });
	await aStep(db, { pathwayId: pathway.id, personId });
	await anAppointment(db, { personId, referentId: referent.id, placeName: `Lieu ${mark}` });
	const token = await db.write((tx) =>
		openSession(tx, { accountId: person.account.id, kind: 'own_phone', device: 'android', now: NOW }),
	);
	await db.write((tx) =>
		recordAudit(tx, {
			action: 'person.opened',
			actor: { accountId: referent.id, role: 'referent' },
			personId,
			at: NOW,
		}),
	);
	return { person, referent, token };
}

const read = (db: Db, { person }: Awaited<ReturnType<typeof aFullFile>>) =>
	ownFile(db.read, { personId: person.id, accountId: person.account.id, locale: 'fr', now: NOW });

test('the export of one’s data holds each part of one’s file, and nothing of anybody else’s', async () => {
	const db = await testDatabase();
	const [alix, sami] = [await aFullFile(db, 'ALIX'), await aFullFile(db, 'SAMI')];
	const file = await read(db, alix);
	expect(file.identity.firstName).toBe('Prénom-ALIX');
	for (const part of ['followUp', 'requests', 'appointments', 'sessions', 'openings'] as const)
		expect(file[part], part).toHaveLength(1);
	expect(file.pathways[0]!.steps.length).toBeGreaterThan(0);
	const text = JSON.stringify(file);
	expect(text).not.toContain('SAMI');
	expect(text).not.toContain(sami.person.id);
});

test('the export holds no key, no hash, no sealed text, and no private contact of a professional', async () => {
	const db = await testDatabase();
	const alix = await aFullFile(db, 'ALIX');
	const text = JSON.stringify(await read(db, alix));
	for (const word of ['Sealed', 'Hash', 'searchName', 'p256dh', alix.token, 'secret-ALIX@example.fr'])
		expect(text, word).not.toContain(word);
});

test('somebody who follows the person no longer is not in the list of who does', async () => {
	const db = await testDatabase();
	const person = await aPerson(db);
	const member = await aReferent(db);
	await aFollowUp(db, { personId: person.id, member, part: 'lead', endedAt: NOW });
	const file = await ownFile(db.read, { personId: person.id, accountId: person.account.id, locale: 'fr', now: NOW });
	expect(file.followUp).toEqual([]);
});

/** Where in the export each table that goes with a person is told. */
const TOLD: Record<string, keyof OwnFile> = {
	person: 'identity',
	identity_decision: 'joinedFiles',
	dead_address: 'emailFails',
	move_proposal: 'moves',
	account: 'account',
	session: 'sessions',
	push_subscription: 'devices',
	follow_up_member: 'followUpHistory',
	exceptional_opening: 'exceptionalOpenings',
	support_request: 'requests',
	need: 'requests',
	orientation: 'requests',
	filing: 'requests',
	diagnosis: 'diagnosis',
	diagnosis_value: 'diagnosis',
	pathway: 'pathways',
	stage: 'pathways',
	goal: 'pathways',
	step: 'pathways',
	situation_review: 'pathways',
	check_in: 'pathways',
	case_group: 'meetings',
	case_group_member: 'meetings',
	appointment: 'appointments',
	childcare_aid: 'aids',
	childcare_aid_event: 'aids',
	supporting_document: 'aids',
	aid_child: 'aids',
	aid_guest: 'aids',
	paper: 'papers',
	paper_page: 'papers',
	reminder: 'messages',
	delivery: 'messages',
	callback: 'calls',
	rating_invitation: 'evaluation',
	panel_voter: 'evaluation',
	audit_entry: 'journal',
};
/** And why the others are not. */
const LEFT_OUT: Record<string, string> = {
	person_search_key: 'words of the name and the number, told in identity',
	working_note: 'the author’s own; the page says that one may ask them',
	availability: 'weekly hours of a professional',
	availability_exception: 'days off of a professional',
	outside_calendar: 'a calendar of a professional',
	outside_busy: 'hours of a professional',
	earlier_proposal: 'an earlier hour that was offered: its message is told',
	invitation: 'a secret; nothing else',
	handover: 'a secret of a printed sheet, and for how long',
	answer_link: 'a secret of a message',
	rating_link: 'a secret of a message',
	aid_proof: 'a secret of a printed sheet, which says what the aid says',
	calendar_feed: 'a secret of a professional’s calendar',
	removed_device: 'a hash: that a device was taken off',
	aid_notice: 'a mail to professionals that names nobody',
	appointment_slot: 'hours offered that were not taken',
	freed_hour: 'an hour offered to others',
};

/** Tables whose rows go when the person goes, or that name them. */
function tablesOfPeople(): string[] {
	const all = (Object.values(tables) as unknown[]).filter((table): table is SQLiteTable => is(table, SQLiteTable));
	const owned = new Set(['person', 'account']);
	const grow = () =>
		all.filter((table) => {
			if (owned.has(getTableName(table))) return false;
			const { foreignKeys, columns } = getTableConfig(table);
			if (columns.some(({ name }) => name === 'person_id')) return true;
			return foreignKeys.some(
				(key) => key.onDelete === 'cascade' && owned.has(getTableName(key.reference().foreignTable)),
			);
		});
	for (let more = grow(); more.length > 0; more = grow()) for (const table of more) owned.add(getTableName(table));
	return [...owned].sort();
}

test('every table that tells of a person is in the export, or it is said why not', () => {
	const known = [...Object.keys(TOLD), ...Object.keys(LEFT_OUT)].sort();
	expect(known.filter((name, index) => known.indexOf(name) !== index)).toEqual([]);
	expect(known).toEqual(tablesOfPeople());
});

test('every text of a file that may be told is in the export, opened', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	await insertOne(db, tables.municipality, {
		...{ inseeCode: '08105', name: 'Exemple', searchName: 'exemple', departmentCode: '08', population: 10 },
	});
	const { person } = await aWholeFile(db, 'ALIX', referent, 9);
	const { id: personId, account } = person;
	await closePathwayOf(db, personId, referent);
	const text = JSON.stringify(
		await ownFile(db.read, { personId, accountId: account.id, locale: 'fr', now: new Date() }),
	);
	for (const field of [
		...['address', 'answer', 'need', 'reason', 'step', 'stepnote', 'stuck', 'goal', 'why', 'agenda', 'goals', 'works'],
		...['place', 'street', 'bring', 'excuse', 'aidnote', 'message', 'label', 'file.pdf', 'device', 'endnote'],
	])
		expect(text, field).toContain(`ALIX${field}`);
	// The author's own; what is noted is told once it is shared; keys of a phone are no data about somebody.
	for (const field of ['working', 'housingpoint', 'endpoint', 'auth'])
		expect(text, field).not.toContain(`ALIX${field}`);
});

const closePathwayOf = (db: Db, personId: string, by: Awaited<ReturnType<typeof aReferent>>) =>
	db.write((tx) => endPathway(tx, { personId, reason: 'moved', note: 'ALIXendnote', by: signedIn(by), now: NOW }));

test('the export is whole, however long the file', async () => {
	const db = await testDatabase();
	const referent = await aReferent(db);
	const person = await aPerson(db, { referent });
	const { id: personId, territoryId, account } = person;
	const pathway = await aPathway(db, { personId, territoryId });
	const member = { personId, accountId: referent.id, structureId: referent.structureId!, part: 'member' as const };
	/** More than any page shows at once. */
	const [many, at] = [320, NOW];
	const each = <T>(row: (id: string, index: number) => T) =>
		Array.from({ length: many }, (_, index) => row(newId(), index));
	const first = await anAppointment(db, { personId, referentId: referent.id, state: 'seen' });
	const later = (instant: Date | null, hours: number) => new Date(instant!.getTime() + hours * 3_600_000);
	const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
	await db.write(async (tx) => {
		await tx.insert(tables.appointment).values(
			each((id, index) => ({
				...{ ...first, id },
				...{ startsAt: later(first.startsAt, index), endsAt: later(first.endsAt, index) },
			})).slice(1),
		);
		await tx.insert(tables.supportRequest).values(
			each((id, index) => ({
				...{ id, personId, territoryId, channel: 'self' as const, status: 'closed' as const, createdAt: at },
				...{ reference: `R-${index}`, closedAt: at, wantsCall: false, locale: 'fr', updatedAt: at },
			})),
		);
		await tx.insert(tables.goal).values(
			each((id) => ({
				...{ id, pathwayId: pathway.id, theme: 'housing' as const, state: 'open' as const, createdAt: at, version: 1 },
				textSealed: seal(`goal.text_sealed:${id}`, 'un toit'),
			})),
		);
		await tx.insert(tables.situationReview).values(
			each((id) => ({
				...{ id, personId, pathwayId: pathway.id, heldById: referent.id, heldAt: at },
				lookedSealed: seal(`situation_review.looked_sealed:${id}`, 'tout'),
			})),
		);
		await tx
			.insert(tables.checkIn)
			.values(each((id, index) => ({ id, pathwayId: pathway.id, personId, week: index, dueOn: day(index) })));
		await tx.insert(tables.followUpMember).values(each((id) => ({ ...member, id, startedAt: at, endedAt: at })));
		await tx.insert(tables.reminder).values(
			each((id) => ({
				...{ id, personId, kind: 'manual' as const, template: 'news', path: '/accueil', state: 'sent' as const },
				...{ dueAt: at, usefulUntil: at, createdAt: at, onceKey: id, attempts: 0 },
			})),
		);
	});
	for (let index = 0; index < many; index += 1) await aStep(db, { pathwayId: pathway.id, personId });
	const file = await ownFile(db.read, { personId, accountId: account.id, locale: 'fr', now: NOW });
	const [way] = file.pathways;
	expect({
		...{ appointments: file.appointments.length, requests: file.requests.length, steps: way!.steps.length },
		...{ goals: way!.goals.length, reviews: way!.reviews.length, checkIns: way!.checkIns.length },
		...{ followUp: file.followUpHistory.length - 1, messages: file.messages.length },
	}).toEqual({
		...{ appointments: many, requests: many, steps: many, goals: many, reviews: many, checkIns: many },
		...{ followUp: many, messages: many },
	});
});

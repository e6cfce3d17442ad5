/**
 * Writes a small world into an empty data folder, in a process of its own because the keys of a demo are read once:
 * `DEMO=1 DATA_DIR=… tsx world-data.ts`. Every text of person A carries a mark that nobody else may read (world.ts).
 */
import { eq } from 'drizzle-orm';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inviteAccount } from '../../src/lib/server/accounts/commands.ts';
import { openSession, type SessionKind } from '../../src/lib/server/accounts/sessions.ts';
import { newAnswerLink, sealNote } from '../../src/lib/server/appointments/answers.ts';
import { openAid } from '../../src/lib/server/childcare/commands.ts';
import { notePoints, planInterview, saveSelf } from '../../src/lib/server/diagnosis/commands.ts';
import { openDatabase, type Db } from '../../src/lib/server/db/client.ts';
import { newRatingLink } from '../../src/lib/server/evaluation/commands.ts';
import { migrateDatabase } from '../../src/lib/server/db/migrate.ts';
import * as tables from '../../src/lib/server/db/schema/index.ts';
import { openExceptionally } from '../../src/lib/server/people/exceptional.ts';
import { keepNote } from '../../src/lib/server/people/working-notes.ts';
import { joinPaper } from '../../src/lib/server/papers/commands.ts';
import { keepFiles } from '../../src/lib/server/papers/files.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { createTemplate } from '../../src/lib/server/reminders/templates.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { NO_ANSWERS } from '../../src/lib/server/requests/answers.ts';
import { shipSchemes } from '../../src/lib/server/childcare/profiles.ts';
import { createTerritory, importReference } from '../../src/lib/server/territories/commands.ts';
import { listStructures } from '../../src/lib/server/territories/queries.ts';
import { getProfile } from '../../src/lib/server/territories/profiles.ts';
import {
	aCoordinator,
	aFollowUp,
	anAppointment,
	aPathway,
	aPerson,
	aReferent,
	aRequest,
	aStep,
	aStructure,
} from '../factories/index.ts';
import { emptyValue, EMPTY_SELF, type Point } from '../../src/lib/shared/diagnosis.ts';
import { THEMES } from '../../src/lib/shared/themes.ts';
import { insertOne } from '../factories/insert.ts';
import { signedIn } from './signed-in.ts';
import { aPdf } from '../factories/files.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const now = new Date();
const { databaseFile, root, dataDir } = config();
const HOME = { inseeCode: '08105' };

const sealedFor = (place: string, id: string, text: string) => seal(`${place}:${id}`, text);

/** Booked three weeks from now, at an hour of its own. */
const soon = (hour: number) => ({
	day: new Date(now.getTime() + 21 * DAY_MS).toISOString().slice(0, 10),
	time: `${String(hour).padStart(2, '0')}:00`,
});

/** Everything a person's file can hold, each text marked `<mark>-<field>`. */
async function aFullFile(db: Db, mark: string, referent: Awaited<ReturnType<typeof aReferent>>, hour: number) {
	const person = await aPerson(db, {
		...HOME,
		referent,
		firstName: `${mark}firstname`,
		lastName: `${mark}lastname`,
		email: `${mark}@example.fr`,
		phone: `+3363998${String(4000 + hour)}`,
		account: { displayName: `${mark}firstname` },
	});
	const personId = person.id;
	const addressSealed = sealedFor('person.address_sealed', personId, `${mark}address`);
	await db.write((tx) => tx.update(tables.person).set({ addressSealed }).where(eq(tables.person.id, personId)));
	const answers = {
		...NO_ANSWERS,
		themes: ['housing', 'childcare'],
		byTheme: { housing: { ticks: {}, note: `${mark}answer` }, childcare: { ticks: {}, note: `${mark}answer2` } },
	};
	const assigned = { status: 'assigned', assignedAt: now, assignedToId: referent.id } as const;
	const request = await aRequest(db, { personId, themes: ['housing', 'childcare'], answers, ...assigned });
	for (const need of request.needs) {
		const detailSealed = sealedFor('need.detail_sealed', need.id, JSON.stringify({ ticks: {}, note: `${mark}need` }));
		await db.write((tx) => tx.update(tables.need).set({ detailSealed }).where(eq(tables.need.id, need.id)));
	}
	const pathway = await aPathway(db, { personId, current: 2 });
	const [stage] = pathway.stages;
	const reasonSealed = sealedFor('stage.reason_sealed', stage!.id, `${mark}reason`);
	await db.write((tx) => tx.update(tables.stage).set({ reasonSealed }).where(eq(tables.stage.id, stage!.id)));
	const stepId = newId();
	await aStep(db, {
		id: stepId,
		personId,
		pathwayId: pathway.id,
		title: `${mark}step`,
		noteSealed: sealedFor('step.note_sealed', stepId, `${mark}stepnote`),
		personNoteSealed: sealedFor('step.person_note_sealed', stepId, `${mark}stuck`),
	});
	const mobilityId = newId();
	await aStep(db, {
		id: mobilityId,
		personId,
		pathwayId: pathway.id,
		theme: 'mobility',
		title: `${mark}mobility`,
		noteSealed: sealedFor('step.note_sealed', mobilityId, `${mark}mobilitynote`),
	});
	const goalId = newId();
	await insertOne(db, tables.goal, {
		id: goalId,
		pathwayId: pathway.id,
		theme: 'housing',
		textSealed: sealedFor('goal.text_sealed', goalId, `${mark}goal`),
		state: 'open',
		createdAt: now,
		version: 1,
	});
	const group = await aMeeting(db, mark, personId, referent);
	const by = { accountId: referent.id, role: 'referent' as const, structureId: referent.structureId };
	await db.write((tx) => keepNote(tx, { personId, text: `${mark}working`, by, now }));
	await aDiagnosis(db, mark, personId, referent);
	const appointmentId = newId();
	const meeting = { personId, placeName: `${mark}place`, address: `${mark}street` };
	await anAppointment(db, {
		...meeting,
		id: appointmentId,
		...soon(hour),
		toBringSealed: sealedFor('appointment.to_bring_sealed', appointmentId, `${mark}bring`),
		answer: 'cannot',
		answerNoteSealed: sealNote(appointmentId, { text: `${mark}excuse` }),
	});
	const invited = await anAppointment(db, {
		...meeting,
		...soon(hour + 4),
		state: 'invited',
		chooseBy: new Date(now.getTime() + 5 * DAY_MS),
	});
	const workshop = await insertOne(db, tables.workshop, {
		id: newId(),
		territoryId: person.territoryId,
		structureId: referent.structureId!,
		referentId: referent.id,
		type: 'workshop',
		title: 'Refaire son CV',
		mode: 'on_site',
		localDay: '2031-03-11',
		localTime: '09:00',
		zone: 'Europe/Paris',
		durationMinutes: 120,
		startsAt: new Date('2031-03-11T08:00:00Z'),
		endsAt: new Date('2031-03-11T10:00:00Z'),
		seats: 3,
		sequence: 0,
		createdAt: now,
	});
	const { localDay, localTime, startsAt, endsAt } = invited;
	const slot = await insertOne(db, tables.appointmentSlot, {
		id: newId(),
		appointmentId: invited.id,
		localDay,
		localTime,
		startsAt,
		endsAt,
	});
	const aid = await db.write(async (tx) => {
		const { territoryId } = person;
		const opened = (await openAid(tx, { personId, territoryId, requestId: request.id, sent: true, now }))!;
		const [event] = await tx
			.select()
			.from(tables.childcareAidEvent)
			.where(eq(tables.childcareAidEvent.aidId, opened.id))
			.limit(1);
		const noteSealed = sealedFor('childcare_aid_event.note_sealed', event!.id, `${mark}aidnote`);
		await tx.update(tables.childcareAidEvent).set({ noteSealed }).where(eq(tables.childcareAidEvent.id, event!.id));
		return opened;
	});
	const rated = await anAppointment(db, {
		personId,
		day: '2026-01-12',
		time: `${String(hour).padStart(2, '0')}:30`,
		state: 'seen',
	});
	const rating = await insertOne(db, tables.ratingInvitation, {
		id: newId(),
		personId,
		appointmentId: rated.id,
		askedAt: now,
		outcome: null,
		expiresAt: new Date(now.getTime() + 20 * DAY_MS),
	});
	const batch = newId();
	const reminderId = newId();
	await insertOne(db, tables.reminder, {
		id: reminderId,
		onceKey: `manual:${batch}:${personId}`,
		kind: 'manual',
		personId,
		subjectId: batch,
		path: '/accueil',
		template: 'free',
		textSealed: sealedFor('reminder.text_sealed', reminderId, `${mark}message`),
		dueAt: new Date(now.getTime() + DAY_MS),
		usefulUntil: new Date(now.getTime() + 2 * DAY_MS),
		state: 'scheduled',
		actAt: new Date(now.getTime() + DAY_MS),
		attempts: 0,
		createdById: referent.id,
		createdAt: now,
	});
	const device = await insertOne(db, tables.pushSubscription, {
		id: newId(),
		accountId: person.account.id,
		endpoint: `https://fcm.googleapis.com/fcm/send/${mark}endpoint`,
		p256dh: `${mark}key`,
		auth: `${mark}auth`,
		label: `${mark}device`,
		createdAt: now,
		lastAliveAt: now,
	});
	const pages = await keepFiles([{ name: `${mark}file.pdf`, bytes: aPdf(`${mark}pdf`) }]);
	const { id: paper } = await db.write((tx) =>
		joinPaper(tx, {
			...{ of: { requestId: request.id }, personId, label: `${mark}label`, pages, formKey: newId(), most: 10, now },
			by: { accountId: person.account.id, role: 'beneficiary', structureId: null },
		}),
	);
	const token = await db.write((tx) => newAnswerLink(tx, { appointmentId, now }));
	return {
		person,
		ids: {
			account: person.account.id,
			person: personId,
			reference: request.reference!,
			need: request.needs[0]!.id,
			stage: pathway.stages[2]!.id,
			step: stepId,
			goal: goalId,
			group,
			appointment: appointmentId,
			invited: invited.id,
			workshop: workshop.id,
			slot: slot.id,
			aid: aid.id,
			aidReference: aid.reference,
			rating: rating.id,
			batch,
			device: device.id,
			endpoint: device.endpoint,
			link: token,
			paper,
			paperPage: pages[0]!.id,
		},
	};
}

/** In three weeks, decided by the referent. */
async function aMeeting(db: Db, mark: string, personId: string, by: Awaited<ReturnType<typeof aReferent>>) {
	const id = newId();
	const startsAt = new Date(now.getTime() + 21 * DAY_MS);
	await insertOne(db, tables.caseGroup, {
		id,
		personId,
		territoryId: by.territoryId,
		proposedById: by.id,
		state: 'planned',
		whySealed: sealedFor('case_group.why_sealed', id, `${mark}why`),
		agendaSealed: sealedFor('case_group.agenda_sealed', id, `${mark}agenda`),
		startsAt,
		endsAt: new Date(startsAt.getTime() + HOUR_MS),
		zone: 'Europe/Paris',
		createdAt: now,
	});
	return id;
}

/** Begun by the person, noted by the lead: a point of housing, one of mobility, one of no theme. */
async function aDiagnosis(db: Db, mark: string, personId: string, by: Awaited<ReturnType<typeof aReferent>>) {
	const part = { ...EMPTY_SELF, goals: `${mark}goals`, works: `${mark}works` };
	const points = {
		housing: `${mark}housingpoint`,
		mobility: `${mark}mobilitypoint`,
		power: `${mark}powerpoint`,
	} as const;
	await db.write(async (tx) => {
		await saveSelf(tx, { personId, part, by: signedIn(by), now });
		await planInterview(tx, { personId, by: signedIn(by), now });
		const changes = Object.entries(points).map(([point, note]) => ({
			point: point as Point,
			version: 0,
			value: { ...emptyValue(point as Point), note },
		}));
		await notePoints(tx, { personId, by: { ...signedIn(by), structureId: by.structureId }, changes, now });
	});
}

/** What the coordinator of a territory builds, reads and answers. */
async function evaluatedIn(
	db: Db,
	{ territoryId, personId, rating }: { territoryId: string; personId: string; rating: string },
): Promise<World['evaluated']> {
	const comment = 4_711;
	await insertOne(db, tables.ratingComment, {
		...{ id: comment, territoryId, month: now.toISOString().slice(0, 7), themes: [] },
		textSealed: seal(`rating_comment.text_sealed:${comment}`, 'On m’a écoutée'),
	});
	const callback = await insertOne(db, tables.callback, { id: newId(), personId, territoryId, dueOn: '2031-03-04' });
	const proposed = newId();
	await insertOne(db, tables.panelQuestion, {
		...{ id: proposed, territoryId, season: '2026-1', state: 'proposed', votes: 0 },
		textSealed: seal(`panel_question.text_sealed:${proposed}`, 'Le lieu vous va-t-il ?'),
	});
	const questionnaire = await insertOne(db, tables.questionnaire, {
		...{ id: newId(), territoryId, title: 'Après un rendez-vous', status: 'draft', questions: [{ code: 'listened' }] },
		...{ moments: ['appointment_seen'], audience: 'all', createdAt: now, updatedAt: now },
	});
	const ratingLink = (await db.write((tx) => newRatingLink(tx, rating)))!;
	return {
		...{ ratingLink, callback: callback.id, comment: String(comment) },
		...{ panelQuestion: proposed, questionnaire: questionnaire.id },
	};
}

async function makeWorld(db: Db): Promise<World> {
	await db.write(async (tx) => {
		await tx.insert(tables.meta).values({ key: 'made_by', value: 'demo' });
		await importReference(tx, root);
		for (const id of ['ardennes', 'doubs']) {
			await createTerritory(tx, getProfile(id), now);
			await shipSchemes(tx, id, now);
		}
	});
	const [territoryId, far] = ['ardennes', 'doubs'] as const;
	const structure = await aStructure(db, { territoryId });
	const here = { territoryId, structureId: structure.id };
	const lead = await aReferent(db, here);
	const colleague = await aReferent(db, here);
	const stranger = await aReferent(db, { territoryId: far });
	const deciding = (await listStructures(db.read, territoryId)).find(({ decidesAids }) => decidesAids)!;
	const decider = await aReferent(db, { territoryId, structureId: deciding.id });
	const disabled = await aReferent(db, here);
	const elsewhere = async () => aReferent(db, { territoryId, structureId: (await aStructure(db, { territoryId })).id });
	const [second, member, endedMember, opener] = [
		await elsewhere(),
		await elsewhere(),
		await elsewhere(),
		await elsewhere(),
	];
	const coordinator = await aCoordinator(db, here);
	const farCoordinator = await aCoordinator(db, { territoryId: far });
	const a = await aFullFile(db, 'zzqalix', lead, 9);
	const b = await aFullFile(db, 'zzqbea', colleague, 11);
	const personId = a.person.id;
	await insertOne(db, tables.caseGroupMember, { groupId: a.ids.group, accountId: decider.id });
	await aFollowUp(db, { personId, member: disabled, part: 'member', themes: [...THEMES] });
	await aFollowUp(db, { personId, member: second, part: 'second' });
	await aFollowUp(db, { personId, member, part: 'member', themes: ['mobility'] });
	await aFollowUp(db, { personId, member: endedMember, part: 'member', themes: ['housing'], endedAt: now });
	const { firstName, lastName, birthDate } = a.person;
	const named = { firstName, lastName, birthDate: birthDate!, reason: 'Son référent est absent' };
	await db.write((tx) => openExceptionally(tx, { ...named, by: signedIn(opener), now }));
	const coparent = await aPerson(db, { ...HOME, territoryId, account: { role: 'coparent' } });
	const newcomer = await aPerson(db, { ...HOME, territoryId, account: { role: 'beneficiary' } });
	const invited = await aReferent(db, here);

	const open = (accountId: string, kind: SessionKind, at = now) =>
		db.write((tx) => openSession(tx, { accountId, kind, device: 'other', now: at }));
	const sessions = {
		person: await open(a.ids.account, 'own_phone'),
		other: await open(b.ids.account, 'own_phone'),
		lead: await open(lead.id, 'professional'),
		second: await open(second.id, 'professional'),
		member: await open(member.id, 'professional'),
		endedMember: await open(endedMember.id, 'professional'),
		opener: await open(opener.id, 'professional'),
		colleague: await open(colleague.id, 'professional'),
		decider: await open(decider.id, 'professional'),
		stranger: await open(stranger.id, 'professional'),
		coordinator: await open(coordinator.id, 'professional'),
		farCoordinator: await open(farCoordinator.id, 'professional'),
		disabled: await open(disabled.id, 'professional'),
		ended: await open(a.ids.account, 'own_phone', new Date(now.getTime() - 31 * DAY_MS)),
		coparent: await open(coparent.account.id, 'own_phone'),
	};
	await db.write((tx) =>
		tx.update(tables.account).set({ status: 'disabled' }).where(eq(tables.account.id, disabled.id)),
	);
	const improvement = await insertOne(db, tables.improvement, {
		id: newId(),
		territoryId,
		finding: 'On attend trop',
		answer: 'Un accueil de plus',
		ownerLabel: 'Maison des solidarités',
		createdAt: now,
	});
	const evaluated = await evaluatedIn(db, { territoryId, personId: a.ids.person, rating: b.ids.rating });
	const { id: template } = await db.write((tx) =>
		createTemplate(tx, {
			by: { accountId: lead.id, role: 'coordinator', structureId: null, territoryId },
			now,
			name: 'Un papier à rendre',
			subject: 'paper',
			texts: { fr: 'Un papier est à rendre', en: 'A paper is to be handed in' },
		}),
	);
	const { token: invitation } = await db.write((tx) =>
		inviteAccount(tx, { accountId: invited.id, createdById: coordinator.id, now }),
	);
	const accounts = { lead: lead.id, colleague: colleague.id, coordinator: coordinator.id };
	const contacts = { person: a.person.email!, lead: lead.email!, colleague: colleague.email! };
	return {
		a: a.ids,
		b: b.ids,
		sessions,
		newcomer: await open(newcomer.account.id, 'own_phone'),
		invitation,
		structure: structure.id,
		improvement: improvement.id,
		evaluated,
		template,
		accounts,
		contacts,
	};
}

migrateDatabase(databaseFile, path.join(root, 'drizzle', 'sqlite'));
const db = openDatabase(databaseFile);
writeFileSync(path.join(dataDir, 'world.json'), JSON.stringify(await makeWorld(db)));
db.close();

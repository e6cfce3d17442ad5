/** One person's file with everything that a file can hold: what `world-data.ts` makes twice. */
import { eq } from 'drizzle-orm';
import { newAnswerLink, sealNote } from '../../src/lib/server/appointments/answers.ts';
import { openAid } from '../../src/lib/server/childcare/commands.ts';
import { notePoints, planInterview, saveSelf } from '../../src/lib/server/diagnosis/commands.ts';
import { type Db } from '../../src/lib/server/db/client.ts';
import * as tables from '../../src/lib/server/db/schema/index.ts';
import { keepNote } from '../../src/lib/server/people/working-notes.ts';
import { joinPaper } from '../../src/lib/server/papers/commands.ts';
import { keepFiles } from '../../src/lib/server/papers/files.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { NO_ANSWERS } from '../../src/lib/server/requests/answers.ts';
import { anAppointment, aPathway, aPerson, aReferent, aRequest, aStep } from '../factories/index.ts';
import { emptyValue, EMPTY_SELF, type Point } from '../../src/lib/shared/diagnosis.ts';
import { insertOne } from '../factories/insert.ts';
import { signedIn } from './signed-in.ts';
import { aPdf } from '../factories/files.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** One moment for the whole world. */
export const now = new Date();
export const HOME = { inseeCode: '08105' };

const sealedFor = (place: string, id: string, text: string) => seal(`${place}:${id}`, text);

/** Booked three weeks from now, at an hour of its own. */
const soon = (hour: number) => ({
	day: new Date(now.getTime() + 21 * DAY_MS).toISOString().slice(0, 10),
	time: `${String(hour).padStart(2, '0')}:00`,
});

/** Everything a person's file can hold, each text marked `<mark>-<field>`. */
export async function aFullFile(db: Db, mark: string, referent: Awaited<ReturnType<typeof aReferent>>, hour: number) {
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

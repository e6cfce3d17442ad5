import { and, asc, eq, isNull } from 'drizzle-orm';
import { createAccount } from '../../../src/lib/server/accounts/commands.ts';
import { answerAppointment } from '../../../src/lib/server/appointments/answers.ts';
import { bookAppointment, markOutcome } from '../../../src/lib/server/appointments/commands.ts';
import type { Tx } from '../../../src/lib/server/db/client.ts';
import {
	followUpMember,
	need,
	pathway,
	person,
	stage,
	supportRequest,
} from '../../../src/lib/server/db/schema/index.ts';
import { enterStage, openPathway, openPathwayOf } from '../../../src/lib/server/pathway/commands.ts';
import { addStep, tickStep } from '../../../src/lib/server/pathway/steps.ts';
import { assignSecond, createPerson, touchContact } from '../../../src/lib/server/people/commands.ts';
import { DomainError } from '../../../src/lib/server/platform/errors.ts';
import { NO_ANSWERS, NO_CONTACT, type Answers } from '../../../src/lib/server/requests/answers.ts';
import { saveAnswers, submitRequest, takeRequest } from '../../../src/lib/server/requests/commands.ts';
import { QUESTIONS } from '../../../src/lib/server/requests/questions.ts';
import { addDays, instantOf, isCounted, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { holidaysOf, type Territory } from '../../../src/lib/server/territories/queries.ts';
import { TRANSPORTS } from '../../../src/lib/shared/codes.ts';
import type { Theme } from '../../../src/lib/shared/themes.ts';
import { between, chance, delay, drawPerson, name, pick, weighted, type Drawn } from './draw.ts';
import type { Professional, Team } from './professionals.ts';
import { CANNOT, NEEDS_HELP, NOTES, STEPS, TO_BRING } from './words.ts';

const DAY_MS = 86_400_000;
/** Stages left before their target: a referent's morning holds a handful of late ones, not all. */
const ON_TIME = 0.93;

export interface World {
	tx: Tx;
	territory: Territory;
	team: Team;
	/** INSEE codes, each as often as its inhabitants weigh. */
	communes: string[];
	today: Date;
	/** Running number, for e-mails and telephone numbers. */
	next(): number;
}

export interface Known {
	id: string;
	drawn: Drawn;
	contact: string | null;
	/** Stands at this stage and has a plan made by hand; absent for those whose life is drawn. */
	standsAt?: number;
}

interface Identity {
	firstName: string;
	lastName: string;
	email: string | null;
	phone: string | null;
	drawn: Drawn;
}

/** 06 39 98 00 00 to 06 39 98 99 99: the mobile range kept for fiction (domain.md §8.3). */
export const fictitiousMobile = (number: number) => `+3363998${String(number % 10_000).padStart(4, '0')}`;

export function strangerOf(world: World, index: number): Identity {
	const [firstName, lastName] = name(index);
	const number = world.next();
	const slug = `${firstName}.${lastName}`
		.normalize('NFD')
		.replace(/[^a-zA-Z.-]/g, '')
		.toLowerCase();
	const silent = chance(0.02);
	return {
		firstName,
		lastName,
		email: !silent && chance(0.7) ? `${slug}.${number}@example.fr` : null,
		phone: !silent && chance(0.95) ? fictitiousMobile(number) : null,
		drawn: drawPerson(),
	};
}

/** Somebody with a file and, when they can be reached, an account, since `since`. */
export async function settle(world: World, who: Identity, since: Date): Promise<Known> {
	const { tx, territory } = world;
	const { drawn, ...identity } = who;
	const year = Number(localDay(since, territory.zone).slice(0, 4)) - drawn.age;
	const { id } = await createPerson(tx, {
		...identity,
		territoryId: territory.id,
		inseeCode: pick(world.communes),
		birthDate: chance(0.03)
			? `${year}-00-00`
			: `${year}-${String(between(1, 12)).padStart(2, '0')}-${String(between(1, 28)).padStart(2, '0')}`,
		household: drawn.household,
		childrenCount: drawn.children,
		locale: 'fr',
		now: since,
	});
	const contact = who.email ?? who.phone;
	if (contact) {
		await createAccount(tx, {
			role: 'beneficiary',
			displayName: who.firstName,
			email: who.email,
			phone: who.phone,
			personId: id,
			territoryId: territory.id,
			locale: 'fr',
			now: since,
		});
		await tx.update(person).set({ contactConfirmedAt: since }).where(eq(person.id, id));
	}
	return { id, drawn, contact };
}

/** Files the single request, at `at`. @returns its reference */
export async function file(world: World, { id, drawn }: Known, at: Date): Promise<string> {
	const { tx } = world;
	const owner = { personId: id, browserHash: null };
	const { id: draftId } = await saveAnswers(tx, {
		owner,
		page: 'themes',
		change: () => answersOf(drawn, at),
		locale: 'fr',
		now: at,
	});
	const sent = await submitRequest(tx, { draftId, owner, locale: 'fr', now: at });
	return sent.reference;
}

const dayIn = (from: Date, days: number) => new Date(from.getTime() + days * DAY_MS).toISOString().slice(0, 10);

function answersOf({ themes, household, children, childAges, withHelp }: Drawn, at: Date): Answers {
	const byTheme = Object.fromEntries(
		themes.map((theme) => {
			const ticks = Object.fromEntries(QUESTIONS[theme].map(({ id, options }) => [id, [pick(options).code]]));
			return [theme, { ticks, note: pick(NOTES[theme]) }];
		}),
	);
	const helper = withHelp ? 'Nadia' : '';
	return {
		...NO_ANSWERS,
		themes,
		byTheme,
		household: { household, childrenCount: children, childAges },
		situation: {
			status: [pick(['rsa', 'looking', 'looking', 'working', 'family'] as const)],
			transport: [pick(TRANSPORTS)],
		},
		urgency: [],
		contact: helper ? { ...NO_CONTACT, helper, helperFor: 'month', helperUntil: dayIn(at, 30) } : null,
	};
}

/** Opens the pathway after a referent took the request, then lets the time pass stage by stage. @returns whether it is over */
export async function follow(world: World, someone: Known, reference: string, referent: Professional, takenAt: Date) {
	const { tx, territory, team } = world;
	await takeRequest(tx, { reference, account: referent, now: takenAt });
	const kind = weighted({ pro: 45, socio_pro: 35, social: 20 });
	await openPathway(tx, { personId: someone.id, territoryId: territory.id, kind, by: referent, now: takenAt });
	const other = team.referents.find(({ side }) => side !== referent.side);
	if (territory.settings.worksInPairs && other)
		await assignSecond(tx, { personId: someone.id, accountId: other.accountId, by: referent, now: takenAt });
	if (await pass(world, someone, referent, takenAt)) return true;
	if (!someone.standsAt) await giveSteps(world, someone, referent);
	return false;
}

/** Stage after stage, until today or until the last one is behind: then the file is closed. */
async function pass(world: World, { id, standsAt }: Known, referent: Professional, from: Date): Promise<boolean> {
	const { tx, today } = world;
	const open = await openPathwayOf(tx, id);
	const stages = await tx
		.select()
		.from(stage)
		.where(eq(stage.pathwayId, open.id))
		.orderBy(asc(stage.position))
		.limit(20);
	let at = from;
	for (const [index, current] of stages.entries()) {
		if (current.position === standsAt) return false;
		const inTime = standsAt ? 10 : between(1, current.targetDays);
		const days = standsAt || chance(ON_TIME) ? inTime : delay(current.targetDays) + current.targetDays;
		at = new Date(at.getTime() + days * DAY_MS + between(0, 8) * 3_600_000);
		if (at >= today) return false;
		const next = stages[index + 1];
		if (next) await enterStage(tx, { personId: id, stageId: next.id, by: referent, now: at });
		else await leave(world, id, open.id, current.id, at);
	}
	return true;
}

async function leave({ tx }: World, personId: string, pathwayId: string, stageId: string, at: Date) {
	await tx.update(stage).set({ state: 'done', leftAt: at }).where(eq(stage.id, stageId));
	await tx.update(pathway).set({ endedAt: at }).where(eq(pathway.id, pathwayId));
	await tx
		.update(supportRequest)
		.set({ status: 'closed', closedAt: at })
		.where(and(eq(supportRequest.personId, personId), eq(supportRequest.status, 'assigned')));
	await tx.update(need).set({ status: 'lifted', closedAt: at }).where(eq(need.personId, personId));
	await tx
		.update(followUpMember)
		.set({ endedAt: at })
		.where(and(eq(followUpMember.personId, personId), isNull(followUpMember.endedAt)));
}

async function giveSteps(world: World, { id, drawn }: Known, referent: Professional) {
	const { tx, today, territory } = world;
	const count = between(1, 3);
	for (let index = 0; index < count; index += 1) {
		const theme: Theme = pick(drawn.themes);
		const [title, owner] = pick(STEPS[theme]);
		const dueOn = addDays(localDay(today, territory.zone), between(-12, 40), 'calendar', new Set());
		const madeAt = new Date(today.getTime() - between(1, 30) * DAY_MS);
		const { id: stepId } = await addStep(tx, { personId: id, title, theme, owner, dueOn, by: referent, now: madeAt });
		if (owner === 'person' && chance(0.4))
			await tickStep(tx, { stepId, personId: id, now: new Date(today.getTime() - 3_600_000) });
	}
}

/** Appointments behind, with how they ended, and for a third of people one ahead. */
export async function meet(world: World, someone: Known, referent: Professional, takenAt: Date) {
	const { today } = world;
	const span = Math.floor((today.getTime() - takenAt.getTime()) / DAY_MS);
	const seen = Math.min(3, Math.ceil(span / 25));
	for (let turn = 1; turn <= seen; turn += 1) {
		// The first within a fortnight of the taking over, the last some weeks ago.
		const daysAgo = Math.max(1, Math.round(((span - 8) * (seen - turn)) / seen) + between(1, 28));
		const id = await agree(world, someone, referent, -daysAgo, chance(0.25) ? 'convocation' : 'invitation');
		// Of the last days, some still wait for somebody to say how they went.
		if (id && (daysAgo > 3 || chance(0.6))) await end(world, id, referent);
	}
	if (chance(0.93)) await touchContact(world.tx, someone.id, new Date(today.getTime() - between(1, 26) * DAY_MS));
	if (chance(0.35)) {
		const id = await agree(world, someone, referent, between(1, 20), 'invitation');
		if (id) await answer(world, id);
	}
}

type Agreed = { id: string; origin: 'invitation' | 'convocation'; startsAt: Date } | null;

async function agree(
	world: World,
	{ id: personId }: Known,
	referent: Professional,
	inDays: number,
	origin: 'invitation' | 'convocation',
): Promise<Agreed> {
	const { tx, territory, today } = world;
	const holidays = await holidaysOf(tx, territory.holidayZone);
	let day = addDays(localDay(today, territory.zone), inDays, 'calendar', holidays);
	while (!isCounted(day, 'ouvre', holidays)) day = addDays(day, inDays < 0 ? -1 : 1, 'calendar', holidays);
	const remote = territory.settings.firstAppointmentMode === 'phone' ? chance(0.5) : chance(0.15);
	for (let attempt = 0; attempt < 6; attempt += 1) {
		const time = `${String(between(9, 16)).padStart(2, '0')}:${pick(['00', '30'])}`;
		const startsAt = instantOf(day, time, territory.zone);
		try {
			const { id } = await bookAppointment(tx, {
				personId,
				referent,
				type: pick(['follow_up', 'orientation', 'diagnosis']),
				mode: remote ? 'phone' : 'on_site',
				placeName: remote ? null : 'Maison des solidarités',
				address: remote ? null : '12 rue du Moulin',
				phone: territory.phone,
				toBring: pick(TO_BRING),
				day,
				time,
				zone: territory.zone,
				durationMinutes: 45,
				origin,
				convocationReason: 'Deux appels et une lettre sont restés sans réponse.',
				// Nobody is summoned with less than the notice of the territory.
				now: new Date(
					Math.min(today.getTime(), startsAt.getTime()) - between(origin === 'convocation' ? 9 : 3, 14) * DAY_MS,
				),
			});
			return { id, origin, startsAt };
		} catch (error) {
			if (!(error instanceof DomainError)) throw error;
		}
	}
	return null;
}

/** Absent: 11 % of those who chose, 24 % of those who were summoned (domain.md §5.2). */
async function end(world: World, { id: appointmentId, origin, startsAt }: NonNullable<Agreed>, by: Professional) {
	const absent = origin === 'invitation' ? 11 : 24;
	const outcome = weighted({ noshow: absent, excused: 7, revoked: 2, seen: 91 - absent });
	const now = new Date(Math.min(startsAt.getTime() + 3_600_000, world.today.getTime()));
	if (now > startsAt) await markOutcome(world.tx, { appointmentId, by, outcome, now });
}

async function answer(world: World, { id: appointmentId }: NonNullable<Agreed>) {
	const given = weighted({ none: 52, coming: 40, cannot: 4, needs_help: 4 });
	if (given === 'none') return;
	const note = given === 'cannot' ? pick(CANNOT) : given === 'needs_help' ? pick(NEEDS_HELP) : undefined;
	const now = new Date(world.today.getTime() - between(1, 40) * 3_600_000);
	await answerAppointment(world.tx, { appointmentId, answer: given, note, via: 'portal', now });
}

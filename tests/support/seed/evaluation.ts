import { and, asc, eq, gt } from 'drizzle-orm';
import { appointment } from '../../../src/lib/server/db/schema/index.ts';
import { closeMonths, drop } from '../../../src/lib/server/evaluation/box.ts';
import { answerRating, askRating, skipRating } from '../../../src/lib/server/evaluation/commands.ts';
import { addImprovement } from '../../../src/lib/server/evaluation/improvements.ts';
import { moderate, panelOf, proposeQuestion } from '../../../src/lib/server/evaluation/panel.ts';
import { createQuestionnaire, moveQuestionnaire } from '../../../src/lib/server/evaluation/questionnaires.ts';
import { listEmploymentAreas } from '../../../src/lib/server/territories/queries.ts';
import { MOMENTS, SCALES } from '../../../src/lib/shared/questions.ts';
import { addDays, addMonths, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { between, chance, pick, weighted } from './draw.ts';
import type { World } from './lives.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const YEAR_DAYS = 400;
/** Five levels of domain.md §8.2 (4/8/18/40/30 %) on three faces; 35 % of those asked answer. */
const FACES = { bad: 12, medium: 18, good: 70 } as const;
const ANSWER_RATE = 0.35;

const WORDS = {
	bad: ['J’ai attendu longtemps sans nouvelles.', 'Je dois redire mon histoire à chaque fois.'],
	medium: ['Bien, mais le bus est rare pour venir.', 'J’aurais aimé plus de temps.'],
	good: [
		'On m’a écoutée, et je sais ce qui vient après.',
		'Le rappel la veille m’aide beaucoup.',
		'J’ai trouvé une solution pour la voiture.',
		'Merci, je me sens moins seul.',
	],
};

const DONE = [
	{
		finding: 'Vous avez dit : « Je redis mon histoire à chaque rendez-vous. »',
		answer: 'Votre référent lit maintenant votre dossier avant de vous voir. Vous ne répétez plus.',
		ownerLabel: 'Les équipes de référents',
		daysAgo: 80,
	},
	{
		finding: 'Vous avez dit : « Sans voiture, je ne peux pas venir. »',
		answer: 'Vous pouvez choisir un rendez-vous par téléphone, ou demander un transport.',
		ownerLabel: 'Le département et ses partenaires',
		daysAgo: 35,
	},
];

/** Asked with the faces; how the answers fall, from the least to the most content. */
const QUESTIONS = [{ code: 'listened' }, { code: 'next' }, { code: 'obstacle_mobility' }];
const AGREE = { no: 8, rather_no: 14, rather_yes: 38, yes: 40 } as const;
const BEFORE = { blocks: 30, hard: 34, little: 22, none: 14 } as const;
const AFTER = { blocks: 12, hard: 24, little: 36, none: 28 } as const;

const PROPOSED = ['Le lieu du rendez-vous est-il facile d’accès ?', 'Avez-vous eu assez de temps ?'];

/** What somebody answered besides the faces. */
const levels = () => ({
	listened: weighted(AGREE),
	next: weighted(AGREE),
	before_mobility: weighted(BEFORE),
	after_mobility: weighted(AFTER),
});

/** Ratings of the last year: answers of people who left since, then those of today's people, in the order of days. */
export async function rateAll(world: World, exceptPersonId: string) {
	const { tx, territory, today, team } = world;
	const by = { ...team.coordinator, territoryId: territory.id };
	await earlierAnswers(world);
	await openQuestionnaire(world, by);
	const seen = await tx
		.select({ id: appointment.id, personId: appointment.personId, endsAt: appointment.endsAt })
		.from(appointment)
		.where(
			and(
				eq(appointment.territoryId, territory.id),
				eq(appointment.state, 'seen'),
				gt(appointment.startsAt, new Date(today.getTime() - YEAR_DAYS * DAY_MS)),
			),
		)
		.orderBy(asc(appointment.endsAt), asc(appointment.id))
		.limit(10_000);
	for (const { id: appointmentId, personId, endsAt } of seen) {
		const invitation = await askRating(tx, { appointmentId, personId, now: new Date(endsAt.getTime() + HOUR_MS) });
		if (!invitation || personId === exceptPersonId) continue;
		const now = new Date(Math.min(endsAt.getTime() + 20 * HOUR_MS, today.getTime()));
		const own = { invitationId: invitation.id, personId, now };
		if (chance(ANSWER_RATE)) {
			const face = weighted(FACES);
			const comment = chance(0.3) ? pick(WORDS[face]) : null;
			await answerRating(tx, { ...own, face, levels: levels(), comment });
		} else if (chance(0.1)) await skipRating(tx, own);
	}
	await closeMonths(tx, today);
	for (const { daysAgo, ...words } of DONE) {
		const doneOn = addDays(localDay(today, territory.zone), -daysAgo);
		const now = new Date(today.getTime() - (daysAgo - 2) * DAY_MS);
		await addImprovement(tx, { ...words, doneOn, publish: true }, { by, now });
	}
}

async function openQuestionnaire({ tx, territory, today }: World, by: Parameters<typeof addImprovement>[2]['by']) {
	const now = new Date(today.getTime() - YEAR_DAYS * DAY_MS);
	const draft = {
		...{ title: 'Après un rendez-vous', questions: QUESTIONS, moments: [...MOMENTS], audience: 'all' as const },
		...{ employmentAreaId: null, startsOn: null, endsOn: null },
	};
	const { id } = await createQuestionnaire(tx, draft, { by, now });
	await moveQuestionnaire(tx, { id, to: 'open', by, now });
	for (const text of PROPOSED) await proposeQuestion(tx, { territoryId: territory.id, text, now: today });
	const [first] = await panelOf(tx, territory.id);
	await moderate(tx, { id: first!.id, words: { fr: first!.text }, by, now: today });
}

/** Answers of people who left since: each of the last twelve months has some, in each area and after several moments. */
async function earlierAnswers({ tx, territory, today }: World) {
	const current = localDay(today, territory.zone);
	const areas = (await listEmploymentAreas(tx, territory.id)).map(({ id }) => id);
	for (let ago = 13; ago >= 1; ago -= 1) {
		const month = addMonths(current, -ago).slice(0, 7);
		for (let left = between(30, 44); left > 0; left -= 1) {
			const face = weighted(FACES);
			const moment = pick(['appointment_seen', 'appointment_seen', 'three_months'] as const);
			const words = { face, origin: SCALES.origin[chance(0.3) ? 0 : 1], ...levels() };
			const answer = { areaId: areas.length > 0 ? pick(areas) : '', moment, levels: words };
			await drop(tx, territory.id, { ...answer, comment: chance(0.1) ? pick(WORDS[face]) : null }, month);
		}
	}
}

import { and, asc, eq, gt } from 'drizzle-orm';
import { appointment } from '../../../src/lib/server/db/schema/index.ts';
import { addImprovement, answerRating, askRating, skipRating } from '../../../src/lib/server/evaluation/commands.ts';
import { drop } from '../../../src/lib/server/evaluation/box.ts';
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

/** Ratings of the last year, each asked after an appointment that took place, in the order of days; what was done about them. */
export async function rateAll(world: World, exceptPersonId: string) {
	const { tx, territory, today, team } = world;
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
			await answerRating(tx, { ...own, face, comment: chance(0.3) ? pick(WORDS[face]) : null });
		} else if (chance(0.1)) await skipRating(tx, own);
	}
	await earlierAnswers(world);
	const by = { ...team.coordinator, territoryId: territory.id };
	for (const { daysAgo, ...words } of DONE) {
		const doneOn = addDays(localDay(today, territory.zone), -daysAgo);
		const now = new Date(today.getTime() - (daysAgo - 2) * DAY_MS);
		await addImprovement(tx, { ...words, doneOn, publish: true }, { by, now });
	}
}

/** Answers of people who left since: each of the last twelve months has some. */
async function earlierAnswers({ tx, territory, today }: World) {
	const current = localDay(today, territory.zone);
	for (let ago = 12; ago >= 1; ago -= 1) {
		const month = addMonths(current, -ago).slice(0, 7);
		for (let left = between(6, 16); left > 0; left -= 1)
			await drop(tx, territory.id, { face: weighted(FACES), comment: null }, month);
	}
}

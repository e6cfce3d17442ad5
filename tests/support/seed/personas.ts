import { answerAppointment } from '../../../src/lib/server/appointments/answers.ts';
import { availabilityOf } from '../../../src/lib/server/appointments/availability.ts';
import { bookAppointment, markOutcome } from '../../../src/lib/server/appointments/commands.ts';
import { addStep, tickStep } from '../../../src/lib/server/pathway/steps.ts';
import { addDays, instantOf, isCounted, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { holidaysOf } from '../../../src/lib/server/territories/queries.ts';
import { file, follow, settle, fictitiousMobile, type World } from './lives.ts';

const DAY_MS = 86_400_000;

/** Who one can sign in as: one person per territory, in the middle of their pathway. */
const PERSONAS: Record<string, { firstName: string; lastName: string; label: string }> = {
	ardennes: { firstName: 'Amina', lastName: 'Kaci', label: 'Amina, une enfant de 4 ans, un rendez-vous bientôt' },
	doubs: { firstName: 'Lucas', lastName: 'Perrin', label: 'Lucas, 24 ans, cherche un métier' },
	manche: { firstName: 'Nadège', lastName: 'Lemoine', label: 'Nadège, à la troisième de cinq étapes' },
	'deux-sevres': { firstName: 'Karim', lastName: 'Benali', label: 'Karim, voiture en panne, deux enfants' },
	guyane: { firstName: 'Maëlys', lastName: 'Saint-Just', label: 'Maëlys, rendez-vous par téléphone' },
};

/** A life made by hand: something to do, an appointment to answer, one behind, an aid that misses a paper. */
export async function personaOf(world: World): Promise<{ label: string; contact: string; personId: string }> {
	const { tx, territory, team, today } = world;
	const { firstName, lastName, label } = PERSONAS[territory.id]!;
	const referent = team.referents[0]!;
	const filedAt = new Date(today.getTime() - 34 * DAY_MS);
	const contact = `${firstName
		.normalize('NFD')
		.replace(/[^a-zA-Z]/g, '')
		.toLowerCase()}@example.fr`;
	const drawn = {
		age: territory.id === 'doubs' ? 24 : 33,
		household: 'single_parent' as const,
		children: 1,
		childAges: ['3_5' as const],
		themes: ['employment' as const, 'mobility' as const, 'childcare' as const],
		withHelp: false,
	};
	const settled = await settle(
		world,
		{ firstName, lastName, email: contact, phone: fictitiousMobile(world.next()), drawn },
		filedAt,
	);
	const someone = { ...settled, standsAt: territory.id === 'manche' ? 3 : 2 };
	const reference = await file(world, someone, filedAt);
	const takenAt = new Date(today.getTime() - 31 * DAY_MS);
	await follow(world, someone, reference, referent, takenAt);

	const holidays = await holidaysOf(tx, territory.holidayZone);
	const workDay = (inDays: number) => {
		let day = addDays(localDay(today, territory.zone), inDays, 'calendar', holidays);
		while (!isCounted(day, 'ouvre', holidays)) day = addDays(day, Math.sign(inDays), 'calendar', holidays);
		return day;
	};
	// Where the professional is met each week: another free hour there can be chosen instead.
	const { weekly } = await availabilityOf(tx, referent.accountId, localDay(today, territory.zone));
	const office = territory.id === 'guyane' ? undefined : weekly.find(({ mode }) => mode === 'on_site');
	const book = (day: string, time: string, bookedAt: Date) =>
		bookAppointment(tx, {
			personId: someone.id,
			referent,
			type: 'follow_up',
			mode: territory.id === 'guyane' ? 'phone' : 'on_site',
			placeName: office?.placeName ?? null,
			address: office?.address ?? null,
			phone: territory.phone,
			toBring: 'Une pièce d’identité et votre permis',
			day,
			time,
			zone: territory.zone,
			durationMinutes: 45,
			origin: 'invitation',
			now: bookedAt,
		});
	const first = workDay(-20);
	const behind = await book(first, '10:00', takenAt);
	const after = new Date(instantOf(first, '10:00', territory.zone).getTime() + 3_600_000);
	await answerAppointment(tx, {
		appointmentId: behind.id,
		answer: 'coming',
		via: 'portal',
		now: new Date(after.getTime() - 2 * DAY_MS),
	});
	await markOutcome(tx, { appointmentId: behind.id, by: referent, outcome: 'seen', now: after });
	await book(workDay(4), '10:00', new Date(today.getTime() - 2 * DAY_MS));

	const step = (
		title: string,
		owner: 'person' | 'referent' | 'structure',
		inDays: number,
		theme: 'employment' | 'mobility',
	) => addStep(tx, { personId: someone.id, title, owner, theme, dueOn: workDay(inDays), by: referent, now: after });
	const done = await step('Apporter le contrat de l’école', 'person', -5, 'employment');
	await tickStep(tx, { stepId: done.id, personId: someone.id, now: new Date(today.getTime() - 6 * DAY_MS) });
	await step('Demander un devis au garage', 'person', 12, 'mobility');
	await step('Mettre mon CV à jour', 'person', 25, 'employment');
	await step('Appeler l’auto-école solidaire', 'referent', 6, 'mobility');
	await step('Étudier l’aide à la réparation', 'structure', 20, 'mobility');
	return { label, contact, personId: someone.id };
}

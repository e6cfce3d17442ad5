import { asc, eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import type { SchemeContent } from '../db/schema/childcare.ts';
import { structure, territory } from '../db/schema/index.ts';
import { addScheme } from './schemes.ts';

type Shipped = Omit<SchemeContent, 'deciderStructureId'> & { code: string; theme: string };

const inAll = (fr: string, en: string, ar: string, uk: string) => ({ fr, en, ar, uk });

/** Every year, above this amount, two professionals decide. */
const COMMON = { open: true, applyWithinMonths: null, fourEyesCents: 60_000, budgetCents: null } as const;

const CHILDCARE: Shipped = {
	...COMMON,
	code: 'childcare',
	theme: 'childcare',
	name: inAll('Aide pour la garde d’enfants', 'Childcare aid', 'مساعدة حضانة الأطفال', 'Допомога на догляд за дітьми'),
	purpose: inAll(
		'Elle paie une partie de la garde quand vous commencez un travail ou une formation.',
		'It pays part of the childcare when you start a job or training.',
		'تدفع جزءًا من تكلفة الحضانة عندما تبدؤون عملًا أو تدريبًا.',
		'Вона оплачує частину догляду, коли ви починаєте роботу або навчання.',
	),
	conditions: [
		inAll(
			'Votre enfant a moins de 12 ans le premier jour.',
			'Your child is under 12 on the first day.',
			'عمر طفلكم أقل من 12 سنة في اليوم الأول.',
			'Вашій дитині менше 12 років у перший день.',
		),
		inAll(
			'Vous payez quelqu’un pour la garde.',
			'You pay somebody for the care.',
			'تدفعون أجرًا مقابل الحضانة.',
			'Ви платите за догляд.',
		),
	],
	amounts: [
		{ label: inAll('Un enfant', 'One child', 'طفل واحد', 'Одна дитина'), cents: 40_000 },
		{
			label: inAll('Deux enfants ou plus', 'Two children or more', 'طفلان أو أكثر', 'Двоє дітей або більше'),
			cents: 50_000,
		},
	],
	papers: ['work_contract', 'creche_certificate', 'cost_proof'],
	applyWithinMonths: 3,
	budgetCents: 6_000_000,
};

const URGENT_CHILDCARE: Shipped = {
	...COMMON,
	code: 'urgent_childcare',
	theme: 'childcare',
	name: inAll('Garde urgente', 'Urgent childcare', 'حضانة عاجلة', 'Терміновий догляд'),
	purpose: inAll(
		'Elle paie une garde de quelques heures pour un entretien ou un premier jour.',
		'It pays for a few hours of care for an interview or a first day.',
		'تدفع حضانة لبضع ساعات من أجل مقابلة عمل أو يوم أول.',
		'Вона оплачує кілька годин догляду на співбесіду або перший день.',
	),
	conditions: [
		inAll(
			'Vous avez un entretien, une formation ou un travail qui commence.',
			'You have an interview, training or a job that starts.',
			'لديكم مقابلة أو تدريب أو عمل يبدأ.',
			'У вас співбесіда, навчання або робота, що починається.',
		),
	],
	amounts: [{ label: inAll('Pour une fois', 'For one time', 'لمرة واحدة', 'На один раз'), cents: 10_000 }],
	papers: ['interview_notice'],
	budgetCents: 500_000,
};

const LICENCE: Shipped = {
	...COMMON,
	code: 'driving_licence',
	theme: 'mobility',
	name: inAll(
		'Aide pour le permis de conduire',
		'Driving licence aid',
		'مساعدة رخصة القيادة',
		'Допомога на водійські права',
	),
	purpose: inAll(
		'Elle paie une partie des leçons et de l’examen.',
		'It pays part of the lessons and of the test.',
		'تدفع جزءًا من الدروس والامتحان.',
		'Вона оплачує частину уроків та іспиту.',
	),
	conditions: [
		inAll(
			'Le permis est utile pour votre projet de travail.',
			'The licence is useful for your work plans.',
			'الرخصة مفيدة لمشروع عملكم.',
			'Права потрібні для вашої роботи.',
		),
		inAll(
			'Vous êtes inscrit dans une auto-école.',
			'You are registered with a driving school.',
			'أنتم مسجلون في مدرسة قيادة.',
			'Ви записані до автошколи.',
		),
	],
	amounts: [{ label: inAll('Au plus', 'At most', 'كحد أقصى', 'Щонайбільше'), cents: 120_000 }],
	papers: ['quote', 'bank_details'],
	budgetCents: 3_000_000,
};

const REPAIR: Shipped = {
	...COMMON,
	code: 'vehicle_repair',
	theme: 'mobility',
	name: inAll('Aide pour réparer un véhicule', 'Vehicle repair aid', 'مساعدة لإصلاح مركبة', 'Допомога на ремонт авто'),
	purpose: inAll(
		'Elle paie une partie de la réparation pour aller travailler.',
		'It pays part of the repair so that you can get to work.',
		'تدفع جزءًا من الإصلاح كي تذهبوا إلى العمل.',
		'Вона оплачує частину ремонту, щоб ви могли їздити на роботу.',
	),
	conditions: [
		inAll(
			'Le véhicule est à vous et il est assuré.',
			'The vehicle is yours and insured.',
			'المركبة لكم وهي مؤمَّنة.',
			'Авто ваше і застраховане.',
		),
	],
	amounts: [{ label: inAll('Au plus', 'At most', 'كحد أقصى', 'Щонайбільше'), cents: 50_000 }],
	papers: ['quote', 'bank_details'],
	budgetCents: 2_000_000,
};

const URGENT_HELP: Shipped = {
	...COMMON,
	code: 'urgent_help',
	theme: 'mobility',
	name: inAll(
		'Aide urgente pour se déplacer',
		'Urgent travel aid',
		'مساعدة عاجلة للتنقل',
		'Термінова допомога на дорогу',
	),
	purpose: inAll(
		'Elle paie un trajet ou du carburant pour un rendez-vous de travail.',
		'It pays for a trip or fuel for a work appointment.',
		'تدفع رحلة أو وقودًا لموعد يخص العمل.',
		'Вона оплачує поїздку або пальне для зустрічі щодо роботи.',
	),
	conditions: [
		inAll(
			'Le rendez-vous est pour un travail ou une formation.',
			'The appointment is for a job or training.',
			'الموعد من أجل عمل أو تدريب.',
			'Зустріч стосується роботи або навчання.',
		),
	],
	amounts: [{ label: inAll('Au plus', 'At most', 'كحد أقصى', 'Щонайбільше'), cents: 8_000 }],
	papers: ['interview_notice'],
	budgetCents: 400_000,
};

/** Ready to use, to be checked by each territory: amounts and envelopes are examples that the coordinator sets. */
const SHIPPED: Record<string, Shipped[]> = {
	ardennes: [CHILDCARE, URGENT_CHILDCARE, LICENCE, REPAIR],
	doubs: [CHILDCARE, URGENT_CHILDCARE, REPAIR],
	manche: [CHILDCARE, URGENT_CHILDCARE, LICENCE],
	'deux-sevres': [CHILDCARE, URGENT_CHILDCARE, LICENCE, URGENT_HELP],
	guyane: [CHILDCARE, URGENT_CHILDCARE, URGENT_HELP],
};
const NATIONAL = [CHILDCARE, URGENT_CHILDCARE, URGENT_HELP];

/** Days before which nobody has ever asked: shipped rules were always there. */
const ALWAYS = '2020-01-01';

/** Gives a new territory the aids of its profile, decided by its structure that decides aids. */
export async function shipSchemes(tx: Tx, territoryId: string, now: Date): Promise<void> {
	const places = await tx
		.select({ id: structure.id, decidesAids: structure.decidesAids })
		.from(structure)
		.innerJoin(territory, eq(territory.id, structure.territoryId))
		.where(eq(structure.territoryId, territoryId))
		.orderBy(asc(structure.id))
		.limit(200);
	const deciderStructureId = places.find(({ decidesAids }) => decidesAids)?.id ?? null;
	for (const [index, { code, theme, ...content }] of (SHIPPED[territoryId] ?? NATIONAL).entries())
		await addScheme(tx, {
			...{ territoryId, code, theme, now },
			position: index + 1,
			startsOn: ALWAYS,
			content: { ...content, deciderStructureId },
		});
}

import { expect, test } from 'vitest';
import { m } from '$lib/paraglide/messages.js';
import { locales } from '$lib/paraglide/runtime.js';
import { MOMENTS } from '$lib/shared/questions';
import { askedAbout } from './words';

const now = new Date('2026-03-12T09:00:00Z');
const startsAt = new Date('2026-03-10T13:00:00Z');

test('what a question is about is said of each moment, of an appointment with its day', () => {
	const about = MOMENTS.map((moment) => {
		const hour = moment === 'appointment_seen' ? { startsAt, zone: 'Europe/Paris' } : { startsAt: null, zone: null };
		return askedAbout({ moment, ...hour }, 'fr', now);
	});
	expect(about).toEqual([
		expect.stringMatching(/^Votre rendez-vous du mardi 10 mars/),
		'Une étape de votre parcours',
		'La réponse à votre aide',
		'Trois mois d’accompagnement',
		'Vos premiers mois au travail',
	]);
});

test.each(locales)('the first card of a home in %s says of no question that it is about an appointment', (locale) => {
	expect(m.home_rating_text({}, { locale })).not.toMatch(/rendez-vous|appointment|موعد|зустріч/);
});

import type { Subject, TemplateTexts } from '../../../src/lib/server/reminders/template-rules.ts';
import { approveTemplate, createTemplate } from '../../../src/lib/server/reminders/templates.ts';
import type { World } from './lives.ts';

const DAY_MS = 86_400_000;

const TEMPLATES: { name: string; subject: Subject; texts: TemplateTexts; isRead: boolean }[] = [
	{
		name: 'Rendez-vous : ne pas oublier',
		subject: 'appointment',
		texts: {
			fr: 'Pensez à votre rendez-vous {quand}',
			en: 'Remember your appointment {quand}',
			ar: 'تذكّر موعدك {quand}',
			uk: 'Нагадуємо про зустріч {quand}',
		},
		isRead: true,
	},
	{
		name: 'Rappeler l’accueil',
		subject: 'call',
		texts: { fr: 'Merci de nous rappeler au {telephone}', en: 'Please call us back on {telephone}' },
		isRead: true,
	},
	{
		name: 'Papier à apporter',
		subject: 'paper',
		texts: { fr: 'Un papier est à nous envoyer cette semaine' },
		isRead: false,
	},
];

/** What a coordinator wrote for messages, and what the other one has read since. */
export async function writeTemplates({ tx, territory, today, team }: World) {
	const [by, reader] = [team.coordinator, team.deputy].map((one) => ({ ...one, territoryId: territory.id }));
	for (const { isRead, ...template } of TEMPLATES) {
		const now = new Date(today.getTime() - 40 * DAY_MS);
		const { id } = await createTemplate(tx, { ...template, by: by!, now });
		const then = new Date(now.getTime() + DAY_MS);
		if (isRead) await approveTemplate(tx, { by: reader!, now: then, id, number: 1 });
	}
}

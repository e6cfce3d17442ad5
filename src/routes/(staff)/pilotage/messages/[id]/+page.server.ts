import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { parseTemplate, parseVersion } from '$lib/server/reminders/forms';
import { sampleOf, type Preview } from '$lib/server/reminders/preview';
import { TEMPLATE_LOCALES, variablesFor, type TemplateTexts } from '$lib/server/reminders/template-rules';
import {
	approveTemplate,
	changeTemplate,
	coordinatorsOf,
	getTemplate,
	retireTemplate,
} from '$lib/server/reminders/templates';
import { getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

const refusals = {
	template_changed: m.reminder_pro_template_error_changed,
	own_version: m.reminder_pro_template_error_own,
};

/** In each language that has its own words. */
async function previewsOf(texts: TemplateTexts, { id, now }: { id: string; now: Date }): Promise<Preview[]> {
	const { territoryId } = requireCoordinator();
	const { phone, zone } = await getTerritory(db.read, territoryId);
	const { subject } = await getTemplate(db.read, territoryId, id);
	return TEMPLATE_LOCALES.filter((locale) => texts[locale]).map((locale) =>
		sampleOf(texts, { locale, subject, phone, zone, now }),
	);
}

export const load: PageServerLoad = async ({ params, locals, url }) => {
	const { territoryId, accountId } = requireCoordinator();
	const { now } = locals;
	const { zone } = await getTerritory(db.read, territoryId);
	const template = await getTemplate(db.read, territoryId, params.id).catch(errorFrom);
	return {
		now,
		zone,
		template,
		locales: TEMPLATE_LOCALES,
		variables: variablesFor(template.subject),
		isOwn: template.current.createdById === accountId,
		isAlone: (await coordinatorsOf(db.read, territoryId)) < 2,
		previews: await previewsOf(template.current.texts, { id: params.id, now }),
		done: url.searchParams.get('fait'),
	};
};

/** As the fields of the form are called; not the version it was made from. */
const typedIn = ({ name, texts }: { name: string; texts: TemplateTexts }): Record<string, string> => ({
	name,
	...Object.fromEntries(TEMPLATE_LOCALES.map((locale) => [`text_${locale}`, texts[locale] ?? ''])),
});

const back = (id: string, done: string): never => redirect(303, `${href(`/pilotage/messages/${id}`)}?fait=${done}`);

export const actions: Actions = {
	/** As it would be received, before it is kept. */
	preview: async ({ request, params, locals }) => {
		const { territoryId } = requireCoordinator();
		const { subject } = await getTemplate(db.read, territoryId, params.id).catch(errorFrom);
		const data = await request.formData();
		const parsed = parseTemplate(data, subject);
		if (!parsed.ok) return fail(400, parsed);
		return {
			values: { ...typedIn(parsed.value), from: String(parsed.value.from) } as Record<string, string>,
			errors: {} as Record<string, string>,
			previews: await previewsOf(parsed.value.texts, { id: params.id, now: locals.now }),
		};
	},
	save: async ({ request, params, locals }) => {
		const by = requireCoordinator();
		const { subject } = await getTemplate(db.read, by.territoryId, params.id).catch(errorFrom);
		const parsed = parseTemplate(await request.formData(), subject);
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => changeTemplate(tx, { ...parsed.value, id: params.id, by, now: locals.now }));
		} catch (problem) {
			// Beside what somebody else kept meanwhile: saved again, it takes its place.
			return failFrom(problem, refusals, typedIn(parsed.value));
		}
		return back(params.id, 'garde');
	},
	approve: async ({ request, params, locals }) => {
		const by = requireCoordinator();
		const parsed = parseVersion(await request.formData());
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => approveTemplate(tx, { ...parsed.value, id: params.id, by, now: locals.now }));
		} catch (problem) {
			return failFrom(problem, refusals);
		}
		return back(params.id, 'relu');
	},
	retire: async ({ params, locals }) => {
		const by = requireCoordinator();
		await setRetired(params.id, { by, now: locals.now, isRetired: true });
		return back(params.id, 'retire');
	},
	restore: async ({ params, locals }) => {
		const by = requireCoordinator();
		await setRetired(params.id, { by, now: locals.now, isRetired: false });
		return back(params.id, 'remis');
	},
};

type Retiring = Omit<Parameters<typeof retireTemplate>[1], 'id'>;
const setRetired = (id: string, input: Retiring) =>
	db.write((tx) => retireTemplate(tx, { ...input, id })).catch(errorFrom);

import { fail, redirect } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { parseScheme } from '$lib/server/childcare/forms-scheme';
import { changeScheme, schemeHistory, schemeToChange } from '$lib/server/childcare/schemes';
import { db } from '$lib/server/db';
import { localDay } from '$lib/server/territories/calendar';
import { getTerritory, listStructures } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const by = requireCoordinator();
	const { zone } = await getTerritory(db.read, by.territoryId);
	const { scheme, last } = await schemeToChange(db.read, by, params.code).catch(errorFrom);
	return {
		now: locals.now,
		zone,
		today: localDay(locals.now, zone),
		code: scheme.code,
		last,
		history: await schemeHistory(db.read, scheme.id),
		structures: (await listStructures(db.read, by.territoryId)).map(({ id, name }) => ({ id, name })),
		done: url.searchParams.has('fait'),
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const { last } = await schemeToChange(db.read, by, params.code).catch(errorFrom);
		const form = await request.formData();
		const structures = (await listStructures(db.read, by.territoryId)).map(({ id }) => id);
		const parsed = parseScheme(form, last.content, structures);
		if (!parsed.ok) return fail(400, parsed);
		try {
			await db.write((tx) => changeScheme(tx, { ...parsed.value, code: params.code, by, now: locals.now }));
		} catch (problem) {
			const values = { ...Object.fromEntries(form), papers: form.getAll('papers[]').map(String) };
			const said = { scheme_changed: m.aid_pro_error_scheme_changed, scheme_past: m.aid_pro_error_from };
			const failed = failFrom(problem, said, values);
			if ((problem as { code?: string }).code === 'scheme_past')
				failed.data.errors = { startsOn: failed.data.errors.form! };
			return failed;
		}
		redirect(303, `${href(`/pro/aides/reglages/${params.code}`)}?fait=1`);
	},
};

import { fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import { isLocale } from '$lib/paraglide/runtime.js';
import { href } from '$lib/shared/links';
import { OFFERED_THEMES } from '$lib/shared/themes';
import { db } from '$lib/server/db';
import { getFollowedPerson } from '$lib/server/people/queries';
import { DomainError, notFound } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { fileForPerson } from '$lib/server/requests/filing';
import { knownFields, parseFiling, typedIn } from '$lib/server/requests/filing-form';
import { parseId } from '$lib/server/requests/forms';
import { knownAnswers } from '$lib/server/requests/queries';
import { questionsOf } from '$lib/server/requests/questions';
import { questionSetOf } from '$lib/server/requests/territory-questions';
import { localDay } from '$lib/server/territories/calendar';
import { coveredCommunes, getTerritory } from '$lib/server/territories/queries';
import { errorFrom, failFrom } from '$lib/server/web/failures';
import { requireStaff } from '$lib/server/web/guards';
import { followSent } from '../../../../sent.server';
import type { Actions, PageServerLoad } from './$types';

/** Somebody of the professional's own caseload, named in the address; null: somebody new. */
async function personOf({ url, locals }: RequestEvent, viewer: ReturnType<typeof requireStaff>) {
	const id = url.searchParams.get('personne');
	if (!id) return null;
	try {
		const { person, themes } = await getFollowedPerson(db.read, viewer, id, locals.now);
		if (themes !== null) throw notFound();
		return person;
	} catch (problem) {
		return errorFrom(problem);
	}
}

export const load: PageServerLoad = async (event) => {
	const viewer = requireStaff();
	const person = await personOf(event, viewer);
	const { zone } = await getTerritory(db.read, viewer.territoryId);
	const communes = person ? [] : await coveredCommunes(db.read, viewer.territoryId, localDay(event.locals.now, zone));
	const questions = await questionSetOf(db.read, viewer.territoryId);
	return {
		formId: newId(),
		person: person && { id: person.id, name: `${person.firstName} ${person.lastName}` },
		known: person && knownFields(await knownAnswers(db.read, person.id)),
		communes: communes.map(({ inseeCode, name }) => ({ value: inseeCode, label: name })),
		themes: OFFERED_THEMES.map((theme) => ({
			theme,
			questions: questionsOf(theme, event.locals.locale, questions[theme]),
		})),
	};
};

export const actions: Actions = {
	default: async (event) => {
		const by = requireStaff();
		const person = await personOf(event, by);
		const form = await event.request.formData();
		const { now } = event.locals;
		const { zone } = await getTerritory(db.read, by.territoryId);
		const questions = await questionSetOf(db.read, by.territoryId);
		const parsed = parseFiling(form, { file: person, today: localDay(now, zone), questions });
		if (!parsed.ok) return fail(400, { errors: parsed.errors, values: parsed.values });
		const { answers, way } = parsed.value;
		const language = person?.locale ?? answers.contact?.language;
		const formId = parseId(form, 'formId') ?? newId();
		let reference: string;
		try {
			const sent = await db.write(async (tx) => {
				const done = await fileForPerson(tx, {
					formId,
					personId: person?.id ?? null,
					answers,
					locale: language && isLocale(language) ? language : 'fr',
					way,
					by,
					now,
				});
				if (done.first) await followSent(tx, done, now);
				return done;
			});
			reference = sent.reference;
		} catch (problem) {
			const values = typedIn(form);
			if (problem instanceof DomainError && problem.code === 'commune_elsewhere') {
				const territory = String(problem.detail.territory);
				const errors: Record<string, string> = { inseeCode: m.handling_pro_filing_error_elsewhere({ territory }) };
				return fail(400, { errors, values });
			}
			const refusals = {
				outside_perimeter: m.request_error_outside,
				request_incomplete: m.handling_pro_filing_error_incomplete,
				request_already_sent: m.request_already_sent,
				too_many_drafts: m.request_error_too_many,
			};
			return failFrom(problem, refusals, values);
		}
		redirect(303, href(`/pro/demandes/${reference}/fiche?nouvelle`));
	},
};

import { error, fail, redirect } from '@sveltejs/kit';
import { encode } from 'uqr';
import { db } from '$lib/server/db';
import { parseSheets } from '$lib/server/evaluation/forms';
import { getQuestionnaire } from '$lib/server/evaluation/questionnaires';
import { keepPaperAnswers, SHEETS } from '$lib/server/evaluation/workshop';
import { config } from '$lib/server/platform/config';
import { newId } from '$lib/server/platform/ids';
import { m } from '$lib/paraglide/messages.js';
import { errorFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import type { Actions, PageServerLoad } from './$types';

/** A QR code as one path of unit squares, drawn by the page. */
function squaresOf(text: string): { size: number; path: string } {
	const { size, data } = encode(text, { border: 2 });
	const path = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : ''))).join('');
	return { size, path };
}

export const load: PageServerLoad = async ({ params, url }) => {
	const { territoryId } = requireCoordinator();
	const questionnaire = await getQuestionnaire(db.read, territoryId, params.id).catch(errorFrom);
	const address = `${config().origin}/avis`;
	return {
		questionnaire,
		sheets: SHEETS,
		address,
		qr: squaresOf(address),
		formId: newId(),
		kept: Number(url.searchParams.get('fait')) || 0,
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const { questions, moments, status } = await getQuestionnaire(db.read, by.territoryId, params.id).catch(errorFrom);
		// Its questions may still change: what was answered would not be what was asked.
		if (status === 'draft') error(409, m.evaluation_pilot_workshop_draft());
		const form = await request.formData();
		const parsed = parseSheets(form, questions, SHEETS);
		if (!parsed.ok) return fail(400, parsed);
		const sheets = parsed.value;
		const moment = moments[0] ?? 'appointment_seen';
		const formId = String(form.get('formId') || newId());
		await db.write((tx) => keepPaperAnswers(tx, { formId, sheets, moment, by, now: locals.now }));
		redirect(303, href(`/pilotage/questionnaires/${params.id}/atelier?fait=${sheets.length}`));
	},
};

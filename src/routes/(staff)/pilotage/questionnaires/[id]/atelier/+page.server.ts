import { redirect } from '@sveltejs/kit';
import { encode } from 'uqr';
import { db } from '$lib/server/db';
import { levelsIn } from '$lib/server/evaluation/forms';
import { getQuestionnaire } from '$lib/server/evaluation/questionnaires';
import { keepPaperAnswers, SHEETS, type Sheet } from '$lib/server/evaluation/workshop';
import { config } from '$lib/server/platform/config';
import { errorFrom } from '$lib/server/web/failures';
import { requireCoordinator } from '$lib/server/web/guards';
import { href } from '$lib/shared/links';
import { SCALES } from '$lib/shared/questions';
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
		kept: Number(url.searchParams.get('fait')) || 0,
	};
};

export const actions: Actions = {
	default: async ({ request, locals, params }) => {
		const by = requireCoordinator();
		const { questions, moments } = await getQuestionnaire(db.read, by.territoryId, params.id).catch(errorFrom);
		const form = await request.formData();
		const sheets: Sheet[] = [];
		for (let number = 1; number <= SHEETS; number += 1) {
			const face = SCALES.faces.find((level) => level === form.get(`s${number}_face`));
			const comment = String(form.get(`s${number}_comment`) ?? '').trim();
			if (face)
				sheets.push({ face, levels: levelsIn(form, questions, `s${number}_`), comment: comment.slice(0, 300) || null });
		}
		const moment = moments[0] ?? 'appointment_seen';
		await db.write((tx) => keepPaperAnswers(tx, { sheets, moment, by, now: locals.now }));
		redirect(303, href(`/pilotage/questionnaires/${params.id}/atelier?fait=${sheets.length}`));
	},
};

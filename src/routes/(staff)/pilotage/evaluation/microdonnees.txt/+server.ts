import { m } from '$lib/paraglide/messages.js';
import { db } from '$lib/server/db';
import { requireCoordinator } from '$lib/server/web/guards';
import { levelLabel, momentLabel, questionLabel } from '$lib/components/evaluation/words';
import { MOMENTS, QUESTION_BANK, SCALES } from '$lib/shared/questions';
import { panelWords } from '$lib/server/evaluation/questionnaires';
import { asFile } from '../../file.server';
import { readFilters } from '../filters.server';
import type { RequestHandler } from './$types';

/** The dictionary of microdonnees.csv: how it was made, what each code says. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { territoryId } = requireCoordinator();
	const { now, locale } = locals;
	const { names } = await readFilters(url, { territoryId, now, locale });
	const panel = await panelWords(db.read, territoryId);
	const levels = (scale: keyof typeof SCALES) =>
		SCALES[scale].map((level) => `${level} = ${levelLabel(level)}`).join(', ');
	const lines = [
		m.evaluation_pilot_micro_title(),
		'',
		m.evaluation_pilot_micro_text(),
		m.evaluation_pilot_micro_rule(),
		m.evaluation_pilot_micro_why(),
		'',
		'bassin',
		...names.areas.map(({ id, name }) => `\t${id} = ${name}`),
		`\t(${m.evaluation_pilot_micro_empty()}) = ${m.evaluation_pilot_not_detailed()}`,
		'moment',
		...MOMENTS.map((moment) => `\t${moment} = ${momentLabel(moment)}`),
		'variable',
		`\tface = ${m.evaluation_pilot_table_faces()} [${levels('faces')}]`,
		...QUESTION_BANK.flatMap(({ fields, scale }) =>
			fields.map((field) => `\t${field} = ${questionLabel(field, {}, locale)} [${levels(scale)}]`),
		),
		...Object.keys(panel).map((code) => `\t${code} = ${questionLabel(code, panel, locale)} [${levels('agree')}]`),
		`\torigin = ${levels('origin')}`,
		`\treply_channel, reply_language, reply_age, reply_area = ${m.evaluation_pilot_replies()} [answered, silent]`,
		'',
	];
	return asFile(lines.join('\r\n'), `microdonnees-${territoryId}.txt`, 'text/plain');
};

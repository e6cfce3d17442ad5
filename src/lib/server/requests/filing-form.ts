/** The compact form of a professional: the person's own questions, all on one page. */
import { m } from '../../paraglide/messages.js';
import { FILING_WAYS, type FilingWay } from '../../shared/handling.ts';
import type { FormErrors } from '../platform/forms.ts';
import { NO_ANSWERS, NO_CONTACT, type Answers, type ContactAnswers, type KnownAnswers } from './answers.ts';
import {
	missingToReach,
	parseCommune,
	parseContactAnswers,
	parseSituation,
	parseThemeAnswers,
	parseThemes,
	parseUrgency,
	parseWishes,
} from './forms.ts';
import { QUESTIONS } from './questions.ts';
import type { QuestionSet } from './territory-questions.ts';

export interface FiledForm {
	answers: Answers;
	way: FilingWay;
}
type FiledContact = Pick<ContactAnswers, 'email' | 'phone'>;
export type ParsedFiling =
	{ ok: true; value: FiledForm } | { ok: false; errors: FormErrors; values: Record<string, string | string[]> };

/**
 * Fields of one theme carry its name: `housing.situation[]`, `housing.note`. `file`: of somebody known, whose names, contact and
 * commune are not asked; null: somebody new.
 * `today`: a birth date is not after it. `questions`: the territory's own.
 */
export function parseFiling(
	form: FormData,
	{ file, today, questions = QUESTIONS }: { file: FiledContact | null; today: string; questions?: QuestionSet },
): ParsedFiling {
	const errors: FormErrors = {};
	const themes = parseThemes(form);
	if (!themes.ok) Object.assign(errors, themes.errors);
	const chosen = themes.ok ? themes.value : { themes: [], wantsCall: false };
	const byTheme: Answers['byTheme'] = {};
	for (const theme of chosen.themes) {
		const parsed = parseThemeAnswers(questions[theme], fieldsOf(form, `${theme}.`));
		if (parsed.ok) byTheme[theme] = parsed.value;
		else errors[`${theme}.note`] = Object.values(parsed.errors)[0]!;
	}
	const situation = parseSituation(form);
	if (!situation.ok) Object.assign(errors, situation.errors);
	const urgency = parseUrgency(form);
	const contact = file ? parseWishes(form, today) : parseContactAnswers(form, today, { ...chosen, by: 'professional' });
	if (!contact.ok) Object.assign(errors, contact.errors);
	if (file && contact.ok) {
		const wished = { ...file, reach: contact.value.reach ?? null };
		const missing = missingToReach(wished, chosen.wantsCall, { mayHaveNone: true });
		if (Object.keys(missing).length > 0) errors.reach = m.handling_pro_filing_error_reach_file();
	}
	const commune = file ? null : parseCommune(form);
	if (commune && !commune.ok) Object.assign(errors, commune.errors);
	const way = FILING_WAYS.find((code) => code === form.get('way'));
	if (!way) errors.way = m.error_choose();
	if (!form.has('consent')) errors.consent = m.handling_pro_filing_error_consent();
	if (Object.keys(errors).length > 0 || !way) return { ok: false, errors, values: typedIn(form) };
	return {
		ok: true,
		value: {
			way,
			answers: {
				...NO_ANSWERS,
				...chosen,
				byTheme,
				household: situation.ok ? situation.value.household : null,
				situation: situation.ok ? situation.value.situation : null,
				urgency: urgency.ok ? urgency.value.urgency : [],
				inseeCode: commune?.ok ? commune.value.inseeCode : null,
				contact: { ...NO_CONTACT, ...((contact.ok ? contact.value : {}) as Partial<ContactAnswers>) },
			},
		},
	};
}

/** What the file or an earlier request knows, as the fields of the form: it is confirmed, not asked again. */
export function knownFields({ household, situation, contact }: KnownAnswers): Record<string, string | string[]> {
	const { reach = null, moments = [], helpToCome = [], interpreterIn = '' } = contact ?? {};
	return {
		household: household?.household ?? '',
		childrenCount: String(household?.childrenCount ?? ''),
		childAges: household?.childAges ?? [],
		status: situation?.status ?? [],
		transport: situation?.transport ?? [],
		reach: reach ?? '',
		moments,
		helpToCome,
		interpreterIn: interpreterIn ?? '',
	};
}

function fieldsOf(form: FormData, prefix: string): FormData {
	const own = new FormData();
	for (const [name, value] of form) if (name.startsWith(prefix)) own.append(name.slice(prefix.length), value);
	return own;
}

/** All that was typed, as it was: given back when the request is refused. */
export function typedIn(form: FormData): Record<string, string | string[]> {
	const values: Record<string, string | string[]> = {};
	for (const [name, value] of form) {
		if (typeof value !== 'string') continue;
		if (!name.endsWith('[]')) values[name] = value;
		else values[name.slice(0, -2)] = [...((values[name.slice(0, -2)] as string[] | undefined) ?? []), value];
	}
	return values;
}

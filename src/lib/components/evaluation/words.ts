import { m } from '$lib/paraglide/messages.js';
import { formatDayTime } from '$lib/shared/dates';
import { themeLabel } from '$lib/shared/labels';
import { isPanel, themeOf, type Moment } from '$lib/shared/questions';

type Words = Record<string, () => string>;

const LEVELS: Words = {
	bad: m.evaluation_face_bad,
	medium: m.evaluation_face_medium,
	good: m.evaluation_face_good,
	no: m.evaluation_level_no,
	rather_no: m.evaluation_level_rather_no,
	rather_yes: m.evaluation_level_rather_yes,
	yes: m.evaluation_level_yes,
	blocks: m.evaluation_level_blocks,
	hard: m.evaluation_level_hard,
	little: m.evaluation_level_little,
	none: m.evaluation_level_none,
	not_at_all: m.evaluation_level_not_at_all,
	not_much: m.evaluation_level_not_much,
	medium_level: m.evaluation_level_medium,
	mostly: m.evaluation_level_mostly,
	perfectly: m.evaluation_level_perfectly,
	reached_no: m.evaluation_level_reached_no,
	reached_yes: m.evaluation_level_reached_yes,
	paper: m.evaluation_level_paper,
	portal: m.evaluation_level_portal,
};
export const levelLabel = (level: string): string => LEVELS[level]?.() ?? level;

const QUESTIONS: Words = {
	listened: m.evaluation_question_listened,
	choice: m.evaluation_question_choice,
	next: m.evaluation_question_next,
	said_once: m.evaluation_question_said_once,
	delay: m.evaluation_question_delay,
	whom: m.evaluation_question_whom,
	power: m.evaluation_question_power,
	decided: m.evaluation_question_decided,
	clarity: m.evaluation_question_clarity,
	reached: m.evaluation_question_reached,
	help: m.evaluation_question_help,
};
/** The question behind a field of the bank, as it is asked. */
export function fieldLabel(field: string): string {
	const theme = themeOf(field);
	if (theme) {
		const words = { theme: themeLabel(theme) };
		return field.startsWith('before_') ? m.evaluation_question_before(words) : m.evaluation_question_after(words);
	}
	return QUESTIONS[field]?.() ?? field;
}

/** Words by language, French where there are none in this one. */
export const wordsIn = (words: Record<string, string>, locale: string): string => words[locale] || words.fr || '';

/** The question of a field, of the bank or of the panel. */
export const questionLabel = (field: string, panel: Record<string, Record<string, string>>, locale: string): string =>
	isPanel(field) ? wordsIn(panel[field] ?? {}, locale) || field : fieldLabel(field);

const MOMENT_QUESTIONS: Record<Moment, () => string> = {
	appointment_seen: m.evaluation_question,
	stage_left: m.evaluation_question_stage,
	aid_decided: m.evaluation_question_aid,
	three_months: m.evaluation_question_three_months,
	in_work_end: m.evaluation_question_in_work,
};
export const momentQuestion = (moment: Moment): string => MOMENT_QUESTIONS[moment]();

const ABOUT: Record<Exclude<Moment, 'appointment_seen'>, () => string> = {
	stage_left: m.evaluation_list_stage,
	aid_decided: m.evaluation_list_aid,
	three_months: m.evaluation_list_three_months,
	in_work_end: m.evaluation_list_in_work,
};
/** What an invitation is about, for whom it asks; of an appointment, its day and hour. */
export function askedAbout(
	{ moment, startsAt, zone }: { moment: Moment; startsAt: Date | null; zone: string | null },
	locale: string,
	now: Date,
): string {
	if (moment !== 'appointment_seen') return ABOUT[moment]();
	return startsAt && zone
		? m.evaluation_list_about({ when: formatDayTime(startsAt, zone, locale, now) })
		: m.evaluation_ask_title();
}

const MOMENT_LABELS: Record<Moment, () => string> = {
	appointment_seen: m.evaluation_pilot_moment_appointment,
	stage_left: m.evaluation_pilot_moment_stage,
	aid_decided: m.evaluation_pilot_moment_aid,
	three_months: m.evaluation_pilot_moment_three_months,
	in_work_end: m.evaluation_pilot_moment_in_work,
};
/** For professionals. */
export const momentLabel = (moment: Moment): string => MOMENT_LABELS[moment]();

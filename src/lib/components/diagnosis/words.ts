import { m } from '$lib/paraglide/messages.js';
import { getLocale } from '$lib/paraglide/runtime.js';
import {
	isTopicValue,
	type Constraint,
	type DiagnosisState,
	type Impact,
	type Level,
	type Need,
	type Point,
	type PointValue,
	type SelfView,
} from '$lib/shared/diagnosis';
import { inRow } from '$lib/shared/lists';

type Words<Code extends string> = Record<Code, () => string>;

export const pointWords: Words<Point> = {
	employment: m.diagnosis_topic_employment,
	mobility: m.diagnosis_topic_mobility,
	housing: m.diagnosis_topic_housing,
	childcare: m.diagnosis_topic_childcare,
	money: m.diagnosis_topic_money,
	paperwork: m.diagnosis_topic_paperwork,
	language: m.diagnosis_topic_language,
	digital: m.diagnosis_topic_digital,
	health: m.diagnosis_topic_health,
	power: m.diagnosis_point_power,
	digital_ease: m.diagnosis_point_digital_ease,
};
export const viewWords: Words<SelfView> = {
	strong: m.diagnosis_view_strong,
	look: m.diagnosis_view_look,
	hard: m.diagnosis_view_hard,
	talk: m.diagnosis_view_talk,
};
export const needWords: Words<Need> = {
	not_explored: m.pro_diagnosis_need_not_explored,
	need: m.pro_diagnosis_need_need,
	strong: m.pro_diagnosis_need_strong,
};
export const constraintWords: Words<Constraint> = {
	not_discussed: m.pro_diagnosis_constraint_not_discussed,
	no: m.pro_diagnosis_constraint_no,
	yes: m.pro_diagnosis_constraint_yes,
};
export const impactWords: Words<Impact> = {
	low: m.pro_diagnosis_impact_low,
	medium: m.pro_diagnosis_impact_medium,
	high: m.pro_diagnosis_impact_high,
};
export const levelWords: Words<Level> = {
	not_discussed: m.diagnosis_level_not_discussed,
	low: m.diagnosis_level_low,
	medium: m.diagnosis_level_medium,
	high: m.diagnosis_level_high,
};
export const stateWords: Words<DiagnosisState> = {
	self_started: m.pro_diagnosis_state_self_started,
	interview_planned: m.pro_diagnosis_state_interview_planned,
	shared: m.pro_diagnosis_state_shared,
	agreed: m.pro_diagnosis_state_agreed,
	contested: m.pro_diagnosis_state_contested,
};

/** What professionals noted, in the person's words; empty when nothing was explored. */
export function plainValue(value: PointValue): string {
	if (!isTopicValue(value)) return value.level === 'not_discussed' ? '' : levelWords[value.level]();
	const said = [
		value.need === 'need' && m.diagnosis_plain_need(),
		value.need === 'strong' && m.diagnosis_plain_strong(),
		value.constraint === 'yes' && m.diagnosis_plain_constraint(),
		value.constraint === 'no' && m.diagnosis_plain_no_constraint(),
		value.priority && m.diagnosis_plain_priority(),
	].filter((one) => one !== false);
	return inRow(said, getLocale());
}

/** The same, complete, for professionals. */
export function denseValue(value: PointValue): string {
	if (!isTopicValue(value)) return [levelWords[value.level](), value.note].filter(Boolean).join(' · ');
	const { need, constraint, impact, priority, note } = value;
	return [
		needWords[need](),
		`${m.pro_diagnosis_constraint()} : ${constraintWords[constraint]()}${impact ? ` (${impactWords[impact]()})` : ''}`,
		priority && m.pro_diagnosis_priority(),
		note,
	]
		.filter(Boolean)
		.join(' · ');
}

import { m } from '$lib/paraglide/messages.js';
import { wordingIn } from '$lib/shared/locales';
import { displayPhone } from '$lib/shared/phones';
import type { Reason, TodayRow, Why } from '$lib/server/people/today-rules';
import { shortDay, shortWhen } from './short-dates';

/** Words of the first page: why somebody is on it, and the one thing to do. */
export const reasonLabel: Record<Reason, () => string> = {
	urgent_need: m.pro_reason_urgent_need,
	unreachable: m.pro_reason_unreachable,
	unsent: m.pro_to_call_title,
	called_off: m.pro_to_call_title,
	dead_address: m.pro_reason_dead_address,
	no_lead: m.pro_no_lead,
	noshow: m.pro_reason_noshow,
	needs_help: m.pro_reason_needs_help,
	cannot: m.pro_reason_cannot,
	other_times: m.pro_reason_other_times,
	unseen: m.pro_reason_unseen,
	waiting: m.pro_reason_waiting,
	check_in: m.pro_reason_check_in,
	stuck: m.pro_reason_stuck,
	contested: m.pro_reason_contested,
	new_need: m.pro_reason_new_need,
	need_left: m.pro_reason_need_left,
	proposed: m.pro_reason_proposed,
	delay: m.pro_reason_delay,
	group_unwritten: m.pro_reason_group_unwritten,
	group_refused: m.pro_reason_group_refused,
	objected: m.pro_reason_objected,
	request_late: m.pro_reason_request_late,
	request_waiting: m.pro_reason_request_waiting,
	outcome: m.pro_reason_outcome,
};

export const reasonTone = (reason: Reason): 'alert' | 'wait' | 'plain' =>
	reason === 'urgent_need' ||
	reason === 'unreachable' ||
	reason === 'unsent' ||
	reason === 'called_off' ||
	reason === 'no_lead' ||
	reason === 'noshow' ||
	reason === 'request_late'
		? 'alert'
		: reason === 'request_waiting' || reason === 'outcome'
			? 'plain'
			: 'wait';

const answerReason: Record<string, () => string> = {
	transport: m.pro_answer_transport,
	childcare: m.pro_answer_childcare,
	health: m.pro_answer_health,
	work: m.pro_answer_work,
	interpreter: m.pro_answer_interpreter,
	other: m.pro_answer_other,
};

const delayWords: Record<string, () => string> = {
	first_contact: m.pro_delay_first_contact,
	first_appointment: m.pro_delay_first_appointment,
	diagnosis: m.pro_delay_diagnosis,
	orientation: m.pro_delay_orientation,
	need: m.pro_delay_need,
	steps: m.pro_delay_steps,
	promise: m.pro_delay_promise,
	interview: m.pro_delay_interview,
	silence: m.pro_delay_silence,
	review: m.pro_delay_review,
};

export const delayLabel = (
	kind: string,
	stageName: Record<string, string> | null | undefined,
	locale: string,
): string =>
	kind === 'stage'
		? m.pro_delay_stage({ stage: wordingIn(stageName ?? {}, locale) })
		: (delayWords[kind] ?? m.pro_delay_silence)();

const checkInWords = {
	fine: m.pro_check_in_fine,
	call: m.pro_check_in_call,
	hard: m.pro_check_in_hard,
	none: m.pro_check_in_none,
};

/** The line under the label: the person's own words first, else what is known. */
export function whyInWords(why: Why, locale: string): string {
	const { reason, note, detail } = why;
	if (reason === 'delay') return delayLabel(detail.delayKind ?? '', detail.stageName, locale);
	if (reason === 'unseen') return m.pro_unseen();
	if (reason === 'unsent') return m.reminder_state_technical();
	if (reason === 'unreachable')
		return detail.channels ? m.pro_channels_failed({ count: detail.channels }) : m.pro_channels_none();
	if (detail.respondBy) return m.pro_before({ day: shortDay(detail.respondBy, 'UTC', locale) });
	if (reason === 'called_off')
		return m.pro_called_off({ when: shortWhen(detail.appointmentAt!, detail.zone!, locale) });
	const said = [
		reason === 'check_in' && checkInWords[detail.checkIn ?? 'none'](),
		detail.reason ? answerReason[detail.reason]?.() : '',
		note ? m.pro_quoted({ text: note }) : '',
		detail.callBack ? m.pro_call_back() : '',
	].filter(Boolean);
	if (said.length > 0) return said.join(' · ');
	return detail.appointmentAt && detail.zone
		? m.pro_appointment_of({ when: shortWhen(detail.appointmentAt, detail.zone, locale) })
		: '';
}

/** A desk has no phone of its own: the number is read there, and dialled on another. */
const callWords = (number: string) => m.pro_action_call({ phone: displayPhone(number) });

/** One link per person: what to do about the most pressing reason. Null: nothing that can be opened from here. */
export function actionOf(row: Pick<TodayRow, 'personId' | 'reasons' | 'phone'>): { to: string; label: string } | null {
	const [why] = row.reasons;
	const file = `/pro/personnes/${row.personId}`;
	switch (why.reason) {
		case 'request_late':
		case 'request_waiting':
		case 'urgent_need':
		case 'new_need':
		case 'need_left':
			return { to: `/pro/demandes/${why.reference}`, label: m.pro_action_read() };
		case 'unreachable':
			return row.phone
				? { to: `tel:${row.phone}`, label: callWords(row.phone) }
				: { to: `${file}/identite`, label: m.pro_action_contact() };
		case 'called_off':
			return row.phone ? { to: `tel:${row.phone}`, label: callWords(row.phone) } : null;
		case 'dead_address':
			return { to: `${file}/identite`, label: m.pro_action_contact() };
		case 'unsent':
		case 'unseen':
			return row.phone
				? { to: `tel:${row.phone}`, label: callWords(row.phone) }
				: { to: file, label: m.pro_action_open() };
		case 'needs_help':
			return { to: `${file}/rendez-vous`, label: m.pro_action_help() };
		case 'cannot':
		case 'other_times':
		case 'noshow':
			return { to: `${file}/rendez-vous`, label: m.pro_action_offer() };
		case 'outcome':
			return { to: `${file}/rendez-vous`, label: m.pro_action_outcome() };
		case 'no_lead':
		case 'objected':
			return { to: file, label: m.pro_action_open() };
		case 'check_in':
			return { to: `${file}/parcours`, label: m.pro_action_check_in() };
		case 'contested':
			return { to: `${file}/diagnostic`, label: m.pro_action_diagnosis() };
		case 'group_unwritten':
			return { to: '/pro/groupes', label: m.pathway_pro_group_decide() };
		case 'stuck':
		case 'proposed':
		case 'group_refused':
		case 'waiting':
			return { to: `${file}/parcours`, label: m.pro_action_pathway() };
		case 'delay':
			return delayAction(file, why.detail.delayKind ?? '', why.reference);
	}
}

const delayAction = (file: string, kind: string, reference: string | null) =>
	kind === 'need' && reference
		? { to: `/pro/demandes/${reference}`, label: m.pro_action_read() }
		: kind === 'review'
			? { to: `${file}/point`, label: m.pro_action_review() }
			: kind === 'diagnosis'
				? { to: `${file}/diagnostic`, label: m.pro_action_diagnosis() }
				: ['stage', 'steps', 'promise', 'orientation'].includes(kind)
					? { to: `${file}/parcours`, label: m.pro_action_pathway() }
					: { to: `${file}/rendez-vous`, label: m.pro_action_invite() };

/** How long ago, in the largest unit that says it: « 34 jours », « 3 h », « à l’instant ». */
export function since(instant: Date, now: Date): string {
	const minutes = Math.floor((now.getTime() - instant.getTime()) / 60_000);
	if (minutes < 60) return m.pro_since_now();
	const hours = Math.floor(minutes / 60);
	if (hours < 24) return m.pro_since_hours({ count: hours });
	const days = Math.floor(hours / 24);
	return days === 1 ? m.pro_since_day() : m.pro_since_days({ count: days });
}

export const channelShort: Record<'push' | 'email' | 'sms', () => string> = {
	push: m.pro_channel_push,
	email: m.pro_channel_email,
	sms: m.pro_channel_sms,
};

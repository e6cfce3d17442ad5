import { m } from '$lib/paraglide/messages.js';
import type { Channel } from '$lib/shared/codes';
import { formatDayTime } from '$lib/shared/dates';
import type { ReminderView } from '$lib/server/reminders/queries';

export const channelWord: Record<Channel, () => string> = {
	push: m.reminder_channel_push,
	email: m.reminder_channel_email,
	sms: m.reminder_channel_sms,
};

export const kindLabel: Record<ReminderView['kind'], () => string> = {
	appointment_7d: m.reminder_kind_appointment_7d,
	appointment_2d: m.reminder_kind_appointment_2d,
	appointment_evening: m.reminder_kind_appointment_evening,
	appointment_2h: m.reminder_kind_appointment_2h,
	appointment_changed: m.reminder_kind_appointment_changed,
	manual: m.reminder_kind_manual,
	invitation: m.reminder_kind_invitation,
	earlier_hour: m.reminder_kind_earlier_hour,
	step_due: m.reminder_kind_step_due,
	paper_due: m.reminder_kind_paper_due,
	aid_silence: m.reminder_kind_aid_silence,
	draft_closing: m.reminder_kind_draft_closing,
	request_received: m.reminder_kind_request_received,
	aid_changed: m.reminder_kind_aid_changed,
	rating: m.reminder_kind_rating,
	results_news: m.reminder_kind_results_news,
	pathway_changed: m.reminder_kind_pathway_changed,
};

const templateLabel: Record<string, () => string> = {
	news: m.reminder_pro_template_news,
	call: m.reminder_pro_template_call,
	paper: m.reminder_pro_template_paper,
	appointment: m.reminder_pro_template_appointment,
};

/** What a message was about, for professionals. */
export const aboutWords = ({ kind, template }: Pick<ReminderView, 'kind' | 'template'>): string =>
	(templateLabel[template ?? ''] ?? kindLabel[kind])();

const droppedWords: Record<string, () => string> = {
	too_late: m.reminder_state_dropped_too_late,
	superseded: m.reminder_state_dropped_superseded,
	cancelled: m.reminder_state_dropped_cancelled,
	answered: m.reminder_state_dropped_answered,
	done: m.reminder_state_dropped_done,
	muted: m.reminder_state_dropped_muted,
	quiet: m.reminder_state_dropped_quiet,
	undone: m.reminder_state_dropped_undone,
};

/** The last channel that took it. */
const takenBy = ({ attempts }: ReminderView) => attempts.findLast(({ outcome }) => outcome === 'accepted')?.channel;

/** Where a message is, in words; never « delivered » nor « read », which nobody knows. */
export function stateWords(reminder: ReminderView, zone: string, locale: string, now: Date): string {
	const { state, reason, dueAt } = reminder;
	if (state === 'scheduled') return m.reminder_state_scheduled({ when: formatDayTime(dueAt, zone, locale, now) });
	if (state === 'sending') return m.reminder_state_sending();
	if (state === 'sent') return m.reminder_state_sent({ channel: channelWord[takenBy(reminder) ?? 'push']() });
	if (state === 'shown') return m.reminder_state_shown();
	if (state === 'answered') return m.reminder_state_answered();
	if (state === 'failed') return reason === 'technical' ? m.reminder_state_technical() : m.reminder_state_failed();
	return (droppedWords[reason ?? ''] ?? m.reminder_state_dropped_too_late)();
}

export const stateTone = ({ state }: ReminderView): 'ok' | 'wait' | 'alert' | 'plain' => {
	if (state === 'shown' || state === 'answered') return 'ok';
	if (state === 'failed') return 'alert';
	return state === 'dropped' ? 'plain' : 'wait';
};

/** « notification : refusé · e-mail : remis » */
export const attemptsWords = ({ attempts }: ReminderView): string =>
	attempts
		.map(({ channel, outcome }) => {
			const word = outcome === 'accepted' ? m.reminder_attempt_accepted : m.reminder_attempt_failed;
			return word({ channel: channelWord[channel]() });
		})
		.join(' · ');

import { m } from '$lib/paraglide/messages.js';
import { CHANNELS, type Channel } from '$lib/shared/codes';
import { formatDayTime, formatDuration } from '$lib/shared/dates';
import { displayPhone } from '$lib/shared/phones';
import type { ReminderView } from '$lib/server/reminders/queries';
import type { ClosedChannel, Recipient } from '$lib/server/reminders/recipients';
import type { Subject } from '$lib/server/reminders/template-rules';

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
	file_closing: m.reminder_kind_file_closing,
	request_received: m.reminder_kind_request_received,
	aid_changed: m.reminder_kind_aid_changed,
	rating: m.reminder_kind_rating,
	results_news: m.reminder_kind_results_news,
	pathway_changed: m.reminder_kind_pathway_changed,
	check_in: m.reminder_kind_check_in,
};

export const subjectLabel: Record<Subject, () => string> = {
	news: m.reminder_pro_template_news,
	call: m.reminder_pro_template_call,
	paper: m.reminder_pro_template_paper,
	appointment: m.reminder_pro_template_appointment,
};

/** Words of the territory as a professional reads them: what is filled in for each person is named. */
export const templateWords = (text: string): string =>
	text.replaceAll('{quand}', m.reminder_pro_variable_when()).replaceAll('{telephone}', m.reminder_pro_variable_phone());

/** What a message was about, for professionals: the words of the territory, or the fixed ones. */
export const aboutWords = ({ kind, template, wording }: Pick<ReminderView, 'kind' | 'template' | 'wording'>): string =>
	wording
		? templateWords(wording)
		: ((subjectLabel as Record<string, () => string>)[template ?? ''] ?? kindLabel[kind])();

const closedWords: Record<ClosedChannel, () => string> = {
	no_device: m.reminder_pro_closed_device,
	no_email: m.reminder_pro_closed_email,
	dead_email: m.reminder_pro_closed_dead_email,
	no_number: m.reminder_pro_closed_number,
	no_mobile: m.reminder_pro_closed_mobile,
};

/** Why nobody may, or can, be written to now, and how to reach them. */
export function blockedWords(
	{ blocked, remindedAt, phone, closed, byHandEveryHours }: Recipient,
	zone: string,
	locale: string,
	now: Date,
): string {
	if (blocked === 'reminded')
		return m.reminder_pro_blocked_reminded({
			when: formatDayTime(remindedAt!, zone, locale, now),
			wait: formatDuration(byHandEveryHours, 'hour', locale),
		});
	if (blocked === 'muted') return m.reminder_pro_blocked_muted();
	const why = closed.map((code) => closedWords[code]()).join(', ');
	const call = phone && m.reminder_pro_blocked_call({ phone: displayPhone(phone) });
	return [m.reminder_pro_blocked_unreachable({ why }), call].filter(Boolean).join(' ');
}

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

const failedWords: Record<string, () => string> = {
	technical: m.reminder_state_technical,
	unseen: m.reminder_state_unseen,
};

/** The last channel that took it. */
const takenBy = ({ attempts }: Pick<ReminderView, 'attempts'>) =>
	attempts.findLast(({ outcome }) => outcome === 'accepted')?.channel;

/** Where a message is, in words; never « delivered » nor « read », which nobody knows. */
export function stateWords(reminder: ReminderView, zone: string, locale: string, now: Date): string {
	const { state, reason, dueAt, actAt } = reminder;
	// Put off, it leaves later than it was due.
	const at = actAt && actAt > dueAt ? actAt : dueAt;
	if (state === 'scheduled') return m.reminder_state_scheduled({ when: formatDayTime(at, zone, locale, now) });
	if (state === 'sending') return m.reminder_state_sending();
	if (state === 'sent') return m.reminder_state_sent({ channel: channelWord[takenBy(reminder) ?? 'push']() });
	if (state === 'shown') return m.reminder_state_shown();
	if (state === 'answered') return m.reminder_state_answered();
	if (state === 'failed') return (failedWords[reason ?? ''] ?? m.reminder_state_failed)();
	return (droppedWords[reason ?? ''] ?? m.reminder_state_dropped_too_late)();
}

export const stateTone = ({ state, reason }: ReminderView): 'ok' | 'wait' | 'alert' | 'plain' => {
	if (state === 'shown' || state === 'answered') return 'ok';
	if (state === 'failed') return reason === 'unseen' ? 'wait' : 'alert';
	return state === 'dropped' ? 'plain' : 'wait';
};

/** « notification : refusé · e-mail : remis » */
export const attemptsWords = ({ attempts }: ReminderView): string =>
	attempts
		.map(({ channel, outcome, isDeadAddress }) => {
			const failed = isDeadAddress ? m.reminder_pro_attempt_dead : m.reminder_attempt_failed;
			const word = outcome === 'accepted' ? m.reminder_attempt_accepted : failed;
			return word({ channel: channelWord[channel]() });
		})
		.join(' · ');

/** What became of a message, in the order in which somebody needs a professional. */
const OUTCOMES = {
	failed: m.reminder_pro_outcome_failed,
	waiting: m.reminder_pro_outcome_waiting,
	answered: m.reminder_pro_outcome_answered,
	sent: m.reminder_pro_outcome_sent,
	shown: m.reminder_pro_outcome_shown,
	dropped: m.reminder_pro_outcome_dropped,
};
type Outcome = keyof typeof OUTCOMES;
const outcomeOf = (state: ReminderView['state']): Outcome =>
	state === 'scheduled' || state === 'sending' ? 'waiting' : state;

/** The messages of a sending by what became of them, those to call first; nothing is said of what happened to none. */
export const byOutcome = <Row extends Pick<ReminderView, 'state'>>(rows: Row[]) =>
	(Object.keys(OUTCOMES) as Outcome[])
		.map((outcome) => ({ outcome, rows: rows.filter(({ state }) => outcomeOf(state) === outcome) }))
		.filter(({ rows }) => rows.length > 0)
		.map((one) => ({ ...one, title: OUTCOMES[one.outcome]({ count: one.rows.length }) }));

type Counted = Pick<ReminderView, 'state' | 'shownAt' | 'attempts'>;
type Channelled = 'taken' | 'refused' | 'waiting';

/** What became of one message on one channel: a passing trouble that was overcome, or is waited for, is no refusal. */
function onChannel({ state, attempts }: Counted, channel: Channel): Channelled | null {
	const made = attempts.filter((one) => one.channel === channel);
	if (made.length === 0) return null;
	if (made.some(({ outcome }) => outcome === 'accepted')) return 'taken';
	const last = attempts.at(-1)!;
	const mayCome = state === 'scheduled' || state === 'sending' || state === 'sent';
	const isTriedAgain = mayCome && last.channel === channel && last.outcome === 'temporary_failure';
	return isTriedAgain ? 'waiting' : 'refused';
}

/** What became of a sending by channel; only a notification says that it was seen. */
export const resultsByChannel = (rows: Counted[]) =>
	CHANNELS.map((channel) => {
		const among = (what: Channelled) => rows.filter((row) => onChannel(row, channel) === what);
		const taken = among('taken');
		return {
			channel,
			sent: taken.length,
			shown: channel === 'push' ? taken.filter(({ shownAt }) => shownAt).length : null,
			answered: taken.filter((row) => row.state === 'answered' && takenBy(row) === channel).length,
			refused: among('refused').length,
		};
	}).filter(({ sent, refused }) => sent + refused > 0);

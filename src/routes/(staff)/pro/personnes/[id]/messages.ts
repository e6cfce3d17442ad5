import { m } from '$lib/paraglide/messages.js';
import type { LastMessage } from '$lib/server/people/messages';

export const messageKind = (kind: LastMessage['kind']): string => {
	if (kind === 'appointment_changed') return m.pro_message_kind_changed();
	if (kind.startsWith('appointment')) return m.pro_message_kind_appointment();
	const others: Record<string, () => string> = {
		manual: m.pro_message_kind_manual,
		request_received: m.pro_message_kind_request,
		aid_changed: m.pro_message_kind_aid,
		rating: m.pro_message_kind_rating,
		results_news: m.pro_message_kind_results_news,
		pathway_changed: m.reminder_kind_pathway_changed,
		invitation: m.reminder_kind_invitation,
		check_in: m.reminder_kind_check_in,
		step_due: m.reminder_kind_step_due,
		paper_due: m.reminder_kind_paper_due,
		aid_silence: m.reminder_kind_aid_silence,
		draft_closing: m.reminder_kind_draft_closing,
		file_closing: m.reminder_kind_file_closing,
	};
	return (others[kind] ?? m.pro_message_kind_other)();
};

const words: Record<LastMessage['state'], () => string> = {
	scheduled: m.pro_message_scheduled,
	sending: m.pro_message_sending,
	sent: m.pro_message_sent,
	shown: m.pro_message_shown,
	answered: m.pro_message_answered,
	failed: m.pro_message_failed,
	dropped: m.pro_message_dropped,
};
const isUnseen = ({ state, reason }: LastMessage) => state === 'failed' && reason === 'unseen';
export const messageState = (message: LastMessage): string =>
	isUnseen(message) ? m.pro_message_unseen() : words[message.state]();
export const messageTone = (message: LastMessage) => (isUnseen(message) ? 'wait' : toneOf(message.state));
const toneOf = (state: LastMessage['state']) =>
	state === 'failed' ? 'alert' : state === 'shown' || state === 'answered' ? 'ok' : 'plain';

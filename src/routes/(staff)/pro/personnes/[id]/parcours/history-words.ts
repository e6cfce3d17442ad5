import { m } from '$lib/paraglide/messages.js';

const WORDS: Record<string, () => string> = {
	'person.created': m.pathway_pro_did_created,
	'person.assigned': m.pathway_pro_did_assigned,
	'person.follow_up_ended': m.pathway_pro_did_follow_up_ended,
	'person.member_invited': m.pathway_pro_did_member_invited,
	'person.member_ended': m.pathway_pro_did_member_ended,
	'person.member_refused': m.pathway_pro_did_member_refused,
	'person.corrected': m.pathway_pro_did_contacts,
	'person.contact_changed': m.pathway_pro_did_contacts,
	'person.contact_proved': m.pathway_pro_did_contacts,
	'person.spoken_with': m.pathway_pro_did_spoken,
	'pathway.opened': m.pathway_pro_did_pathway_opened,
	'pathway.closed': m.pathway_pro_did_pathway_closed,
	'pathway.in_work': m.pathway_pro_did_in_work,
	'pathway.reoriented': m.pathway_pro_did_reoriented,
	'pathway.waited': m.pathway_pro_did_waited,
	'stage.entered': m.pathway_pro_did_stage,
	'step.added': m.pathway_pro_did_step_added,
	'step.changed': m.pathway_pro_did_step_changed,
	'goal.added': m.pathway_pro_did_goal_added,
	'goal.changed': m.pathway_pro_did_goal_changed,
	'need.lifted': m.pathway_pro_did_need_lifted,
	'need.resumed': m.pathway_pro_did_need_resumed,
	'need.sent': m.pathway_pro_did_need_sent,
	'need.taken': m.pathway_pro_did_need_taken,
	'need.declined': m.pathway_pro_did_need_declined,
	'request.need_added': m.pathway_pro_did_need_added,
	'request.need_withdrawn': m.pathway_pro_did_need_withdrawn,
	'review.held': m.pathway_pro_did_review,
	'group.proposed': m.pathway_pro_did_group_proposed,
	'group.worded': m.pathway_pro_did_group_worded,
	'group.refused': m.pathway_pro_did_group_refused,
	'group.moved': m.pathway_pro_did_group_moved,
	'group.cancelled': m.pathway_pro_did_group_cancelled,
	'group.held': m.pathway_pro_did_group_held,
	'check_in.answered': m.pathway_pro_did_check_in,
	'check_in.handled': m.pathway_pro_did_check_in_handled,
};

/** What was done, in a few words; diagnosis acts share one. */
export const historyWords = (action: string): string =>
	(WORDS[action] ?? (action.startsWith('diagnosis.') ? m.pathway_pro_did_diagnosis : m.pathway_pro_did_other))();

import { m } from '$lib/paraglide/messages.js';

const WORDS: Record<string, () => string> = {
	'person.created': m.pathway_did_created,
	'person.assigned': m.pathway_did_assigned,
	'person.follow_up_ended': m.pathway_did_unassigned,
	'person.member_invited': m.pathway_did_invited,
	'person.member_ended': m.pathway_did_unassigned,
	'person.member_refused': m.pathway_did_objected,
	'person.corrected': m.pathway_did_contacts,
	'person.contact_changed': m.pathway_did_contacts,
	'person.contact_proved': m.pathway_did_contacts,
	'person.spoken_with': m.pathway_did_spoken,
	'pathway.opened': m.pathway_did_opened,
	'pathway.closed': m.pathway_did_closed,
	'pathway.in_work': m.pathway_did_in_work,
	'pathway.reoriented': m.pathway_did_reoriented,
	'pathway.waited': m.pathway_did_waited,
	'stage.entered': m.pathway_did_stage,
	'step.added': m.pathway_did_step_added,
	'step.changed': m.pathway_did_step_changed,
	'goal.added': m.pathway_did_goal_added,
	'goal.changed': m.pathway_did_goal_changed,
	'need.lifted': m.pathway_did_need_lifted,
	'need.resumed': m.pathway_did_need_resumed,
	'need.sent': m.pathway_did_need_sent,
	'need.taken': m.pathway_did_need_taken,
	'need.declined': m.pathway_did_need_declined,
	'request.need_added': m.pathway_did_need_added,
	'request.need_withdrawn': m.pathway_did_need_withdrawn,
};
/** Acts of one family that need no more than one sentence. */
const FAMILIES: Record<string, () => string> = {
	review: m.pathway_did_review,
	group: m.pathway_did_group,
	check_in: m.pathway_did_check_in,
	diagnosis: m.pathway_did_diagnosis,
};

/** What was done, in plain words. */
export const didWords = (action: string): string =>
	(WORDS[action] ?? FAMILIES[action.split('.')[0]!] ?? m.pathway_did_other)();

/** Own words keep their direction inside a sentence of the other one. */
export const isolated = (words: string) => `\u2068${words}\u2069`;

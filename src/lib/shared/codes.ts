/** Codes stored in the database (product.md §4). They never change once stored; labels live in messages. */
export const ROLES = ['beneficiary', 'coparent', 'referent', 'coordinator', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export const REQUEST_STATUSES = [
	'draft',
	'submitted',
	'assigned',
	'in_diagnosis',
	'in_pathway',
	'closed',
	'withdrawn',
	'transferred',
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];
/** Somebody took it, and it goes on. In the order in which they follow: nothing leads back. */
export const TAKEN_REQUEST_STATUSES = ['assigned', 'in_diagnosis', 'in_pathway'] as const;
export type TakenRequestStatus = (typeof TAKEN_REQUEST_STATUSES)[number];
export const OPEN_REQUEST_STATUSES = ['submitted', ...TAKEN_REQUEST_STATUSES] as const;

export const NEED_STATUSES = ['open', 'in_progress', 'lifted', 'dropped'] as const;
export type NeedStatus = (typeof NEED_STATUSES)[number];

export const PATHWAY_KINDS = ['pro', 'socio_pro', 'social'] as const;
export type PathwayKind = (typeof PATHWAY_KINDS)[number];
export const STAGE_STATES = ['upcoming', 'current', 'done', 'skipped'] as const;
export type StageState = (typeof STAGE_STATES)[number];
export const STEP_STATES = ['planned', 'in_progress', 'waiting', 'done', 'given_up', 'cancelled'] as const;
export type StepState = (typeof STEP_STATES)[number];
export const STEP_OWNERS = ['person', 'referent', 'structure'] as const;
export type StepOwner = (typeof STEP_OWNERS)[number];

export const GOAL_STATES = ['open', 'reached', 'given_up'] as const;
export type GoalState = (typeof GOAL_STATES)[number];
/** A meeting of professionals about one person. */
export const GROUP_STATES = ['planned', 'refused', 'held', 'cancelled'] as const;
export type GroupState = (typeof GROUP_STATES)[number];

export const APPOINTMENT_TYPES = [
	'orientation',
	'diagnosis',
	'follow_up',
	'workshop',
	'contract_signature',
	'situation_review',
	'multidisciplinary_team',
	'information_meeting',
] as const;
export type AppointmentType = (typeof APPOINTMENT_TYPES)[number];
export const APPOINTMENT_MODES = ['on_site', 'phone', 'video', 'home'] as const;
export type AppointmentMode = (typeof APPOINTMENT_MODES)[number];
export const APPOINTMENT_STATES = ['invited', 'booked', 'seen', 'excused', 'revoked', 'noshow'] as const;
export type AppointmentState = (typeof APPOINTMENT_STATES)[number];
export const APPOINTMENT_ANSWERS = ['none', 'coming', 'cannot', 'needs_help'] as const;
/** Why somebody did not come, when it is known. */
export const ABSENCE_REASONS = ['transport', 'childcare', 'health', 'work', 'forgot', 'other'] as const;
export type AbsenceReason = (typeof ABSENCE_REASONS)[number];
export type AppointmentAnswer = (typeof APPOINTMENT_ANSWERS)[number];

export const REMINDER_STATES = ['scheduled', 'sending', 'sent', 'shown', 'answered', 'failed', 'dropped'] as const;
export type ReminderState = (typeof REMINDER_STATES)[number];
export const DELIVERY_OUTCOMES = ['accepted', 'temporary_failure', 'permanent_failure', 'technical_failure'] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];
export const CHANNELS = ['push', 'email', 'sms'] as const;
export type Channel = (typeof CHANNELS)[number];

export const AID_STATUSES = [
	'draft',
	'submitted',
	'incomplete',
	'under_review',
	'granted',
	'partially_granted',
	'refused',
	'not_competent',
	'withdrawn',
	'paid',
] as const;
export type AidStatus = (typeof AID_STATUSES)[number];

export const HOUSEHOLDS = ['single', 'single_parent', 'couple', 'couple_with_children', 'other'] as const;
export type Household = (typeof HOUSEHOLDS)[number];

/** Where somebody stands with work. Nothing about health, and no status closes the door. */
export const WORK_STATUSES = ['looking', 'rsa', 'working', 'studying', 'family', 'retired', 'none'] as const;
export type WorkStatus = (typeof WORK_STATUSES)[number];

export const TRANSPORTS = ['car', 'scooter', 'bus', 'bike', 'lift', 'none'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * What cannot wait until tomorrow: a place to sleep, a meal, or safety. Violence is never stored as such (domain.md §7.1):
 * `unsaid` only says that somebody has to call soon.
 */
export const URGENCIES = ['roof', 'unsaid', 'food'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** How long somebody may say they are helped by another: today, a month, three months. */
export const HELPER_FOR = ['today', 'month', 'quarter'] as const;
export type HelperFor = (typeof HELPER_FOR)[number];

/** Faces of a rating, with the 0–10 value they stand for (« Je donne mon avis », domain.md §6.1). */
export const RATINGS = { bad: 0, medium: 5, good: 10 } as const;
export type Rating = keyof typeof RATINGS;

/** What a session was opened on, as far as the browser says. */
export const DEVICES = ['android', 'iphone', 'windows', 'mac', 'linux', 'other'] as const;
export type Device = (typeof DEVICES)[number];

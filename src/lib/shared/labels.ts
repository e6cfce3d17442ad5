import { m } from '../paraglide/messages.js';
import type { Locale } from '../paraglide/runtime.js';
import type {
	AidStatus,
	AppointmentAnswer,
	AppointmentMode,
	AppointmentState,
	AppointmentType,
	Channel,
	Household,
	NeedStatus,
	PathwayKind,
	Rating,
	RequestStatus,
	StageState,
	StepOwner,
	StepState,
} from './codes.ts';
import type { OfferedTheme, Theme } from './themes.ts';

/** Words for stored codes, the same for the person and for professionals: neutral, nobody is blamed by a label. */
type Words<Code extends string> = Record<Code, (inputs?: object, options?: { locale?: Locale }) => string>;
const labels =
	<Code extends string>(words: Words<Code>) =>
	/** In the language of the page, or in `locale` when what is written is read elsewhere. */
	(code: Code, locale?: Locale): string =>
		words[code]({}, { locale });

export const themeLabel = labels<Theme>({
	employment: m.label_theme_employment,
	training: m.label_theme_training,
	housing: m.label_theme_housing,
	health: m.label_theme_health,
	mobility: m.label_theme_mobility,
	childcare: m.label_theme_childcare,
	digital: m.label_theme_digital,
	rights: m.label_theme_rights,
	money: m.label_theme_money,
	french: m.label_theme_french,
	support: m.label_theme_support,
	other: m.label_theme_other,
});
/** What it is about, in a plain sentence, and something people say of it; of the subjects that are offered. */
export const themeHint = labels<OfferedTheme>({
	employment: m.hint_theme_employment,
	training: m.hint_theme_training,
	housing: m.hint_theme_housing,
	health: m.hint_theme_health,
	mobility: m.hint_theme_mobility,
	childcare: m.hint_theme_childcare,
	digital: m.hint_theme_digital,
	rights: m.hint_theme_rights,
	money: m.hint_theme_money,
	french: m.hint_theme_french,
	support: m.hint_theme_support,
});
export const themeExample = labels<OfferedTheme>({
	employment: m.example_theme_employment,
	training: m.example_theme_training,
	housing: m.example_theme_housing,
	health: m.example_theme_health,
	mobility: m.example_theme_mobility,
	childcare: m.example_theme_childcare,
	digital: m.example_theme_digital,
	rights: m.example_theme_rights,
	money: m.example_theme_money,
	french: m.example_theme_french,
	support: m.example_theme_support,
});
/** Name of the theme's pictogram (components/ui/icons.ts). */
export const themeIcon = (theme: Theme) => (theme === 'employment' ? ('work' as const) : theme);

export const requestStatusLabel = labels<RequestStatus>({
	draft: m.label_request_draft,
	submitted: m.label_request_submitted,
	assigned: m.label_request_assigned,
	in_diagnosis: m.label_request_in_diagnosis,
	in_pathway: m.label_request_in_pathway,
	closed: m.label_request_closed,
	withdrawn: m.label_request_withdrawn,
	transferred: m.label_request_transferred,
});
export const needStatusLabel = labels<NeedStatus>({
	open: m.label_need_open,
	in_progress: m.label_need_in_progress,
	lifted: m.label_need_lifted,
	dropped: m.label_need_dropped,
});

export const pathwayKindLabel = labels<PathwayKind>({
	pro: m.label_pathway_pro,
	socio_pro: m.label_pathway_socio_pro,
	social: m.label_pathway_social,
});
export const stageStateLabel = labels<StageState>({
	upcoming: m.label_stage_upcoming,
	current: m.label_stage_current,
	done: m.label_stage_done,
	skipped: m.label_stage_skipped,
});
export const stepStateLabel = labels<StepState>({
	planned: m.label_step_planned,
	in_progress: m.label_step_in_progress,
	waiting: m.label_step_waiting,
	done: m.label_step_done,
	given_up: m.label_step_given_up,
	cancelled: m.label_step_cancelled,
});
export const stepOwnerLabel = labels<StepOwner>({
	person: m.label_owner_person,
	referent: m.label_owner_referent,
	structure: m.label_owner_structure,
});

export const appointmentModeLabel = labels<AppointmentMode>({
	on_site: m.label_appointment_mode_on_site,
	phone: m.label_appointment_mode_phone,
	video: m.label_appointment_mode_video,
	home: m.label_appointment_mode_home,
});
/** Name of the mode's pictogram (components/ui/icons.ts). */
export const appointmentModeIcon = (mode: AppointmentMode) =>
	(({ on_site: 'place', phone: 'phone', video: 'video', home: 'home' }) as const)[mode];
export const appointmentTypeLabel = labels<AppointmentType>({
	orientation: m.label_appointment_type_orientation,
	diagnosis: m.label_appointment_type_diagnosis,
	follow_up: m.label_appointment_type_follow_up,
	workshop: m.label_appointment_type_workshop,
	contract_signature: m.label_appointment_type_contract_signature,
	situation_review: m.label_appointment_type_situation_review,
	multidisciplinary_team: m.label_appointment_type_multidisciplinary_team,
	information_meeting: m.label_appointment_type_information_meeting,
});
export const appointmentStateLabel = labels<AppointmentState>({
	invited: m.label_appointment_invited,
	booked: m.label_appointment_booked,
	seen: m.label_appointment_seen,
	excused: m.label_appointment_excused,
	revoked: m.label_appointment_revoked,
	noshow: m.label_appointment_noshow,
});
export const answerLabel = labels<AppointmentAnswer>({
	none: m.label_answer_none,
	coming: m.label_answer_coming,
	cannot: m.label_answer_cannot,
	needs_help: m.label_answer_needs_help,
});

export const aidStatusLabel = labels<AidStatus>({
	draft: m.label_aid_draft,
	submitted: m.label_aid_submitted,
	incomplete: m.label_aid_incomplete,
	under_review: m.label_aid_under_review,
	granted: m.label_aid_granted,
	partially_granted: m.label_aid_partially_granted,
	refused: m.label_aid_refused,
	not_competent: m.label_aid_not_competent,
	withdrawn: m.label_aid_withdrawn,
	paid: m.label_aid_paid,
});

export const channelLabel = labels<Channel>({
	push: m.label_channel_push,
	email: m.label_channel_email,
	sms: m.label_channel_sms,
});
export const householdLabel = labels<Household>({
	single: m.label_household_single,
	single_parent: m.label_household_single_parent,
	couple: m.label_household_couple,
	couple_with_children: m.label_household_couple_with_children,
	other: m.label_household_other,
});
export const ratingLabel = labels<Rating>({
	bad: m.label_rating_bad,
	medium: m.label_rating_medium,
	good: m.label_rating_good,
});

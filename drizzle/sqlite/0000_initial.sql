CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`email` text,
	`phone` text,
	`display_name` text NOT NULL,
	`person_id` text,
	`territory_id` text,
	`structure_id` text,
	`side` text,
	`locale` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `account_email_idx` ON `account` (`email`);--> statement-breakpoint
CREATE INDEX `account_phone_idx` ON `account` (`phone`);--> statement-breakpoint
CREATE UNIQUE INDEX `account_person_id_idx` ON `account` (`person_id`);--> statement-breakpoint
CREATE INDEX `account_territory_id_role_idx` ON `account` (`territory_id`,`role`);--> statement-breakpoint
CREATE INDEX `account_structure_id_idx` ON `account` (`structure_id`);--> statement-breakpoint
CREATE TABLE `aid_child` (
	`id` text PRIMARY KEY NOT NULL,
	`aid_id` text NOT NULL,
	`first_name_sealed` text NOT NULL,
	`birth_date_sealed` text NOT NULL,
	`shared_custody` integer NOT NULL,
	`claim` text,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `aid_child_aid_id_idx` ON `aid_child` (`aid_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `aid_child_claim_idx` ON `aid_child` (`claim`);--> statement-breakpoint
CREATE TABLE `aid_guest` (
	`id` text PRIMARY KEY NOT NULL,
	`aid_id` text NOT NULL,
	`account_id` text NOT NULL,
	`name_sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `aid_guest_account_id_idx` ON `aid_guest` (`account_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `aid_guest_once_idx` ON `aid_guest` (`aid_id`,`account_id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `aid_notice` (
	`id` text PRIMARY KEY NOT NULL,
	`once_key` text NOT NULL,
	`aid_id` text NOT NULL,
	`kind` text NOT NULL,
	`structure_id` text,
	`account_id` text,
	`day` text NOT NULL,
	`act_at` integer,
	`attempts` integer NOT NULL,
	`sent_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `aid_notice_once_key_unique` ON `aid_notice` (`once_key`);--> statement-breakpoint
CREATE INDEX `aid_notice_act_at_idx` ON `aid_notice` (`act_at`) WHERE act_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `aid_proof` (
	`id` text PRIMARY KEY NOT NULL,
	`aid_id` text NOT NULL,
	`token_hash` text NOT NULL,
	`token_sealed` text NOT NULL,
	`facts_sealed` text NOT NULL,
	`aid_version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `aid_proof_token_hash_unique` ON `aid_proof` (`token_hash`);--> statement-breakpoint
CREATE INDEX `aid_proof_aid_id_idx` ON `aid_proof` (`aid_id`);--> statement-breakpoint
CREATE TABLE `aid_scheme` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`code` text NOT NULL,
	`theme` text NOT NULL,
	`position` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `aid_scheme_territory_id_code_idx` ON `aid_scheme` (`territory_id`,`code`);--> statement-breakpoint
CREATE TABLE `aid_scheme_version` (
	`id` text PRIMARY KEY NOT NULL,
	`scheme_id` text NOT NULL,
	`version` integer NOT NULL,
	`starts_on` text NOT NULL,
	`content` text NOT NULL,
	`changed_by_id` text,
	`changed_at` integer NOT NULL,
	FOREIGN KEY (`scheme_id`) REFERENCES `aid_scheme`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`changed_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `aid_scheme_version_scheme_id_version_idx` ON `aid_scheme_version` (`scheme_id`,`version`);--> statement-breakpoint
CREATE TABLE `answer_link` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`appointment_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointment`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `answer_link_appointment_id_idx` ON `answer_link` (`appointment_id`);--> statement-breakpoint
CREATE TABLE `appointment` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`referent_id` text NOT NULL,
	`second_referent_id` text,
	`workshop_id` text,
	`seat` integer,
	`structure_id` text NOT NULL,
	`type` text NOT NULL,
	`mode` text NOT NULL,
	`place_name` text,
	`address` text,
	`phone` text,
	`to_bring_sealed` text,
	`companion` integer DEFAULT false NOT NULL,
	`interpreter` integer DEFAULT false NOT NULL,
	`local_day` text NOT NULL,
	`local_time` text NOT NULL,
	`zone` text NOT NULL,
	`duration_minutes` integer NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`state` text NOT NULL,
	`answer` text NOT NULL,
	`answered_at` integer,
	`answered_via` text,
	`answer_note_sealed` text,
	`origin` text NOT NULL,
	`convocation_reason_sealed` text,
	`sequence` integer NOT NULL,
	`created_by_id` text,
	`created_at` integer NOT NULL,
	`choose_by` integer,
	`from_availability` integer DEFAULT false NOT NULL,
	`after_id` text,
	`earlier_wanted_at` integer,
	`absence_reason` text,
	`outcome_at` integer,
	`outcome_by_id` text,
	`planned_sequence` integer,
	`planned_answer` text,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`referent_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`second_referent_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`workshop_id`) REFERENCES `workshop`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`outcome_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `appointment_person_id_starts_at_idx` ON `appointment` (`person_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `appointment_referent_id_starts_at_idx` ON `appointment` (`referent_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `appointment_state_starts_at_idx` ON `appointment` (`state`,`starts_at`);--> statement-breakpoint
CREATE INDEX `appointment_plan_is_stale_idx` ON `appointment` (`starts_at`) WHERE coalesce(planned_sequence, -1) <> (CASE WHEN state = 'booked' THEN sequence ELSE -1 END) OR coalesce(planned_answer, 'none') <> answer;--> statement-breakpoint
CREATE UNIQUE INDEX `appointment_no_double_idx` ON `appointment` (`referent_id`,`starts_at`) WHERE state = 'booked' AND workshop_id IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `appointment_no_double_second_idx` ON `appointment` (`second_referent_id`,`starts_at`) WHERE state = 'booked' AND second_referent_id IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `appointment_workshop_seat_idx` ON `appointment` (`workshop_id`,`seat`) WHERE state = 'booked' AND workshop_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `appointment_workshop_id_idx` ON `appointment` (`workshop_id`);--> statement-breakpoint
CREATE INDEX `appointment_second_referent_id_starts_at_idx` ON `appointment` (`second_referent_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `appointment_after_id_idx` ON `appointment` (`after_id`);--> statement-breakpoint
CREATE INDEX `appointment_earlier_wanted_idx` ON `appointment` (`referent_id`,`earlier_wanted_at`) WHERE earlier_wanted_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `appointment_slot` (
	`id` text PRIMARY KEY NOT NULL,
	`appointment_id` text NOT NULL,
	`local_day` text NOT NULL,
	`local_time` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointment`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `appointment_slot_appointment_id_starts_at_idx` ON `appointment_slot` (`appointment_id`,`starts_at`);--> statement-breakpoint
CREATE TABLE `audit_entry` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_id` text,
	`actor_role` text,
	`structure_id` text,
	`action` text NOT NULL,
	`subject_id` text,
	`person_id` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_entry_person_id_at_idx` ON `audit_entry` (`person_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_entry_subject_id_idx` ON `audit_entry` (`subject_id`);--> statement-breakpoint
CREATE INDEX `audit_entry_at_idx` ON `audit_entry` (`at`);--> statement-breakpoint
CREATE TABLE `availability` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`weekday` integer NOT NULL,
	`from_time` text NOT NULL,
	`to_time` text NOT NULL,
	`mode` text NOT NULL,
	`place_name` text,
	`address` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `availability_account_id_weekday_idx` ON `availability` (`account_id`,`weekday`);--> statement-breakpoint
CREATE TABLE `availability_exception` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`from_day` text NOT NULL,
	`to_day` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `availability_exception_account_id_to_day_idx` ON `availability_exception` (`account_id`,`to_day`);--> statement-breakpoint
CREATE TABLE `calendar_feed` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `calendar_feed_account_id_idx` ON `calendar_feed` (`account_id`);--> statement-breakpoint
CREATE TABLE `callback` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`due_on` text NOT NULL,
	`handled_at` integer,
	`handled_by_id` text,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`handled_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `callback_person_id_idx` ON `callback` (`person_id`);--> statement-breakpoint
CREATE INDEX `callback_waiting_idx` ON `callback` (`territory_id`,`due_on`) WHERE handled_at IS NULL;--> statement-breakpoint
CREATE TABLE `case_group` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`proposed_by_id` text NOT NULL,
	`state` text NOT NULL,
	`why_sealed` text NOT NULL,
	`agenda_sealed` text,
	`word_sealed` text,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`zone` text NOT NULL,
	`looked_sealed` text,
	`answer_sealed` text,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`proposed_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `case_group_person_id_starts_at_idx` ON `case_group` (`person_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `case_group_territory_id_starts_at_idx` ON `case_group` (`territory_id`,`starts_at`);--> statement-breakpoint
CREATE TABLE `case_group_member` (
	`group_id` text NOT NULL,
	`account_id` text NOT NULL,
	PRIMARY KEY(`group_id`, `account_id`),
	FOREIGN KEY (`group_id`) REFERENCES `case_group`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `case_group_member_account_id_idx` ON `case_group_member` (`account_id`);--> statement-breakpoint
CREATE TABLE `catchment` (
	`insee_code` text NOT NULL,
	`territory_id` text NOT NULL,
	`employment_area_id` text,
	`starts_on` text NOT NULL,
	PRIMARY KEY(`insee_code`, `territory_id`),
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`employment_area_id`) REFERENCES `employment_area`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `catchment_territory_id_idx` ON `catchment` (`territory_id`);--> statement-breakpoint
CREATE TABLE `check_in` (
	`id` text PRIMARY KEY NOT NULL,
	`pathway_id` text NOT NULL,
	`person_id` text NOT NULL,
	`week` integer NOT NULL,
	`due_on` text NOT NULL,
	`answer` text,
	`note_sealed` text,
	`answered_at` integer,
	`handled_at` integer,
	FOREIGN KEY (`pathway_id`) REFERENCES `pathway`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `check_in_pathway_id_week_idx` ON `check_in` (`pathway_id`,`week`);--> statement-breakpoint
CREATE INDEX `check_in_person_id_due_on_idx` ON `check_in` (`person_id`,`due_on`);--> statement-breakpoint
CREATE TABLE `childcare_aid` (
	`id` text PRIMARY KEY NOT NULL,
	`reference` text NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`request_id` text,
	`kind` text NOT NULL,
	`scheme_version_id` text,
	`decider_structure_id` text,
	`status` text NOT NULL,
	`next_actor` text NOT NULL,
	`next_by` text,
	`status_since` integer NOT NULL,
	`source` text NOT NULL,
	`as_of` integer NOT NULL,
	`sent_at` integer,
	`urgent_on` text,
	`starts_on` text,
	`decided_on` text,
	`outcome` text,
	`proposal` text,
	`amount_cents` integer,
	`reason` text,
	`silence_on` text,
	`paused_until` text,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`scheme_version_id`) REFERENCES `aid_scheme_version`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decider_structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `childcare_aid_reference_unique` ON `childcare_aid` (`reference`);--> statement-breakpoint
CREATE INDEX `childcare_aid_person_id_idx` ON `childcare_aid` (`person_id`);--> statement-breakpoint
CREATE INDEX `childcare_aid_status_since_idx` ON `childcare_aid` (`status_since`);--> statement-breakpoint
CREATE INDEX `childcare_aid_decider_idx` ON `childcare_aid` (`decider_structure_id`,`status`,`silence_on`);--> statement-breakpoint
CREATE UNIQUE INDEX `childcare_aid_one_open_idx` ON `childcare_aid` (`person_id`,`kind`) WHERE status IN ('draft', 'submitted', 'incomplete', 'under_review');--> statement-breakpoint
CREATE INDEX `childcare_aid_silence_on_idx` ON `childcare_aid` (`silence_on`) WHERE status IN ('submitted', 'incomplete', 'under_review');--> statement-breakpoint
CREATE INDEX `childcare_aid_territory_id_kind_decided_on_idx` ON `childcare_aid` (`territory_id`,`kind`,`decided_on`);--> statement-breakpoint
CREATE TABLE `childcare_aid_event` (
	`id` text PRIMARY KEY NOT NULL,
	`aid_id` text NOT NULL,
	`status` text NOT NULL,
	`version` integer NOT NULL,
	`by_account_id` text,
	`detail` text NOT NULL,
	`note_sealed` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`by_account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `childcare_aid_event_aid_id_version_idx` ON `childcare_aid_event` (`aid_id`,`version`);--> statement-breakpoint
CREATE TABLE `delivery` (
	`id` text PRIMARY KEY NOT NULL,
	`reminder_id` text NOT NULL,
	`channel` text NOT NULL,
	`outcome` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`reminder_id`) REFERENCES `reminder`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `delivery_reminder_id_idx` ON `delivery` (`reminder_id`);--> statement-breakpoint
CREATE TABLE `demo_message` (
	`id` text PRIMARY KEY NOT NULL,
	`channel` text NOT NULL,
	`recipient` text NOT NULL,
	`subject` text,
	`body` text NOT NULL,
	`html` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `demo_message_at_idx` ON `demo_message` (`at`);--> statement-breakpoint
CREATE TABLE `department` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `diagnosis` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`state` text NOT NULL,
	`self_sealed` text,
	`self_at` integer,
	`shared_at` integer,
	`answer_by` text,
	`answers_sealed` text,
	`created_at` integer NOT NULL,
	`replaced_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `diagnosis_one_present_idx` ON `diagnosis` (`person_id`) WHERE replaced_at IS NULL;--> statement-breakpoint
CREATE INDEX `diagnosis_person_id_created_at_idx` ON `diagnosis` (`person_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `diagnosis_value` (
	`id` text PRIMARY KEY NOT NULL,
	`diagnosis_id` text NOT NULL,
	`point` text NOT NULL,
	`version` integer NOT NULL,
	`value_sealed` text NOT NULL,
	`by_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`diagnosis_id`) REFERENCES `diagnosis`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `diagnosis_value_version_idx` ON `diagnosis_value` (`diagnosis_id`,`point`,`version`);--> statement-breakpoint
CREATE TABLE `earlier_proposal` (
	`id` text PRIMARY KEY NOT NULL,
	`appointment_id` text NOT NULL,
	`freed_hour_id` text NOT NULL,
	`proposed_on` text NOT NULL,
	`proposed_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`state` text NOT NULL,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointment`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`freed_hour_id`) REFERENCES `freed_hour`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `earlier_proposal_appointment_id_proposed_on_idx` ON `earlier_proposal` (`appointment_id`,`proposed_on`);--> statement-breakpoint
CREATE UNIQUE INDEX `earlier_proposal_freed_hour_id_appointment_id_idx` ON `earlier_proposal` (`freed_hour_id`,`appointment_id`);--> statement-breakpoint
CREATE INDEX `earlier_proposal_open_ends_at_idx` ON `earlier_proposal` (`ends_at`) WHERE state = 'open';--> statement-breakpoint
CREATE TABLE `employment_area` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`name` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `employment_area_territory_id_idx` ON `employment_area` (`territory_id`);--> statement-breakpoint
CREATE TABLE `evaluation_pool` (
	`territory_id` text PRIMARY KEY NOT NULL,
	`month` text NOT NULL,
	`pool_sealed` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `exceptional_opening` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`account_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`reason_sealed` text NOT NULL,
	`opened_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `exceptional_opening_person_id_opened_at_idx` ON `exceptional_opening` (`person_id`,`opened_at`);--> statement-breakpoint
CREATE INDEX `exceptional_opening_account_id_ends_at_idx` ON `exceptional_opening` (`account_id`,`ends_at`);--> statement-breakpoint
CREATE INDEX `exceptional_opening_territory_id_opened_at_idx` ON `exceptional_opening` (`territory_id`,`opened_at`);--> statement-breakpoint
CREATE TABLE `filing` (
	`request_id` text PRIMARY KEY NOT NULL,
	`by_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`way` text NOT NULL,
	`consent_at` integer NOT NULL,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `follow_up_member` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`account_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`part` text NOT NULL,
	`themes` text,
	`started_at` integer NOT NULL,
	`ends_at` integer,
	`ended_at` integer,
	`reason_sealed` text,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `follow_up_member_person_id_idx` ON `follow_up_member` (`person_id`);--> statement-breakpoint
CREATE INDEX `follow_up_member_account_id_idx` ON `follow_up_member` (`account_id`,`ended_at`);--> statement-breakpoint
CREATE INDEX `follow_up_member_ends_at_idx` ON `follow_up_member` (`ends_at`) WHERE ended_at IS NULL AND ends_at IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `follow_up_member_one_lead_idx` ON `follow_up_member` (`person_id`,`part`) WHERE ended_at IS NULL AND part <> 'member';--> statement-breakpoint
CREATE UNIQUE INDEX `follow_up_member_once_idx` ON `follow_up_member` (`person_id`,`account_id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `freed_hour` (
	`id` text PRIMARY KEY NOT NULL,
	`referent_id` text NOT NULL,
	`mode` text NOT NULL,
	`place_name` text,
	`local_day` text NOT NULL,
	`local_time` text NOT NULL,
	`zone` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`freed_at` integer NOT NULL,
	`act_at` integer,
	FOREIGN KEY (`referent_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `freed_hour_act_at_idx` ON `freed_hour` (`act_at`);--> statement-breakpoint
CREATE TABLE `goal` (
	`id` text PRIMARY KEY NOT NULL,
	`pathway_id` text NOT NULL,
	`theme` text NOT NULL,
	`text_sealed` text NOT NULL,
	`state` text NOT NULL,
	`created_by_id` text,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`version` integer NOT NULL,
	FOREIGN KEY (`pathway_id`) REFERENCES `pathway`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `goal_pathway_id_created_at_idx` ON `goal` (`pathway_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `handover` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`created_by_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`tries` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `handover_request_id_idx` ON `handover` (`request_id`);--> statement-breakpoint
CREATE TABLE `holiday` (
	`zone` text NOT NULL,
	`day` text NOT NULL,
	`name` text NOT NULL,
	PRIMARY KEY(`zone`, `day`)
);
--> statement-breakpoint
CREATE TABLE `identity_decision` (
	`id` text PRIMARY KEY NOT NULL,
	`kept_id` text NOT NULL,
	`other_id` text NOT NULL,
	`answer` text NOT NULL,
	`merged_sealed` text,
	`by_id` text,
	`at` integer NOT NULL,
	FOREIGN KEY (`kept_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `identity_decision_kept_id_idx` ON `identity_decision` (`kept_id`,`at`);--> statement-breakpoint
CREATE INDEX `identity_decision_other_id_idx` ON `identity_decision` (`other_id`);--> statement-breakpoint
CREATE TABLE `improvement` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`finding` text NOT NULL,
	`answer` text NOT NULL,
	`owner_label` text NOT NULL,
	`translations` text,
	`told_at` integer,
	`done_on` text,
	`published_at` integer,
	`created_at` integer NOT NULL,
	`created_by_id` text,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `improvement_territory_id_published_at_idx` ON `improvement` (`territory_id`,`published_at`);--> statement-breakpoint
CREATE TABLE `invitation` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`created_by_id` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `invitation_account_id_idx` ON `invitation` (`account_id`);--> statement-breakpoint
CREATE TABLE `message_template` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`subject` text NOT NULL,
	`name` text NOT NULL,
	`retired_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `message_template_territory_id_idx` ON `message_template` (`territory_id`);--> statement-breakpoint
CREATE TABLE `message_template_version` (
	`id` text PRIMARY KEY NOT NULL,
	`template_id` text NOT NULL,
	`number` integer NOT NULL,
	`texts` text NOT NULL,
	`created_by_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`approved_by_id` text,
	`approved_at` integer,
	FOREIGN KEY (`template_id`) REFERENCES `message_template`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`approved_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `message_template_version_template_id_number_idx` ON `message_template_version` (`template_id`,`number`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `move_proposal` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`insee_code` text NOT NULL,
	`proposed_by_id` text NOT NULL,
	`at` integer NOT NULL,
	`answered_at` integer,
	`agreed` integer,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`proposed_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `move_proposal_one_open_idx` ON `move_proposal` (`person_id`) WHERE answered_at IS NULL;--> statement-breakpoint
CREATE INDEX `move_proposal_person_id_idx` ON `move_proposal` (`person_id`);--> statement-breakpoint
CREATE TABLE `municipality` (
	`insee_code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`search_name` text NOT NULL,
	`department_code` text NOT NULL,
	`arrondissement` text,
	`population` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `municipality_search_name_idx` ON `municipality` (`search_name`);--> statement-breakpoint
CREATE TABLE `need` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`person_id` text NOT NULL,
	`theme` text NOT NULL,
	`status` text NOT NULL,
	`detail_sealed` text,
	`structure_id` text,
	`expected_on` text,
	`created_at` integer NOT NULL,
	`closed_at` integer,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `need_request_id_theme_idx` ON `need` (`request_id`,`theme`);--> statement-breakpoint
CREATE INDEX `need_person_id_idx` ON `need` (`person_id`);--> statement-breakpoint
CREATE TABLE `orientation` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`need_id` text,
	`territory_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`account_id` text,
	`kind` text,
	`state` text NOT NULL,
	`present` integer NOT NULL,
	`proposed_structure_id` text,
	`proposed_account_id` text,
	`proposed_kind` text,
	`followed` integer,
	`reason_sealed` text,
	`decline_reason` text,
	`decline_note_sealed` text,
	`by_id` text NOT NULL,
	`at` integer NOT NULL,
	`ended_by_id` text,
	`ended_at` integer,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`need_id`) REFERENCES `need`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`ended_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `orientation_one_whole_idx` ON `orientation` (`request_id`) WHERE present = 1 AND need_id IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `orientation_one_need_idx` ON `orientation` (`need_id`) WHERE present = 1 AND need_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `orientation_request_id_idx` ON `orientation` (`request_id`,`at`);--> statement-breakpoint
CREATE INDEX `orientation_structure_id_sent_idx` ON `orientation` (`structure_id`,`at`) WHERE present = 1 AND state = 'sent';--> statement-breakpoint
CREATE INDEX `orientation_territory_id_declined_idx` ON `orientation` (`territory_id`,`at`) WHERE present = 1 AND state = 'declined';--> statement-breakpoint
CREATE INDEX `orientation_territory_id_followed_idx` ON `orientation` (`territory_id`,`at`) WHERE followed IS NOT NULL;--> statement-breakpoint
CREATE TABLE `outside_busy` (
	`account_id` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `starts_at`, `ends_at`),
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `outside_calendar` (
	`account_id` text PRIMARY KEY NOT NULL,
	`address_sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`pull_at` integer NOT NULL,
	`read_at` integer,
	`problem` text,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `outside_calendar_pull_at_idx` ON `outside_calendar` (`pull_at`);--> statement-breakpoint
CREATE TABLE `panel_question` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`season` text NOT NULL,
	`text_sealed` text NOT NULL,
	`words` text,
	`state` text NOT NULL,
	`votes` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `panel_question_territory_id_season_idx` ON `panel_question` (`territory_id`,`season`,`state`);--> statement-breakpoint
CREATE TABLE `panel_voter` (
	`person_id` text NOT NULL,
	`season` text NOT NULL,
	PRIMARY KEY(`person_id`, `season`),
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `paper` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text,
	`aid_id` text,
	`kind` text,
	`theme` text,
	`label_sealed` text,
	`state` text NOT NULL,
	`reason` text,
	`note_sealed` text,
	`joined_by_id` text NOT NULL,
	`joined_at` integer NOT NULL,
	`state_at` integer NOT NULL,
	`examined_by_id` text,
	FOREIGN KEY (`request_id`) REFERENCES `support_request`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`joined_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`examined_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "paper_of_one_thing" CHECK((request_id IS NULL) <> (aid_id IS NULL))
);
--> statement-breakpoint
CREATE INDEX `paper_request_id_idx` ON `paper` (`request_id`,`joined_at`);--> statement-breakpoint
CREATE INDEX `paper_aid_id_idx` ON `paper` (`aid_id`,`kind`,`joined_at`);--> statement-breakpoint
CREATE INDEX `paper_replaced_idx` ON `paper` (`state_at`) WHERE state = 'replaced';--> statement-breakpoint
CREATE TABLE `paper_page` (
	`id` text PRIMARY KEY NOT NULL,
	`paper_id` text NOT NULL,
	`position` integer NOT NULL,
	`type` text NOT NULL,
	`size` integer NOT NULL,
	`name_sealed` text NOT NULL,
	`once_key` text NOT NULL,
	FOREIGN KEY (`paper_id`) REFERENCES `paper`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `paper_page_once_key_unique` ON `paper_page` (`once_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `paper_page_paper_id_position_idx` ON `paper_page` (`paper_id`,`position`);--> statement-breakpoint
CREATE TABLE `pathway` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`kind` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`end_reason` text,
	`end_note_sealed` text,
	`oriented_at` integer,
	`orientation_reason_sealed` text,
	`still_waiting_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pathway_one_open_idx` ON `pathway` (`person_id`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `pathway_person_id_started_at_idx` ON `pathway` (`person_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `pathway_open_territory_id_started_at_idx` ON `pathway` (`territory_id`,`started_at`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `pathway_started_at_idx` ON `pathway` (`started_at`);--> statement-breakpoint
CREATE TABLE `person` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`insee_code` text,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`search_name` text NOT NULL,
	`birth_date` text,
	`email` text,
	`phone` text,
	`contact_confirmed_at` integer,
	`address_sealed` text,
	`household` text,
	`children_count` integer,
	`locale` text NOT NULL,
	`channel_order` text NOT NULL,
	`wording` text NOT NULL,
	`kind_channels` text,
	`muted_kinds` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_contact_at` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `person_territory_id_search_name_idx` ON `person` (`territory_id`,`search_name`,`id`);--> statement-breakpoint
CREATE INDEX `person_territory_id_last_contact_at_idx` ON `person` (`territory_id`,`last_contact_at`);--> statement-breakpoint
CREATE INDEX `person_last_contact_at_idx` ON `person` (`last_contact_at`);--> statement-breakpoint
CREATE INDEX `person_phone_idx` ON `person` (`phone`);--> statement-breakpoint
CREATE INDEX `person_email_idx` ON `person` (`email`);--> statement-breakpoint
CREATE TABLE `person_search_key` (
	`person_id` text NOT NULL,
	`territory_id` text NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`person_id`, `key`),
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `person_search_key_territory_id_key_idx` ON `person_search_key` (`territory_id`,`key`,`person_id`);--> statement-breakpoint
CREATE TABLE `push_subscription` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`p256dh` text NOT NULL,
	`auth` text NOT NULL,
	`label` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_alive_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `push_subscription_endpoint_unique` ON `push_subscription` (`endpoint`);--> statement-breakpoint
CREATE INDEX `push_subscription_account_id_idx` ON `push_subscription` (`account_id`);--> statement-breakpoint
CREATE TABLE `questionnaire` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`title` text NOT NULL,
	`status` text NOT NULL,
	`questions` text NOT NULL,
	`moments` text NOT NULL,
	`audience` text NOT NULL,
	`employment_area_id` text,
	`starts_on` text,
	`ends_on` text,
	`created_at` integer NOT NULL,
	`created_by_id` text,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`employment_area_id`) REFERENCES `employment_area`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `questionnaire_territory_id_status_idx` ON `questionnaire` (`territory_id`,`status`);--> statement-breakpoint
CREATE TABLE `questionnaire_version` (
	`id` text PRIMARY KEY NOT NULL,
	`questionnaire_id` text NOT NULL,
	`number` integer NOT NULL,
	`questions` text NOT NULL,
	`opened_at` integer NOT NULL,
	FOREIGN KEY (`questionnaire_id`) REFERENCES `questionnaire`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `questionnaire_version_number_idx` ON `questionnaire_version` (`questionnaire_id`,`number`);--> statement-breakpoint
CREATE TABLE `rating_box` (
	`id` integer PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`answer_sealed` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `rating_box_territory_id_idx` ON `rating_box` (`territory_id`);--> statement-breakpoint
CREATE TABLE `rating_comment` (
	`id` integer PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`month` text NOT NULL,
	`text_sealed` text NOT NULL,
	`themes` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `rating_comment_territory_id_month_idx` ON `rating_comment` (`territory_id`,`month`);--> statement-breakpoint
CREATE TABLE `rating_invitation` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`moment` text DEFAULT 'appointment_seen' NOT NULL,
	`appointment_id` text,
	`about_key` text,
	`version_id` text,
	`asked_at` integer NOT NULL,
	`outcome` text,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointment`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`version_id`) REFERENCES `questionnaire_version`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rating_invitation_appointment_id_unique` ON `rating_invitation` (`appointment_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `rating_invitation_about_key_unique` ON `rating_invitation` (`about_key`);--> statement-breakpoint
CREATE INDEX `rating_invitation_person_id_idx` ON `rating_invitation` (`person_id`,`asked_at`);--> statement-breakpoint
CREATE INDEX `rating_invitation_asked_at_idx` ON `rating_invitation` (`asked_at`);--> statement-breakpoint
CREATE INDEX `rating_invitation_open_asked_at_idx` ON `rating_invitation` (`asked_at`) WHERE outcome IS NULL;--> statement-breakpoint
CREATE TABLE `rating_link` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`invitation_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`invitation_id`) REFERENCES `rating_invitation`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `rating_link_invitation_id_idx` ON `rating_link` (`invitation_id`);--> statement-breakpoint
CREATE TABLE `reminder` (
	`id` text PRIMARY KEY NOT NULL,
	`once_key` text NOT NULL,
	`kind` text NOT NULL,
	`person_id` text NOT NULL,
	`appointment_id` text,
	`appointment_sequence` integer,
	`subject_id` text,
	`path` text NOT NULL,
	`template` text,
	`template_version_id` text,
	`text_sealed` text,
	`due_at` integer NOT NULL,
	`useful_until` integer NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`ladder` text,
	`act_at` integer,
	`lease_until` integer,
	`attempts` integer NOT NULL,
	`sent_at` integer,
	`shown_at` integer,
	`answered_at` integer,
	`beacon_hash` text,
	`created_by_id` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`appointment_id`) REFERENCES `appointment`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reminder_once_key_unique` ON `reminder` (`once_key`);--> statement-breakpoint
CREATE INDEX `reminder_act_at_idx` ON `reminder` (`act_at`) WHERE act_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `reminder_person_id_created_at_idx` ON `reminder` (`person_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `reminder_appointment_id_idx` ON `reminder` (`appointment_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `reminder_beacon_hash_idx` ON `reminder` (`beacon_hash`);--> statement-breakpoint
CREATE INDEX `reminder_created_by_id_created_at_idx` ON `reminder` (`created_by_id`,`created_at`) WHERE created_by_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`device` text NOT NULL,
	`created_at` integer NOT NULL,
	`idle_until` integer NOT NULL,
	`ends_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `session_account_id_idx` ON `session` (`account_id`);--> statement-breakpoint
CREATE INDEX `session_idle_until_idx` ON `session` (`idle_until`);--> statement-breakpoint
CREATE TABLE `sign_in_code` (
	`id` text PRIMARY KEY NOT NULL,
	`contact_hash` text NOT NULL,
	`browser_hash` text NOT NULL,
	`code_hash` text NOT NULL,
	`tries` integer NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE INDEX `sign_in_code_contact_hash_created_at_idx` ON `sign_in_code` (`contact_hash`,`created_at`);--> statement-breakpoint
CREATE INDEX `sign_in_code_expires_at_idx` ON `sign_in_code` (`expires_at`);--> statement-breakpoint
CREATE TABLE `situation_review` (
	`id` text PRIMARY KEY NOT NULL,
	`pathway_id` text NOT NULL,
	`person_id` text NOT NULL,
	`held_at` integer NOT NULL,
	`held_by_id` text NOT NULL,
	`looked_sealed` text NOT NULL,
	FOREIGN KEY (`pathway_id`) REFERENCES `pathway`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`held_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `situation_review_pathway_id_held_at_idx` ON `situation_review` (`pathway_id`,`held_at`);--> statement-breakpoint
CREATE TABLE `stage` (
	`id` text PRIMARY KEY NOT NULL,
	`pathway_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`target_days` integer NOT NULL,
	`day_type` text NOT NULL,
	`state` text NOT NULL,
	`entered_at` integer,
	`left_at` integer,
	`target_on` text,
	`in_work` integer DEFAULT false NOT NULL,
	`reason_sealed` text,
	FOREIGN KEY (`pathway_id`) REFERENCES `pathway`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `stage_pathway_id_position_idx` ON `stage` (`pathway_id`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `stage_one_current_idx` ON `stage` (`pathway_id`) WHERE state = 'current';--> statement-breakpoint
CREATE INDEX `stage_left_at_idx` ON `stage` (`left_at`);--> statement-breakpoint
CREATE INDEX `stage_current_target_on_idx` ON `stage` (`target_on`) WHERE state = 'current';--> statement-breakpoint
CREATE TABLE `stage_template` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`target_days` integer NOT NULL,
	`day_type` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `stage_template_territory_id_position_idx` ON `stage_template` (`territory_id`,`position`);--> statement-breakpoint
CREATE TABLE `step` (
	`id` text PRIMARY KEY NOT NULL,
	`pathway_id` text NOT NULL,
	`person_id` text NOT NULL,
	`title_sealed` text NOT NULL,
	`note_sealed` text,
	`person_note_sealed` text,
	`theme` text,
	`owner` text NOT NULL,
	`owner_account_id` text,
	`owner_structure_id` text,
	`due_on` text,
	`state` text NOT NULL,
	`goal_id` text,
	`weekly_hours` integer,
	`tags` text,
	`decided_in_id` text,
	`created_by_id` text,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL,
	`done_at` integer,
	FOREIGN KEY (`pathway_id`) REFERENCES `pathway`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`goal_id`) REFERENCES `goal`(`id`) ON UPDATE no action ON DELETE set null,
	FOREIGN KEY (`created_by_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `step_person_id_state_due_on_idx` ON `step` (`person_id`,`state`,`due_on`);--> statement-breakpoint
CREATE INDEX `step_pathway_id_idx` ON `step` (`pathway_id`);--> statement-breakpoint
CREATE INDEX `step_own_open_due_on_idx` ON `step` (`due_on`) WHERE owner = 'person' AND state IN ('planned', 'in_progress');--> statement-breakpoint
CREATE TABLE `structure` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`employment_area_id` text,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`phone` text NOT NULL,
	`email` text,
	`address` text NOT NULL,
	`insee_code` text,
	`themes` text NOT NULL,
	`decides_aids` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`employment_area_id`) REFERENCES `employment_area`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `structure_territory_id_idx` ON `structure` (`territory_id`);--> statement-breakpoint
CREATE TABLE `support_request` (
	`id` text PRIMARY KEY NOT NULL,
	`reference` text,
	`status` text NOT NULL,
	`person_id` text,
	`territory_id` text,
	`insee_code` text,
	`browser_hash` text,
	`answers_sealed` text,
	`wants_call` integer NOT NULL,
	`urgent` integer DEFAULT false NOT NULL,
	`channel` text NOT NULL,
	`locale` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`submitted_at` integer,
	`assigned_at` integer,
	`assigned_to_id` text,
	`closed_at` integer,
	`respond_by` text,
	`silence_on` text,
	`still_waiting_at` integer,
	`merged_into_id` text,
	`continues_id` text,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`assigned_to_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `support_request_reference_unique` ON `support_request` (`reference`);--> statement-breakpoint
CREATE UNIQUE INDEX `support_request_one_open_idx` ON `support_request` (`person_id`) WHERE status IN ('submitted', 'assigned', 'in_diagnosis', 'in_pathway');--> statement-breakpoint
CREATE INDEX `support_request_territory_id_status_idx` ON `support_request` (`territory_id`,`status`,`submitted_at`);--> statement-breakpoint
CREATE INDEX `support_request_waiting_idx` ON `support_request` (`territory_id`,`urgent`,`submitted_at`) WHERE status = 'submitted';--> statement-breakpoint
CREATE INDEX `support_request_territory_id_submitted_at_idx` ON `support_request` (`territory_id`,`submitted_at`);--> statement-breakpoint
CREATE INDEX `support_request_continues_id_idx` ON `support_request` (`continues_id`);--> statement-breakpoint
CREATE INDEX `support_request_person_id_idx` ON `support_request` (`person_id`);--> statement-breakpoint
CREATE INDEX `support_request_browser_hash_idx` ON `support_request` (`browser_hash`);--> statement-breakpoint
CREATE INDEX `support_request_draft_updated_at_idx` ON `support_request` (`updated_at`) WHERE status = 'draft';--> statement-breakpoint
CREATE TABLE `supporting_document` (
	`id` text PRIMARY KEY NOT NULL,
	`aid_id` text NOT NULL,
	`kind` text NOT NULL,
	`asked_at` integer NOT NULL,
	`due_on` text,
	`declared_at` integer,
	`received_at` integer,
	FOREIGN KEY (`aid_id`) REFERENCES `childcare_aid`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `supporting_document_aid_id_kind_idx` ON `supporting_document` (`aid_id`,`kind`);--> statement-breakpoint
CREATE INDEX `supporting_document_missing_due_on_idx` ON `supporting_document` (`due_on`) WHERE declared_at IS NULL AND received_at IS NULL;--> statement-breakpoint
CREATE TABLE `tally` (
	`territory_id` text NOT NULL,
	`month` text NOT NULL,
	`measure` text NOT NULL,
	`area_id` text NOT NULL,
	`moment` text NOT NULL,
	`level` text NOT NULL,
	`answers` integer NOT NULL,
	PRIMARY KEY(`territory_id`, `measure`, `month`, `area_id`, `moment`, `level`),
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `tally_territory_id_month_idx` ON `tally` (`territory_id`,`month`);--> statement-breakpoint
CREATE TABLE `territory` (
	`id` text PRIMARY KEY NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`programme_label` text NOT NULL,
	`zone` text NOT NULL,
	`holiday_zone` text NOT NULL,
	`phone` text NOT NULL,
	`email` text NOT NULL,
	`postal_address` text NOT NULL,
	`accent` text NOT NULL,
	`starts_on` text,
	`ends_on` text,
	`settings` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `territory_code_unique` ON `territory` (`code`);--> statement-breakpoint
CREATE TABLE `theme_questions` (
	`territory_id` text NOT NULL,
	`theme` text NOT NULL,
	`questions` text NOT NULL,
	PRIMARY KEY(`territory_id`, `theme`),
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `workshop` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`structure_id` text NOT NULL,
	`referent_id` text NOT NULL,
	`type` text NOT NULL,
	`title` text NOT NULL,
	`mode` text NOT NULL,
	`place_name` text,
	`address` text,
	`phone` text,
	`to_bring` text,
	`local_day` text NOT NULL,
	`local_time` text NOT NULL,
	`zone` text NOT NULL,
	`duration_minutes` integer NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`seats` integer NOT NULL,
	`sequence` integer NOT NULL,
	`created_at` integer NOT NULL,
	`cancelled_at` integer,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`structure_id`) REFERENCES `structure`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`referent_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `workshop_territory_id_starts_at_idx` ON `workshop` (`territory_id`,`starts_at`);--> statement-breakpoint
CREATE INDEX `workshop_referent_id_starts_at_idx` ON `workshop` (`referent_id`,`starts_at`);
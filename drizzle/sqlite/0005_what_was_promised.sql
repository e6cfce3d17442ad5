DROP INDEX `check_in_pathway_id_week_idx`;--> statement-breakpoint
CREATE UNIQUE INDEX `check_in_pathway_id_due_on_idx` ON `check_in` (`pathway_id`,`due_on`);--> statement-breakpoint
ALTER TABLE `step` ADD `stuck_at` integer;--> statement-breakpoint
CREATE INDEX `step_promised_open_due_on_idx` ON `step` (`due_on`) WHERE owner IN ('referent', 'structure') AND state IN ('planned', 'in_progress', 'waiting');--> statement-breakpoint
CREATE INDEX `step_owner_account_id_open_due_on_idx` ON `step` (`owner_account_id`,`due_on`) WHERE owner = 'referent' AND state IN ('planned', 'in_progress', 'waiting');--> statement-breakpoint
-- Written by hand: what waits because the person said « je n’y arrive pas » keeps saying so. The latest time it was made to wait,
-- when it was she who did, or a word of hers is there: only she writes it. Beyond the history, her word alone says it.
UPDATE `step` SET `stuck_at` = coalesce(
	(
		SELECT CASE WHEN `actor_role` = 'beneficiary' OR `step`.`person_note_sealed` IS NOT NULL THEN `at` END FROM `audit_entry`
		WHERE `subject_id` = `step`.`id` AND `action` = 'step.changed'
			AND json_extract(`detail`, '$.to') = 'waiting' AND json_extract(`detail`, '$.from') <> 'waiting'
		ORDER BY `at` DESC LIMIT 1
	),
	CASE WHEN `person_note_sealed` IS NOT NULL THEN `created_at` END
) WHERE `owner` = 'person' AND `state` = 'waiting';

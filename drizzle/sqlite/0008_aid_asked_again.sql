DROP INDEX `childcare_aid_one_open_idx`;--> statement-breakpoint
ALTER TABLE `childcare_aid` ADD `replaced_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `childcare_aid_one_open_idx` ON `childcare_aid` (`person_id`,`kind`) WHERE status IN ('draft', 'submitted', 'incomplete', 'under_review') AND replaced_at IS NULL;
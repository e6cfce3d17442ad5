DROP INDEX `appointment_state_starts_at_idx`;--> statement-breakpoint
CREATE INDEX `appointment_invited_idx` ON `appointment` (`starts_at`) WHERE state = 'invited';--> statement-breakpoint
DROP INDEX `pathway_open_territory_id_started_at_idx`;--> statement-breakpoint
ALTER TABLE `pathway` ADD `moved_at` integer;--> statement-breakpoint
ALTER TABLE `pathway` ADD `met_at` integer;--> statement-breakpoint
ALTER TABLE `pathway` ADD `meets_at` integer;--> statement-breakpoint
ALTER TABLE `pathway` ADD `reviewed_at` integer;--> statement-breakpoint
CREATE INDEX `pathway_open_moved_at_idx` ON `pathway` (`territory_id`,`moved_at`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `pathway_open_met_at_idx` ON `pathway` (`territory_id`,`met_at`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE INDEX `pathway_open_reviewed_at_idx` ON `pathway` (`territory_id`,`kind`,`reviewed_at`) WHERE ended_at IS NULL;--> statement-breakpoint
DROP INDEX `follow_up_member_account_id_idx`;--> statement-breakpoint
CREATE INDEX `follow_up_member_account_id_idx` ON `follow_up_member` (`account_id`,`ended_at`,`part`);--> statement-breakpoint
CREATE INDEX `orientation_territory_id_sent_idx` ON `orientation` (`territory_id`,`at`) WHERE present = 1 AND state = 'sent';--> statement-breakpoint
CREATE INDEX `support_request_still_waiting_idx` ON `support_request` (`territory_id`,`still_waiting_at`) WHERE status = 'submitted' AND still_waiting_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `support_request_taken_idx` ON `support_request` (`territory_id`,`submitted_at`) WHERE status IN ('assigned', 'in_diagnosis');
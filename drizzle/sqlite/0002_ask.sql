DROP INDEX `support_request_waiting_idx`;--> statement-breakpoint
ALTER TABLE `support_request` ADD `priority` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `support_request_closed_idx` ON `support_request` (`territory_id`,`closed_at`) WHERE status = 'closed';--> statement-breakpoint
CREATE INDEX `support_request_waiting_idx` ON `support_request` (`territory_id`,urgent DESC,priority DESC,`respond_by`,`submitted_at`) WHERE status = 'submitted';
CREATE TABLE `dead_address` (
	`person_id` text PRIMARY KEY NOT NULL,
	`address_hash` text NOT NULL,
	`since` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `dead_address_address_hash_idx` ON `dead_address` (`address_hash`);--> statement-breakpoint
CREATE TABLE `offer` (
	`service_id` text NOT NULL,
	`theme` text NOT NULL,
	`source` text NOT NULL,
	`name` text NOT NULL,
	`structure_name` text NOT NULL,
	`is_avip` integer NOT NULL,
	`kind` text,
	`is_on_site` integer NOT NULL,
	`for_people` integer NOT NULL,
	`phone` text,
	`address` text NOT NULL,
	`insee_code` text NOT NULL,
	`updated_on` text NOT NULL,
	`imported_at` integer NOT NULL,
	PRIMARY KEY(`service_id`, `theme`),
	FOREIGN KEY (`insee_code`) REFERENCES `municipality`(`insee_code`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `offer_theme_insee_code_idx` ON `offer` (`theme`,`insee_code`);--> statement-breakpoint
CREATE TABLE `removed_device` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`removed_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `working_note` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`account_id` text NOT NULL,
	`text_sealed` text NOT NULL,
	`written_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `working_note_once_idx` ON `working_note` (`person_id`,`account_id`);--> statement-breakpoint
DROP INDEX `support_request_waiting_idx`;--> statement-breakpoint
ALTER TABLE `support_request` ADD `priority` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `support_request_closed_idx` ON `support_request` (`territory_id`,`closed_at`) WHERE status = 'closed';--> statement-breakpoint
CREATE INDEX `support_request_waiting_idx` ON `support_request` (`territory_id`,urgent DESC,priority DESC,`respond_by`,`submitted_at`) WHERE status = 'submitted';--> statement-breakpoint
ALTER TABLE `case_group` ADD `themes` text;--> statement-breakpoint
ALTER TABLE `pathway` ADD `work_contract` text;
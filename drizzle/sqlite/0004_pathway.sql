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
ALTER TABLE `case_group` ADD `themes` text;
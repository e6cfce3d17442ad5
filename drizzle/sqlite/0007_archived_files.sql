CREATE TABLE `archived_file` (
	`id` text PRIMARY KEY NOT NULL,
	`territory_id` text NOT NULL,
	`content_sealed` text NOT NULL,
	`archived_at` integer NOT NULL,
	`erase_at` integer NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `archived_file_erase_at_idx` ON `archived_file` (`erase_at`);--> statement-breakpoint
CREATE INDEX `archived_file_territory_id_idx` ON `archived_file` (`territory_id`,`archived_at`);--> statement-breakpoint
CREATE INDEX `answer_link_expires_at_idx` ON `answer_link` (`expires_at`);--> statement-breakpoint
CREATE INDEX `handover_expires_at_idx` ON `handover` (`expires_at`);--> statement-breakpoint
CREATE INDEX `invitation_expires_at_idx` ON `invitation` (`expires_at`);--> statement-breakpoint
CREATE INDEX `rating_link_expires_at_idx` ON `rating_link` (`expires_at`);--> statement-breakpoint
-- By hand. Only a contact that a code reached opens an account. Whoever came back since it was made may have used either: both stay.
-- The others proved one, the mobile when there was one (requests/rules.ts `codeContact`); the e-mail stays on the person.
UPDATE `account` SET `email` = NULL WHERE `role` = 'beneficiary' AND `email` IS NOT NULL AND `phone` IS NOT NULL AND coalesce(`last_seen_at`, 0) <= `created_at`;--> statement-breakpoint
-- By hand. A visit counts as a contact: how long a file is kept is reckoned from the latest.
UPDATE `person` SET `last_contact_at` = max(`last_contact_at`, coalesce((SELECT `last_seen_at` FROM `account` WHERE `account`.`person_id` = `person`.`id`), 0)) WHERE true;

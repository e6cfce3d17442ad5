CREATE TABLE `dead_address` (
	`person_id` text PRIMARY KEY NOT NULL,
	`address_hash` text NOT NULL,
	`since` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `person`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `dead_address_address_hash_idx` ON `dead_address` (`address_hash`);--> statement-breakpoint
CREATE TABLE `removed_device` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`removed_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE cascade
);

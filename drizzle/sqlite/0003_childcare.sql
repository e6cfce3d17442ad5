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
CREATE INDEX `offer_theme_insee_code_idx` ON `offer` (`theme`,`insee_code`);
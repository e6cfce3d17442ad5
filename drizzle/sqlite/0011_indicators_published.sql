CREATE TABLE `indicator_publication` (
	`territory_id` text PRIMARY KEY NOT NULL,
	`month` text NOT NULL,
	`figures_sealed` text NOT NULL,
	FOREIGN KEY (`territory_id`) REFERENCES `territory`(`id`) ON UPDATE no action ON DELETE no action
);

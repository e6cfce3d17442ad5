ALTER TABLE `aid_child` ADD `mention` text;--> statement-breakpoint
CREATE INDEX `aid_child_mention_idx` ON `aid_child` (`mention`) WHERE mention IS NOT NULL;
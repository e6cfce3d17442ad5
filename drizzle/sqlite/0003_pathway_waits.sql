-- What a pathway waits since (decision 0009): defined once, here; the triggers below keep the columns equal to it.
CREATE VIEW `pathway_waits` AS SELECT
	`id`,
	max(`started_at`,
		coalesce((SELECT max(`created_at`) FROM `step` WHERE `pathway_id` = `p`.`id`), 0),
		coalesce((SELECT max(`done_at`) FROM `step` WHERE `pathway_id` = `p`.`id`), 0),
		coalesce((SELECT max(`entered_at`) FROM `stage` WHERE `pathway_id` = `p`.`id`), 0)) AS `moved_at`,
	max(`started_at`,
		coalesce((SELECT max(`starts_at`) FROM `appointment` WHERE `person_id` = `p`.`person_id` AND `state` = 'seen'), 0)) AS `met_at`,
	(SELECT max(`starts_at`) FROM `appointment` WHERE `person_id` = `p`.`person_id` AND `state` = 'booked') AS `meets_at`,
	max(`started_at`,
		coalesce(`oriented_at`, 0),
		coalesce((SELECT max(`held_at`) FROM `situation_review` WHERE `pathway_id` = `p`.`id`), 0)) AS `reviewed_at`
	FROM `pathway` AS `p`;--> statement-breakpoint
UPDATE `pathway` SET (`moved_at`, `met_at`, `meets_at`, `reviewed_at`) = (SELECT `moved_at`, `met_at`, `meets_at`, `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE true;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_pathway_insert` AFTER INSERT ON `pathway` BEGIN
	UPDATE `pathway` SET (`moved_at`, `met_at`, `meets_at`, `reviewed_at`) = (SELECT `moved_at`, `met_at`, `meets_at`, `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = NEW.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_pathway_update` AFTER UPDATE OF `started_at`, `oriented_at`, `person_id` ON `pathway` BEGIN
	UPDATE `pathway` SET (`moved_at`, `met_at`, `meets_at`, `reviewed_at`) = (SELECT `moved_at`, `met_at`, `meets_at`, `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = NEW.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_step_insert` AFTER INSERT ON `step` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = NEW.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_step_update` AFTER UPDATE OF `created_at`, `done_at`, `pathway_id` ON `step` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` IN (OLD.`pathway_id`, NEW.`pathway_id`);
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_step_delete` AFTER DELETE ON `step` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = OLD.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_stage_insert` AFTER INSERT ON `stage` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = NEW.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_stage_update` AFTER UPDATE OF `entered_at`, `pathway_id` ON `stage` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` IN (OLD.`pathway_id`, NEW.`pathway_id`);
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_stage_delete` AFTER DELETE ON `stage` BEGIN
	UPDATE `pathway` SET `moved_at` = (SELECT `moved_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = OLD.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_situation_review_insert` AFTER INSERT ON `situation_review` BEGIN
	UPDATE `pathway` SET `reviewed_at` = (SELECT `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = NEW.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_situation_review_update` AFTER UPDATE OF `held_at`, `pathway_id` ON `situation_review` BEGIN
	UPDATE `pathway` SET `reviewed_at` = (SELECT `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` IN (OLD.`pathway_id`, NEW.`pathway_id`);
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_situation_review_delete` AFTER DELETE ON `situation_review` BEGIN
	UPDATE `pathway` SET `reviewed_at` = (SELECT `reviewed_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `id` = OLD.`pathway_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_appointment_insert` AFTER INSERT ON `appointment` BEGIN
	UPDATE `pathway` SET (`met_at`, `meets_at`) = (SELECT `met_at`, `meets_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `person_id` = NEW.`person_id`;
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_appointment_update` AFTER UPDATE OF `state`, `starts_at`, `person_id` ON `appointment` BEGIN
	UPDATE `pathway` SET (`met_at`, `meets_at`) = (SELECT `met_at`, `meets_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `person_id` IN (OLD.`person_id`, NEW.`person_id`);
END;--> statement-breakpoint
CREATE TRIGGER `pathway_waits_appointment_delete` AFTER DELETE ON `appointment` BEGIN
	UPDATE `pathway` SET (`met_at`, `meets_at`) = (SELECT `met_at`, `meets_at` FROM `pathway_waits` WHERE `id` = `pathway`.`id`) WHERE `person_id` = OLD.`person_id`;
END;

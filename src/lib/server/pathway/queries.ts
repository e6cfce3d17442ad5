import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { frenchOn, wordingIn } from '../../shared/locales.ts';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { account, pathway, stage, step, structure } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { notFound } from '../platform/errors.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { addMonths, localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { plannedDays } from './rules.ts';

/** More steps than a pathway ever shows at once. */
const MOST_STEPS = 300;

const author = alias(account, 'author');

const stepRows = (q: Queries) =>
	q
		.select({
			step,
			ownerName: account.displayName,
			ownerStructure: structure.name,
			authorName: author.displayName,
			authorRole: author.role,
		})
		.from(step)
		.leftJoin(account, eq(account.id, step.ownerAccountId))
		.leftJoin(structure, eq(structure.id, step.ownerStructureId))
		.leftJoin(author, eq(author.id, step.createdById));

type StepRow = Awaited<ReturnType<typeof stepRows>>[number];

const opened = ({ step: row, ...names }: StepRow) => ({
	id: row.id,
	pathwayId: row.pathwayId,
	title: unseal(`step.title_sealed:${row.id}`, row.titleSealed),
	note: unsealNullable(`step.note_sealed:${row.id}`, row.noteSealed),
	/** When the person said « je n’y arrive pas ». */
	stuckAt: row.stuckAt,
	personNote: unsealNullable(`step.person_note_sealed:${row.id}`, row.personNoteSealed),
	theme: row.theme,
	owner: row.owner,
	ownerName: row.owner === 'structure' ? names.ownerStructure : names.ownerName,
	dueOn: row.dueOn,
	goalId: row.goalId,
	weeklyHours: row.weeklyHours,
	tags: row.tags ?? [],
	state: row.state,
	createdAt: row.createdAt,
	authorName: names.authorName,
	/** The person's own idea. */
	proposed: names.authorRole === 'beneficiary',
	version: row.version,
	doneAt: row.doneAt,
});
export type StepView = ReturnType<typeof opened>;

/** Steps in the order they are due. */
const byDueDay = (a: StepView, b: StepView) =>
	(a.dueOn ?? '9999').localeCompare(b.dueOn ?? '9999') || a.createdAt.getTime() - b.createdAt.getTime();

const latestPathway = prepared((q) =>
	q
		.select()
		.from(pathway)
		.where(eq(pathway.personId, sql.placeholder('personId')))
		// The open one first: of two files that became one, a pathway that began later may be over.
		.orderBy(isNotNull(pathway.endedAt), desc(pathway.startedAt))
		.limit(1)
		.prepare(),
);
const ofPathway = sql.placeholder('pathwayId');
const stagesOf = prepared((q) =>
	q.select().from(stage).where(eq(stage.pathwayId, ofPathway)).orderBy(stage.position).limit(50).prepare(),
);
const stepsOf = prepared((q) =>
	stepRows(q).where(eq(step.pathwayId, ofPathway)).orderBy(step.createdAt).limit(MOST_STEPS).prepare(),
);

/** The person's open pathway, else their latest one, with its stages, names in `locale`, and its steps; null before the first one. */
export async function pathwayOf(q: Queries, personId: string, locale: string) {
	const [found] = await latestPathway(q).execute({ personId });
	return found ? viewOf(q, found, locale) : null;
}

/** All the person's pathways, ended ones too, the latest first: for their own copy of their data. */
export async function pathwaysOf(q: Queries, personId: string, locale: string) {
	const found = await q
		.select()
		.from(pathway)
		.where(eq(pathway.personId, personId))
		.orderBy(desc(pathway.startedAt))
		.limit(WHOLE);
	return Promise.all(
		found.map(async (row) => ({ ...(await viewOf(q, row, locale)), steps: await allStepsOf(q, row.id) })),
	);
}

const allStepsOf = async (q: Queries, pathwayId: string) =>
	(await stepRows(q).where(eq(step.pathwayId, pathwayId)).orderBy(step.createdAt).limit(WHOLE))
		.map(opened)
		.sort(byDueDay);

/** When « j’attends toujours » was said of the open pathway; null: not of what is awaited now; undefined: no pathway is open. */
export async function saidWaitingAt(q: Queries, personId: string): Promise<Date | null | undefined> {
	const [open] = await q
		.select({ at: pathway.stillWaitingAt })
		.from(pathway)
		.where(and(eq(pathway.personId, personId), isNull(pathway.endedAt)))
		.limit(1);
	return open?.at;
}

async function viewOf(q: Queries, found: typeof pathway.$inferSelect, locale: string) {
	const territory = await getTerritory(q, found.territoryId);
	const stages = await stagesOf(q).execute({ pathwayId: found.id });
	const planned = plannedDays(stages, await holidaysOf(q, territory.holidayZone));
	const steps = await stepsOf(q).execute({ pathwayId: found.id });
	return {
		pathway: found,
		/** Last day to sign the contract: a month from the latest orientation (C. trav. D5411-14-1). */
		contractBy: addMonths(localDay(found.orientedAt ?? found.startedAt, territory.zone), 1),
		territory,
		zone: territory.zone,
		stages: stages.map(({ name, reasonSealed, ...row }) => ({
			...row,
			name: wordingIn(name, locale),
			/** When it is another than `locale`: nobody translated it. */
			nameLang: (name as Partial<Record<string, string>>)[locale] ? undefined : frenchOn(locale),
			reason: unsealNullable(`stage.reason_sealed:${row.id}`, reasonSealed),
			/** Day by which it is planned to end. */
			plannedOn: row.targetOn ?? planned.get(row.position) ?? null,
		})),
		steps: steps.map(opened).sort(byDueDay),
	};
}
export type PathwayView = NonNullable<Awaited<ReturnType<typeof pathwayOf>>>;
export type StageView = PathwayView['stages'][number];

/** Why the latest orientation was decided, in the words that were written. */
export const orientationReason = ({ id, orientationReasonSealed }: typeof pathway.$inferSelect): string | null =>
	unsealNullable(`pathway.orientation_reason_sealed:${id}`, orientationReasonSealed);

/** What was written when the pathway ended. */
export const endNote = ({ id, endNoteSealed }: typeof pathway.$inferSelect): string | null =>
	unsealNullable(`pathway.end_note_sealed:${id}`, endNoteSealed);

/** One step of a person. @throws DomainError `not_found` */
export async function getStep(q: Queries, personId: string, stepId: string): Promise<StepView> {
	const [row] = await stepRows(q)
		.where(and(eq(step.id, stepId), eq(step.personId, personId)))
		.limit(1);
	if (!row) throw notFound();
	return opened(row);
}

import type { Db } from '../../src/lib/server/db/client.ts';
import { pathway, stage, step } from '../../src/lib/server/db/schema/index.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { seal } from '../../src/lib/server/platform/sealing.ts';
import { insertOne, NOW } from './insert.ts';
import { aPerson } from './people.ts';
import { territoryOf } from './person-of.ts';

type PathwayRow = typeof pathway.$inferSelect;
type StageRow = typeof stage.$inferSelect;
type StepRow = typeof step.$inferSelect;

interface PathwayOptions extends Partial<PathwayRow> {
	/** Names in French, in order; three by default. */
	stages?: string[];
	/** Position of the current stage, from 1; those before it are done. */
	current?: number;
}

/** Open, at its first stage, for a person of its own unless `personId` is given. */
export async function aPathway(
	db: Db,
	{ stages = ['Premier contact', 'Diagnostic', 'Suivi'], current = 1, ...overrides }: PathwayOptions = {},
): Promise<PathwayRow & { stages: StageRow[] }> {
	const personId = overrides.personId ?? (await aPerson(db, { territoryId: overrides.territoryId })).id;
	const row = await insertOne(db, pathway, {
		id: newId(),
		kind: 'socio_pro',
		startedAt: NOW,
		endedAt: null,
		...overrides,
		personId,
		territoryId: overrides.territoryId ?? (await territoryOf(db, personId)),
	});
	const rows: StageRow[] = [];
	for (const [index, name] of stages.entries()) rows.push(await aStage(db, row.id, index + 1, current, name));
	return { ...row, stages: rows };
}

function aStage(db: Db, pathwayId: string, position: number, current: number, name: string): Promise<StageRow> {
	const state = position < current ? 'done' : position === current ? 'current' : 'upcoming';
	return insertOne(db, stage, {
		id: newId(),
		pathwayId,
		position,
		name: { fr: name, en: name },
		targetDays: 30,
		dayType: 'calendar',
		state,
		enteredAt: state === 'upcoming' ? null : NOW,
		leftAt: state === 'done' ? NOW : null,
		targetOn: state === 'current' ? '2026-04-01' : null,
		reasonSealed: null,
	});
}

interface StepOptions extends Partial<StepRow> {
	/** Sealed for the row. */
	title?: string;
}

/** Planned, for the person to do, in a pathway of its own unless `pathwayId` and `personId` are given. */
export async function aStep(db: Db, { title = 'Refaire mon CV', ...overrides }: StepOptions = {}): Promise<StepRow> {
	const id = overrides.id ?? newId();
	const own =
		overrides.pathwayId && overrides.personId
			? { id: overrides.pathwayId, personId: overrides.personId }
			: await aPathway(db, { personId: overrides.personId });
	return insertOne(db, step, {
		titleSealed: seal(`step.title_sealed:${id}`, title),
		noteSealed: null,
		theme: null,
		owner: 'person',
		ownerAccountId: null,
		ownerStructureId: null,
		dueOn: null,
		state: 'planned',
		createdById: null,
		createdAt: NOW,
		version: 1,
		doneAt: null,
		...overrides,
		id,
		pathwayId: own.id,
		personId: own.personId,
	});
}

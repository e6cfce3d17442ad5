import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import {
	emptyValue,
	EMPTY_SELF,
	POINTS,
	themeOfPoint,
	type Point,
	type PointValue,
	type SelfPart,
} from '../../shared/diagnosis.ts';
import type { Queries } from '../db/client.ts';
import { prepared } from '../db/prepared.ts';
import { account, diagnosis, diagnosisValue, structure } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { seesTheme } from '../people/rules.ts';
import { unseal, unsealNullable } from '../platform/sealing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { isFinal, seenDifferently } from './rules.ts';

/** More changes of one grid than anybody makes. */
const MOST_VALUES = 2000;

export interface Answer {
	at: string;
	agrees: boolean;
	point?: Point;
	why?: string;
}

const presentRow = prepared((q) =>
	q
		.select()
		.from(diagnosis)
		.where(and(eq(diagnosis.personId, sql.placeholder('personId')), isNull(diagnosis.replacedAt)))
		.limit(1)
		.prepare(),
);

/** The present diagnosis of a person, sealed; undefined before the first. */
export async function findDiagnosis(q: Queries, personId: string) {
	const [row] = await presentRow(q).execute({ personId });
	return row;
}
type DiagnosisRow = NonNullable<Awaited<ReturnType<typeof findDiagnosis>>>;

export const selfOf = (row: DiagnosisRow): SelfPart => {
	const text = unsealNullable(`diagnosis.self_sealed:${row.id}`, row.selfSealed);
	return text ? (JSON.parse(text) as SelfPart) : EMPTY_SELF;
};
export const answersOf = (row: DiagnosisRow): Answer[] => {
	const text = unsealNullable(`diagnosis.answers_sealed:${row.id}`, row.answersSealed);
	return text ? (JSON.parse(text) as Answer[]) : [];
};

/** All the values of a diagnosis, oldest first, with who noted them, for which structure. */
export async function valuesOf(q: Queries, diagnosisId: string) {
	const rows = await q
		.select({
			id: diagnosisValue.id,
			point: diagnosisValue.point,
			version: diagnosisValue.version,
			valueSealed: diagnosisValue.valueSealed,
			at: diagnosisValue.at,
			byName: account.displayName,
			side: account.side,
			structureName: structure.name,
		})
		.from(diagnosisValue)
		.innerJoin(account, eq(account.id, diagnosisValue.byId))
		.innerJoin(structure, eq(structure.id, diagnosisValue.structureId))
		.where(eq(diagnosisValue.diagnosisId, diagnosisId))
		.orderBy(asc(diagnosisValue.version))
		.limit(MOST_VALUES);
	return rows.map(({ valueSealed, id, ...row }) => ({
		...row,
		value: JSON.parse(unseal(`diagnosis_value.value_sealed:${id}`, valueSealed)) as PointValue,
	}));
}
export type NotedValue = Awaited<ReturnType<typeof valuesOf>>[number];

/** The present value of each point. */
export const presentValues = (values: NotedValue[]): Map<Point, NotedValue> =>
	new Map(values.map((value) => [value.point, value]));

/**
 * The present diagnosis as a professional may see it: points of their themes only (`themes` null: all), the person's goals for
 * those who see all. Null before it is begun.
 */
export const diagnosisFor = (q: Queries, personId: string, themes: string[] | null, now: Date) =>
	seenBy(q, { personId, themes, now, whatIsNoted: (values) => values });

/** What the person was shown: a point they contest is amended without them reading it before it is shared again. */
const sharedOf = (values: NotedValue[], { sharedAt }: { sharedAt: Date | null }): NotedValue[] =>
	sharedAt ? values.filter(({ at }) => at <= sharedAt) : [];

interface Seeing {
	personId: string;
	themes: string[] | null;
	now: Date;
	/** Those of all the values that are shown. */
	whatIsNoted: (values: NotedValue[], row: DiagnosisRow) => NotedValue[];
}

async function seenBy(q: Queries, { personId, themes, now, whatIsNoted }: Seeing) {
	const row = await findDiagnosis(q, personId);
	if (!row) return null;
	const { zone } = await getTerritory(q, row.territoryId);
	const today = localDay(now, zone);
	const self = selfOf(row);
	const noted = presentValues(whatIsNoted(await valuesOf(q, row.id), row));
	const visible = (point: Point) => seesTheme(themes, themeOfPoint(point));
	return {
		state: row.state,
		isFinal: isFinal(row, today),
		answerBy: row.answerBy,
		sharedAt: row.sharedAt,
		selfAt: row.selfAt,
		zone,
		goals: themes === null ? self.goals : '',
		works: themes === null ? self.works : '',
		answers: answersOf(row).filter(({ point }) => (point ? visible(point) : themes === null)),
		points: POINTS.filter(visible).map((point) => {
			const found = noted.get(point);
			const view = (self.views as Partial<Record<Point, SelfPart['views']['employment']>>)[point] ?? null;
			const value = found?.value ?? emptyValue(point);
			return {
				point,
				view,
				value,
				version: found?.version ?? 0,
				differs: seenDifferently(view ?? undefined, value),
				noted: found && { at: found.at, byName: found.byName, side: found.side, structureName: found.structureName },
			};
		}),
	};
}
export type DiagnosisView = NonNullable<Awaited<ReturnType<typeof diagnosisFor>>>;
export type PointView = DiagnosisView['points'][number];

/** As the person sees it: their own part at once, what professionals note only once it is shared. */
export async function ownDiagnosis(q: Queries, personId: string, now: Date) {
	const view = await seenBy(q, { personId, themes: null, now, whatIsNoted: sharedOf });
	if (!view) return null;
	const isShared = view.state === 'shared' || view.state === 'agreed' || view.state === 'contested';
	const asksSelf = view.state === 'interview_planned' && !view.selfAt;
	return {
		...view,
		isShared,
		/** Their answer; their own part, while an interview is being prepared and they have not begun it. */
		asks: view.state === 'shared' && !view.isFinal ? ('answer' as const) : asksSelf ? ('self' as const) : null,
	};
}
export type OwnDiagnosis = NonNullable<Awaited<ReturnType<typeof ownDiagnosis>>>;

/** Those a later one replaced, latest first: for the person's own copy of their data. What was never shared is not told. */
export async function earlierDiagnoses(q: Queries, personId: string) {
	const rows = await q
		.select()
		.from(diagnosis)
		.where(and(eq(diagnosis.personId, personId), isNotNull(diagnosis.replacedAt)))
		.orderBy(desc(diagnosis.createdAt))
		.limit(WHOLE);
	return Promise.all(
		rows.map(async (row) => ({
			state: row.state,
			createdAt: row.createdAt,
			replacedAt: row.replacedAt,
			selfAt: row.selfAt,
			sharedAt: row.sharedAt,
			self: selfOf(row),
			answers: answersOf(row),
			points: sharedOf(await valuesOf(q, row.id), row),
		})),
	);
}

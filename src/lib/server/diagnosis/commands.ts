import { eq } from 'drizzle-orm';
import { emptyValue, type Point, type PointValue, type SelfPart } from '../../shared/diagnosis.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { diagnosis, diagnosisValue } from '../db/schema/index.ts';
import { personOf } from '../people/queries.ts';
import { DomainError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import { advanceRequest } from '../requests/standing.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory, holidaysOf } from '../territories/queries.ts';
import { answersOf, findDiagnosis, presentValues, selfOf, valuesOf, type Answer, type NotedValue } from './queries.ts';
import { answerByOf, seenOf, stateAfter, type DiagnosisAct } from './rules.ts';

type Actor = Pick<SignedIn, 'accountId' | 'role' | 'structureId'>;
type Professional = Actor & { structureId: string };
type Row = typeof diagnosis.$inferSelect;
interface Done {
	personId: string;
	by: Actor;
	now: Date;
}

/** One page of the person's own part; what the other pages said stays. @throws DomainError `diagnosis_refused` once it is shared */
export async function saveSelf(tx: Tx, input: Done & { part: Partial<SelfPart> }): Promise<void> {
	const { part, now } = input;
	const row = (await findDiagnosis(tx, input.personId)) ?? (await begin(tx, input, 'self_started'));
	const state = await mayDo(tx, 'self', row, now);
	const before = selfOf(row);
	const self: SelfPart = { ...before, ...part, views: { ...before.views, ...part.views } };
	await tx
		.update(diagnosis)
		.set({ state, selfSealed: seal(`diagnosis.self_sealed:${row.id}`, JSON.stringify(self)), selfAt: now })
		.where(eq(diagnosis.id, row.id));
	if (!row.selfAt) await record(tx, 'diagnosis.self_started', row, input);
}

/**
 * An interview is being prepared: the person is asked for their own part. After a final diagnosis it begins a new one, the old
 * one is kept; a running one is only moved on. `changed` false: nothing to tell the person.
 */
export async function planInterview(tx: Tx, input: Done): Promise<{ id: string; changed: boolean }> {
	const { personId, now } = input;
	let row = await findDiagnosis(tx, personId);
	const renewed = row && stateAfter('renew', row, await dayOf(tx, row, now)) ? row : undefined;
	if (renewed) {
		await tx.update(diagnosis).set({ replacedAt: now }).where(eq(diagnosis.id, renewed.id));
		row = undefined;
	}
	if (row && row.state !== 'self_started') return { id: row.id, changed: false };
	if (row) await tx.update(diagnosis).set({ state: 'interview_planned' }).where(eq(diagnosis.id, row.id));
	const present = row ?? (await begin(tx, input, 'interview_planned'));
	await record(tx, 'diagnosis.interview_planned', present, input);
	await advanceRequest(tx, input);
	return { id: present.id, changed: true };
}

export interface PointChange {
	point: Point;
	/** The version the form was made from; 0 when nothing was noted. */
	version: number;
	value: PointValue;
}
export interface PointConflict {
	point: Point;
	/** What somebody else saved meanwhile; undefined: nothing was noted. */
	saved: NotedValue | undefined;
	/** What was being written. */
	mine: PointValue;
}

/** What a form changed of the grid since it was shown, with the value that stands now; what it did not touch is left out. */
function changesAmong(history: NotedValue[], changes: PointChange[]) {
	const present = presentValues(history);
	return changes.flatMap(({ point, version, value }) => {
		const latest = present.get(point);
		const base = history.find((old) => old.point === point && old.version === version)?.value ?? emptyValue(point);
		const untouched = same(value, base) || same(value, latest?.value ?? emptyValue(point));
		return untouched ? [] : [{ point, version, value, latest }];
	});
}

/** What a form would have changed, when it is refused because the diagnosis was shared meanwhile: nothing typed is lost. */
export async function notWritten(q: Queries, personId: string, changes: PointChange[]): Promise<PointConflict[]> {
	const row = await findDiagnosis(q, personId);
	const history = row ? await valuesOf(q, row.id) : [];
	return changesAmong(history, changes).map(({ point, value, latest }) => ({ point, saved: latest, mine: value }));
}

/**
 * Notes what changed in the grid, point by point. A point that somebody else changed since the form was shown, and that this
 * form changes too, is not written: it comes back with both values.
 * @throws DomainError `diagnosis_refused` while the person has it to answer, or once it is final
 */
export async function notePoints(
	tx: Tx,
	input: Done & { by: Professional; changes: PointChange[] },
): Promise<{ conflicts: PointConflict[] }> {
	const { by, now } = input;
	const row = (await findDiagnosis(tx, input.personId)) ?? (await begin(tx, input, 'interview_planned'));
	const state = await mayDo(tx, 'note', row, now);
	const history = await valuesOf(tx, row.id);
	const conflicts: PointConflict[] = [];
	const written: Point[] = [];
	for (const { point, version, value, latest } of changesAmong(history, input.changes)) {
		if (latest && latest.version !== version) {
			conflicts.push({ point, saved: latest, mine: value });
			continue;
		}
		const id = newId();
		await tx.insert(diagnosisValue).values({
			id,
			diagnosisId: row.id,
			point,
			version: version + 1,
			valueSealed: seal(`diagnosis_value.value_sealed:${id}`, JSON.stringify(value)),
			byId: by.accountId,
			structureId: by.structureId,
			at: now,
		});
		written.push(point);
	}
	if (row.state !== state) await tx.update(diagnosis).set({ state }).where(eq(diagnosis.id, row.id));
	// Which points, not what was said of them.
	if (written.length > 0) await record(tx, 'diagnosis.noted', row, input, { points: written });
	await advanceRequest(tx, input);
	return { conflicts };
}

/**
 * « Partager avec la personne »: she has ten days to answer, counted in the territory's zone and calendar. `seen`: the grid as the page
 * showed it (`seenOf`). @throws DomainError `diagnosis_refused`, `diagnosis_empty` when nothing was noted, `diagnosis_changed`
 * (conflict) when a colleague changed a point since
 */
export async function shareDiagnosis(
	tx: Tx,
	input: Done & { seen?: string },
): Promise<{ id: string; answerBy: string }> {
	const { personId, seen, now } = input;
	const row = await findDiagnosis(tx, personId);
	if (!row) throw new DomainError('diagnosis_empty', 'conflict');
	const state = await mayDo(tx, 'share', row, now);
	const noted = [...presentValues(await valuesOf(tx, row.id)).values()];
	if (noted.length === 0) throw new DomainError('diagnosis_empty', 'conflict');
	if (seen !== undefined && seen !== seenOf(noted)) throw new DomainError('diagnosis_changed', 'conflict');
	const { zone, holidayZone } = await getTerritory(tx, row.territoryId);
	const answerBy = answerByOf(localDay(now, zone), await holidaysOf(tx, holidayZone));
	await tx.update(diagnosis).set({ state, sharedAt: now, answerBy }).where(eq(diagnosis.id, row.id));
	await record(tx, 'diagnosis.shared', row, input, { answerBy });
	await advanceRequest(tx, input);
	return { id: row.id, answerBy };
}

/**
 * The person agrees, or contests a point and says why. `seen`: the instant (ISO 8601) at which what the page showed was shared.
 * @throws DomainError `diagnosis_refused` when there is nothing to answer any more, or it was corrected and shared again since
 */
export async function answerDiagnosis(
	tx: Tx,
	input: Done & { agrees: boolean; point?: Point; why?: string; seen?: string },
): Promise<void> {
	const { personId, agrees, point, why, seen, now } = input;
	const row = await findDiagnosis(tx, personId);
	if (!row || (seen && seen !== row.sharedAt?.toISOString())) throw refused();
	const state = await mayDo(tx, agrees ? 'agree' : 'contest', row, now);
	const answer: Answer = { at: now.toISOString(), agrees, ...(!agrees && { point, why }) };
	const answers = JSON.stringify([...answersOf(row), answer]);
	await tx
		.update(diagnosis)
		.set({ state, answersSealed: seal(`diagnosis.answers_sealed:${row.id}`, answers) })
		.where(eq(diagnosis.id, row.id));
	await record(tx, agrees ? 'diagnosis.agreed' : 'diagnosis.contested', row, input);
	await advanceRequest(tx, input);
}

const refused = () => new DomainError('diagnosis_refused', 'conflict');
const same = (one: PointValue, other: PointValue) => canonical(one) === canonical(other);
const canonical = (value: PointValue) =>
	JSON.stringify(Object.entries(value).sort(([one], [other]) => one.localeCompare(other)));

async function begin(tx: Tx, { personId, now }: Done, state: 'self_started' | 'interview_planned'): Promise<Row> {
	const { territoryId } = await personOf(tx, personId);
	const [row] = await tx
		.insert(diagnosis)
		.values({ id: newId(), personId, territoryId, state, createdAt: now })
		.returning();
	return row!;
}

async function dayOf(tx: Tx, row: Row, now: Date): Promise<string> {
	return localDay(now, (await getTerritory(tx, row.territoryId)).zone);
}

async function mayDo(tx: Tx, act: DiagnosisAct, row: Row, now: Date) {
	const state = stateAfter(act, row, await dayOf(tx, row, now));
	if (!state) throw refused();
	return state;
}

const record = (tx: Tx, action: string, row: Row, { by, now }: Done, detail: Record<string, unknown> = {}) =>
	recordAudit(tx, { action, actor: by, subjectId: row.id, personId: row.personId, detail, at: now });

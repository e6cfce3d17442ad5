import { FACE_FIELD, ORIGIN_FIELD, type Moment } from '../../shared/questions.ts';
import type { Rating } from '../../shared/codes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { localDay } from '../territories/calendar.ts';
import { getTerritory } from '../territories/queries.ts';
import { drop } from './box.ts';
import type { Coordinator } from './improvements.ts';

/** Sheets entered at once. */
export const SHEETS = 8;

export interface Sheet {
	/** Null when it was passed, as any other question may be. */
	face: Rating | null;
	levels: Record<string, string>;
	comment: string | null;
}

/**
 * Keeps the sheets of a workshop, marked as paper; they are counted at the end of the month like the others. The same form sent
 * twice counts once.
 */
export async function keepPaperAnswers(
	tx: Tx,
	{ formId, sheets, moment, by, now }: { formId: string; sheets: Sheet[]; moment: Moment; by: Coordinator; now: Date },
): Promise<void> {
	const { territoryId } = by;
	const { zone } = await getTerritory(tx, territoryId);
	const month = localDay(now, zone).slice(0, 7);
	for (const [index, { face, levels, comment }] of sheets.entries()) {
		const said = { ...levels, ...(face && { [FACE_FIELD]: face }), [ORIGIN_FIELD]: 'paper' };
		const once = { formId: `${formId}:${index}` };
		await drop(tx, territoryId, { areaId: '', moment, levels: said, comment }, month, once);
	}
	const detail = { sheets: sheets.length };
	await recordAudit(tx, { action: 'workshop.entered', actor: by, subjectId: territoryId, detail, at: now });
}

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
	face: Rating;
	levels: Record<string, string>;
	comment: string | null;
}

/** Keeps the sheets of a workshop, marked as paper; they are counted at the end of the month like the others. */
export async function keepPaperAnswers(
	tx: Tx,
	{ sheets, moment, by, now }: { sheets: Sheet[]; moment: Moment; by: Coordinator; now: Date },
): Promise<void> {
	const { territoryId } = by;
	const { zone } = await getTerritory(tx, territoryId);
	const month = localDay(now, zone).slice(0, 7);
	for (const { face, levels, comment } of sheets)
		await drop(
			tx,
			territoryId,
			{ areaId: '', moment, levels: { ...levels, [FACE_FIELD]: face, [ORIGIN_FIELD]: 'paper' }, comment },
			month,
		);
	const detail = { sheets: sheets.length };
	await recordAudit(tx, { action: 'workshop.entered', actor: by, subjectId: territoryId, detail, at: now });
}

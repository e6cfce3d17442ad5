/** What an operator may set of a territory, and how far (product.md §5); `npm run portal -- settings`. */
import { eq } from 'drizzle-orm';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { APPOINTMENT_MODES, HOUSEHOLDS, PATHWAY_KINDS } from '../../shared/codes.ts';
import { THEMES } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { territory } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { daysBetween, lastPlanned, USUAL_HOURS } from './calendar.ts';
import { DEFAULT_SETTINGS, sendingHoursOf, withDefaults, type TerritorySettings } from './settings.ts';

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const days = whole(1, 366);
const months = whole(1, 36);
const time = (least: string, most: string) =>
	v.pipe(
		v.string(),
		v.regex(/^\d\d:[0-5]\d$/),
		v.check((value) => value >= least && value <= most),
	);
const reminderTime = time(USUAL_HOURS.from, lastPlanned(USUAL_HOURS));
const code = v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,60}$/));
const theme = v.picklist(THEMES);

function isDay(value: string): boolean {
	try {
		return /^\d{4}-\d\d-\d\d$/.test(value) && daysBetween(value, value) === 0;
	} catch {
		return false;
	}
}

const rule = v.strictObject({
	under: v.optional(whole(16, 120)),
	themes: v.optional(v.array(theme)),
	onlyThemes: v.optional(v.array(theme)),
	households: v.optional(v.array(v.picklist(HOUSEHOLDS))),
	audience: v.optional(code),
	to: v.optional(v.array(code)),
	kind: v.optional(v.picklist(PATHWAY_KINDS)),
});

/** One entry per setting: a test refuses a setting without one. A name that is none is refused, not passed over. */
export const SETTINGS_FORM = v.partial(
	v.strictObject({
		firstContactDays: days,
		firstAppointmentDays: days,
		diagnosisDays: days,
		orientationDays: days,
		betweenStepsDays: days,
		silenceDays: days,
		reviewMonths: months,
		reviewMonthsSocial: months,
		inWorkMonths: months,
		caseloadLimit: v.nullable(whole(1, 10_000)),
		missionLocaleUnder: v.nullable(whole(16, 40)),
		orientationRules: v.pipe(v.array(rule), v.maxLength(100)),
		worksInPairs: v.boolean(),
		roadmapThemes: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(120))), v.maxLength(100)),
		priorityAudiences: v.pipe(v.array(code), v.maxLength(20)),
		askedOnce: v.boolean(),
		firstAppointmentMode: v.picklist(APPOINTMENT_MODES),
		contractsForAllBefore: v.pipe(v.string(), v.check(isDay)),
		cancelUntilHours: whole(0, 336),
		moveUntilHours: whole(0, 336),
		travelMinutes: whole(0, 480),
		convocationClearDays: whole(0, 60),
		reminderTime,
		reminderEveningTime: reminderTime,
		reminderFirstDays: whole(3, 30),
		reminderSecondDays: whole(2, 14),
		reminderCallHours: whole(1, 12),
		// A territory may be quieter than product.md §5 says, never louder.
		sendingFrom: time(USUAL_HOURS.from, '12:00'),
		sendingUntil: time('14:00', USUAL_HOURS.until),
		shownWithinHours: whole(1, 24),
		byHandEveryHours: whole(1, 336),
		silenceRefusalMonths: months,
		filesPerFile: whole(1, 50),
	}),
);

/** The setting that does not go with the others, if any: reminders come one after the other, within the hours of sending. */
function oddOne(settings: TerritorySettings): keyof TerritorySettings | null {
	if (settings.reminderSecondDays >= settings.reminderFirstDays) return 'reminderSecondDays';
	const hours = sendingHoursOf(settings);
	const isOutside = (time: string) => time < hours.from || time > lastPlanned(hours);
	// Outside them it would leave the day before.
	if (isOutside(settings.reminderTime)) return 'reminderTime';
	return isOutside(settings.reminderEveningTime) ? 'reminderEveningTime' : null;
}

/**
 * Changes the settings that `content` names; the others stay. What is as everywhere is not stored.
 * @returns the names that were given
 * @throws DomainError `territory_unknown`, `settings_invalid` (detail `where`)
 */
export async function setSettings(
	tx: Tx,
	{ territoryId, content, now }: { territoryId: string; content: unknown; now: Date },
): Promise<string[]> {
	const parsed = v.safeParse(SETTINGS_FORM, content);
	if (!parsed.success)
		throw new DomainError('settings_invalid', 'invalid', { where: v.getDotPath(parsed.issues[0]) ?? 'file' });
	const names = Object.keys(parsed.output);
	if (names.length === 0) throw new DomainError('settings_invalid', 'invalid', { where: 'file' });
	const [row] = await tx
		.select({ settings: territory.settings })
		.from(territory)
		.where(eq(territory.id, territoryId))
		.limit(1);
	if (!row) throw new DomainError('territory_unknown', 'not_found');
	const all = { ...row.settings, ...parsed.output };
	const odd = oddOne(withDefaults(all));
	if (odd) throw new DomainError('settings_invalid', 'invalid', { where: odd });
	const settings = Object.fromEntries(
		Object.entries(all).filter(
			([name, value]) => !isDeepStrictEqual(value, DEFAULT_SETTINGS[name as keyof TerritorySettings]),
		),
	) as Partial<TerritorySettings>;
	await tx.update(territory).set({ settings }).where(eq(territory.id, territoryId));
	await recordAudit(tx, { action: 'territory.settings_set', subjectId: territoryId, detail: { names }, at: now });
	return names;
}

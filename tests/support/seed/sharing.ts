import { eq } from 'drizzle-orm';
import { diagnosis } from '../../../src/lib/server/db/schema/index.ts';
import {
	answerDiagnosis,
	notePoints,
	planInterview,
	saveSelf,
	shareDiagnosis,
} from '../../../src/lib/server/diagnosis/commands.ts';
import { addGoal } from '../../../src/lib/server/pathway/goals.ts';
import { answerGroup, proposeGroup } from '../../../src/lib/server/pathway/groups.ts';
import { addStep } from '../../../src/lib/server/pathway/steps.ts';
import { openExceptionally } from '../../../src/lib/server/people/exceptional.ts';
import { personOf } from '../../../src/lib/server/people/queries.ts';
import { addDays, localDay } from '../../../src/lib/server/territories/calendar.ts';
import { emptyValue } from '../../../src/lib/shared/diagnosis.ts';
import type { Known, World } from './lives.ts';
import type { Professional } from './professionals.ts';

const DAY_MS = 86_400_000;

/** What several structures do together for somebody: a diagnosis both sides agreed on, goals, a group to come, a file opened in haste. */
export async function shareOf(world: World, personId: string): Promise<void> {
	const { tx, territory, team, today } = world;
	const [lead] = team.referents;
	// Neither half of the pair, where territories work in pairs.
	const other = team.referents.at(-1);
	const by = lead!;
	const ago = (days: number) => new Date(today.getTime() - days * DAY_MS);
	const self = { accountId: by.accountId, role: 'beneficiary' as const, structureId: null };

	const part = {
		views: { employment: 'strong', mobility: 'hard' },
		goals: 'Travailler près de chez moi',
		works: '',
	} as const;
	await saveSelf(tx, { personId, part, by: self, now: ago(25) });
	await planInterview(tx, { personId, by, now: ago(24) });
	const need = { need: 'need', constraint: 'yes', impact: 'high', priority: true, note: 'Réparer la voiture' } as const;
	const changes = [
		{ point: 'mobility' as const, version: 0, value: { ...need } },
		{ point: 'employment' as const, version: 0, value: { ...emptyValue('employment'), need: 'strong' as const } },
	];
	await notePoints(tx, { personId, by, changes, now: ago(20) });
	await shareDiagnosis(tx, { personId, by, now: ago(19) });
	await answerDiagnosis(tx, { personId, agrees: true, by: self, now: ago(17) });

	const goal = (theme: 'employment' | 'mobility', text: string) =>
		addGoal(tx, { personId, theme, text, by, now: ago(17) });
	const { id: goalId } = await goal('employment', 'Reprendre un travail à mi-temps');
	await goal('mobility', 'Pouvoir me déplacer seule ou seul');
	const tags = territory.settings.roadmapThemes.slice(5, 7);
	const weekly = {
		title: 'Atelier « confiance »',
		owner: 'person',
		theme: 'employment',
		goalId,
		weeklyHours: 4,
		tags,
	} as const;
	await addStep(tx, { ...weekly, tags, personId, by, now: ago(10) });

	const meeting = { day: addDays(localDay(today, territory.zone), 9), time: '14:00', minutes: 45 };
	const why = 'Trouver ensemble une solution pour les trajets';
	const memberIds = [other!.accountId, team.coordinator.accountId];
	const { id: groupId } = await proposeGroup(tx, {
		personId,
		why,
		themes: ['mobility'],
		...meeting,
		memberIds,
		by,
		now: ago(3),
	});
	const word = 'Je peux partir à partir de 8 h 30';
	await answerGroup(tx, { groupId, personId, word, refuse: false, by: self, now: ago(2) });

	const { firstName, lastName, birthDate } = await personOf(tx, personId);
	const reason = 'Présente à l’accueil sans rendez-vous, son référent était absent';
	const visitor = { ...other!, sessionId: '', kind: 'professional', personId: null, locale: 'fr' } as const;
	await openExceptionally(tx, { by: visitor, firstName, lastName, birthDate: birthDate!, reason, now: ago(6) });
}

/** Days from the taking over to the diagnosis. */
const UNTIL_DIAGNOSIS = 16;
/** One in so many still waits for it; drawn from nothing, so that other draws stay the same. */
const STILL_WAITING = 14;

/** The diagnosis of a life that is drawn, agreed on: that it was made, not what it says. */
export async function diagnose(world: World, { id: personId, drawn }: Known, by: Professional, takenAt: Date) {
	const { tx, today } = world;
	const at = new Date(takenAt.getTime() + UNTIL_DIAGNOSIS * DAY_MS);
	if (at >= today || drawn.age % STILL_WAITING === 0) return;
	const { id } = await planInterview(tx, { personId, by, now: takenAt });
	await tx.update(diagnosis).set({ state: 'agreed', sharedAt: at }).where(eq(diagnosis.id, id));
}

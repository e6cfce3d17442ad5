import { levelLabel, questionLabel } from '$lib/components/evaluation/words';
import { m } from '$lib/paraglide/messages.js';
import { isPanel, SCALES, scaleOf, themeOf, type Scale } from '$lib/shared/questions';
import { themeLabel } from '$lib/shared/labels';
import { THEMES } from '$lib/shared/themes';
import type { Group } from '$lib/server/evaluation/results';

/** One line everybody can read: a question, how many say the best of it, out of how many. */
export interface AnswerLine {
	label: string;
	text: string;
	/** Whole percent, for the bar beside the words. */
	share: number;
	/** Proposed by somebody who is supported. */
	proposed: boolean;
}
/** What was in the way, before and now. */
export interface ObstacleLine {
	label: string;
	before: string;
	now: string;
}

/** The content end of each scale: what a sentence counts. */
const BEST: Record<Exclude<Scale, 'faces' | 'origin' | 'weight'>, readonly string[]> = {
	agree: SCALES.agree.slice(2),
	clarity: SCALES.clarity.slice(3),
	yes_no: SCALES.yes_no.slice(1),
};
const IN_THE_WAY = SCALES.weight.slice(0, 2);

const counted = ({ counts }: Group, levels: readonly string[]) =>
	levels.reduce((sum, level) => sum + (counts[level] ?? 0), 0);

/** Questions in words, those proposed by people first, then those most answered. */
export function answerLines(
	questions: Group[],
	panel: Record<string, Record<string, string>>,
	locale: string,
): AnswerLine[] {
	return questions
		.flatMap((group) => {
			const scale = scaleOf(group.code);
			if (scale !== 'agree' && scale !== 'clarity' && scale !== 'yes_no') return [];
			const part = counted(group, BEST[scale]);
			const [first, second] = BEST[scale].map(levelLabel);
			const words = { part: String(part), count: String(group.n), first: first! };
			return {
				label: questionLabel(group.code, panel, locale),
				text: second ? m.evaluation_results_either({ ...words, second }) : m.evaluation_results_one(words),
				share: Math.round((part / group.n) * 100),
				proposed: isPanel(group.code),
				n: group.n,
			};
		})
		.sort((a, b) => Number(b.proposed) - Number(a.proposed) || b.n - a.n)
		.map(({ n: _, ...line }) => line);
}

/** Themes asked both before and now, in the order of the request. */
export function obstacleLines(questions: Group[]): ObstacleLine[] {
	const byField = new Map(questions.map((group) => [group.code, group]));
	const said = (group: Group) =>
		m.evaluation_results_in_the_way({ part: String(counted(group, IN_THE_WAY)), count: String(group.n) });
	return THEMES.flatMap((theme) => {
		const before = byField.get(`before_${theme}`);
		const now = byField.get(`after_${theme}`);
		if (!before || !now || themeOf(before.code) !== theme) return [];
		return { label: themeLabel(theme), before: said(before), now: said(now) };
	});
}

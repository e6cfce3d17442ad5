import { expect, test } from 'vitest';
import type { Group } from '$lib/server/evaluation/results';
import { answerLines, obstacleLines } from './answers';

const group = (code: string, counts: Record<string, number>): Group => ({
	code,
	counts,
	n: Object.values(counts).reduce((sum, count) => sum + count, 0),
	mean: null,
});

test('a question says how many answer the best of its scale, out of all who answered it', () => {
	const [line] = answerLines([group('listened', { no: 5, rather_no: 5, rather_yes: 20, yes: 10 })], {}, 'fr');
	expect(line).toMatchObject({ share: 75, proposed: false });
	expect(line!.text).toContain('30 sur 40');
	const [reached] = answerLines([group('reached', { reached_no: 8, reached_yes: 12 })], {}, 'fr');
	expect(reached!.text).toContain('12 sur 20');
});

test('questions proposed by people come first and are said to be theirs; then those most answered', () => {
	const questions = [
		group('next', { no: 6, yes: 6 }),
		group('listened', { no: 60, yes: 60 }),
		group('panel_1', { no: 5, yes: 6 }),
	];
	const lines = answerLines(questions, { panel_1: { fr: 'Le bus passe-t-il ?' } }, 'fr');
	expect(lines.map(({ share, proposed }) => [share, proposed])).toEqual([
		[55, true],
		[50, false],
		[50, false],
	]);
	expect(lines[0]!.label).toBe('Le bus passe-t-il ?');
	expect(lines[1]!.text).toContain('60 sur 120');
});

test('an obstacle is shown when both its times are known, blocked and hard together', () => {
	const before = group('before_mobility', { blocks: 10, hard: 20, little: 5, none: 5 });
	const after = group('after_mobility', { blocks: 5, hard: 5, little: 20, none: 12 });
	expect(obstacleLines([before])).toEqual([]);
	expect(obstacleLines([before, after])).toEqual([expect.objectContaining({ before: '30 sur 40', now: '10 sur 42' })]);
});

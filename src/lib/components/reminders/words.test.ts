import { expect, test } from 'vitest';
import { REMINDER_STATES } from '$lib/shared/codes';
import { byOutcome } from './words';

test('a sending is read by what became of it: those to call first, each message once, nothing said of none', () => {
	const rows = REMINDER_STATES.flatMap((state) => [{ state }, { state }]);
	const groups = byOutcome(rows);
	expect(groups.map(({ outcome }) => outcome)).toEqual(['failed', 'waiting', 'answered', 'sent', 'shown', 'dropped']);
	expect(groups.flatMap((group) => group.rows)).toHaveLength(rows.length);
	expect(groups[0]!.title).toBe('À joindre autrement\u00a0: 2');
	expect(groups[1]!.title).toBe('Pas encore partis\u00a0: 4');
	expect(byOutcome([{ state: 'shown' as const }])).toMatchObject([{ outcome: 'shown', rows: [{}] }]);
	expect(byOutcome([])).toEqual([]);
});

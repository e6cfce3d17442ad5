import { expect, test } from 'vitest';
import { goalChoices } from './goal-choices';

test('a goal that was reached is offered to its own step still, and to no other', () => {
	const goals = [
		{ id: 'travail', text: 'Travailler', state: 'open' as const },
		{ id: 'permis', text: 'Conduire', state: 'reached' as const },
	];
	expect(goalChoices(goals, 'permis').map(({ id }) => id)).toEqual(['travail', 'permis']);
	expect(goalChoices(goals).map(({ id }) => id)).toEqual(['travail']);
});

import type { GoalState } from '$lib/shared/codes';

/** Goals a step's form offers: those that go on, and the step's own, whatever became of it. */
export const goalChoices = (goals: { id: string; text: string; state: GoalState }[], savedId?: string | null) =>
	goals.filter(({ id, state }) => state === 'open' || id === savedId).map(({ id, text }) => ({ id, text }));

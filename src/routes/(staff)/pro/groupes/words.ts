import { m } from '$lib/paraglide/messages.js';
import type { GroupState } from '$lib/shared/codes';

/** `unwritten`: over, and nobody wrote what was decided. */
type Shown = { state: GroupState; unwritten: boolean };
export const stateOf = ({ state, unwritten }: Shown): string =>
	unwritten ? m.pathway_pro_group_unwritten() : groupState[state]();
export const toneOf = ({ state, unwritten }: Shown) => (unwritten ? 'alert' : groupTone[state]);

const groupState: Record<GroupState, () => string> = {
	planned: m.pathway_pro_group_planned,
	refused: m.pathway_pro_group_refused,
	held: m.pathway_pro_group_held,
	cancelled: m.pathway_pro_group_cancelled,
};
const groupTone = { planned: 'wait', refused: 'alert', held: 'ok', cancelled: 'alert' } as const;

import { m } from '$lib/paraglide/messages.js';
import type { GroupState } from '$lib/shared/codes';

export const groupState: Record<GroupState, () => string> = {
	planned: m.pathway_pro_group_planned,
	refused: m.pathway_pro_group_refused,
	held: m.pathway_pro_group_held,
	cancelled: m.pathway_pro_group_cancelled,
};
export const groupTone = { planned: 'wait', refused: 'alert', held: 'ok', cancelled: 'alert' } as const;

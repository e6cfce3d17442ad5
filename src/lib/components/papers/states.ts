import { m } from '$lib/paraglide/messages.js';
import type { PaperState } from '$lib/shared/papers';

/** As professionals read them. */
export const paperStates: Record<PaperState, () => string> = {
	sent: m.paper_pro_state_sent,
	examined: m.paper_pro_state_examined,
	refused: m.paper_pro_state_refused,
	replaced: m.paper_pro_state_replaced,
};

export const toneOf = (state: PaperState) =>
	(({ sent: 'wait', examined: 'ok', refused: 'alert', replaced: 'plain' }) as const)[state];

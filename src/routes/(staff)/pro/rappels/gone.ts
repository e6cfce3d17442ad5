import { m } from '$lib/paraglide/messages.js';

/** People chosen that the sender no longer follows: counted, no longer named. */
export const goneWords = (count: number): string =>
	count === 1 ? m.reminder_pro_gone_one() : m.reminder_pro_gone({ count });

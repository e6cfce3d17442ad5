import { m } from '$lib/paraglide/messages.js';
import type { TemplateView } from '$lib/server/reminders/templates';

/** To whom a template may leave as it is now. */
export function stateOf({ retiredAt, current, approved }: TemplateView) {
	if (retiredAt) return { tone: 'plain' as const, words: m.reminder_pro_template_retired() };
	if (current.approvedAt) return { tone: 'ok' as const, words: m.reminder_pro_template_for_all() };
	if (approved) return { tone: 'wait' as const, words: m.reminder_pro_template_former({ number: approved.number }) };
	return { tone: 'wait' as const, words: m.reminder_pro_template_for_one() };
}

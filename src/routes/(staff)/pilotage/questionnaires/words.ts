import { m } from '$lib/paraglide/messages.js';
import type { Audience, QuestionnaireStatus } from '$lib/shared/questions';

const STATUSES: Record<QuestionnaireStatus, () => string> = {
	draft: m.evaluation_pilot_status_draft,
	open: m.evaluation_pilot_status_open,
	closed: m.evaluation_pilot_status_closed,
	published: m.evaluation_pilot_status_published,
};
export const statusLabel = (status: QuestionnaireStatus): string => STATUSES[status]();
export const statusTone = { draft: 'plain', open: 'ok', closed: 'wait', published: 'ok' } as const;

const AUDIENCE_LABELS: Record<Audience, () => string> = {
	all: m.evaluation_pilot_audience_all,
	under_26: m.evaluation_pilot_audience_under_26,
	parents: m.evaluation_pilot_audience_parents,
};
export const audienceLabel = (audience: Audience): string => AUDIENCE_LABELS[audience]();

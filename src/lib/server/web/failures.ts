import { error, fail } from '@sveltejs/kit';
import { isUnavailable } from '../db/client.ts';
import { DomainError, type RefusalKind } from '../platform/errors.ts';

const STATUS: Record<RefusalKind, number> = {
	forbidden: 403,
	not_found: 404,
	conflict: 409,
	already: 409,
	gone: 410,
	too_many: 429,
	invalid: 400,
	unavailable: 503,
};

const BUSY = new DomainError('unavailable', 'unavailable');

/** HTTP status of a refusal, for answers that are not pages. */
export const statusOf = (refusal: DomainError): number => STATUS[refusal.kind];

/**
 * Turns a refusal by a rule into a failed form with a sentence; anything else flies on.
 * `sentences` maps codes to messages of the page; a missing code is a bug of the page and shows the generic one.
 * `unavailable`, where a page has a sentence for it: the database takes nothing for now, and what was written stays on the page.
 * `already` tells the queue of a phone that what it sends again had been heard (src/phone/queue.ts).
 */
export function failFrom(
	problem: unknown,
	sentences: Record<string, () => string>,
	values: Record<string, unknown> = {},
) {
	const refusal = sentences.unavailable && isUnavailable(problem) ? BUSY : problem;
	if (!(refusal instanceof DomainError)) throw problem;
	if (refusal.kind === 'not_found') error(404, 'not_found');
	const sentence = sentences[refusal.code];
	if (!sentence) throw problem;
	return fail(STATUS[refusal.kind], {
		errors: { form: sentence() } as Record<string, string>,
		values,
		...(refusal.kind === 'already' && { already: true }),
	});
}

/** For loads: a missing or foreign object is a 404, other refusals keep their status. */
export function errorFrom(problem: unknown): never {
	if (problem instanceof DomainError) error(STATUS[problem.kind], problem.code);
	throw problem;
}

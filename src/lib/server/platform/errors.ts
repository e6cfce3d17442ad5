/**
 * What a refusal means to the outside; `web/failures.ts` maps it once to an HTTP status. `already`: the very thing was done
 * before; a phone that sends it again has lost nothing.
 */
export type RefusalKind =
	'forbidden' | 'not_found' | 'conflict' | 'already' | 'gone' | 'too_many' | 'invalid' | 'unavailable';

/**
 * A refusal by a rule of the domain. `code` is stable and turned into a sentence by the page; it is never shown as is.
 */
export class DomainError extends Error {
	constructor(
		readonly code: string,
		readonly kind: RefusalKind,
		readonly detail: Record<string, unknown> = {},
	) {
		super(code);
		this.name = 'DomainError';
	}
}

/** The row is missing or belongs to somebody else: both look the same from outside. */
export const notFound = (code = 'not_found') => new DomainError(code, 'not_found');

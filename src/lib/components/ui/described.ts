/** Ids of the hint and the error of a field, for `aria-describedby`; undefined when it has neither. */
export const describedBy = (name: string, hint?: string, error?: string): string | undefined =>
	[hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ') || undefined;

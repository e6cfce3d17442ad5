import { fail } from '@sveltejs/kit';
import { m } from '../../paraglide/messages.js';
import { looksMedical } from '../../shared/private-text.ts';

/**
 * A text that looks like a diagnosis comes back once with its form: who wrote it mends it, or keeps it all the same
 * (`KeepText.svelte`). Null when nothing looks so, or when it was said to be kept. A social-security number never passes: the
 * forms refuse it.
 */
export function askedToKeep<V extends Record<string, unknown>>(
	form: FormData,
	texts: (string | undefined)[],
	values: V,
) {
	if (form.has('keepText') || !texts.some((text) => text && looksMedical(text))) return null;
	return fail(400, { errors: { keepText: m.diagnosis_warning_medical() } as Record<string, string>, values });
}

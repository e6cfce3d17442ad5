import type { RequestEvent } from '@sveltejs/kit';
import { baseLocale, localizeHref } from '$lib/paraglide/runtime.js';
import { STAFF_LOCALES } from '$lib/shared/locales';

/**
 * A page of professionals asked for in a language they have no words in: the same page in French, null otherwise. 307, so
 * that a form is sent again there.
 */
export function toStaffLanguage({
	route,
	url,
	locals,
}: Pick<RequestEvent, 'route' | 'url' | 'locals'>): Response | null {
	if (!route.id?.startsWith('/(staff)') || STAFF_LOCALES.includes(locals.locale)) return null;
	const location = localizeHref(url.pathname + url.search, { locale: baseLocale });
	return new Response(null, { status: 307, headers: { location } });
}

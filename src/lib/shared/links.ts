import { baseLocale, getLocale, localizeHref } from '$lib/paraglide/runtime.js';

/** A path of the portal in the language of the page being rendered: `/accueil` → `/en/accueil`. */
// French has no prefix: nothing to work out for the most of the pages.
export const href = (path: string): string => (getLocale() === baseLocale ? path : localizeHref(path));

import { localizeHref } from '$lib/paraglide/runtime.js';

/** A path of the portal in the language of the page being rendered: `/accueil` → `/en/accueil`. */
export const href = (path: string): string => localizeHref(path);

import type { Reroute } from '@sveltejs/kit';
import { deLocalizeUrl } from '$lib/paraglide/runtime.js';

/** `/en/accueil` is served by the route `/accueil`. */
export const reroute: Reroute = ({ url }) => deLocalizeUrl(url).pathname;

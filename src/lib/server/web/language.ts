import { AsyncLocalStorage } from 'node:async_hooks';
import {
	baseLocale,
	extractLocaleFromUrl,
	overwriteServerAsyncLocalStorage,
	type Locale,
} from '$lib/paraglide/runtime.js';

/** Where the messages of Paraglide look for the language of the request they are written for. */
const inLanguage = new AsyncLocalStorage<{ locale?: Locale; origin?: string }>();
overwriteServerAsyncLocalStorage(inLanguage);

/** `/fr/accueil`: nothing of ours leads there, somebody who knows `/en/accueil` may type it. All slashes: two lead to another site. */
const BASE_NAMED = new RegExp(`^/${baseLocale}(/+|$)`);

/**
 * Answers in the language of the address. Paraglide's own middleware copies each request for this, twice: a photo sent was kept
 * once more in memory, and a page took a tenth longer (decisions/0005).
 * @returns what `answer` returns; for a French address that names its language, the way to the one that does not
 */
export async function inLanguageOf(
	{ url, request }: { url: URL; request: Request },
	answer: (locale: Locale) => Promise<Response>,
): Promise<Response> {
	if (BASE_NAMED.test(url.pathname) && request.method === 'GET') {
		const location = url.pathname.replace(BASE_NAMED, '/') + url.search;
		return new Response(null, { status: 307, headers: { location } });
	}
	const locale = extractLocaleFromUrl(url) ?? baseLocale;
	return inLanguage.run({ locale, origin: url.origin }, () => answer(locale));
}

import type { Cookies } from '@sveltejs/kit';
import type { Cookie } from '../../shared/phone-keeps.ts';
import { config } from '../platform/config.ts';

const isHttps = () => config().origin.startsWith('https:');

/** `__Host-` ties a cookie to this very host over https; browsers refuse the prefix on the demo's http. */
const nameOf = (name: Cookie) => (isHttps() ? `__Host-${name}` : name);

export const readCookie = (cookies: Cookies, name: Cookie): string | undefined => cookies.get(nameOf(name));

/** `maxAgeMs` undefined: until the browser closes. */
export function writeCookie(cookies: Cookies, name: Cookie, value: string, maxAgeMs?: number): void {
	cookies.set(nameOf(name), value, {
		path: '/',
		httpOnly: true,
		secure: isHttps(),
		sameSite: 'lax',
		maxAge: maxAgeMs && Math.floor(maxAgeMs / 1000),
	});
}

export function dropCookie(cookies: Cookies, name: Cookie): void {
	cookies.delete(nameOf(name), { path: '/', secure: isHttps() });
}

/**
 * All that this portal writes on a phone: /confidentialite tells it, and the browser tests compare it with what a phone
 * really holds (tests/e2e/phone-keeps.spec.ts). Whatever is not here may not be written.
 */
export const COOKIES = ['session', 'browser', 'commune', 'territory', 'sign-in', 'calendar_feed'] as const;
export type Cookie = (typeof COOKIES)[number];

/** Names of caches begin so; the version of the portal follows. */
export const CACHE_PREFIX = 'portal-';

/** Stores of each IndexedDB database. `settings`: whose phone it is (opaque; empty: somebody else's), its language, when push was last said. */
export const DATABASES = { portal: ['agenda', 'queue', 'settings'], 'portal-drafts': ['copies'] } as const;

/** `localStorage`: the reminders were refused lately · the shortcut of professionals is off. */
export const LOCAL = ['push-refused-at', 'shortcut-off'] as const;

/** Days after which what could still be read or finished is forgotten, whatever happens; what waits to be sent is tried on 7. */
export const KEPT_DAYS = 30;

import { afterEach, expect, test, vi } from 'vitest';
import { currentSubscription } from './subscription';

afterEach(() => vi.unstubAllGlobals());

/** « -_8 » in base64url: the signs that plain base64 writes otherwise, and no padding. */
const NEW_KEY = '-_8';
const NEW_BYTES = new Uint8Array([251, 255]).buffer;
const OLD_BYTES = new Uint8Array([1, 2]).buffer;

/** The browser's push manager with one subscription, made for a key; what is asked of it, in order. */
function aBrowser(known: { applicationServerKey: ArrayBuffer | null } | undefined | null) {
	const asked: string[] = [];
	vi.stubGlobal('fetch', async (url: string) => (asked.push(url), Response.json({ key: NEW_KEY })));
	const one = known === null ? null : { endpoint: 'old', options: known, unsubscribe: async () => asked.push('end') };
	const pushManager = {
		getSubscription: async () => one,
		subscribe: async ({ applicationServerKey }: { applicationServerKey: string }) => {
			asked.push(`take ${applicationServerKey}`);
			return { endpoint: 'new' };
		},
	};
	return { asked, pushManager: pushManager as unknown as PushManager };
}

test.each([
	['made for our key', { applicationServerKey: NEW_BYTES }],
	['that does not tell its key', { applicationServerKey: null }],
	['of a browser that tells nothing', undefined],
])('a subscription %s is kept', async (_, known) => {
	const { asked, pushManager } = aBrowser(known);
	expect(await currentSubscription(pushManager)).toMatchObject({ endpoint: 'old' });
	expect(asked).toEqual(['/api/push/key']);
});

test('a subscription made for a former key is ended, and another is taken in its place', async () => {
	const { asked, pushManager } = aBrowser({ applicationServerKey: OLD_BYTES });
	expect(await currentSubscription(pushManager)).toEqual({ endpoint: 'new' });
	expect(asked).toEqual(['/api/push/key', 'end', `take ${NEW_KEY}`]);
});

test('without a subscription one is taken', async () => {
	const { asked, pushManager } = aBrowser(null);
	expect(await currentSubscription(pushManager)).toEqual({ endpoint: 'new' });
	expect(asked).toEqual(['/api/push/key', `take ${NEW_KEY}`]);
});

import { ECDH } from 'node:crypto';
import { isIP } from 'node:net';

const MAX_ENDPOINT_LENGTH = 2048;
const HOST_NAME = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;
const WRITTEN = /^https:\/\/([^/?#@\\]+)\/[\x21-\x7e]*$/;

/**
 * Whether we may post to this address, which a browser (or anybody) gave us. Allow-list only: a name, `.name` for its
 * sub-domains, `name:port`. Addresses of machines and local names never, except `localhost:PORT` listed as such (tests).
 */
export function isAllowedPushEndpoint(endpoint: unknown, hosts: string[]): boolean {
	const url = addressOf(endpoint);
	if (!url) return false;
	if (isLocal(url.hostname)) return isListedLocal(url, hosts);
	return hosts.some((host) => matches(url, host.toLowerCase()));
}

/**
 * Whether we may read from this address of the web, which a professional gave us: any public name on the usual port. Addresses of
 * machines and local names never, except `localhost:PORT` listed as such (tests). What the name leads to is looked at by
 * `public-get.ts`.
 */
export function isPublicAddress(address: unknown, hosts: string[]): boolean {
	const url = addressOf(address);
	if (!url) return false;
	return isLocal(url.hostname) ? isListedLocal(url, hosts) : url.port === '';
}

/** `localhost:PORT`, when the configuration says so: a test's own service. */
export const isListedLocal = (url: URL, hosts: string[]): boolean =>
	/^localhost:\d+$/.test(url.host) && hosts.includes(url.host);

/** The https address of a host with a name; null when what is written is not what would be called: no 0x7f.1, no %6c, no full-width letter. */
function addressOf(endpoint: unknown): URL | null {
	if (typeof endpoint !== 'string' || endpoint.length > MAX_ENDPOINT_LENGTH) return null;
	const written = WRITTEN.exec(endpoint)?.[1]?.toLowerCase();
	if (!written || !URL.canParse(endpoint)) return null;
	const url = new URL(endpoint);
	if (url.protocol !== 'https:' || (written !== url.host && written !== `${url.host}:443`)) return null;
	return isLocal(url.hostname) || HOST_NAME.test(url.hostname) ? url : null;
}

const isLocal = (name: string) =>
	isIP(name.replace(/^\[|\]$/g, '')) !== 0 || /(^|\.)(localhost|local|internal|lan|home\.arpa)$/.test(name);

function matches(url: URL, host: string): boolean {
	const [name = '', port = ''] = host.split(':');
	if (url.port !== (port === '443' ? '' : port)) return false;
	return name.startsWith('.')
		? url.hostname.length > name.length && url.hostname.endsWith(name)
		: url.hostname === name;
}

export interface SubscriptionKeys {
	p256dh: string;
	auth: string;
}

/** Keys as RFC 8291 §3.1 wants them: an uncompressed point on P-256, and 16 bytes. */
export function checkSubscriptionKeys({ p256dh, auth }: { p256dh?: unknown; auth?: unknown }): boolean {
	const point = decoded(p256dh, 65);
	return decoded(auth, 16) !== null && point !== null && point[0] === 4 && isOnCurve(point);
}

/** base64url, padding allowed: exactly `bytes` long. */
function decoded(value: unknown, bytes: number): Buffer | null {
	if (typeof value !== 'string' || !/^[A-Za-z0-9_-]{1,88}={0,2}$/.test(value)) return null;
	const raw = Buffer.from(value, 'base64url');
	return raw.length === bytes ? raw : null;
}

function isOnCurve(point: Buffer): boolean {
	try {
		ECDH.convertKey(point, 'prime256v1');
		return true;
	} catch {
		return false;
	}
}

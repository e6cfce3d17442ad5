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
	if (typeof endpoint !== 'string' || endpoint.length > MAX_ENDPOINT_LENGTH) return false;
	const written = WRITTEN.exec(endpoint)?.[1]?.toLowerCase();
	if (!written || !URL.canParse(endpoint)) return false;
	const url = new URL(endpoint);
	// What is written must be what will be called: no 0x7f.1, no %6c, no full-width letter turned into a host.
	if (url.protocol !== 'https:' || (written !== url.host && written !== `${url.host}:443`)) return false;
	if (isLocal(url.hostname)) return /^localhost:\d+$/.test(url.host) && hosts.includes(url.host);
	return HOST_NAME.test(url.hostname) && hosts.some((host) => matches(url, host.toLowerCase()));
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

import http from 'node:http';
import type { Portal } from './portal.ts';

export interface Asked {
	status: number;
	headers: Record<string, string>;
	cookies: string[];
	body: string;
	location: string;
}

export interface Ask {
	method?: string;
	/** Token of a session. */
	session?: string;
	/** Further cookies, `name=value`. */
	cookies?: string[];
	/** Own origin by default for what may change something; null: none is sent. */
	origin?: string | null;
	form?: Record<string, string | string[]>;
	json?: unknown;
	body?: string | Buffer;
	type?: string;
	headers?: Record<string, string>;
	/** Limits are per address. */
	address?: string;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 80 });

const encoded = (form: Record<string, string | string[]>) =>
	new URLSearchParams(
		Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])),
	).toString();

/** One request, exactly as given: no redirection followed, no header added, path sent as it is written. */
export function ask(portal: Portal, path: string, options: Ask = {}): Promise<Asked> {
	const { form, json, session } = options;
	const body = options.body ?? (form ? encoded(form) : json === undefined ? undefined : JSON.stringify(json));
	const method = options.method ?? (body === undefined ? 'GET' : 'POST');
	const type =
		options.type ?? (form ? 'application/x-www-form-urlencoded' : json === undefined ? '' : 'application/json');
	const origin = options.origin === undefined && method !== 'GET' ? portal.origin : options.origin;
	const cookies = [...(session ? [`session=${session}`] : []), ...(options.cookies ?? [])];
	const headers: Record<string, string> = {
		'x-test-address': options.address ?? '192.0.2.1',
		accept: 'text/html',
		...(origin ? { origin } : {}),
		...(type ? { 'content-type': type } : {}),
		...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
		...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
		...options.headers,
	};
	const { hostname, port } = new URL(portal.origin);
	return new Promise((resolve, reject) => {
		const request = http.request({ agent, hostname, port, path, method, headers }, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () =>
				resolve({
					status: response.statusCode!,
					headers: response.headers as Record<string, string>,
					cookies: response.headers['set-cookie'] ?? [],
					body: Buffer.concat(chunks).toString('utf8'),
					location: response.headers.location ?? '',
				}),
			);
		});
		// A kept connection may be closed by the server just as it is used again: nothing was read, it is asked once more.
		request.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'ECONNRESET' && request.reusedSocket) resolve(ask(portal, path, options));
			else reject(error);
		});
		request.end(body);
	});
}

/** A browser's memory: what is set is sent back. */
export function aBrowser(portal: Portal, address?: string) {
	const jar = new Map<string, string>();
	return {
		jar,
		async ask(path: string, options: Ask = {}): Promise<Asked> {
			const cookies = [...jar].map(([name, value]) => `${name}=${value}`);
			const answer = await ask(portal, path, { address, ...options, cookies });
			for (const cookie of answer.cookies) {
				const [name, value] = cookie.split(';')[0]!.split(/=(.*)/s) as [string, string];
				if (value) jar.set(name, value);
				else jar.delete(name);
			}
			return answer;
		},
	};
}

/** Runs the work on each, a few at a time: the portal is one process and the machine has two cores. */
export async function eachOf<T>(list: T[], work: (one: T) => Promise<unknown>, atOnce = 6): Promise<void> {
	const queue = [...list];
	const next = async (): Promise<void> => {
		for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one);
	};
	await Promise.all(Array.from({ length: atOnce }, next));
}

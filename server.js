/**
 * The portal's own entry: adapter-node compresses and secures neither rendered pages nor static files, and this does
 * (decisions/0007). `npm start` runs it; `npm run demo` too.
 */
import compression from 'compression';
import { existsSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { constants } from 'node:zlib';
import { keepEarlierBuilds } from './earlier-builds.js';
import { HSTS, NO_PAGE_CSP, SECURITY_HEADERS } from './security-headers.js';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Addresses of files named by their content. */
const IMMUTABLE = '/_app/immutable/';
/** One step up from the library's own: 7 % fewer bytes of a page for 80 µs; a window of 64 kB holds any page (decisions/0012). */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 16 } };
/** Longest an answer may take once asked to stop. */
const SHUTDOWN_MS = 8_000;

/** Starts listening. @returns the server, once it answers */
export async function serve() {
	process.env.PORTAL_ROOT ??= here;
	const port = Number(process.env.PORT ?? 3000);
	if (process.env.DEMO === '1') process.env.ORIGIN ??= `http://localhost:${port}`;
	// Photos of papers: 10 MB each (product.md §5) plus the form around them.
	process.env.BODY_SIZE_LIMIT ??= '12M';
	if (!existsSync(new URL('./build/handler.js', import.meta.url))) {
		console.error('The portal is not built yet: run npm run build first.');
		process.exit(1);
	}
	const { handler } = await import('./build/handler.js');
	const earlier = await keepEarlierBuilds(
		path.join(here, 'build', 'client', IMMUTABLE),
		path.resolve(process.env.DATA_DIR ?? './data', 'earlier-builds'),
		new Date(),
	).catch((error) => {
		// A full disk: the portal answers all the same, without them.
		console.error(`Files of earlier builds are not kept: ${error.message}`);
		return new Map();
	});
	const isWorkerOff = process.env.SERVICE_WORKER === 'off';
	const compress = compression({ threshold: 1024, brotli: BROTLI });
	const secure = process.env.ORIGIN?.startsWith('https:');

	const server = http.createServer((request, response) => {
		for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
		response.setHeader('content-security-policy', NO_PAGE_CSP);
		if (secure) response.setHeader('strict-transport-security', HSTS);
		// The worker and the manifest must be asked for again at each visit; sirv says nothing of them.
		if (request.url === '/service-worker.js' || request.url?.endsWith('.webmanifest'))
			response.setHeader('cache-control', 'no-cache');
		if (request.url === '/service-worker.js' && isWorkerOff) request.url = '/service-worker-off.js';
		const old = request.url?.startsWith(IMMUTABLE) && earlier.get(request.url.slice(IMMUTABLE.length));
		if (old) {
			response.setHeader('content-type', old.type);
			response.setHeader('cache-control', 'public, max-age=604800, immutable');
			response.end(old.body);
			return;
		}
		// A mail reader posts a form without an Origin (RFC 8058), which Kit refuses by its type; that body is never read.
		if (request.url?.startsWith('/api/desabonnement/')) delete request.headers['content-type'];
		// @ts-expect-error express types; the middleware only uses what node:http gives
		compress(request, response, () =>
			handler(request, response, () => {
				response.statusCode = 404;
				response.end('Not found');
			}),
		);
	});
	server.headersTimeout = 20_000;
	server.requestTimeout = 120_000;
	server.maxConnections = 2_000;
	await new Promise((listening, failed) => {
		server.once('error', failed);
		server.listen(port, process.env.HOST ?? '0.0.0.0', () => listening(undefined));
	});

	let stopping = false;
	const stop = () => {
		if (stopping) return;
		stopping = true;
		server.close();
		server.closeIdleConnections();
		// The worker hands its leases back and the database closes (src/lib/server/start.ts).
		// @ts-expect-error adapter-node's own event
		process.emit('sveltekit:shutdown', 'SIGTERM');
		setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
	return server;
}

/** What whoever starts it can mend is said in a sentence; anything else, with where it comes from. */
const SENTENCES = new Set(['ConfigError', 'WrongDatabaseError']);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	serve().catch((error) => {
		console.error(SENTENCES.has(error?.name) ? error.message : error);
		process.exit(1);
	});
}

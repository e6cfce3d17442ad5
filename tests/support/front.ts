import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a phone and the portal: loses answers, serves another worker, says it is not there. */
export interface Front {
	origin: string;
	/** Where it passes requests on; null: nobody is there any more. */
	target: string | null;
	/**
	 * `lose`: the portal acts, its answer is cut; `until`: its answer is on its way as long as that; a status, and what goes with
	 * it: answered here, the portal hears nothing.
	 */
	onRequest: (
		request: http.IncomingMessage,
	) => 'pass' | 'lose' | { until: Promise<unknown> } | { status: number; body?: string };
	/** Bytes added at the end of `/service-worker.js`: another version. */
	workerSuffix: string;
	/** Method and address of each request that reached the portal. */
	seen: string[];
	/** The same of those that were answered here. */
	refused: string[];
	stop(): Promise<void>;
}

export async function startFront(): Promise<Front> {
	const server = http.createServer((request, response) => {
		const { target } = front;
		if (!target) return request.socket.destroy();
		const what = front.onRequest(request);
		if (typeof what === 'object' && 'status' in what) {
			front.refused.push(`${request.method} ${request.url}`);
			return response.writeHead(what.status).end(what.body);
		}
		const { method, headers } = request;
		// A connection of its own: one kept from before may be closed by the portal just as it is used again. One family of
		// addresses: where there are two, Node gives up the first after 250 ms, which a busy machine may take.
		const forwarded = http.request(target + request.url, { method, headers, agent: false, family: 4 });
		forwarded.on('response', async (answer) => {
			front.seen.push(`${request.method} ${request.url}`);
			if (what === 'lose') return request.socket.destroy();
			if (typeof what === 'object') await what.until;
			const { 'content-length': _length, ...headers } = answer.headers;
			response.writeHead(answer.statusCode!, isWorker ? headers : answer.headers);
			if (!isWorker) return answer.pipe(response);
			answer.pipe(response, { end: false });
			answer.on('end', () => response.end(front.workerSuffix));
		});
		forwarded.on('error', () => request.socket.destroy());
		// A worker that is changed on its way is neither compressed nor « not modified ».
		const isWorker = request.url === '/service-worker.js' && front.workerSuffix !== '';
		if (isWorker)
			for (const name of ['accept-encoding', 'if-none-match', 'if-modified-since']) forwarded.removeHeader(name);
		request.pipe(forwarded);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const front: Front = {
		origin: `http://localhost:${(server.address() as AddressInfo).port}`,
		target: null,
		onRequest: () => 'pass',
		workerSuffix: '',
		seen: [],
		refused: [],
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return front;
}

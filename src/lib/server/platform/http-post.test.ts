import { once } from 'node:events';
import http from 'node:http';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { post } from './http-post.ts';

/** A service on a thread of its own: it answers while this process is held up. It says when it was asked. */
const SERVICE = `
	const http = require('node:http');
	const { parentPort } = require('node:worker_threads');
	const server = http.createServer((request, response) => {
		request.resume();
		request.on('end', () => {
			if (request.url === '/answers') response.writeHead(201).end();
			parentPort.postMessage('asked');
		});
	});
	server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

async function aService() {
	const service = new Worker(SERVICE, { eval: true });
	const agent = new http.Agent({ keepAlive: true });
	onTestFinished(async () => {
		agent.destroy();
		await service.terminate();
	});
	const [port] = (await once(service, 'message')) as [number];
	const asked = () => once(service, 'message');
	const send = (path: string) =>
		post({ url: `http://127.0.0.1:${port}${path}`, headers: {}, body: 'x', agent, deadlineMs: 500 });
	return { asked, send };
}

/** As a machine that gives this process no turn. */
const holdUp = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('held up beyond its deadline, a process reads the answer that waits for it before it gives up', async () => {
	const { send } = await aService();
	await send('/answers');
	for (let time = 0; time < 3; time += 1) {
		const answer = send('/answers');
		// One turn for the request to leave; the answer comes while nothing runs here.
		await new Promise((resolve) => setImmediate(resolve));
		holdUp(700);
		expect(await answer).toMatchObject({ status: 201 });
	}
});

test('held up, and nothing was answered: it gives up', async () => {
	const { send, asked } = await aService();
	const wasAsked = asked();
	const answer = send('/hangs');
	await wasAsked;
	holdUp(700);
	expect(await answer).toEqual({ failure: 'timeout' });
});

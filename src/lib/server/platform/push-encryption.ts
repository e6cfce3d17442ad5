import { Worker } from 'node:worker_threads';
import webPush from 'web-push';
import { log } from './log.ts';
import type { SubscriptionKeys } from './push-endpoint.ts';

/**
 * Encryption of pushes (RFC 8291) in a thread of its own. It is most of what a push costs: 200 in a burst would keep the pages of
 * the same process waiting for 50 ms, and the exchange with the push service can go on meanwhile.
 */

/** Nothing of the portal is loaded there: the library, and what came with the message. */
const IN_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const webPush = require('node:module').createRequire(workerData)('web-push');
parentPort.on('message', (batch) => {
	for (const { id, p256dh, auth, plaintext } of batch) {
		let body = null;
		try {
			// A copy: a small buffer is a part of a large one, all of which would be handed over.
			body = Uint8Array.from(webPush.encrypt(p256dh, auth, plaintext, 'aes128gcm').cipherText);
		} catch {}
		parentPort.postMessage({ id, body });
	}
});`;

interface Task extends SubscriptionKeys {
	id: number;
	plaintext: string;
}
type Answer = (body: Buffer | null) => void;

let thread: Worker | undefined;
let lastId = 0;
let waiting: Task[] = [];
const underWay = new Map<number, { task: Task; answer: Answer }>();

/** The body to post; null when the keys are none. A thread that dies loses nothing: what it held is encrypted here. */
export function encrypt({ p256dh, auth }: SubscriptionKeys, plaintext: string): Promise<Buffer | null> {
	return new Promise((answer) => {
		const task = { id: ++lastId, p256dh, auth, plaintext };
		underWay.set(task.id, { task, answer });
		// One message for all that a turn of the event loop brings.
		if (waiting.push(task) === 1) setImmediate(handOver);
	});
}

function handOver() {
	const tasks = waiting;
	waiting = [];
	thread ??= startThread();
	// Held by what it works on only: an idle one does not keep a process from ending.
	thread.ref();
	thread.postMessage(tasks);
}

function startThread(): Worker {
	const started = new Worker(IN_THREAD, { eval: true, workerData: import.meta.url });
	started.on('message', ({ id, body }: { id: number; body: Uint8Array | null }) => {
		finish(id, body && Buffer.from(body.buffer, body.byteOffset, body.byteLength));
		if (underWay.size === 0) started.unref();
	});
	started.on('error', (error) => log.error({ err: error }, 'the thread that encrypts pushes ended'));
	started.on('exit', () => {
		if (thread === started) thread = undefined;
		for (const [id, { task }] of [...underWay]) if (!waiting.includes(task)) finish(id, encryptHere(task));
	});
	return started;
}

function finish(id: number, body: Buffer | null) {
	underWay.get(id)?.answer(body);
	underWay.delete(id);
}

/** Ends the thread (tests, and a process that is asked to stop). */
export const stopEncrypting = async () => void (await thread?.terminate());

function encryptHere({ p256dh, auth, plaintext }: Task): Buffer | null {
	try {
		return webPush.encrypt(p256dh, auth, plaintext, 'aes128gcm').cipherText;
	} catch {
		return null;
	}
}

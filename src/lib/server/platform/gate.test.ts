import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('so many run at once, in the order they came, and a failure gives its place back', async () => {
	const gate = createGate(2);
	const order: number[] = [];
	let running = 0;
	let most = 0;
	const work = (one: number) => async () => {
		order.push(one);
		most = Math.max(most, ++running);
		await new Promise((resolve) => setImmediate(resolve));
		running -= 1;
		if (one === 1) throw new Error('no');
		return one;
	};
	const all = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((one) => gate(work(one))));
	expect(all.map(({ status }) => status)).toEqual(['rejected', ...Array(5).fill('fulfilled')]);
	expect([order, most]).toEqual([[1, 2, 3, 4, 5, 6], 2]);
});

test('whose turn does not come in time has done nothing, and holds nobody back', async () => {
	const gate = createGate(1, 10);
	let end = () => {};
	const long = gate(() => new Promise<string>((resolve) => (end = () => resolve('long'))));
	let isStarted = false;
	expect(await gate(async () => (isStarted = true))).toBeNull();
	const next = gate(async () => 'next');
	end();
	expect([await long, await next, isStarted]).toEqual(['long', 'next', false]);
});

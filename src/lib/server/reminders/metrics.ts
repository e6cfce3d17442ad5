import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Channel } from '../../shared/codes.ts';
import type { Delivery } from '../platform/outcome.ts';

/** What `/api/metrics` shows of this process. */
export const registry = new Registry();
const registers = [registry];

const attempts = new Counter({
	name: 'portal_deliveries_total',
	help: 'Attempts to deliver a message, one per device for push',
	registers,
	labelNames: ['channel', 'outcome', 'reason'],
});

const ticks = new Histogram({
	name: 'portal_worker_tick_seconds',
	help: 'Time from the start of a tick of the worker to its end',
	registers,
	buckets: [0.005, 0.05, 0.5, 5, 60],
});

export function countAttempts(channel: Channel, results: Delivery[]) {
	for (const { outcome, reason } of results) attempts.inc({ channel, outcome, reason });
}

const lastTick = new Gauge({
	name: 'portal_worker_last_tick_timestamp_seconds',
	help: 'When the worker last ended a tick, or looked again in a long one; nought in a process that is none. Old: the worker stands still',
	registers,
});

export function countTick(ms: number) {
	ticks.observe(ms / 1000);
	sayAlive();
}

/** It goes on within a tick: a mail server that hangs does not have it taken for one that stands still. */
export const sayAlive = () => lastTick.setToCurrentTime();

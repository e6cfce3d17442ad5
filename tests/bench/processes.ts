import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { count, sql } from 'drizzle-orm';
import type { Db } from '../../src/lib/server/db/client.ts';
import { person, pushSubscription, reminder } from '../../src/lib/server/db/schema/index.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { LEASE_MS } from '../../src/lib/server/reminders/claim.ts';
import { startPushService, type PushService } from '../support/push-service.ts';
import { filledTerritory, type Filled } from './people.ts';
import { atMost, milliseconds, type Figure, type Part } from './harness.ts';

/** Tuesday 1 December 2026, 10:00 in Paris: no quiet hour. */
const DUE = new Date('2026-12-01T09:00:00Z');

/** So many notices due at once, to one phone: what matters is who claims them. */
async function dueNow({ db, personId }: Filled, service: PushService, many: number) {
	await db.write(async (tx) => {
		await tx.delete(reminder);
		await tx.delete(pushSubscription);
		await tx.update(person).set({ channelOrder: ['push'] });
		const { endpoint, keys } = service.subscribe(config().vapid.publicKey);
		const seen = { createdAt: DUE, lastAliveAt: DUE };
		await tx.insert(pushSubscription).values({ id: newId(), accountId: 'a5', endpoint, ...keys, label: 'x', ...seen });
		await tx.run(sql`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})
			INSERT INTO reminder (id, once_key, kind, person_id, path, due_at, useful_until, state, act_at, attempts, created_at)
			SELECT 'd' || i, 'd' || i, 'aid_changed', ${personId}, '/aides', ${DUE.getTime()}, ${DUE.getTime() + 86_400_000}, 'scheduled', ${DUE.getTime()}, 0, ${DUE.getTime()} FROM n`);
	});
}

function worker(file: string, { host, certFile }: PushService, now: Date): ChildProcess {
	const script = path.resolve('tests/support/worker-process.ts');
	return spawn(process.execPath, ['--import', 'tsx', script, file, host, now.toISOString()], {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: certFile },
		stdio: ['ignore', 'ignore', 'inherit'],
	});
}
const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));
const received = ({ received }: PushService) => received.map(({ text }) => (JSON.parse(text) as { id: string }).id);
const sentIn = async (db: Db) =>
	(
		await db.read
			.select({ sent: count() })
			.from(reminder)
			.where(sql`${reminder.state} = 'sent'`)
	)[0]!.sent;

async function fourWorkers(filled: Filled, service: PushService): Promise<Figure[]> {
	const many = 10_000;
	await dueNow(filled, service, many);
	service.received.length = 0;
	const ms = await milliseconds(() => Promise.all([1, 2, 3, 4].map(() => ended(worker(filled.file, service, DUE)))));
	const ids = received(service);
	const doubles = ids.length - new Set(ids).size;
	const lost = many - (await sentIn(filled.db));
	return [
		{
			name: '10,000 reminders by four worker processes',
			value: ms / 1000,
			unit: 's',
			limit: atMost(ms / 1000, 60, 's'),
		},
		{ name: '… sent twice', value: doubles, unit: '', limit: atMost(doubles, 0, '') },
		{ name: '… not sent', value: lost, unit: '', limit: atMost(lost, 0, '') },
	];
}

/** Kills a worker in mid-burst, again and again; each one after it takes over when the lease ends. */
async function kills(filled: Filled, service: PushService, rounds: number): Promise<Figure[]> {
	const many = 40 * rounds;
	await dueNow(filled, service, many);
	service.received.length = 0;
	let now = DUE;
	for (let round = 0; round < rounds; round += 1) {
		const child = worker(filled.file, service, now);
		const from = service.attempts;
		service.setFault(({ attempt }) => {
			if (attempt === from + 20) child.kill('SIGKILL');
			return null;
		});
		await ended(child);
		now = new Date(now.getTime() + LEASE_MS);
	}
	service.setFault(null);
	await ended(worker(filled.file, service, now));
	const counts = new Map<string, number>();
	for (const id of received(service)) counts.set(id, (counts.get(id) ?? 0) + 1);
	const topics = new Set(
		service.received.map(({ text, topic }) => `${(JSON.parse(text) as { id: string }).id} ${topic}`),
	);
	const lost = many - (await sentIn(filled.db));
	const most = Math.max(...counts.values());
	return [
		{
			name: `${rounds} workers killed in mid-burst: reminders lost`,
			value: lost,
			unit: '',
			limit: atMost(lost, 0, ''),
		},
		{
			name: '… most sendings of one reminder (one more per kill it met)',
			value: most,
			unit: '',
			limit: atMost(most, rounds + 1, ''),
		},
		{
			name: '… reminders whose duplicates had another topic',
			value: topics.size - counts.size,
			unit: '',
			limit: atMost(topics.size - counts.size, 0, ''),
		},
	];
}

const part: Part = {
	name: 'processes',
	async run() {
		const service = await startPushService();
		const filled = await filledTerritory('processes', 100, DUE);
		try {
			return [...(await fourWorkers(filled, service)), ...(await kills(filled, service, 20))];
		} finally {
			filled.db.close();
			await service.stop();
		}
	},
};
export default part;

import { onTestFinished } from 'vitest';
import type { Db } from '../../src/lib/server/db/client.ts';
import { pushSubscription, reminder } from '../../src/lib/server/db/schema/index.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { newId } from '../../src/lib/server/platform/ids.ts';
import { setMailbox, type MailboxMessage } from '../../src/lib/server/platform/mailbox.ts';
import { createMailer } from '../../src/lib/server/platform/mail.ts';
import { createPushGateway } from '../../src/lib/server/platform/push-gateway.ts';
import { createSmsGateway } from '../../src/lib/server/platform/sms.ts';
import type { Edges } from '../../src/lib/server/reminders/sending.ts';
import { createWorker } from '../../src/lib/server/reminders/worker.ts';
import { startPushService, type PushService, type PushSubscriptionJson } from './push-service.ts';

export interface ShownPush {
	type: string;
	id: string;
	tag: string;
	title: string;
	body: string;
	lang: string;
	dir: string;
	path: string;
	token?: string;
	beacon: string;
	actions: { action: string; title: string }[];
}

export interface Outside {
	service: PushService;
	edges: Edges;
	/** Mails and SMS that left, in order. */
	mailbox: MailboxMessage[];
	/** What phones were given, decrypted. */
	pushes(): ShownPush[];
}

/** Push service, mailbox and gateways of one test; closed when it ends. */
export async function anOutside({ deadlineMs = 2_000 }: { deadlineMs?: number } = {}): Promise<Outside> {
	const service = await startPushService();
	const mailbox: MailboxMessage[] = [];
	setMailbox(async (message) => void mailbox.push(message));
	const { vapid, mailFrom } = config();
	const push = createPushGateway({ vapid, hosts: [service.host], ca: service.ca, deadlineMs });
	const sms = createSmsGateway({ url: null, key: null });
	const mailer = createMailer({ smtpUrl: null, from: mailFrom });
	onTestFinished(async () => {
		setMailbox(undefined);
		push.close();
		sms.close();
		await service.stop();
	});
	return {
		service,
		mailbox,
		edges: { push, sendMail: mailer.send, sendSms: sms.send },
		pushes: () => service.received.map(({ text }) => JSON.parse(text) as ShownPush),
	};
}

/** A browser of an account, registered with the local push service; `onShown` is what it does as soon as it has it. */
export async function aDevice(
	db: Db,
	{ service }: Outside,
	{ accountId, now, onShown }: { accountId: string; now: Date; onShown?: (push: ShownPush) => void },
): Promise<PushSubscriptionJson & { id: string }> {
	const label = 'Chrome – Android';
	const subscription = service.subscribe(config().vapid.publicKey, ({ text }) =>
		onShown?.(JSON.parse(text) as ShownPush),
	);
	const id = newId();
	const { endpoint, keys } = subscription;
	await db.write((tx) =>
		tx.insert(pushSubscription).values({ id, accountId, endpoint, ...keys, label, createdAt: now, lastAliveAt: now }),
	);
	return { ...subscription, id };
}

/** One tick of a worker of its own, at an instant. */
export const tickAt = (db: Db, { edges }: Outside, now: Date) => createWorker({ db, edges, now: () => now }).tick();

/** All reminders, in the order of their hour. */
export const remindersIn = (db: Db) => db.read.select().from(reminder).orderBy(reminder.dueAt).limit(1000);

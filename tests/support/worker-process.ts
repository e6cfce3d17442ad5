/**
 * A worker in a process of its own, for tests that kill it: `tsx worker-process.ts <database> <push host> <instant> [aloud]`.
 * Trusts what NODE_EXTRA_CA_CERTS names. Says « ready », ticks until nothing is due, says « done ».
 */
import { isUnavailable, openDatabase } from '../../src/lib/server/db/client.ts';
import { config } from '../../src/lib/server/platform/config.ts';
import { setMailbox } from '../../src/lib/server/platform/mailbox.ts';
import { createMailer } from '../../src/lib/server/platform/mail.ts';
import { createPushGateway } from '../../src/lib/server/platform/push-gateway.ts';
import { createSmsGateway } from '../../src/lib/server/platform/sms.ts';
import { createWorker } from '../../src/lib/server/reminders/worker.ts';

const [file, host, instant, aloud] = process.argv.slice(2) as [string, string, string, string?];
// A test that forgets its worker must not leave it behind.
setTimeout(() => process.exit(1), 600_000).unref();

const db = openDatabase(file);
const { vapid, mailFrom } = config();
setMailbox(async ({ to: _, ...message }) => void (aloud && console.log('left', JSON.stringify(message))));
// A loaded machine is slow, and no reason to try twice: what is counted here is duplicates.
const push = createPushGateway({ vapid, hosts: [host], deadlineMs: 500_000 });
const edges = {
	push,
	sendMail: createMailer({ smtpUrl: null, from: mailFrom }).send,
	sendSms: createSmsGateway({ url: null, key: null }).send,
};
const worker = createWorker({ db, edges, now: () => new Date(instant) });
console.log('ready');
// A database that others held for too long, on a loaded machine: the portal's worker ticks again, and so does this one.
for (let isOver = false; !isOver;)
	isOver = await worker.tick().then(
		() => true,
		(error: unknown) => {
			if (isUnavailable(error)) return false;
			throw error;
		},
	);
console.log('done');
push.close();
db.close();

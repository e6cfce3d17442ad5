import net from 'node:net';
import { eq } from 'drizzle-orm';
import { expect, onTestFinished, test, vi } from 'vitest';
import { anAppointment } from '../../../../tests/factories/index.ts';
import { anAidSetting, on } from '../../../../tests/support/aids.ts';
import { aDevice, anOutside } from '../../../../tests/support/reminders.ts';
import { aidNotice, person } from '../db/schema/index.ts';
import { config } from '../platform/config.ts';
import { createMailer } from '../platform/mail.ts';
import { createWorker } from './worker.ts';

/** Takes the call and never says a word. */
async function aSilentMailServer() {
	const sockets = new Set<net.Socket>();
	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => {});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const { port } = server.address() as net.AddressInfo;
	return { smtpUrl: `smtp://127.0.0.1:${port}`, calls: () => sockets.size };
}

test('a mail server that hangs on an e-mail to a service holds up no reminder, of this tick nor of the next', async () => {
	const given = await anAidSetting();
	const { db, decider, person: who } = given;
	await given.open({ now: on('2026-03-02') });
	await db.write((tx) =>
		tx
			.update(person)
			.set({ channelOrder: ['push'] })
			.where(eq(person.id, who.id)),
	);
	const outside = await anOutside();
	const { smtpUrl, calls } = await aSilentMailServer();
	const mailer = createMailer({ smtpUrl, from: config().mailFrom, timeoutMs: 60_000, deadlineMs: 60_000 });
	// Refused by silence on 2 May: the service is told from 17 April on. Two days before the meeting, at 10:00 in Paris.
	let now = on('2026-04-17', '07:00');
	const worker = createWorker({ db, edges: { ...outside.edges, sendMail: mailer.send }, now: () => now });
	await aDevice(db, outside, { accountId: who.account.id, now });
	await anAppointment(db, { personId: who.id, referentId: decider.id, day: '2026-04-20', time: '10:00' });
	await worker.tick();
	await vi.waitFor(() => expect(calls()).toBe(1), { timeout: 10_000 });
	now = on('2026-04-18', '08:00');
	await worker.tick();
	expect(outside.pushes().filter(({ tag }) => tag.startsWith('rdv-'))).toHaveLength(1);
	expect(await db.read.select().from(aidNotice)).toMatchObject([{ kind: 'silence', attempts: 1, sentAt: null }]);
	expect(calls()).toBe(1);
});

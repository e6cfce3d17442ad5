import { config } from '../platform/config.ts';
import type { Mail } from '../platform/mail.ts';
import type { Delivery, StillWanted } from '../platform/outcome.ts';
import type { PushGateway } from '../platform/push-gateway.ts';
import { topicOf } from '../platform/push-payload.ts';
import { returnPathOf } from '../platform/return-path.ts';
import type { Sms } from '../platform/sms.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import type { Job } from './preparing.ts';
import { mailOf, pushPayload, smsOf } from './wording.ts';

/** The outside world, replaced at its edge in tests. */
export interface Edges {
	push: Pick<PushGateway, 'send' | 'channel'>;
	sendMail(mail: Mail): Promise<Delivery>;
	sendSms(sms: Sms): Promise<Delivery>;
}

/** What became of one attempt; one per device for push. */
export interface Result extends Delivery {
	/** The browser that will never take anything again. */
	goneId?: string;
	/** Our key is refused: no push leaves for a while. */
	stopChannel?: true;
}

const URGENT: ReadonlySet<ReminderKind> = new Set(['appointment_evening', 'appointment_2h', 'appointment_changed']);

/** Sends one claimed reminder through its channel. Ends within the channel's deadline, never rejects. */
export async function deliver(
	job: Job,
	edges: Edges,
	{ now, stillWanted }: { now: Date; stillWanted: StillWanted },
): Promise<Result[]> {
	if (job.channel === 'push') return Promise.all(job.devices.map((device) => push(job, device, edges, now)));
	if (job.channel === 'email') return [await edges.sendMail({ ...mailTo(job), stillWanted })];
	return [await edges.sendSms({ to: job.phone!, text: smsOf(job.content), reference: job.row.id, stillWanted })];
}

function mailTo({ row, email, content }: Job): Mail {
	const { bounces } = config();
	return { to: email!, ...mailOf(content), ...(bounces && { returnPath: returnPathOf(row.id, bounces) }) };
}

async function push(job: Job, device: Job['devices'][number], edges: Edges, now: Date): Promise<Result> {
	const { row, tag, beacon } = job;
	const { gone, ...result } = await edges.push.send(device, {
		payload: pushPayload(job.content, { id: row.id, tag, beacon: `${beacon}.${device.id}` }),
		ttlSeconds: Math.max(0, Math.floor((row.usefulUntil.getTime() - now.getTime()) / 1000)),
		urgency: URGENT.has(row.kind) ? 'high' : 'normal',
		topic: topicOf(tag),
		now,
	});
	return gone ? { ...result, goneId: device.id } : result;
}

import type { Delivery } from './outcome.ts';

/** A message of the demo, kept for whoever tries the portal instead of being sent. */
export interface MailboxMessage {
	channel: 'email' | 'sms';
	to: string;
	subject?: string;
	text: string;
	html?: string;
	reference?: string;
}

type Mailbox = (message: MailboxMessage) => Promise<void>;

let mailbox: Mailbox | undefined;

/** Where messages of the demo go while no SMTP_URL or SMS_URL is given. Set once at start; only the demo does. */
export function setMailbox(keep: Mailbox | undefined) {
	mailbox = keep;
}

/** Never rejects: a mailbox that cannot keep the message is tried again, like any other service. */
export async function leaveInMailbox(message: MailboxMessage): Promise<Delivery> {
	if (!mailbox) return { outcome: 'technical_failure', reason: 'not_configured' };
	try {
		await mailbox(message);
		return { outcome: 'accepted', reason: 'mailbox' };
	} catch {
		return { outcome: 'temporary_failure', reason: 'mailbox' };
	}
}

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

/** @returns false when there is no mailbox here */
export async function leaveInMailbox(message: MailboxMessage): Promise<boolean> {
	await mailbox?.(message);
	return mailbox !== undefined;
}

import type { Locale } from '../../paraglide/runtime.js';
import { config } from '../platform/config.ts';
import { gsmLength, toGsm } from '../platform/sms.ts';
import type { Recipient } from './queries.ts';
import { mailOf, pushPayload, smsOf, type Content, type Template } from './wording.ts';

/** As long as a real one, so that lengths are true. */
const SAMPLE_TOKEN = 'x'.repeat(43);

/** What this person would get on each channel, in their language and their own wording. */
export function previewFor(
	recipient: Recipient,
	{ template, text, phone, now }: { template: Template; text: string; phone: string; now: Date },
) {
	const next = template === 'appointment' ? recipient.nextAppointment : null;
	const content: Content = {
		kind: 'manual',
		template,
		locale: recipient.locale as Locale,
		now,
		appointment: next ? { ...next, mode: 'on_site', placeName: null, state: 'booked' } : undefined,
		isNew: false,
		lastDay: { at: now, zone: 'Europe/Paris' },
		detailed: recipient.wording === 'detailed',
		text: text || null,
		phone,
		token: next ? SAMPLE_TOKEN : null,
		path: '/compte/messages',
		origin: config().origin,
		unsubscribe: null,
	};
	const { title, body } = pushPayload(content, { id: '', tag: '', beacon: '' });
	const mail = mailOf(content);
	const hide = (words: string) => words.replace(SAMPLE_TOKEN, '…');
	const sms = toGsm(smsOf(content));
	return {
		push: { title, body },
		mail: { subject: mail.subject, text: hide(mail.text) },
		sms: { text: hide(sms), length: gsmLength(sms) ?? 0 },
	};
}
export type Preview = ReturnType<typeof previewFor>;

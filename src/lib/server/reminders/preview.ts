import type { Locale } from '../../paraglide/runtime.js';
import { smsLocale } from '../../shared/locales.ts';
import { config } from '../platform/config.ts';
import { gsmLength, toGsm } from '../platform/sms.ts';
import { instantOf, localDay, addDays } from '../territories/calendar.ts';
import type { Recipient } from './queries.ts';
import type { Subject, TemplateTexts } from './template-rules.ts';
import { mailOf, pushPayload, smsOf, type Content } from './wording.ts';

/** As long as a real one, so that lengths are true. */
const SAMPLE_TOKEN = 'x'.repeat(43);

interface Sample {
	template: Subject;
	texts: TemplateTexts | null;
	text: string;
	phone: string;
	/** When it is read: days are named as of then. */
	now: Date;
}
type Reader = Pick<Recipient, 'locale' | 'wording' | 'nextAppointment'>;

/** What this person would get on each channel, in their language and their own wording. */
export function previewFor(
	{ locale, wording, nextAppointment }: Reader,
	{ template, texts, text, phone, now }: Sample,
) {
	const next = template === 'appointment' ? nextAppointment : null;
	const content: Content = {
		kind: 'manual',
		template,
		texts,
		locale: locale as Locale,
		now,
		appointment: next ? { ...next, mode: 'on_site', placeName: null, state: 'booked' } : undefined,
		isNew: false,
		lastDay: { at: now, zone: 'Europe/Paris' },
		detailed: wording === 'detailed',
		text: text || null,
		phone,
		token: next ? SAMPLE_TOKEN : null,
		path: '/compte/messages',
		origin: config().origin,
		unsubscribe: null,
	};
	const { title, body, lang, dir } = pushPayload(content, { id: '', tag: '', beacon: '' });
	const mail = mailOf(content);
	const hide = (words: string) => words.replace(SAMPLE_TOKEN, '…');
	const sms = toGsm(smsOf(content));
	return {
		lang,
		dir,
		push: { title, body, length: title.length },
		mail: { subject: mail.subject, text: hide(mail.text), length: mail.subject.length },
		sms: {
			text: hide(sms),
			length: gsmLength(sms) ?? 0,
			lang: smsLocale(lang),
			/** Without it, a person who cannot tap has the number alone. */
			hasLink: sms.includes('://'),
		},
	};
}
export type Preview = ReturnType<typeof previewFor>;

/** One person of each language among these: what they would get. */
export function examplesFor(people: Recipient[], sample: Sample): ({ name: string } & Preview)[] {
	const first = new Map(people.toReversed().map((one) => [one.locale, one]));
	return [...first.values()]
		.toReversed()
		.map((one) => ({ name: `${one.firstName} ${one.lastName}`, ...previewFor(one, sample) }));
}

/** A template as somebody discreet would get it in this language; an appointment is on the third day from now, at 10:00. */
export const sampleOf = (
	texts: TemplateTexts,
	{ locale, subject, phone, zone, now }: { locale: Locale; subject: Subject; phone: string; zone: string; now: Date },
): Preview => {
	const startsAt = instantOf(addDays(localDay(now, zone), 3), '10:00', zone);
	const reader = { locale, wording: 'discreet' as const, nextAppointment: { startsAt, zone } };
	return previewFor(reader, { template: subject, texts, text: '', phone, now });
};

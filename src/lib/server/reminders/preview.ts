import type { Locale } from '../../paraglide/runtime.js';
import { smsLocale } from '../../shared/locales.ts';
import { gsmLength, toGsm } from '../platform/sms.ts';
import { instantOf, localDay, addDays } from '../territories/calendar.ts';
import type { Channel } from '../../shared/codes.ts';
import { asks, contentOf, wordingFor, type Said } from './content.ts';
import { pathByHand, type Recipient } from './recipients.ts';
import type { Subject, TemplateTexts } from './template-rules.ts';
import { mailOf, pushPayload, smsOf } from './wording.ts';

/** As long as a real one, so that lengths are true. */
const SAMPLE_TOKEN = 'x'.repeat(43);
const SAMPLE_MEETING = {
	id: 'x'.repeat(22),
	mode: 'on_site',
	placeName: null,
	state: 'booked',
	phone: null,
	answer: 'none',
} as const;
const HOUR_MS = 60 * 60_000;

interface Sample {
	template: Subject;
	texts: TemplateTexts | null;
	text: string;
	/** When it is read: days are named as of then. */
	now: Date;
}
type Reader = Pick<Recipient, 'id' | 'locale' | 'wording' | 'nextAppointment' | 'isMailProved' | 'territoryPhone'>;

/** What this person would get on each channel, in their language and their own wording: made as what leaves is. */
export function previewFor(reader: Reader, { template, texts, text, now }: Sample) {
	const next = template === 'appointment' ? (reader.nextAppointment ?? undefined) : undefined;
	const said: Said = {
		kind: 'manual',
		template,
		texts,
		text: text || null,
		path: pathByHand(next?.id),
		isNew: false,
		lastDay: { at: now, zone: 'Europe/Paris' },
		token: asks('manual', next, now) ? SAMPLE_TOKEN : null,
		now,
	};
	const contentOn = (channel: Channel) =>
		contentOf(said, { ...reader, wording: wordingFor(channel, reader.wording, reader.isMailProved) }, next);
	const { title, body, lang, dir } = pushPayload(contentOn('push'), { id: '', tag: '', beacon: '' });
	const mail = mailOf(contentOn('email'));
	const hide = (words: string) => words.replace(SAMPLE_TOKEN, '…');
	const sms = toGsm(smsOf(contentOn('sms')));
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
	const nextAppointment = { ...SAMPLE_MEETING, startsAt, endsAt: new Date(startsAt.getTime() + HOUR_MS), zone };
	const reader = { id: '', locale, wording: 'discreet', isMailProved: true, territoryPhone: phone } as const;
	return previewFor({ ...reader, nextAppointment }, { template: subject, texts, text: '', now });
};

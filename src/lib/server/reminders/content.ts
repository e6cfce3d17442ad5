import type { appointment, person, reminder } from '../db/schema/index.ts';
import { baseLocale, isLocale, type Locale } from '../../paraglide/runtime.js';
import type { Channel } from '../../shared/codes.ts';
import { config } from '../platform/config.ts';
import { MUTABLE_KINDS } from './kinds.ts';
import type { TemplateTexts } from './template-rules.ts';
import { unsubscribeToken } from './unsubscribe.ts';
import type { Content } from './wording.ts';

/** What a message says to one reader: made in one place, so that a preview shows what will leave. */

type Meeting = Pick<
	typeof appointment.$inferSelect,
	'startsAt' | 'endsAt' | 'zone' | 'mode' | 'placeName' | 'state' | 'phone' | 'answer'
>;
type Wording = (typeof person.$inferSelect)['wording'];

export interface Said {
	kind: (typeof reminder.$inferSelect)['kind'];
	template: string | null;
	/** The territory's own words for it. */
	texts: TemplateTexts | null;
	/** What only who chose « detailed » reads. */
	text: string | null;
	path: string;
	/** Its appointment was just agreed, not moved. */
	isNew: boolean;
	/** Last moment at which it makes sense. */
	lastDay: { at: Date; zone: string };
	/** Of `/r/…` when it `asks`. */
	token: string | null;
	now: Date;
}

interface Reader {
	id: string;
	locale: string;
	wording: Wording;
	/** Who answers where the appointment names no number. */
	territoryPhone: string;
}

/** What an e-mail may say: an address that no code ever reached may be a stranger's, and reads no more than a locked screen does. */
export const wordingFor = (channel: Channel, wording: Wording, isMailProved: boolean): Wording =>
	channel === 'email' && !isMailProved ? 'discreet' : wording;

/** The reminders in which an answer is asked, as long as none was given. The first of all only announces the day. */
export const asks = (kind: Said['kind'], meeting: Meeting | undefined, now: Date): boolean =>
	kind !== 'appointment_7d' && meeting?.state === 'booked' && meeting.answer === 'none' && now < meeting.endsAt;

export const localeOf = (locale: string): Locale => (isLocale(locale) ? locale : baseLocale);

export const contentOf = (said: Said, reader: Reader, meeting: Meeting | undefined): Content => ({
	...said,
	locale: localeOf(reader.locale),
	appointment: meeting,
	detailed: reader.wording === 'detailed',
	phone: meeting?.phone ?? reader.territoryPhone,
	origin: config().origin,
	unsubscribe: (MUTABLE_KINDS as readonly string[]).includes(said.kind)
		? `${config().origin}/api/desabonnement/${unsubscribeToken(reader.id, said.kind)}`
		: null,
});

import { m } from '../../paraglide/messages.js';
import { getTextDirection, localizeHref, type Locale } from '../../paraglide/runtime.js';
import type { AppointmentMode, AppointmentState } from '../../shared/codes.ts';
import { daysUntil, formatDay, formatDayTime, formatTime } from '../../shared/dates.ts';
import { smsLocale } from '../../shared/locales.ts';
import type { ReminderKind } from '../db/schema/reminders.ts';
import type { Mail } from '../platform/mail.ts';
import { formatPhone } from '../platform/phone.ts';
import { fitsOneSms } from '../platform/sms.ts';
import { filled, type TemplateTexts } from './template-rules.ts';

/** Everything a message is made of. Discreet by default: a day and an hour, never a theme, place, structure or name. */
export interface Content {
	kind: ReminderKind;
	template: string | null;
	/** The territory's own words for it. */
	texts: TemplateTexts | null;
	locale: Locale;
	now: Date;
	appointment?: {
		startsAt: Date;
		zone: string;
		mode: AppointmentMode;
		placeName: string | null;
		state: AppointmentState;
	};
	/** The appointment was just agreed, not moved. */
	isNew: boolean;
	/** Last moment at which it makes sense: the last day of a step or of a paper. */
	lastDay: { at: Date; zone: string };
	/** What only a person who chose « detailed » lets us say. */
	detailed: boolean;
	text: string | null;
	/** What a mail says more of a request, line by line: its acknowledgement, or where it stands. */
	lines?: string[];
	/** E.164: who answers a question. */
	phone: string;
	/** Token of `/r/…`; null when there is nothing to answer. */
	token: string | null;
	path: string;
	origin: string;
	/** Address where a mail reader stops this kind of message; null for those that cannot be stopped. */
	unsubscribe: string | null;
}

/** Longer ago or further away, a weekday alone would be ambiguous. */
const WEEKDAY_UP_TO_DAYS = 6;

const weekdays = new Map<string, Intl.DateTimeFormat>();

/** Made once each: building one costs a thousand times what using it does. */
function weekdayIn(zone: string, locale: Locale): Intl.DateTimeFormat {
	const key = `${zone} ${locale}`;
	let made = weekdays.get(key);
	if (!made) weekdays.set(key, (made = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: zone })));
	return made;
}

/**
 * « jeudi à 10 h », or « jeudi 3 décembre à 10 h » when it is a week away or more. Never « demain »: a phone that was off
 * shows it the day after.
 */
export function whenOf(startsAt: Date, zone: string, locale: Locale, now: Date): string {
	if (daysUntil(startsAt, zone, now) > WEEKDAY_UP_TO_DAYS) return formatDayTime(startsAt, zone, locale, now);
	const day = weekdayIn(zone, locale).format(startsAt);
	return m.dates_day_time({ day, time: formatTime(startsAt, zone, locale) }, { locale });
}

/** « jeudi », or « jeudi 3 décembre » when it is a week away or more. */
function dayOf({ lastDay: { at, zone }, locale, now }: Content): string {
	const isNear = daysUntil(at, zone, now) <= WEEKDAY_UP_TO_DAYS;
	return isNear ? weekdayIn(zone, locale).format(at) : formatDay(at, zone, locale, now);
}

/** What is said of an appointment that was agreed, moved or cancelled. */
export function changeOf({ isNew, state, when, locale }: Change): string {
	if (state !== 'booked') return m.reminder_appointment_cancelled({ when }, { locale });
	return (isNew ? m.reminder_appointment_new : m.reminder_appointment_moved)({ when }, { locale });
}
interface Change {
	isNew: boolean;
	state: AppointmentState;
	when: string;
	locale: Locale;
}

const whenIn = ({ appointment, locale, now }: Content): string =>
	appointment ? whenOf(appointment.startsAt, appointment.zone, locale, now) : '';

/** The one sentence of every channel, without its full stop. */
export function statementOf(content: Content): string {
	const { kind, template, texts, appointment, isNew, locale, now } = content;
	const own = kind === 'manual' ? texts?.[locale] : undefined;
	if (own) return filled(own, { quand: whenIn(content), telephone: formatPhone(content.phone) }, locale);
	if (appointment && (kind !== 'manual' || template === 'appointment')) {
		const when = whenOf(appointment.startsAt, appointment.zone, locale, now);
		if (kind !== 'appointment_changed') return m.reminder_appointment({ when }, { locale });
		return changeOf({ isNew, state: appointment.state, when, locale });
	}
	if (kind === 'invitation') return m.reminder_invitation({}, { locale });
	if (kind === 'earlier_hour') return m.reminder_earlier({}, { locale });
	if (kind === 'step_due') return m.reminder_step_due({ day: dayOf(content) }, { locale });
	if (kind === 'paper_due') return m.reminder_paper_due({ day: dayOf(content) }, { locale });
	if (kind === 'aid_silence') return m.reminder_aid_silence({ day: dayOf(content) }, { locale });
	if (kind === 'draft_closing')
		return template === 'last'
			? m.reminder_draft_last({ day: dayOf(content) }, { locale })
			: m.reminder_draft_closing({}, { locale });
	if (kind === 'file_closing') return m.reminder_file_closing({ day: dayOf(content) }, { locale });
	if (kind === 'request_received') return m.request_receipt_title({}, { locale });
	if (kind === 'rating') return m.reminder_rating({}, { locale });
	if (kind === 'results_news') return m.reminder_results_news({}, { locale });
	if (kind === 'check_in') return m.reminder_check_in({}, { locale });
	if (template === 'call') return m.reminder_template_call({}, { locale });
	if (template === 'paper') return m.reminder_template_paper({}, { locale });
	return m.reminder_news({}, { locale });
}

/** What a message is about, for who lets us say it. */
const DETAILS: Partial<Record<ReminderKind, typeof m.reminder_detail_rating>> = {
	invitation: m.reminder_detail_invitation,
	step_due: m.reminder_detail_step_due,
	paper_due: m.reminder_detail_paper_due,
	draft_closing: m.reminder_detail_draft_closing,
	rating: m.reminder_detail_rating,
	check_in: m.reminder_detail_check_in,
	request_received: m.reminder_detail_request_received,
	pathway_changed: m.reminder_detail_pathway_changed,
};

function detailOf({ kind, detailed, appointment, text, path, locale }: Content): string | null {
	if (!detailed) return null;
	if (text) return text;
	if (kind === 'pathway_changed' && path === '/rendez-vous') return m.reminder_detail_invitation_over({}, { locale });
	if (!appointment) return DETAILS[kind]?.({}, { locale }) ?? null;
	const places: Record<AppointmentMode, string | null> = {
		on_site: appointment.placeName,
		phone: m.reminder_by_phone({}, { locale }),
		video: m.reminder_by_video({}, { locale }),
		home: m.reminder_at_home({}, { locale }),
	};
	return places[appointment.mode];
}

const localPath = (content: Content) =>
	localizeHref(content.token ? `/r/${content.token}` : content.path, { locale: content.locale });
/** Its path alone would say that it is about an aid: it leads to the messages, which lead there. */
const isTelling = ({ detailed, token, path }: Content) => !detailed && !token && path.startsWith('/aides');
/** Read on the screen too. */
const linkOf = (content: Content) =>
	content.origin + localPath(isTelling(content) ? { ...content, path: '/compte/messages' } : content);

export interface PushNotice {
	id: string;
	/** Same tag, same notification: a newer one replaces it on the screen. */
	tag: string;
	beacon: string;
}

/** What the service worker shows (src/service-worker.ts). */
export function pushPayload(content: Content, { id, tag, beacon }: PushNotice) {
	const { locale, token } = content;
	// A tap needs no second one: the messages lead straight on to the one that is named.
	const opened = isTelling(content) ? { ...content, path: `/compte/messages?message=${id}` } : content;
	const ask = token ? m.reminder_push_ask({}, { locale }) : m.reminder_push_open({}, { locale });
	const detail = detailOf(content);
	return {
		type: 'reminder',
		id,
		tag,
		title: statementOf(content),
		body: detail ? `${detail}\n${ask}` : ask,
		lang: locale,
		dir: getTextDirection(locale),
		path: localPath(opened),
		...(token && { token }),
		beacon,
		actions: token
			? [
					{ action: 'coming', title: m.reminder_action_coming({}, { locale }) },
					{ action: 'cannot', title: m.reminder_action_cannot({}, { locale }) },
				]
			: [],
	};
}

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replace(/[&<>"']/g, (sign) => SIGNS[sign]!);

/** Text and the same in simple HTML, without picture or tracker. */
export function mailOf(content: Content): Omit<Mail, 'to'> {
	const { locale, token, origin } = content;
	const statement = statementOf(content);
	const detail = detailOf(content);
	const link = linkOf(content);
	const lead = token ? m.reminder_mail_ask({}, { locale }) : m.reminder_mail_see({}, { locale });
	const button = token ? m.reminder_mail_answer({}, { locale }) : m.reminder_mail_open({}, { locale });
	const phone = m.reminder_mail_phone({ phone: formatPhone(content.phone) }, { locale });
	const settings = origin + localizeHref('/compte/notifications', { locale });
	const choose = m.reminder_mail_settings({}, { locale });
	const hello = m.reminder_mail_hello({}, { locale });
	const service = m.service_name({}, { locale });
	const more = content.lines ?? [];
	const lines = [
		hello,
		'',
		`${statement}.`,
		...(detail ? [detail] : []),
		...more,
		'',
		lead,
		link,
		'',
		phone,
		'',
		service,
	];
	const paragraph = (html: string) => `<p>${html}</p>`;
	return {
		subject: statement,
		text: [...lines, `${choose} : ${settings}`, ''].join('\n'),
		html: [
			`<!doctype html><html lang="${locale}" dir="${getTextDirection(locale)}"><body style="font:18px/1.5 sans-serif">`,
			paragraph(escape(hello)),
			paragraph(`<strong>${escape(statement)}.</strong>`),
			...(detail ? [paragraph(escape(detail))] : []),
			...more.filter(Boolean).map((line) => paragraph(escape(line))),
			paragraph(`${escape(lead)}<br><a href="${escape(link)}">${escape(button)}</a>`),
			paragraph(escape(phone)),
			paragraph(`${escape(service)}<br><a href="${escape(settings)}">${escape(choose)}</a>`),
			'</body></html>',
		].join('\n'),
		...(content.unsubscribe && {
			headers: {
				'List-Unsubscribe': `<${content.unsubscribe}>`,
				'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
			},
		}),
	};
}

/**
 * One SMS: the fullest of these that holds in 160 characters of the GSM alphabet. It is worded in French for a language
 * that alphabet cannot write (`smsLocale`); its link still opens the page in the language of the reader.
 */
export function smsOf(content: Content): string {
	const { token } = content;
	const locale = smsLocale(content.locale);
	const statement = statementOf({ ...content, locale });
	const link = linkOf(content);
	const phone = formatPhone(content.phone);
	const compact = phone.replaceAll(' ', '');
	const full = token ? m.reminder_sms_ask : m.reminder_sms_see;
	const withLink = m.reminder_sms_link({ statement, link }, { locale });
	const possible = [
		full({ statement, link, phone }, { locale }),
		full({ statement, link, phone: compact }, { locale }),
		m.reminder_sms_see({ statement, link, phone: compact }, { locale }),
		`${withLink} ${compact}`,
		// The number answers whoever cannot tap; a link alone answers nobody else.
		m.reminder_sms_phone({ statement, phone }, { locale }),
		m.reminder_sms_phone({ statement, phone: compact }, { locale }),
		withLink,
	];
	return possible.find(fitsOneSms) ?? statement;
}

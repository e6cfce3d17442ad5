import { describe, expect, test } from 'vitest';
import { anAppointment, aPerson } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { locales, type Locale } from '../../paraglide/runtime.js';
import { REMINDER_KINDS } from '../db/schema/reminders.ts';
import { gsmLength, toGsm } from '../platform/sms.ts';
import { mailOf, pushPayload, smsOf, statementOf, type Content } from './wording.ts';

/** An appointment of Thursday 3 December 2026 at 10:00 in Paris; its reader has no French. */
const BOOKED_ON = new Date('2026-11-23T09:00:00Z');
const TWO_BEFORE = new Date('2026-12-01T09:00:00Z');

async function theMessageOf(locale: string, channel: 'push' | 'email' | 'sms') {
	const db = await testDatabase();
	const outside = await anOutside();
	const who = await aPerson(db, { locale, channelOrder: [channel] });
	if (channel === 'push') await aDevice(db, outside, { accountId: who.account.id, now: BOOKED_ON });
	await anAppointment(db, { personId: who.id, day: '2026-12-03', time: '10:00' });
	await tickAt(db, outside, BOOKED_ON);
	await tickAt(db, outside, TWO_BEFORE);
	return { push: outside.pushes()[0], message: outside.mailbox.find((message) => message.channel === channel) };
}

test('a notification in Arabic says its language and runs right to left, with digits read in France', async () => {
	const { push } = await theMessageOf('ar', 'push');
	expect(push).toMatchObject({ title: 'لديك موعد الخميس على الساعة 10:00', lang: 'ar', dir: 'rtl' });
	expect(push!.path).toMatch(/^\/ar\/r\//);
	expect(push!.actions.map(({ title }) => title)).toEqual(['سآتي', 'لا أستطيع']);
});

test('a notification in Ukrainian says its language', async () => {
	const { push } = await theMessageOf('uk', 'push');
	expect(push).toMatchObject({ lang: 'uk', dir: 'ltr' });
	expect(push!.title).toMatch(/\p{Script=Cyrillic}.* 10:00/u);
});

test('a mail in Arabic runs right to left, and its links open pages in Arabic', async () => {
	const { message } = await theMessageOf('ar', 'email');
	expect(message!.subject).toBe('لديك موعد الخميس على الساعة 10:00');
	expect(message!.html).toContain('<html lang="ar" dir="rtl">');
	expect(message!.html).toContain('href="https://portail.example.fr/ar/r/');
});

const content = (locale: Locale, origin: string): Content => ({
	kind: 'appointment_2d',
	template: null,
	texts: null,
	locale,
	now: new Date('2026-09-20T09:00:00Z'),
	appointment: {
		startsAt: new Date('2026-09-30T12:30:00Z'),
		zone: 'Europe/Paris',
		mode: 'on_site',
		placeName: null,
		state: 'booked',
	},
	isNew: false,
	lastDay: { at: new Date('2026-09-30T12:30:00Z'), zone: 'Europe/Paris' },
	detailed: false,
	text: null,
	phone: '+33324000000',
	token: 'x'.repeat(43),
	path: '/rendez-vous/x',
	origin,
	unsubscribe: null,
});

describe('an SMS of a portal whose address is long holds the day, the link and the number that answers', () => {
	const origins = ['https://parcours.ardennes.fr', 'https://monparcours.deux-sevres.fr'];
	test.each(
		origins.flatMap((origin) => (['fr', 'en', 'ar', 'uk'] as const).map((locale) => [origin, locale] as const)),
	)('%s, %s', (origin, locale) => {
		const sms = smsOf(content(locale, origin));
		expect(gsmLength(toGsm(sms))).toBeLessThanOrEqual(160);
		expect(sms).toContain(`${origin}${locale === 'fr' ? '' : `/${locale}`}/r/${'x'.repeat(43)}`);
		expect(sms.replaceAll(' ', '')).toContain('0324000000');
		expect(sms).toMatch(/30 (septembre|September)/);
	});
});

describe('whatever the message, one SMS holds the number that answers, also where the link does not fit', () => {
	const origin = `https://${'mon-parcours.'.repeat(5)}example.fr`;
	const words = 'Nous vous attendons avec vos papiers {quand}, ou appelez-nous avant midi';
	const kinds = REMINDER_KINDS.flatMap((kind) =>
		[null, 'call', 'paper', 'appointment', 'last'].map((template) => ({ kind, template })),
	);
	test.each(locales.flatMap((locale) => kinds.map(({ kind, template }) => [locale, kind, template] as const)))(
		'%s, %s, %s',
		(locale, kind, template) => {
			for (const texts of [null, { fr: words, [locale]: words }])
				for (const token of ['x'.repeat(43), null]) {
					const given = { ...content(locale, origin), kind, template, texts, token };
					const sms = smsOf(given);
					expect(gsmLength(toGsm(sms))).toBeLessThanOrEqual(160);
					expect(sms.replaceAll(' ', '')).toContain('0324000000');
				}
		},
	);
});

test('in words that run right to left, a number stays in its order; an SMS holds no invisible sign', () => {
	const own = {
		...content('ar', 'https://portail.example.fr'),
		kind: 'manual' as const,
		texts: { fr: 'Appelez le {telephone}', ar: 'اتصل على {telephone}' },
		appointment: undefined,
		token: null,
	};
	const isolated = 'اتصل على \u206603 24 00 00 00\u2069';
	expect(statementOf(own).replaceAll('\u00a0', ' ')).toBe(isolated);
	expect(pushPayload(own, { id: '', tag: '', beacon: '' }).title).toBe(statementOf(own));
	expect(mailOf(own).subject).toBe(statementOf(own));
	expect(smsOf(own)).not.toMatch(/[\u2066-\u2069]/);
	expect(statementOf({ ...own, locale: 'fr' })).not.toMatch(/[\u2066-\u2069]/);
});

test('an SMS for Arabic or Ukrainian is one SMS in French, whose link opens the page in the language of the reader', async () => {
	for (const locale of ['ar', 'uk']) {
		const { message } = await theMessageOf(locale, 'sms');
		expect(message!.text).toMatch(/^Vous avez un rendez-vous jeudi à 10 h\. /);
		expect(message!.text).toContain(`https://portail.example.fr/${locale}/r/`);
		expect(gsmLength(message!.text!)).toBeLessThanOrEqual(160);
	}
});

import { expect, test } from 'vitest';
import { anAppointment, aPerson } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { aDevice, anOutside, tickAt } from '../../../../tests/support/reminders.ts';
import { gsmLength } from '../platform/sms.ts';

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

test('an SMS for Arabic or Ukrainian is one SMS in French, whose link opens the page in the language of the reader', async () => {
	for (const locale of ['ar', 'uk']) {
		const { message } = await theMessageOf(locale, 'sms');
		expect(message!.text).toMatch(/^Vous avez un rendez-vous jeudi à 10 h\. /);
		expect(message!.text).toContain(`https://portail.example.fr/${locale}/r/`);
		expect(gsmLength(message!.text!)).toBeLessThanOrEqual(160);
	}
});

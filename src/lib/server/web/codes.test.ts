import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aPerson, NOW } from '../../../../tests/factories/index.ts';
import { ownAppDatabase } from '../../../../tests/support/app-database.ts';
import { db } from '../db/index.ts';
import { setMailbox, type MailboxMessage } from '../platform/mailbox.ts';
import { sendCode } from './codes.ts';
import { limitByAddress } from './limits.ts';

ownAppDatabase();
// Messages stay in the mailbox.
delete process.env.SMS_URL;

let sent: MailboxMessage[] = [];
beforeEach(() => {
	sent = [];
	setMailbox((message) => Promise.resolve(void sent.push(message)));
});
afterEach(() => setMailbox(undefined));

let last = 0;
/** A visitor at an address of their own. */
function aVisitor(address = `192.0.2.${(last += 1)}`) {
	const jar = new Map<string, string>();
	const cookies = { get: (name: string) => jar.get(name), set: (name: string, value: string) => jar.set(name, value) };
	return {
		cookies: cookies as unknown as Cookies,
		locals: { now: NOW, account: null, locale: 'fr' },
		getClientAddress: () => address,
	} as unknown as RequestEvent;
}
/** What leaves after the answer has left by then. */
const afterTheAnswer = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('a code asked to sign in leaves for a known number only, after the answer, which is the same for both', async () => {
	await aPerson(db, { phone: '+33639980061' });
	const answers = [];
	for (const contact of ['06 39 98 00 61', '06 39 98 00 62']) {
		answers.push(await sendCode(aVisitor(), contact, { onlyKnown: true }));
		expect(sent.filter(({ to }) => to.endsWith('62'))).toEqual([]);
	}
	expect(answers[0]).toEqual(answers[1]);
	await afterTheAnswer();
	expect(sent.map(({ channel, to }) => [channel, to])).toEqual([['sms', '+33639980061']]);
	expect(sent[0]!.text).toMatch(/\d{6}/);
});

test('a visitor who confirms a request gets the code without having an account', async () => {
	await sendCode(aVisitor(), '06 39 98 00 63');
	await afterTheAnswer();
	expect(sent.map(({ to }) => to)).toEqual(['+33639980063']);
});

test('the sixth code in the hour is refused alike for a known and an unknown number', async () => {
	await aPerson(db, { phone: '+33639980064' });
	for (const contact of ['0639980064', '0639980065']) {
		for (let asked = 0; asked < 5; asked++) await sendCode(aVisitor(), contact, { onlyKnown: true });
		await expect(sendCode(aVisitor(), contact, { onlyKnown: true })).rejects.toThrow('codes_too_many');
	}
});

test('what is no contact is refused before anything is drawn', async () => {
	await expect(sendCode(aVisitor(), 'bonjour')).rejects.toMatchObject({ code: 'contact_invalid', kind: 'invalid' });
});

test('one address asks for sixty codes in ten minutes, and a whole /64 of IPv6 counts as one', async () => {
	for (let asked = 0; asked < 60; asked++) await limitByAddress(aVisitor(`2001:db8:1:2::${asked}`), 'code_asked');
	const refused = limitByAddress(aVisitor('2001:db8:1:2:ffff::1'), 'code_asked');
	await expect(refused).rejects.toMatchObject({ code: 'too_many_requests', kind: 'too_many' });
	await expect(limitByAddress(aVisitor('2001:db8:1:3::1'), 'code_asked')).resolves.toBeUndefined();
});

import { expect, test } from 'vitest';
import { newId } from './ids.ts';
import {
	bouncedMessage,
	isDeadAddress,
	isGivenUp,
	isReturnAddress,
	messageOfReturnPath,
	returnPathOf,
} from './return-path.ts';

const bounces = { address: 'retours@parcours.example.fr', key: 'a key of tests' };
const CRLF = '\r\n';

/** A report of RFC 3464, as Postfix writes it. */
const report = (action: string, status: string) =>
	[
		'Return-Path: <>',
		'From: MAILER-DAEMON@mx.example.fr',
		'Content-Type: multipart/report; report-type=delivery-status;',
		'\tboundary="limit"',
		'',
		'--limit',
		'Content-Type: text/plain',
		'',
		'Action: failed (in words only)',
		'--limit',
		'Content-Type: message/delivery-status',
		'',
		'Reporting-MTA: dns; mx.example.fr',
		'',
		'Final-Recipient: rfc822; gone@example.fr',
		`Action: ${action}`,
		`Status: ${status}`,
		'--limit--',
	].join(CRLF);

test('an address of return names its message, whatever a mail server did to its case', () => {
	const id = newId();
	const address = returnPathOf(id, bounces);
	expect(address).toMatch(/^retours\+[0-9a-f]{48}@parcours\.example\.fr$/);
	expect(address.indexOf('@')).toBeLessThanOrEqual(64);
	expect(messageOfReturnPath(address, bounces.key)).toBe(id);
	expect(messageOfReturnPath(address.toUpperCase(), bounces.key)).toBe(id);
});

test('an address of another key, changed, or without mark names none', () => {
	const address = returnPathOf(newId(), bounces);
	const wrong = [
		address.replace(/[0-9a-f]@/, (sign) => (sign[0] === '0' ? '1@' : '0@')),
		bounces.address,
		'',
		address.slice(9),
	];
	for (const one of wrong) expect(messageOfReturnPath(one, bounces.key)).toBeNull();
	expect(messageOfReturnPath(address, 'another key')).toBeNull();
});

test.each<[string, string, boolean]>([
	['given up for good', report('failed', '5.1.1'), true],
	['given up after days of trying', report('failed', '4.4.7'), true],
	['with bare line ends', report('failed', '5.1.1').replaceAll(CRLF, '\n'), true],
	['late, and still tried', report('delayed', '4.4.1'), false],
	['delivered', report('delivered', '2.0.0'), false],
	['of Exim', ['X-Failed-Recipients: gone@example.fr', 'Subject: Mail delivery failed', '', 'words'].join(CRLF), true],
	[
		'an answer of a person',
		['Subject: Re: rendez-vous', '', 'X-Failed-Recipients: a', 'Action: failed'].join(CRLF),
		false,
	],
	[
		'an out-of-office',
		['Auto-Submitted: auto-replied', 'Content-Type: text/plain', '', 'Action: failed'].join(CRLF),
		false,
	],
	['nothing', '', false],
])('a mail that came back, %s', (_, mail, isBounce) => {
	expect(isGivenUp(mail)).toBe(isBounce);
});

test('a bounce is believed only at an address that we wrote', () => {
	const id = newId();
	expect(bouncedMessage(report('failed', '5.1.1'), returnPathOf(id, bounces), bounces.key)).toEqual({
		id,
		email: 'gone@example.fr',
		isDead: true,
	});
	expect(bouncedMessage(report('failed', '5.1.1'), bounces.address, bounces.key)).toBeNull();
	expect(bouncedMessage(report('delayed', '4.0.0'), returnPathOf(id, bounces), bounces.key)).toBeNull();
});

test.each([
	['retours@parcours.example.fr', true],
	['a'.repeat(15) + '@example.fr', true],
	['a'.repeat(16) + '@example.fr', false],
	['retours+x@example.fr', false],
	[null, false],
])('%s can be an address of return: %s', (address, can) => {
	expect(isReturnAddress(address)).toBe(can);
});

test.each([
	['no mailbox', '5.1.1', true],
	['no such domain', '5.4.4', true],
	['full for good', '5.2.2', true],
	['without a reason', '5.0.0', false],
	['a server that was away for days', '4.4.7', false],
	['too long', '5.3.4', false],
	['taken for unwanted', '5.7.1', false],
])('a report that says « %s » (%s) is about the address: %s', (_, status, isDead) => {
	const bounce = bouncedMessage(report('failed', status), returnPathOf(newId(), bounces), bounces.key);
	expect(bounce?.isDead).toBe(isDead);
});

test.each([
	['550 5.1.1 <x@example.fr>: Recipient address rejected: User unknown', true],
	['550 5.1.2 no such domain', true],
	['501 5.1.3 bad syntax', true],
	['550 5.1.6 moved', true],
	['556 5.1.10 the domain takes no mail', true],
	['550 5.2.1 mailbox disabled', true],
	['552 5.2.2 mailbox full', true],
	['550 5.4.1 Recipient address rejected: Access denied', true],
	['550 5.4.4 unrouteable', true],
	['550 No such user here', true],
	['550 unknown user', true],
	['550 mailbox unavailable', true],
	['550 5.1.0 address rejected: mailbox not found', true],
	['550 The email account that you tried to reach does not exist', true],
	['550 Requested action not taken: mailbox unavailable', true],
	['550 This domain doesn’t have a mailbox', true],
	['554 5.1.8 sender address rejected: domain not found', false],
	['550 5.1.7 invalid sender address', false],
	['550 5.1.0 sender rejected', false],
	['552 5.2.3 message too long', false],
	['550 5.4.7 delivery time expired', false],
	['550 5.4.6 routing loop', false],
	['550 5.7.1 unwanted', false],
	['550 SPF check failed', false],
	['550 Sender address does not exist', false],
	['554 blocked using zen.spamhaus.org', false],
	['550 relay not permitted for this recipient', false],
	['550 no', false],
	['554 from 185.5.1.1 refused', false],
])('« %s » is about the address: %s', (words, isDead) => {
	expect(isDeadAddress(undefined, words)).toBe(isDead);
});

const ofExim = (words: string) =>
	[
		'X-Failed-Recipients: gone@example.fr',
		'Subject: Mail delivery failed',
		'',
		'The following address(es) failed:',
		'  gone@example.fr',
		`    ${words}`,
		'',
		'------ This is a copy of the message, including all the headers. ------',
		'X-Spam-Status: unknown user, 5.1.1',
	].join(CRLF);

test.each([
	['Unrouteable address', true],
	['host mx.example.fr: 550 5.1.1 rejected', true],
	['host mx.example.fr: 550 SPF check failed', false],
	['retry timeout exceeded', false],
])('a report of Exim names the address, and its words what was given up: « %s »', (words, isDead) => {
	const id = newId();
	const bounce = bouncedMessage(ofExim(words), returnPathOf(id, bounces), bounces.key);
	expect(bounce).toEqual({ id, email: 'gone@example.fr', isDead });
});

test('where the status says nothing, the diagnostic does', () => {
	const said = (words: string) =>
		bouncedMessage(
			report('failed', '5.0.0').replace(/^Status:.*$/m, `$&${CRLF}Diagnostic-Code: smtp; ${words}`),
			returnPathOf(newId(), bounces),
			bounces.key,
		)?.isDead;
	expect([said('550 No such user'), said('554 5.1.8 refused'), said('550 blocked')]).toEqual([true, false, false]);
});

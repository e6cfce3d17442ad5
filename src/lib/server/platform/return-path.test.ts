import { expect, test } from 'vitest';
import { newId } from './ids.ts';
import { bouncedMessage, isGivenUp, isReturnAddress, messageOfReturnPath, returnPathOf } from './return-path.ts';

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
	['without a reason', '5.0.0', true],
	['a server that was away for days', '4.4.7', false],
	['too long', '5.3.4', false],
	['taken for unwanted', '5.7.1', false],
])('a report that says « %s » (%s) is about the address: %s', (_, status, isDead) => {
	const bounce = bouncedMessage(report('failed', status), returnPathOf(newId(), bounces), bounces.key);
	expect(bounce?.isDead).toBe(isDead);
});

test('a report of Exim names the address, and what was given up is the address', () => {
	const mail = ['X-Failed-Recipients: gone@example.fr', 'Subject: Mail delivery failed', '', 'words'].join(CRLF);
	const id = newId();
	const bounce = bouncedMessage(mail, returnPathOf(id, bounces), bounces.key);
	expect(bounce).toEqual({ id, email: 'gone@example.fr', isDead: true });
});

import { describe, expect, test } from 'vitest';
import { m } from '../../paraglide/messages.js';
import { locales } from '../../paraglide/runtime.js';
import { smsLocale } from '../../shared/locales.ts';
import { fitsOneSms } from '../platform/sms.ts';
import { parseCode, parseInvitation, parseSignIn } from './forms.ts';
import { deviceOf, destinationFor, safeNext, sessionKindFor } from './rules.ts';

function form(fields: Record<string, string>): FormData {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) data.set(name, value);
	return data;
}

describe('the sign-in form', () => {
	const parse = (contact: string, more: Record<string, string> = {}) => parseSignIn(form({ contact, ...more }));

	test.each([
		['alix@example.fr', 'email', 'alix@example.fr'],
		['  Alix@Example.FR\n', 'email', 'alix@example.fr'],
		['06 39 98 12 34', 'sms', '+33639981234'],
		['06.39.98.12.34', 'sms', '+33639981234'],
		['+33 (0)6 39 98 12 34', 'sms', '+33639981234'],
		['٠٦ ٣٩ ٩٨ ١٢ ٣٤', 'sms', '+33639981234'],
		['０６３９９８１２３４', 'sms', '+33639981234'],
	])('takes %s', (typed, channel, value) => {
		expect(parse(typed)).toMatchObject({ ok: true, value: { contact: { channel, value } } });
	});

	test.each([
		['nothing', ''],
		['spaces', '   '],
		['a word', 'bonjour'],
		['half an address', 'alix@'],
		['two addresses', 'alix@example.fr,sami@example.fr'],
		['a header in the address', 'alix@example.fr\nBcc: sami@example.fr'],
		['emoji', '🙂🙂🙂'],
		['emoji in an address', '@🙂'],
		['right-to-left marks', '\u202Ealix@example.fr\u202C'],
		['NUL', 'alix@example.fr\u0000'],
		['a landline', '03 53 01 00 00'],
		['a short number', '39 49'],
		['a landline with its country', '+33 3 53 01 00 00'],
		['too long an address', `${'a'.repeat(250)}@example.fr`],
		['a very long text', '6'.repeat(100_000)],
	])('refuses %s with a sentence beside the field, and keeps what was typed', (_what, typed) => {
		const parsed = parse(typed);
		expect(parsed.ok).toBe(false);
		if (parsed.ok) return;
		expect(parsed.errors.contact).toMatch(/\.$/);
		expect(parsed.values.contact).toBe(typed);
	});

	test('takes the careful answer when whose phone it is was not said, or forged', () => {
		expect(parse('alix@example.fr', { device: 'own' })).toMatchObject({ value: { isOwnPhone: true } });
		for (const device of ['shared', '', 'OWN', 'x'.repeat(1000)])
			expect(parse('alix@example.fr', { device })).toMatchObject({ ok: true, value: { isOwnPhone: false } });
		expect(parse('alix@example.fr')).toMatchObject({ value: { isOwnPhone: false, next: null } });
	});

	test('keeps a page of ours to go on to, and drops anything else and unknown fields', () => {
		expect(parse('alix@example.fr', { suite: '/accueil' })).toMatchObject({ value: { next: '/accueil' } });
		const parsed = parse('alix@example.fr', { suite: 'https://evil.example', role: 'coordinator' });
		expect(parsed).toMatchObject({ ok: true, value: { next: null } });
		expect(JSON.stringify(parsed)).not.toContain('coordinator');
	});

	test('survives a file where a text is expected', () => {
		const data = new FormData();
		data.set('contact', new File(['x'], 'x.txt'));
		expect(parseSignIn(data).ok).toBe(false);
		expect(parseInvitation(data)).toMatchObject({ ok: true, value: { isOwnPhone: false } });
	});
});

describe('the code form', () => {
	const parse = (code: string) => parseCode(form({ code }));

	test.each(['123456', '123 456', ' 1 2 3 4 5 6 ', '123-456', '123\u00a0456', '123.456', '١٢٣٤٥٦', '１２３４５６'])(
		'takes %s',
		(typed) => expect(parse(typed)).toMatchObject({ ok: true, value: { code: '123456' } }),
	);

	test.each([
		'',
		'   ',
		'12345',
		'1234567',
		'abcdef',
		'12345a',
		'🙂',
		'\u0000123456',
		'\u202E123456',
		'1'.repeat(10_000),
	])('refuses %j with a sentence', (typed) => {
		const parsed = parse(typed);
		expect(parsed.ok).toBe(false);
		if (!parsed.ok) expect(parsed.errors.code).toMatch(/\.$/);
	});
});

describe('where to go on after signing in', () => {
	test.each([
		'/accueil',
		'/en/accueil',
		'/rendez-vous/aB3_-x',
		'/demande/08-7K4M-2QXR',
		'/compte/donnees',
		'/pro/personnes?page=2&tri=nom',
		'/pilotage',
	])('%s is one of our own pages', (path) => expect(safeNext(path)).toBe(path));

	test.each([
		null,
		undefined,
		'',
		'/',
		'accueil',
		'https://evil.example',
		'//evil.example',
		'///evil.example',
		'/\\evil.example',
		'\\\\evil.example',
		'/accueil//evil.example',
		'/accueil/../../evil',
		'/accueil/..',
		'/accueil/%2e%2e/evil',
		'/%2F/evil.example',
		'/accueil@evil.example',
		'/accueil:80',
		'/accueil?x=https://evil.example',
		'/accueil#x',
		'/accueil\r\nSet-Cookie: a=b',
		'/accueil\n',
		'/accueil%0d%0aSet-Cookie:a=b',
		' /accueil',
		'/accueil\u0000',
		'/accueil\u202E',
		'/accueil🙂',
		'/ACCUEIL',
		'/accueilx',
		'/frx/accueil',
		'/connexion',
		'/deconnexion',
		'/api/health',
		'/r/abc',
		'/invitation/abc',
		'javascript:alert(1)',
		'data:text/html,x',
		`/accueil/${'a'.repeat(300)}`,
	])('%j is not', (path) => expect(safeNext(path)).toBeNull());

	test('stays on this host for ten thousand drawn strings', () => {
		const pieces = [
			'/',
			'//',
			'\\',
			'.',
			'..',
			':',
			'@',
			'?',
			'#',
			'%2f',
			'%5c',
			'\t',
			'\r\n',
			'evil.example',
			'accueil',
		];
		pieces.push('pro', 'https:', 'javascript:', 'en', '&', '=', '\u0000', '\u2044', '\uff0f');
		// A fixed seed, so that a failure can be read again.
		let seed = 20_261_122;
		const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
		const kept: string[] = [];
		for (let round = 0; round < 10_000; round++) {
			const text = `${draw(2) ? '/' : ''}${Array.from({ length: 1 + draw(6) }, () => pieces[draw(pieces.length)]).join('')}`;
			const next = safeNext(text);
			if (next !== null) kept.push(next);
		}
		for (const next of kept)
			expect(new URL(next, 'https://portail.example.fr').origin).toBe('https://portail.example.fr');
		expect(kept.length).toBeGreaterThan(0);
	});

	test('is the own home when the page belongs to others', () => {
		expect(destinationFor('beneficiary', '/rendez-vous')).toEqual({ path: '/rendez-vous', isHome: false });
		expect(destinationFor('beneficiary', '/pro/personnes')).toEqual({ path: '/accueil', isHome: true });
		expect(destinationFor('beneficiary', '/en/pilotage')).toEqual({ path: '/accueil', isHome: true });
		expect(destinationFor('referent', '/en/pro?page=2')).toEqual({ path: '/en/pro?page=2', isHome: false });
		expect(destinationFor('referent', '/accueil')).toEqual({ path: '/pro', isHome: true });
		expect(destinationFor('coordinator', null)).toEqual({ path: '/pilotage', isHome: true });
		expect(destinationFor('coparent', null)).toEqual({ path: '/aides', isHome: true });
	});
});

test('professionals have their own limits on any phone', () => {
	expect(sessionKindFor('referent', true)).toBe('professional');
	expect(sessionKindFor('coordinator', false)).toBe('professional');
	expect(sessionKindFor('beneficiary', true)).toBe('own_phone');
	expect(sessionKindFor('coparent', false)).toBe('shared_phone');
});

test.each(locales)('the SMS of a code fits in one, and the mail says what to do (%s)', (locale) => {
	expect(fitsOneSms(m.account_code_sms({ code: '123456' }, { locale: smsLocale(locale) }))).toBe(true);
	expect(m.account_code_mail_text({ code: '123 456' }, { locale })).toContain('123 456');
});

test('a device is told by its system only', () => {
	expect(deviceOf('Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36')).toBe('android');
	expect(deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)')).toBe('iphone');
	expect(deviceOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64)')).toBe('windows');
	expect(deviceOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')).toBe('mac');
	expect(deviceOf('Mozilla/5.0 (X11; Linux x86_64)')).toBe('linux');
	expect(deviceOf(null)).toBe('other');
});

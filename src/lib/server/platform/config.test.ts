import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { loadConfig, newKeys } from './config.ts';

const environment = () => ({
	ORIGIN: 'https://parcours.example.fr',
	SMTP_URL: 'smtp://localhost',
	MAIL_FROM: 'ne-pas-repondre@example.fr',
	VAPID_SUBJECT: 'mailto:contact@example.fr',
	...newKeys(),
});
const problemsOf = (env: Record<string, string>) => {
	try {
		loadConfig(env);
		return '';
	} catch (error) {
		return (error as Error).message;
	}
};

test('every new set of keys is a good one, those that begin with a zero included', { timeout: 60_000 }, () => {
	const sets = Array.from({ length: 2000 }, newKeys);
	expect(sets.filter((keys) => Buffer.from(keys.VAPID_PRIVATE_KEY, 'base64url').length !== 32)).toEqual([]);
	expect(sets.filter((keys) => problemsOf({ ...environment(), ...keys }) !== '')).toEqual([]);
});

test('a public and a private key of two sets are refused at start', () => {
	const mixed = { ...environment(), VAPID_PRIVATE_KEY: newKeys().VAPID_PRIVATE_KEY };
	expect(problemsOf(mixed)).toContain('do not belong together');
	expect(problemsOf({ ...environment(), VAPID_PRIVATE_KEY: 'AAAA' })).toContain('do not belong together');
});

test('all that is wrong is said at once', () => {
	const message = problemsOf({ ORIGIN: 'parcours.example.fr', PORT: 'x' });
	for (const name of ['ORIGIN', 'PORT', 'DATA_KEY', 'CODE_PEPPER', 'VAPID_PUBLIC_KEY', 'SMTP_URL', 'MAIL_FROM'])
		expect(message).toContain(name);
});

test('mails come back to an address that has room for a mark, with a key', () => {
	const bounces = { BOUNCE_ADDRESS: 'retours@parcours.example.fr', BOUNCE_KEY: 'k' };
	expect(loadConfig({ ...environment(), ...bounces }).bounces).toEqual({ address: bounces.BOUNCE_ADDRESS, key: 'k' });
	expect(loadConfig(environment()).bounces).toBeNull();
	expect(problemsOf({ ...environment(), BOUNCE_ADDRESS: bounces.BOUNCE_ADDRESS })).toContain('BOUNCE_KEY');
	expect(problemsOf({ ...environment(), ...bounces, BOUNCE_ADDRESS: 'bien-trop-longue@example.fr' })).toContain(
		'BOUNCE_ADDRESS',
	);
	expect(problemsOf({ ...environment(), ...bounces, BOUNCE_ADDRESS: 'nowhere' })).toContain('BOUNCE_ADDRESS');
});

test('the key before the present one is a whole key or absent', () => {
	const previous = newKeys().DATA_KEY;
	expect(loadConfig({ ...environment(), DATA_KEY_PREVIOUS: previous }).dataKeyPrevious).toBe(previous);
	expect(loadConfig({ ...environment(), DATA_KEY_PREVIOUS: '' }).dataKeyPrevious).toBeNull();
	expect(problemsOf({ ...environment(), DATA_KEY_PREVIOUS: 'short' })).toContain('DATA_KEY_PREVIOUS');
});

test('the demo sends nothing out of the machine', () => {
	const demo = {
		...newKeys(),
		DEMO: '1',
		DATA_DIR: mkdtempSync(path.join(inject('testFolder'), 'demo-')),
		SMS_KEY: 'k',
	};
	const refused = [
		'smtp.example.fr',
		'127.0.0.1.example.fr',
		'127.example.fr',
		'localhost.example.fr',
		'10.0.0.1',
		'x@y.fr',
	];
	for (const host of refused) {
		expect(problemsOf({ ...demo, SMTP_URL: `smtp://${host}:587` }), host).toContain('SMTP_URL: the demo writes to');
		expect(problemsOf({ ...demo, SMS_URL: `https://${host}/send` }), host).toContain('SMS_URL: the demo writes to');
	}
	for (const host of ['localhost', '127.0.0.1', '127.0.0.2', '[::1]', 'user:password@localhost'])
		expect(problemsOf({ ...demo, SMTP_URL: `smtp://${host}:2525`, SMS_URL: `http://${host}:2526` }), host).toBe('');
	expect(problemsOf(demo)).toBe('');
	expect(problemsOf({ ...environment(), SMTP_URL: 'smtp://smtp.example.fr' })).toBe('');
});

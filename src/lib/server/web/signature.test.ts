import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedWith } from './signature.ts';

const body = '{"reference":"a","status":"failed"}';
const sign = (key: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;

test('only the holder of the key can sign, and only what was signed', () => {
	expect(isSignedWith('key', body, sign('key'))).toBe(true);
	expect(isSignedWith('key', `${body} `, sign('key'))).toBe(false);
	for (const signature of [sign('other'), sign('key').slice(0, -1), '', null])
		expect(isSignedWith('key', body, signature)).toBe(false);
});

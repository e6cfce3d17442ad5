import { describe, expect, test } from 'vitest';
import { testDatabase } from '../../../../tests/support/database.ts';
import type { Db } from '../db/client.ts';
import { signInCode } from '../db/schema/index.ts';
import { newToken } from '../platform/ids.ts';
import { askCode, checkCode, deleteOldCodes, useCode } from './commands.ts';
import { CODE_TRIES } from './rules.ts';

const START = new Date('2026-03-02T09:00:00Z');
const after = (ms: number) => new Date(START.getTime() + ms);
const MINUTE = 60_000;
const contact = '+33639980001';
const browser = newToken();

const ask = (db: Db, now = START, from = browser, to = contact) =>
	db.write((tx) => askCode(tx, { contact: to, browser: from, now }));
const check = (db: Db, code: string, now = START, from = browser) =>
	checkCode(db, { contact, browser: from, code, now });
/** Another six digits than the right ones. */
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code by e-mail or SMS', () => {
	test('has six digits and opens the way once', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		expect(code).toMatch(/^\d{6}$/);
		const proven = await check(db, code);
		await db.write((tx) => useCode(tx, proven, START));
		await expect(check(db, code)).rejects.toMatchObject({ code: 'code_expired', kind: 'gone' });
		await expect(db.write((tx) => useCode(tx, proven, START))).rejects.toThrow('code_expired');
	});

	test('is used by one of two requests that both proved it', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		const proofs = await Promise.all([check(db, code), check(db, code)]);
		const uses = await Promise.allSettled(proofs.map((proven) => db.write((tx) => useCode(tx, proven, START))));
		expect(uses.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	test('works until the last millisecond of ten minutes, and not at ten minutes', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		const proven = await check(db, code, after(10 * MINUTE - 1));
		await expect(check(db, code, after(10 * MINUTE))).rejects.toThrow('code_expired');
		await expect(db.write((tx) => useCode(tx, proven, after(10 * MINUTE)))).rejects.toThrow('code_expired');
	});

	test('is refused in another browser, where its tries do not count', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		const thief = newToken();
		for (let tries = 0; tries < 10; tries++)
			await expect(check(db, code, START, thief)).rejects.toThrow('code_expired');
		await expect(check(db, code)).resolves.toBeDefined();
	});

	test('is refused for another contact asked from the same browser', async () => {
		const db = await testDatabase();
		const own = await ask(db);
		let other = await ask(db, START, browser, '+33639980002');
		// One draw in a million gives the same six digits.
		if (other.code === own.code) other = await ask(db, START, browser, '+33639980002');
		await expect(check(db, other.code)).rejects.toThrow('code_wrong');
	});

	test('can be typed wrong four times and right the fifth', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		for (let tries = 1; tries < CODE_TRIES; tries++)
			await expect(check(db, wrong(code))).rejects.toMatchObject({ code: 'code_wrong', kind: 'invalid' });
		await expect(check(db, code)).resolves.toBeDefined();
	});

	test('is locked at the fifth wrong try: the sixth is refused even when it is right', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		for (let tries = 1; tries < CODE_TRIES; tries++) await expect(check(db, wrong(code))).rejects.toThrow('code_wrong');
		await expect(check(db, wrong(code))).rejects.toMatchObject({ code: 'code_locked', kind: 'too_many' });
		await expect(check(db, code)).rejects.toThrow('code_locked');
	});

	test('counts a wrong try although the try is refused', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		await expect(check(db, wrong(code))).rejects.toThrow('code_wrong');
		const [row] = await db.read.select().from(signInCode);
		expect(row!.tries).toBe(1);
	});

	test('answers five of fifty wrong tries sent at once', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		const guesses = Array.from({ length: 50 }, (_, n) => String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'));
		const answers = await Promise.all(guesses.map((guess) => check(db, guess).catch((error: Error) => error.message)));
		expect(answers.filter((answer) => answer === 'code_wrong')).toHaveLength(CODE_TRIES - 1);
		expect(answers.filter((answer) => answer === 'code_locked')).toHaveLength(46);
		const [row] = await db.read.select().from(signInCode);
		expect(row!.tries).toBe(CODE_TRIES);
	});

	test('replaces the one this browser had, and leaves that of another browser alone', async () => {
		const db = await testDatabase();
		const elsewhere = newToken();
		const first = await ask(db);
		const other = await ask(db, START, elsewhere);
		const second = await ask(db, after(1000));
		if (first.code !== second.code) await expect(check(db, first.code, after(1000))).rejects.toThrow('code_wrong');
		await expect(check(db, second.code, after(1000))).resolves.toBeDefined();
		await expect(check(db, other.code, after(1000), elsewhere)).resolves.toBeDefined();
	});

	test('is the newer one when two are asked within a millisecond', async () => {
		const db = await testDatabase();
		await ask(db);
		const second = await ask(db);
		await expect(check(db, second.code)).resolves.toBeDefined();
	});

	test('is sent five times an hour to a contact, whatever the browser; the sixth waits for the hour to pass', async () => {
		const db = await testDatabase();
		for (let asked = 0; asked < 5; asked++) await ask(db, after(asked), newToken());
		await expect(ask(db, after(59 * MINUTE), newToken())).rejects.toMatchObject({
			code: 'codes_too_many',
			kind: 'too_many',
		});
		await expect(ask(db, after(59 * MINUTE), browser, '+33639980002')).resolves.toBeDefined();
		await expect(ask(db, after(60 * MINUTE), newToken())).resolves.toBeDefined();
	});

	test('that was used does not count in the hour: who signs in often is not shut out', async () => {
		const db = await testDatabase();
		for (let visits = 0; visits < 8; visits++) {
			const { code } = await ask(db, after(visits * MINUTE));
			const proven = await check(db, code, after(visits * MINUTE));
			await db.write((tx) => useCode(tx, proven, after(visits * MINUTE)));
		}
	});

	test('that was sent to sign in with proves no new contact, nor the other way round; both count in one limit', async () => {
		const db = await testDatabase();
		const askFor = (purpose: 'sign_in' | 'contact', from: string) =>
			db.write((tx) => askCode(tx, { contact, browser: from, purpose, now: START }));
		const checkFor = (purpose: 'sign_in' | 'contact', from: string, code: string) =>
			checkCode(db, { contact, browser: from, code, purpose, now: START });
		for (const [one, other] of [['sign_in', 'contact'] as const, ['contact', 'sign_in'] as const]) {
			const from = newToken();
			const { code } = await askFor(one, from);
			await expect(checkFor(other, from, code)).rejects.toThrow('code_wrong');
			await expect(checkFor(one, from, code)).resolves.toBeDefined();
		}
		for (let more = 0; more < 3; more++) await askFor('contact', newToken());
		await expect(askFor('sign_in', newToken())).rejects.toThrow('codes_too_many');
	});

	test('leaves in the database neither itself, nor the contact, nor the browser', async () => {
		const db = await testDatabase();
		const { code } = await ask(db);
		const dump = JSON.stringify(await db.read.select().from(signInCode));
		for (const secret of [contact, contact.slice(3), browser]) expect(dump).not.toContain(secret);
		const [row] = await db.read.select().from(signInCode);
		expect(row!.codeHash).not.toContain(code);
	});

	test('is forgotten once it no longer counts in the hour', async () => {
		const db = await testDatabase();
		await ask(db);
		await db.write((tx) => deleteOldCodes(tx, after(60 * MINUTE)));
		expect(await db.read.select().from(signInCode)).toHaveLength(1);
		await db.write((tx) => deleteOldCodes(tx, after(60 * MINUTE + 1)));
		expect(await db.read.select().from(signInCode)).toHaveLength(0);
	});
});

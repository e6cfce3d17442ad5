import { Writable } from 'node:stream';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import pino from 'pino';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { DomainError } from './errors.ts';
import { LOG_OPTIONS } from './log.ts';

const CANARY = 'je dors dans ma voiture';

/** The line that is written of an error, as read and as it stands. */
function logged(fields: Record<string, unknown>) {
	let text = '';
	const stream = new Writable({
		write(chunk, _encoding, done) {
			text += String(chunk);
			done();
		},
	});
	pino({ ...LOG_OPTIONS, level: 'info' }, stream).error(fields, 'unexpected error');
	return { text, line: JSON.parse(text) as { err: Record<string, unknown> } };
}

function thrownBy(act: () => unknown): unknown {
	try {
		act();
	} catch (error) {
		return error;
	}
	throw new Error('nothing was thrown');
}

const parsing = () =>
	v.parse(v.object({ housing: v.object({ note: v.number() }), helper: v.picklist(['yes']) }), {
		housing: { note: CANARY },
		helper: CANARY,
	});

test('a text that is not as expected is logged by its place, never by what stood there', () => {
	const { text, line } = logged({ err: thrownBy(parsing) });
	expect(text).not.toContain(CANARY);
	expect(line.err).toMatchObject({ type: 'ValiError', paths: ['housing.note', 'helper'] });
	expect(line.err.stack).toMatch(/^\s+at .*log\.test\.ts/m);
});

test.each<[string, unknown]>([
	['a broken JSON', thrownBy(() => JSON.parse(`${CANARY} {`))],
	['a failed query', new DrizzleQueryError('insert into need values (?)', [CANARY], new Error('disk I/O error'))],
	['a key looked for in a text', thrownBy(() => 'x' in (CANARY as unknown as object))],
	['a property an error was given', Object.assign(new Error('refused'), { input: CANARY, response: CANARY })],
	['a cause', new Error('outer', { cause: thrownBy(parsing) })],
	['what is no error', { note: CANARY }],
	['a text', CANARY],
])('%s is logged without what the person wrote', (_, err) => {
	expect(logged({ err }).text).not.toContain(CANARY);
});

test('addresses, numbers and keys in the message of a mail server are blanked', () => {
	const { line } = logged({
		err: new Error(
			'550 <alix@example.fr> +33 6 12 34 56 78 https://push.example/send/abc 3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA refused',
		),
	});
	expect(line.err.message).toBe('550 <e-mail> <number> https://push.example/… <key> refused');
});

test('what helps to mend stays: the code of the system, of a refusal and of the cause', () => {
	const full = Object.assign(new Error('database or disk is full'), { name: 'SqliteError', code: 'SQLITE_FULL' });
	const query = new DrizzleQueryError('insert into need values (?)', [CANARY], full);
	expect(logged({ err: query }).line.err).toMatchObject({
		type: 'DrizzleQueryError',
		cause: { type: 'SqliteError', code: 'SQLITE_FULL', message: 'database or disk is full' },
	});
	expect(logged({ err: new DomainError('already_assigned', 'conflict') }).line.err).toMatchObject({
		code: 'already_assigned',
		message: 'already_assigned',
	});
	expect(logged({ err: thrownBy(() => (undefined as unknown as { a: 1 }).a) }).line.err.message).toMatch(/reading 'a'/);
});

test('a code that signs somebody in, a token and a contact are blanked wherever they stand', () => {
	const { text } = logged({
		err: Object.assign(new Error('refused'), { code: '123456' }),
		sent: { code: '123456', token: 'tok-canary', email: 'alix@example.fr', phone: '+33600000000' },
	});
	for (const secret of ['123456', 'tok-canary', 'alix@', '+336']) expect(text).not.toContain(secret);
});

import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, inject } from 'vitest';
import { closeLeftDatabases } from './database.ts';
import { testEnvironment } from './environment.ts';

for (const name of ['DEMO', 'ROLE', 'PUSH_HOSTS', 'DATABASE_URL']) delete process.env[name];
// The address discards: without one, an SMS would be no rung of the ladder.
const withSms = { SMS_URL: 'http://127.0.0.1:9', SMS_KEY: 'test' };
Object.assign(process.env, testEnvironment(path.join(inject('testFolder'), 'data')), withSms);

const realError = console.error;
let errors: unknown[][] = [];

beforeEach(() => {
	errors = [];
	console.error = (...words: unknown[]) => {
		errors.push(words);
		realError(...words);
	};
});

// A test that expects an error on the console replaces console.error itself (vi.spyOn) and asserts on it.
afterEach(() => {
	console.error = realError;
	expect(errors, 'nothing unexpected is written on the console').toEqual([]);
});

afterAll(closeLeftDatabases);

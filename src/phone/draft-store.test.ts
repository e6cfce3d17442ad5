import { expect, test } from 'vitest';
import { isOld } from './draft-store';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-03-03T09:00:00Z');

test('what was typed is kept for its thirty days, and is old the moment after', () => {
	expect(isOld({ at: NOW }, NOW)).toBe(false);
	expect(isOld({ at: NOW - 29 * DAY_MS }, NOW)).toBe(false);
	expect(isOld({ at: NOW - 30 * DAY_MS }, NOW)).toBe(false);
	expect(isOld({ at: NOW - 30 * DAY_MS - 1 }, NOW)).toBe(true);
});

test('a phone whose clock went back loses nothing, nor does a copy whose age nobody knows', () => {
	expect(isOld({ at: NOW + DAY_MS }, NOW)).toBe(false);
	expect(isOld({}, NOW)).toBe(false);
});

import { describe, expect, test } from 'vitest';
import { retryAfterMs } from './http-post.ts';
import { outcomeOf, outcomeOfFailure } from './push-outcome.ts';

const now = new Date('2026-11-22T10:00:00Z');

describe('what the answer of a push service means', () => {
	test.each([200, 201, 202, 204])('%i: taken in charge', (status) => {
		expect(outcomeOf(status, {}, now)).toEqual({ outcome: 'accepted', status, reason: `http_${status}` });
	});

	test.each([404, 410])('%i: the subscription is gone', (status) => {
		expect(outcomeOf(status, {}, now)).toMatchObject({ outcome: 'permanent_failure', gone: true });
	});

	test.each([400, 413, 402, 405, 415, 422, 431])('%i: our mistake, nothing is tried again', (status) => {
		expect(outcomeOf(status, {}, now)).toEqual({ outcome: 'technical_failure', status, reason: `http_${status}` });
	});

	test.each([401, 403])('%i: our key is refused, the channel stops, the subscription stays', (status) => {
		const outcome = outcomeOf(status, {}, now);
		expect(outcome).toMatchObject({ outcome: 'technical_failure', stopChannel: true });
		expect(outcome).not.toHaveProperty('gone');
	});

	test.each([
		[429, '120', 120_000],
		[503, '120', 120_000],
		[429, 'Sun, 22 Nov 2026 10:05:00 GMT', 300_000],
		[503, 'Sun, 22 Nov 2026 10:05:00 GMT', 300_000],
		[429, undefined, 60_000],
		[429, 'soon', 60_000],
		[503, undefined, undefined],
		[503, 'soon', undefined],
		[503, '0', undefined],
		[503, 'Sun, 22 Nov 2026 09:00:00 GMT', undefined],
		[503, '999999999', 4 * 3_600_000],
		[429, 'Wed, 22 Nov 2028 10:00:00 GMT', 4 * 3_600_000],
	])('%i with Retry-After %s: wait %s ms', (status, header, expected) => {
		const outcome = outcomeOf(status, { 'retry-after': header }, now);
		expect(outcome.outcome).toBe('temporary_failure');
		expect(outcome.retryAfterMs).toBe(expected);
	});

	test.each([500, 502, 504, 507, 599, 408, 425, 301, 302, 303, 307, 308, 304, 100, 0, 999])(
		'%i: a passing trouble, to be tried again',
		(status) => {
			const outcome = outcomeOf(status, { location: 'https://10.0.0.1/', 'retry-after': '5' }, now);
			expect(outcome).toEqual({ outcome: 'temporary_failure', status, reason: `http_${status}` });
		},
	);

	test('no answer: a passing trouble', () => {
		expect(outcomeOfFailure('timeout')).toEqual({ outcome: 'temporary_failure', reason: 'timeout' });
	});
});

test.each([
	['120', 120_000],
	[' 7 ', 7000],
	['Sunday, 22-Nov-26 10:00:30 GMT', 30_000],
	['Sun, 22 Nov 2026 09:00:00 GMT', 0],
	['-1', undefined],
	['1.5', undefined],
	['1e9', undefined],
	['99999999999', 4 * 3_600_000],
	['2026-11-23', undefined],
	['Sunday', undefined],
	['', undefined],
])('Retry-After %j reads as %s ms', (header, expected) => {
	expect(retryAfterMs(header, now)).toBe(expected);
});

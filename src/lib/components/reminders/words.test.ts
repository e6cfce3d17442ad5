import { describe, expect, test } from 'vitest';
import { REMINDER_STATES } from '$lib/shared/codes';
import type { ReminderView } from '$lib/server/reminders/queries';
import { byOutcome, resultsByChannel, stateWords } from './words';

test('a sending is read by what became of it: those to call first, each message once, nothing said of none', () => {
	const rows = REMINDER_STATES.flatMap((state) => [{ state }, { state }]);
	const groups = byOutcome(rows);
	expect(groups.map(({ outcome }) => outcome)).toEqual(['failed', 'waiting', 'answered', 'sent', 'shown', 'dropped']);
	expect(groups.flatMap((group) => group.rows)).toHaveLength(rows.length);
	expect(groups[0]!.title).toBe('À joindre autrement\u00a0: 2');
	expect(groups[1]!.title).toBe('Pas encore partis\u00a0: 4');
	expect(byOutcome([{ state: 'shown' as const }])).toMatchObject([{ outcome: 'shown', rows: [{}] }]);
	expect(byOutcome([])).toEqual([]);
});

test.each([
	['planned', '2026-12-02T18:59:00Z', 'Prévu mercredi 2 décembre à 19\u00a0h\u00a059'],
	['put off to the next morning', '2026-12-03T07:00:00Z', 'Prévu jeudi 3 décembre à 8\u00a0h'],
	['late', '2026-12-02T18:58:00Z', 'Prévu mercredi 2 décembre à 19\u00a0h\u00a059'],
])('a message that has not left says when it will: %s', (_, actAt, words) => {
	const dueAt = new Date('2026-12-02T18:59:00Z');
	const row = { state: 'scheduled', reason: null, dueAt, actAt: new Date(actAt), attempts: [] };
	expect(stateWords(row as unknown as ReminderView, 'Europe/Paris', 'fr', dueAt)).toBe(words);
});

describe('what became of a sending, by channel', () => {
	const at = new Date('2026-12-01T09:00:00Z');
	type Counted = Parameters<typeof resultsByChannel>[0][number];
	const message = (state: Counted['state'], tried: string[], shownAt: Date | null = null): Counted => ({
		state,
		shownAt,
		attempts: tried.map((one) => {
			const [channel, outcome] = one.split(' ') as ['push', 'accepted'];
			return { channel, outcome, at, isDeadAddress: false };
		}),
	});
	const count = (...messages: Counted[]) =>
		resultsByChannel(messages).map(({ channel, ...counts }) => [channel, ...Object.values(counts)]);

	test('a passing trouble that was overcome is no refusal, nor one that is waited for', () => {
		const overcome = message('sent', ['push temporary_failure', 'push accepted']);
		const waitedFor = message('scheduled', ['push temporary_failure']);
		expect(count(overcome, waitedFor)).toEqual([['push', 1, 0, 0, 0]]);
	});

	test('what troubles lasted, and what another channel had to take, was refused', () => {
		const climbed = message('sent', ['push temporary_failure', 'email accepted']);
		const gone = message('sent', ['push permanent_failure', 'email accepted']);
		const nobody = message('failed', ['sms temporary_failure']);
		expect(count(climbed, gone, nobody)).toEqual([
			['push', 0, 0, 0, 2],
			['email', 2, null, 0, 0],
			['sms', 0, null, 0, 1],
		]);
	});

	test('a notification seen after the e-mail left was seen on the phone', () => {
		const both = ['push accepted', 'email accepted'];
		expect(count(message('shown', both, at), message('answered', both))).toEqual([
			['push', 2, 1, 0, 0],
			['email', 2, null, 1, 0],
		]);
	});
});

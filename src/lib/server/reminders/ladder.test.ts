import { describe, expect, test } from 'vitest';
import { BUSY } from '../platform/outcome.ts';
import { afterAttempt, nextMove, type Climber, type World } from './ladder.ts';
import { USUAL_HOURS } from '../territories/calendar.ts';
import { DEFAULT_SETTINGS } from '../territories/settings.ts';

/** Tuesday 1 December 2026, 10:00 in Paris. */
const NOW = new Date('2026-12-01T09:00:00Z');
const after = (minutes: number, from = NOW) => new Date(from.getTime() + minutes * 60_000);
const quiet = { zone: 'Europe/Paris', holidays: new Set<string>(), hours: USUAL_HOURS };

const climber = (values: Partial<Climber> = {}): Climber => ({
	kind: 'appointment_2d',
	createdAt: after(-14 * 24 * 60),
	dueAt: NOW,
	usefulUntil: new Date('2026-12-02T17:00:00Z'),
	ladder: null,
	attempts: 0,
	sentAt: null,
	shownAt: null,
	answeredAt: null,
	appointmentSequence: 0,
	...values,
});
const booked = { state: 'booked', sequence: 0, answer: 'none', answeredAt: null } as const;
const world = (values: Partial<World> = {}): World => ({
	now: NOW,
	quiet,
	order: ['push', 'email', 'sms'],
	reachable: new Set(['push', 'email', 'sms']),
	isMuted: false,
	isDone: false,
	pushClosedForMs: 0,
	appointment: booked,
	...values,
});

describe('what to do when the moment comes', () => {
	const send = (channel: string, ladder: string[]) => ({ do: 'send', channel, ladder });
	const conclude = (state: string, reason: string | null = null) => ({ do: 'conclude', state, reason });
	const change = (values: Partial<Climber>) => ({ kind: 'appointment_changed' as const, ...values });
	const rows: [string, Partial<Climber>, Partial<World>, object][] = [
		['the first rung of the person’s order', {}, {}, send('push', ['push', 'email', 'sms'])],
		['another order', {}, { order: ['sms', 'email'] }, send('sms', ['sms', 'email'])],
		['no phone with notifications', {}, { reachable: new Set(['email', 'sms']) }, send('email', ['email', 'sms'])],
		['the rung where it stands', { ladder: ['sms'] }, {}, send('sms', ['sms'])],
		[
			'a channel that the person turned off between two tries',
			{ ladder: ['push', 'email', 'sms'], attempts: 1 },
			{ order: ['email', 'sms'] },
			send('email', ['email', 'sms']),
		],
		[
			'the only rung left turned off after a push nobody saw: no SMS against their will',
			{ ladder: ['sms'], sentAt: after(-240) },
			{ order: ['push', 'email'] },
			conclude('failed', 'unseen'),
		],
		['taken back while a worker held it', { reason: 'cancelled' }, {}, conclude('dropped', 'cancelled')],
		['taken back after a first rung', { reason: 'cancelled', sentAt: after(-240) }, {}, conclude('sent')],
		['our key is refused', {}, { pushClosedForMs: 60_000 }, send('email', ['email', 'sms'])],
		[
			'our key is refused and there is no other way',
			{},
			{ pushClosedForMs: 60_000, reachable: new Set(['push']) },
			{ do: 'wait', until: after(1) },
		],
		['nobody to reach', {}, { reachable: new Set() }, conclude('failed', 'unreachable')],
		[
			'taken by a push service, shown by no phone, and no rung left: somebody is told',
			{ sentAt: after(-240), ladder: [] },
			{},
			conclude('failed', 'unseen'),
		],
		[
			'our news that no phone has shown: nobody is called for it',
			{ kind: 'results_news', appointmentSequence: null, sentAt: after(-240), ladder: [] },
			{},
			conclude('sent'),
		],
		['seen meanwhile', { sentAt: after(-240), shownAt: after(-1) }, {}, conclude('shown')],
		['answered meanwhile', { sentAt: after(-240), answeredAt: after(-1) }, {}, conclude('answered')],
		['muted meanwhile', {}, { isMuted: true }, conclude('dropped', 'muted')],
		[
			'a receipt at ten in the evening leaves at once, by what comes before SMS',
			{ kind: 'request_received', appointmentSequence: null },
			{ now: after(12 * 60), order: ['sms', 'email'] },
			send('email', ['email', 'sms']),
		],
		[
			'a receipt by SMS alone waits for eight in the morning',
			{ kind: 'request_received', appointmentSequence: null, ladder: ['sms'] },
			{ now: after(12 * 60) },
			{ do: 'wait', until: after(22 * 60) },
		],
		[
			'anything else waits, whatever the channel',
			{ kind: 'aid_changed', appointmentSequence: null },
			{ now: after(12 * 60) },
			{ do: 'wait', until: after(22 * 60) },
		],
		['the last useful instant', { usefulUntil: after(0.001) }, {}, send('push', ['push', 'email', 'sms'])],
		['too late', { usefulUntil: NOW }, {}, conclude('dropped', 'too_late')],
		['too late to tell a change: somebody calls', change({ usefulUntil: NOW }), {}, conclude('failed', 'unreachable')],
		[
			'a change at 20:01 for the first hour of the morning: somebody calls',
			change({ usefulUntil: after(22 * 60) }),
			{ now: after(10 * 60 + 1) },
			conclude('failed', 'unreachable'),
		],
		[
			'too late to tell them what they rang for',
			change({ usefulUntil: NOW }),
			{ appointment: { ...booked, state: 'excused' } },
			conclude('dropped', 'too_late'),
		],
		['too late for the second rung', { usefulUntil: NOW, sentAt: after(-240) }, {}, conclude('sent')],
		['cancelled', {}, { appointment: { ...booked, state: 'revoked', sequence: 1 } }, conclude('dropped', 'cancelled')],
		['erased', {}, { appointment: undefined }, conclude('dropped', 'cancelled')],
		['moved', {}, { appointment: { ...booked, sequence: 1 } }, conclude('dropped', 'superseded')],
		[
			'the person said no',
			{},
			{ appointment: { ...booked, answer: 'cannot', answeredAt: NOW } },
			conclude('dropped', 'answered'),
		],
		[
			'a professional writes after the person said no',
			{ kind: 'manual', createdAt: after(1) },
			{ appointment: { ...booked, answer: 'cannot', answeredAt: NOW } },
			send('push', ['push', 'email', 'sms']),
		],
		[
			'a professional had written before the person said no',
			{ kind: 'manual' },
			{ appointment: { ...booked, answer: 'cannot', answeredAt: NOW } },
			conclude('dropped', 'answered'),
		],
		[
			'the person needs help: the day is still said',
			{},
			{ appointment: { ...booked, answer: 'needs_help', answeredAt: NOW } },
			send('push', ['push', 'email', 'sms']),
		],
		[
			'the person needs help: the evening’s question is not asked',
			{ kind: 'appointment_evening' },
			{ appointment: { ...booked, answer: 'needs_help', answeredAt: NOW } },
			conclude('dropped', 'answered'),
		],
		[
			'the person comes: the evening’s question is not asked',
			{ kind: 'appointment_evening' },
			{ appointment: { ...booked, answer: 'coming', answeredAt: NOW } },
			conclude('dropped', 'answered'),
		],
		[
			'the person comes: the call is still announced',
			{ kind: 'appointment_2h' },
			{ appointment: { ...booked, answer: 'coming', answeredAt: NOW } },
			send('push', ['push', 'email', 'sms']),
		],
		[
			'answered after the first rung: no second one',
			{ sentAt: after(-240), ladder: ['email'] },
			{ appointment: { ...booked, answer: 'coming', answeredAt: after(-10) } },
			conclude('answered'),
		],
		[
			'answered between two tries of the first rung: no other try',
			{ ladder: ['push', 'email'], attempts: 1, dueAt: after(-10) },
			{ appointment: { ...booked, answer: 'coming', answeredAt: after(-5) } },
			conclude('dropped', 'answered'),
		],
		[
			'answered before it was due: it goes on trying, since it still helps to remember',
			{ ladder: ['push', 'email'], attempts: 1, dueAt: after(-10) },
			{ appointment: { ...booked, answer: 'coming', answeredAt: after(-11) } },
			send('push', ['push', 'email']),
		],
		[
			'answered before the first rung, which nobody saw: the second one',
			{ sentAt: after(-240), ladder: ['email'] },
			{ appointment: { ...booked, answer: 'coming', answeredAt: after(-300) } },
			send('email', ['email']),
		],
		[
			'the news that it is cancelled is news',
			{ kind: 'appointment_changed' },
			{ appointment: { ...booked, state: 'revoked' } },
			send('push', ['push', 'email', 'sms']),
		],
		[
			'at night it waits for eight',
			{},
			{ now: new Date('2026-12-01T21:00:00Z') },
			{ do: 'wait', until: new Date('2026-12-02T07:00:00Z') },
		],
		[
			'at night before an early appointment it is dropped',
			{ usefulUntil: new Date('2026-12-02T07:00:00Z') },
			{ now: new Date('2026-12-01T21:00:00Z') },
			conclude('dropped', 'quiet'),
		],
	];
	test.each(rows)('%s', (_, reminder, around, expected) => {
		expect(nextMove(climber(reminder), world(around))).toEqual(expected);
	});
});

describe('what an attempt teaches', () => {
	const accepted = { outcome: 'accepted' } as const;
	const passing = { outcome: 'temporary_failure' } as const;
	const lost = { outcome: 'permanent_failure' } as const;
	const ours = { outcome: 'technical_failure' } as const;
	const { shownWithinHours } = DEFAULT_SETTINGS;
	const lookingSince = after(-7 * 24 * 60);
	type Ladder = NonNullable<Climber['ladder']>;
	type Results = Parameters<typeof afterAttempt>[1];
	const attempt = (results: Results, values: Partial<Climber> = {}, now = NOW, since = lookingSince) =>
		afterAttempt({ ...climber(values), ladder: (values.ladder ?? ['push', 'email', 'sms']) as Ladder }, results, {
			now,
			quiet,
			shownWithinHours,
			lookingSince: since,
			random: 0.5,
		});

	test('taken by one device out of three, it is sent; whether it was shown is looked at after four hours', () => {
		expect(attempt([lost, accepted, passing])).toMatchObject({
			state: 'sent',
			ladder: ['email', 'sms'],
			sentAt: NOW,
			actAt: after(240),
		});
	});

	test('a territory that waits less looks sooner', () => {
		const turn = { now: NOW, quiet, random: 0.5, shownWithinHours: 2, lookingSince };
		expect(afterAttempt({ ...climber(), ladder: ['push', 'email'] }, [accepted], turn).actAt).toEqual(after(120));
	});

	test('in the evening, shown or not is looked at with time left before eight', () => {
		const six = new Date('2026-12-01T17:00:00Z');
		expect(attempt([accepted], {}, six).actAt).toEqual(after(105, six));
	});

	test('four hours that end at eight sharp end with time left before eight', () => {
		const four = new Date('2026-12-01T15:00:00Z');
		expect(attempt([accepted], {}, four).actAt).toEqual(after(225, four));
	});

	test('late in the evening, the next rung waits for the morning', () => {
		const half = new Date('2026-12-01T18:30:00Z');
		expect(attempt([accepted], {}, half).actAt).toEqual(new Date('2026-12-02T07:00:00Z'));
	});

	test('no next rung when it would come too late', () => {
		expect(attempt([accepted], { usefulUntil: after(240) }).actAt).toBeNull();
	});

	test('the only rung taken by a push service: whether it was shown is looked at all the same, but for our news', () => {
		expect(attempt([accepted], { ladder: ['push'] })).toMatchObject({ state: 'sent', ladder: [], actAt: after(240) });
		expect(attempt([accepted], { ladder: ['push'], kind: 'results_news' }).actAt).toBeNull();
	});

	test('nobody says « shown » of a mail or of an SMS', () => {
		expect(attempt([accepted], { ladder: ['email', 'sms'] })).toMatchObject({ state: 'sent', actAt: null });
	});

	test('all devices gone: the next rung at once', () => {
		expect(attempt([lost, lost])).toMatchObject({
			state: 'scheduled',
			ladder: ['email', 'sms'],
			actAt: NOW,
			attempts: 0,
		});
	});

	test('a passing trouble is tried again after 1, 5, 15, 60 minutes, then the next rung', () => {
		const waits = [0, 1, 2, 3].map((attempts) => attempt([passing], { attempts }).actAt);
		expect(waits).toEqual([after(1), after(5), after(15), after(60)]);
		expect(attempt([passing], { attempts: 4 })).toMatchObject({ ladder: ['email', 'sms'], actAt: NOW, attempts: 0 });
	});

	test('without another way it goes on every hour, while it is useful', () => {
		const only = (attempts: number, usefulUntil = after(1440)) =>
			attempt([passing], { ladder: ['email'], attempts, usefulUntil });
		for (const attempts of [4, 5, 9])
			expect(only(attempts)).toMatchObject({ actAt: after(60), attempts: attempts + 1 });
		expect(only(9, after(60))).toMatchObject({ state: 'failed', reason: 'unreachable', actAt: null });
	});

	test('the last way after a notification nobody has seen goes on too', () => {
		expect(attempt([passing], { ladder: ['sms'], sentAt: after(-240), attempts: 4 })).toMatchObject({
			state: 'sent',
			actAt: after(60),
		});
	});

	test('what the other side asks to wait is respected, and not all come back at once', () => {
		const waits = [0, 0.5, 1].map(
			(random) =>
				afterAttempt({ ...climber(), ladder: ['push'] }, [{ ...passing, retryAfterMs: 600_000 }], {
					now: NOW,
					quiet,
					shownWithinHours,
					lookingSince,
					random,
				}).actAt,
		);
		expect(waits).toEqual([after(10), after(11), after(12)]);
	});

	describe('a message that only waited for its turn', () => {
		const held = { ...passing, retryAfterMs: 120_000, unsent: true } as const;

		test('has used no attempt', () => {
			for (const attempts of [0, 3, 4])
				expect(attempt([held], { attempts })).toMatchObject({ attempts, ladder: ['push', 'email', 'sms'] });
		});

		test('takes the next rung after four hours', () => {
			expect(attempt([held], { dueAt: after(-239) })).toMatchObject({ ladder: ['email', 'sms'], actAt: NOW });
			expect(attempt([held], { dueAt: after(-239), ladder: ['push'] }).ladder).toEqual(['push']);
		});

		test('due before its worker began, has four hours from then', () => {
			const overdue = { dueAt: after(-300) };
			const goesOn = { ladder: ['push', 'email', 'sms'], actAt: after(2.2) };
			expect(attempt([held], overdue, NOW, after(-1))).toMatchObject(goesOn);
			expect(attempt([held], overdue, NOW, after(-239))).toMatchObject({ ladder: ['email', 'sms'] });
			// By a clock that was ahead.
			expect(attempt([held], overdue, NOW, after(600))).toMatchObject(goesOn);
		});

		test('as the second rung, has its own four hours', () => {
			const second = { dueAt: after(-240), sentAt: after(-240), ladder: ['email', 'sms'] as Ladder };
			const paused = { ...passing, unsent: true } as const;
			expect(attempt([paused], second)).toMatchObject({ state: 'sent', ladder: ['email', 'sms'], actAt: NOW });
			expect(attempt([paused], second, after(239))).toMatchObject({ ladder: ['email', 'sms'] });
			expect(attempt([paused], second, after(241))).toMatchObject({ ladder: ['sms'] });
		});

		test('behind our own messages, has four hours from when its worker began, and the night besides', () => {
			const mail = { ladder: ['email', 'sms'] as Ladder, dueAt: after(-5 * 60), usefulUntil: after(24 * 60) };
			const putOff = { ...BUSY, retryAfterMs: 60_000 };
			const busy = (began: number, results: Results = [putOff]) => attempt(results, mail, NOW, after(began));
			expect(busy(-1, [BUSY])).toMatchObject({ ladder: ['email', 'sms'], attempts: 0, actAt: NOW });
			expect(busy(-239)).toMatchObject({ ladder: ['email', 'sms'], attempts: 0, actAt: after(1.1) });
			expect(busy(-241)).toMatchObject({ ladder: ['sms'], actAt: NOW });
			const evening = new Date('2026-12-01T18:59:30Z');
			const tonight = { ...mail, dueAt: evening, usefulUntil: new Date('2026-12-02T18:00:00Z') };
			expect(attempt([putOff], tonight, evening, evening)).toMatchObject({
				ladder: ['email', 'sms'],
				actAt: new Date('2026-12-02T07:00:00Z'),
			});
		});
	});

	describe('our key is refused while it is on its way', () => {
		const refused = { ...ours, stopChannel: true, retryAfterMs: 15 * 60_000 } as const;
		const stopped = { ...passing, stopChannel: true, unsent: true, retryAfterMs: 15 * 60_000 } as const;

		test('with another way, that one at once', () => {
			for (const result of [refused, stopped])
				expect(attempt([result])).toMatchObject({ ladder: ['email', 'sms'], actAt: NOW });
		});

		test('with no other way, it waits until the channel opens again', () => {
			expect(attempt([refused], { ladder: ['push'] })).toMatchObject({
				state: 'scheduled',
				attempts: 1,
				actAt: after(16.5),
			});
			expect(attempt([stopped], { ladder: ['push'] })).toMatchObject({ attempts: 0, actAt: after(16.5) });
		});

		test('refused again and again, it is our fault and said so', () => {
			expect(attempt([refused], { ladder: ['push'], attempts: 4 })).toMatchObject({
				state: 'failed',
				reason: 'technical',
			});
		});
	});

	test('asked to wait for longer than a beacon, another channel goes first', () => {
		expect(attempt([{ ...passing, retryAfterMs: 5 * 3_600_000 }])).toMatchObject({
			ladder: ['email', 'sms'],
			actAt: NOW,
		});
	});

	describe('a receipt at ten in the evening whose mail is put off', () => {
		const night = after(12 * 60);
		const receipt = { kind: 'request_received', appointmentSequence: null, dueAt: night } as const;
		const putOff = (values: Partial<Climber>) =>
			attempt([passing], { ...receipt, usefulUntil: after(5 * 24 * 60), ...values }, night);

		test('is tried again in the night by mail or notification: no SMS in the morning instead', () => {
			for (const ladder of [['email', 'sms'], ['push', 'email'], ['email']] as Ladder[])
				expect(putOff({ ladder })).toMatchObject({ ladder, actAt: after(1, night), attempts: 1 });
		});

		test('waits for eight by SMS, which rings, as does whatever else is put off', () => {
			const eight = after(22 * 60);
			expect(putOff({ ladder: ['sms'] }).actAt).toEqual(eight);
			expect(putOff({ ladder: ['email'], kind: 'aid_changed' }).actAt).toEqual(eight);
		});
	});

	test('a retry that would come too late gives way to the next rung', () => {
		expect(attempt([passing], { usefulUntil: after(1) })).toMatchObject({ ladder: ['email', 'sms'], actAt: NOW });
	});

	test('the last rung refused: unreachable, or our own fault and said so', () => {
		expect(attempt([lost], { ladder: ['sms'] })).toMatchObject({ state: 'failed', reason: 'unreachable', actAt: null });
		expect(attempt([ours], { ladder: ['sms'] })).toMatchObject({ state: 'failed', reason: 'technical', actAt: null });
	});

	test('the last rung refused after a push service took it and no phone showed it: a 201 proves nothing', () => {
		for (const result of [lost, ours])
			expect(attempt([result], { ladder: ['sms'], sentAt: after(-240) })).toMatchObject({
				state: 'failed',
				reason: 'unseen',
				sentAt: after(-240),
				actAt: null,
			});
	});
});

import { describe, expect, test } from 'vitest';
import { PushChannel } from './push-channel.ts';

const MINUTE = 60_000;
const at = (minutes: number) => new Date(Date.parse('2026-11-22T10:00:00Z') + minutes * MINUTE);
const MOZILLA = 'https://updates.push.services.mozilla.com';
const GOOGLE = 'https://fcm.googleapis.com';

describe('a refused key', () => {
	test('stops everything for a quarter of an hour', () => {
		const channel = new PushChannel();
		expect(channel.isOpen(at(0))).toBe(true);
		expect(channel.refused(GOOGLE, 'a', at(0))).toBe(true);
		expect(channel.isOpen(at(0))).toBe(false);
		expect(channel.closedForMs(at(14))).toBe(MINUTE);
		expect(channel.isOpen(at(15))).toBe(true);
	});

	test('is forgotten when a message that was on its way is accepted', () => {
		const channel = new PushChannel();
		channel.refused(GOOGLE, 'a', at(0));
		channel.accepted(MOZILLA, at(1));
		expect(channel.isOpen(at(1))).toBe(true);
	});

	test('is not believed from one account when the service has just taken others', () => {
		const channel = new PushChannel();
		channel.accepted(GOOGLE, at(0));
		expect(channel.refused(GOOGLE, 'forged', at(1))).toBe(false);
		expect(channel.refused(GOOGLE, 'forged', at(2))).toBe(false);
		expect(channel.refused(GOOGLE, 'forged', at(3))).toBe(false);
		expect(channel.isOpen(at(3))).toBe(true);
	});

	test('is believed from a third account in a row', () => {
		const channel = new PushChannel();
		channel.accepted(GOOGLE, at(0));
		expect(channel.refused(GOOGLE, 'a', at(1))).toBe(false);
		expect(channel.refused(GOOGLE, 'b', at(1))).toBe(false);
		expect(channel.refused(GOOGLE, 'c', at(1))).toBe(true);
		expect(channel.isOpen(at(1))).toBe(false);
	});

	test('is believed at once from another service, or an hour later', () => {
		const channel = new PushChannel();
		channel.accepted(GOOGLE, at(0));
		expect(channel.refused(MOZILLA, 'a', at(1))).toBe(true);
		expect(channel.refused(GOOGLE, 'b', at(60))).toBe(true);
	});
});

describe('when the pause of a refused key is over', () => {
	const reopened = () => {
		const channel = new PushChannel();
		channel.refused(GOOGLE, 'a', at(0));
		return channel;
	};

	test('one message goes, the others wait for it', () => {
		const channel = reopened();
		expect([channel.heldForMs(at(15)), channel.heldForMs(at(15)), channel.heldForMs(at(15))]).toEqual([
			0, 15_000, 15_000,
		]);
		channel.accepted(GOOGLE, at(15));
		expect([channel.heldForMs(at(15)), channel.heldForMs(at(15))]).toEqual([0, 0]);
	});

	test('a probe that taught nothing, or of which nobody heard, is followed by another', () => {
		const channel = reopened();
		channel.heldForMs(at(15));
		channel.undecided();
		expect([channel.heldForMs(at(15)), channel.heldForMs(at(15))]).toEqual([0, 15_000]);
		expect(channel.heldForMs(at(16))).toBe(0);
	});
});

describe('a service that asks to wait', () => {
	test('waits alone', () => {
		const channel = new PushChannel();
		channel.pause(GOOGLE, 2 * MINUTE, at(0));
		expect(channel.pausedForMs(GOOGLE, at(1))).toBe(MINUTE);
		expect(channel.pausedForMs(MOZILLA, at(1))).toBe(0);
		expect(channel.pausedForMs(GOOGLE, at(2))).toBe(0);
		expect(channel.isOpen(at(1))).toBe(true);
	});

	test('is not called sooner because of a later, shorter wait', () => {
		const channel = new PushChannel();
		channel.pause(GOOGLE, 10 * MINUTE, at(0));
		channel.pause(GOOGLE, MINUTE, at(1));
		expect(channel.pausedForMs(GOOGLE, at(1))).toBe(9 * MINUTE);
	});
});

test('a clock set back by a day frees what was waiting', () => {
	const channel = new PushChannel();
	channel.refused(GOOGLE, 'a', at(0));
	channel.pause(GOOGLE, 10 * MINUTE, at(0));
	expect(channel.isOpen(at(-24 * 60))).toBe(true);
	expect(channel.pausedForMs(GOOGLE, at(-24 * 60 - 1))).toBe(0);
});

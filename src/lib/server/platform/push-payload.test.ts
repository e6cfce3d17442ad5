import { describe, expect, test } from 'vitest';
import { fitPayload, isTopic, MAX_PLAINTEXT_BYTES, plaintextOf, topicOf } from './push-payload.ts';

const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const FAMILY = '👨‍👩‍👧‍👦';

describe('a payload too long for a push', () => {
	test('a short one is left alone', () => {
		const payload = { title: 'Rendez-vous demain', body: 'Voir dans votre espace.' };
		expect(fitPayload(payload, 'body')).toBe(payload);
	});

	test('the longest that fits is left alone, one byte more is cut', () => {
		const room = MAX_PLAINTEXT_BYTES - sizeOf({ body: '' });
		const exact = { body: 'a'.repeat(room) };
		expect(fitPayload(exact, 'body')).toBe(exact);
		const cut = fitPayload({ body: 'a'.repeat(room + 1) }, 'body');
		expect(cut.body).toBe(`${'a'.repeat(room - 3)}…`);
		expect(sizeOf(cut)).toBe(MAX_PLAINTEXT_BYTES);
	});

	test.each([
		['accents', 'é'],
		['accents made of two signs', 'e\u0301'],
		['families', FAMILY],
		['flags', '🇫🇷'],
		['quotes, which JSON writes with two bytes', '"'],
		['control characters, which JSON writes with six', '\u0001'],
		['half of a pair', '\ud83d'],
	])('a text of %s is cut between characters and uses the room', (_, character) => {
		const { body } = fitPayload({ title: 'Titre', body: character.repeat(4000) }, 'body');
		const size = sizeOf({ title: 'Titre', body });
		expect(size).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
		expect(size).toBeGreaterThan(MAX_PLAINTEXT_BYTES - sizeOf(character) - 3);
		const kept = body.slice(0, -1);
		expect(body.endsWith('…')).toBe(true);
		expect(kept === '' || kept === character.repeat(kept.length / character.length)).toBe(true);
	});

	test('a title is cut only when cutting the text is not enough', () => {
		const long = 'é'.repeat(3000);
		const both = fitPayload({ title: long, body: long }, 'body', 'title');
		expect(both.body).toBe('');
		expect(both.title.endsWith('é…')).toBe(true);
		expect(sizeOf(both)).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
	});

	test('one monstrous character disappears', () => {
		expect(fitPayload({ body: `a${'\u0301'.repeat(5000)}` }, 'body')).toEqual({ body: '' });
	});

	test('a plain text is cut the same way', () => {
		const text = plaintextOf(FAMILY.repeat(1000))!;
		expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES);
		expect(text.slice(0, -1)).toBe(FAMILY.repeat((text.length - 1) / FAMILY.length));
	});

	test('what cannot be shortened is not sent', () => {
		expect(plaintextOf({ url: '/x'.repeat(3000), body: 'Bonjour' })).toBeNull();
	});
});

describe('a topic', () => {
	test('is of letters and digits, the same for the same identifiers', () => {
		const topic = topicOf('appointment', 'a-b_c');
		expect(isTopic(topic)).toBe(true);
		expect(topicOf('appointment', 'a-b_c')).toBe(topic);
		expect(topicOf('appointmenta', '-b_c')).not.toBe(topic);
	});

	test.each(['', 'a-b', 'a_b', 'é', 'a b', 'a\n', 'a'.repeat(33)])('%j is none', (topic) => {
		expect(isTopic(topic)).toBe(false);
	});
});

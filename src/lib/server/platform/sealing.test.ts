import { expect, test } from 'vitest';
import { seal, sealBytes, unseal, unsealBytes } from './sealing.ts';

test('what is sealed opens at its own place, and reads as it was', () => {
	const text = 'Je n’ai pas où dormir – 🙂 – ليس لدي مكان';
	expect(unseal('need.detail_sealed:1', seal('need.detail_sealed:1', text))).toBe(text);
	expect(seal('need.detail_sealed:1', text)).not.toContain('dormir');
});

test('the same text is never sealed twice alike', () => {
	expect(seal('step.note_sealed:1', 'oui')).not.toBe(seal('step.note_sealed:1', 'oui'));
});

test('a text moved to another row or column does not open', () => {
	const sealed = seal('need.detail_sealed:1', 'secret');
	expect(() => unseal('need.detail_sealed:2', sealed)).toThrow();
	expect(() => unseal('step.note_sealed:1', sealed)).toThrow();
});

test('a single changed bit does not open, wherever it is', () => {
	const sealed = sealBytes('file:1', Buffer.from('secret'));
	for (let index = 0; index < sealed.length; index += 1) {
		const altered = Buffer.from(sealed);
		altered[index]! ^= 1;
		expect(() => unsealBytes('file:1', altered), `byte ${index}`).toThrow();
	}
	expect(() => unsealBytes('file:1', sealed.subarray(0, 10))).toThrow();
});

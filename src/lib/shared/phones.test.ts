import { expect, test } from 'vitest';
import { displayPhone } from './phones';

const spaced = (text: string) => text.replaceAll(' ', '\u00a0');

test('a number of the mainland is shown in pairs, and never cut at the end of a line', () => {
	expect(displayPhone('+33639980102')).toBe(spaced('06 39 98 01 02'));
	expect(displayPhone('0353010203')).toBe(spaced('03 53 01 02 03'));
});

test('a number of Guyane is dialled as at home', () => {
	expect(displayPhone('+594694000102')).toBe(spaced('06 94 00 01 02'));
});

test('a foreign or a short number is left as it came', () => {
	expect(displayPhone(' +32 470 00 00 00 ')).toBe('+32 470 00 00 00');
	expect(displayPhone('3949')).toBe('3949');
});

import { expect, test } from 'vitest';
import { spread } from './others.ts';

const at = (...hours: string[]) =>
	hours.map((hour) => {
		const [localDay, localTime] = hour.split(' ') as [string, string];
		return { localDay, localTime };
	});
const said = (slots: { localDay: string; localTime: string }[]) =>
	spread(slots, 3).map(({ localDay, localTime }) => `${localDay} ${localTime}`);

test('three other times are of three half-days, near and early first', () => {
	const slots = at('10 09:00', '10 09:30', '10 11:45', '10 12:00', '10 14:00', '12 09:00', '12 15:00');
	expect(said(slots)).toEqual(['10 09:00', '10 12:00', '12 09:00']);
});

test('one half-day alone still gives three, in order; fewer when there are fewer', () => {
	expect(said(at('10 09:00', '10 09:30', '10 10:00', '10 10:30'))).toEqual(['10 09:00', '10 09:30', '10 10:00']);
	expect(said(at('10 09:00', '10 09:30', '11 09:00'))).toEqual(['10 09:00', '10 09:30', '11 09:00']);
	expect(said(at('10 09:00'))).toEqual(['10 09:00']);
	expect(said([])).toEqual([]);
});

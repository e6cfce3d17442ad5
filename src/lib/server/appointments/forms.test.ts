import { expect, test } from 'vitest';
import {
	parseAnswer,
	parseBooking,
	parseInvitation,
	parseMove,
	parseWeeklyHours,
	parseWorkshop,
	parseWorkshopMove,
} from './forms.ts';

const PARSERS = { parseBooking, parseInvitation, parseMove, parseWeeklyHours, parseWorkshop, parseWorkshopMove };
const filled = (fields: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries({ type: 'follow_up', mode: 'video', ...fields })) form.set(name, value);
	return form;
};

test.each(Object.entries(PARSERS))('%s: a meeting by video takes an https link, no other', (_, parse) => {
	expect(parse(filled({ address: 'https://visio.example.fr/salle-12' })).ok).toBe(true);
	for (const address of ['javascript:alert(1)', 'http://visio.example.fr/salle-12', 'www.example.fr/salle']) {
		const parsed = parse(filled({ address }));
		expect(parsed).toMatchObject({ ok: false, errors: { address: expect.stringContaining('https://') as string } });
		expect(parsed, 'shown again as typed').toMatchObject({ values: { address } });
	}
});

test.each(Object.entries(PARSERS))('%s: the street of the place is no link, and no link is needed yet', (_, parse) => {
	for (const address of ['', '12 rue des Lilas, 50000 Saint-Lô']) expect(parse(filled({ address })).ok).toBe(true);
	expect(parse(filled({ mode: 'on_site', address: 'www : bâtiment B' })).ok).toBe(true);
});

test('an answer tells which hour it is about, unless its page is of an earlier version', () => {
	const sequenceIn = (fields: Record<string, string>) => {
		const parsed = parseAnswer(filled({ answer: 'coming', ...fields }));
		return parsed.ok ? parsed.value.sequence : 'refused';
	};
	expect(sequenceIn({ sequence: '0' })).toBe(0);
	expect(sequenceIn({ sequence: '12' })).toBe(12);
	for (const fields of [{}, { sequence: '' }, { sequence: 'this-hour' }, { sequence: '-1' }])
		expect(sequenceIn(fields as Record<string, string>), JSON.stringify(fields)).toBeUndefined();
});

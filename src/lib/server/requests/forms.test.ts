import { expect, test } from 'vitest';
import {
	parseCommune,
	parseContactAnswers,
	parseId,
	parseSituation,
	parseThemeAnswers,
	parseThemes,
	parseUrgency,
	parseWishes,
} from './forms.ts';
import { NO_ANSWERS, NO_CONTACT } from './answers.ts';
import { missingPages, NOTHING_KNOWN } from './pages.ts';
import { QUESTIONS } from './questions.ts';

const form = (fields: Record<string, string | string[]>) => {
	const data = new FormData();
	for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) data.append(name, one);
	return data;
};
const today = '2026-11-22';
const person = { firstName: 'Amel', lastName: 'Durand', phone: '06 39 98 01 02' };

test('at least one theme, or « appelez-moi »; forged themes are dropped', () => {
	expect(parseThemes(form({})).ok).toBe(false);
	expect(parseThemes(form({ 'themes[]': ['forged'] })).ok).toBe(false);
	expect(parseThemes(form({ call: '1' }))).toEqual({ ok: true, value: { themes: [], wantsCall: true } });
	expect(parseThemes(form({ 'themes[]': ['housing', 'forged', 'housing', 'employment'] }))).toEqual({
		ok: true,
		value: { themes: ['employment', 'housing'], wantsCall: false },
	});
});

test.each([
	['an emoji', 'Mon bail finit 😀', true],
	['right-to-left text', 'أحتاج مساعدة', true],
	['500 characters', 'é'.repeat(500), true],
	['501 characters', 'é'.repeat(501), false],
	['a NUL', 'a\u0000b', false],
	['a bell', 'a\u0007b', false],
])('a free line with %s', (_, note, accepted) => {
	const parsed = parseThemeAnswers(QUESTIONS.housing, form({ note, 'situation[]': ['rent', 'forged'] }));
	expect(parsed.ok).toBe(accepted);
	if (parsed.ok) expect(parsed.value).toEqual({ ticks: { situation: ['rent'] }, note });
	// What was typed is given back.
	else expect(parsed.values).toMatchObject({ note, situation: ['rent', 'forged'] });
});

test('the situation may be left empty; a strange number of children may not be given', () => {
	expect(parseSituation(form({}))).toEqual({
		ok: true,
		value: {
			household: { household: null, childrenCount: null, childAges: [] },
			situation: { status: [], transport: [] },
		},
	});
	const typed = { household: 'forged', childrenCount: '2', 'childAges[]': ['0_2', 'x'], 'status[]': ['rsa', 'x'] };
	expect(parseSituation(form({ ...typed, 'transport[]': ['none'] }))).toEqual({
		ok: true,
		value: {
			household: { household: null, childrenCount: 2, childAges: ['0_2'] },
			situation: { status: ['rsa'], transport: ['none'] },
		},
	});
	for (const childrenCount of ['-1', '21', 'deux', '1e3', '1.5'])
		expect(parseSituation(form({ childrenCount })).ok).toBe(false);
});

test('an urgency is a code of ours, several or none', () => {
	expect(parseUrgency(form({}))).toEqual({ ok: true, value: { urgency: [] } });
	expect(parseUrgency(form({ 'urgency[]': ['violence', 'food', 'roof'] }))).toEqual({
		ok: true,
		value: { urgency: ['roof', 'food'] },
	});
});

test.each([
	['today', '2026-11-22'],
	['month', '2026-12-22'],
	['quarter', '2027-02-21'],
	['forged', '2026-12-22'],
])('who helps is named until a day: %s gives %s', (helperFor, helperUntil) => {
	const parsed = parseContactAnswers(form({ ...person, helper: 'Nadia', helperFor }), today);
	expect(parsed).toMatchObject({ ok: true, value: { helper: 'Nadia', helperUntil } });
});

test('without a helper there is no last day of help', () => {
	const parsed = parseWishes(form({ helperFor: 'quarter', reach: 'sms' }), today);
	expect(parsed).toMatchObject({ ok: true, value: { helper: '', helperFor: null, helperUntil: null, reach: 'sms' } });
});

test('nobody whose file has no number is promised a call or an SMS, nor an e-mail without an address', () => {
	const wish = (reach: string, file: { email: string | null; phone: string | null }) => {
		const parsed = parseWishes(form({ reach }), today, file);
		return parsed.ok || parsed.errors.reach;
	};
	const onlyEmail = { email: 'amel@example.fr', phone: null };
	const landline = { email: null, phone: '+33324000101' };
	expect(wish('call', onlyEmail)).toMatch('Donnez un numéro pour qu’on vous appelle.');
	expect(wish('sms', onlyEmail)).toMatch('Donnez un numéro de mobile');
	expect(wish('sms', landline)).toMatch('Donnez un numéro de mobile');
	expect(wish('email', landline)).toMatch('Écrivez votre adresse e-mail');
	for (const [reach, file] of [
		['email', onlyEmail],
		['call', landline],
		['', onlyEmail],
		['', { email: null, phone: null }],
	] as const)
		expect(wish(reach, file), reach).toBe(true);
});

test('a social-security number is refused wherever one can write', () => {
	const number = '2 86 03 08 105 123 45';
	expect(parseThemeAnswers(QUESTIONS.health, form({ note: `Mon numéro : ${number}` })).ok).toBe(false);
	for (const field of ['firstName', 'lastName', 'helper', 'interpreterIn'])
		expect(parseContactAnswers(form({ ...person, [field]: number }), today).ok, field).toBe(false);
});

test('names and one way to reach the person are needed, and all that is missing is said at once', () => {
	const empty = parseContactAnswers(form({}), today);
	expect(empty.ok || Object.keys(empty.errors).sort()).toEqual(['firstName', 'lastName', 'phone']);
	const unreachable = parseContactAnswers(form({ ...person, phone: '' }), today);
	expect(unreachable.ok || Object.keys(unreachable.errors)).toEqual(['phone']);
	expect(unreachable.ok || unreachable.values).toMatchObject({ firstName: 'Amel' });
});

test('contacts are kept as they are compared', () => {
	const typed = { ...person, email: ' Amel@Example.FR ', birthDate: '27 3 1986', reach: 'forged' };
	expect(parseContactAnswers(form(typed), today)).toMatchObject({
		ok: true,
		value: { phone: '+33639980102', email: 'Amel@example.fr', birthDate: '1986-03-27', reach: null },
	});
});

test.each([
	['phone', { phone: '12' }],
	['email', { email: 'amel@' }],
	['birthDate', { birthDate: '31 2 1990' }],
	['firstName', { firstName: 'a\u0000' }],
	['lastName', { lastName: 'x'.repeat(81) }],
	['email', { reach: 'email' }],
	['phone', { reach: 'call', phone: '', email: 'amel@example.fr' }],
	['phone', { reach: 'sms', phone: '', email: 'amel@example.fr' }],
	['phone', { reach: 'sms', phone: '03 53 01 00 00' }],
	['firstName', { firstName: '.' }],
	['lastName', { lastName: '🙂' }],
	['lastName', { lastName: '- 7' }],
])('what is wrong with %s is said beside it', (field, change) => {
	const parsed = parseContactAnswers(form({ ...person, ...change }), today);
	expect(parsed.ok || Object.keys(parsed.errors)).toEqual([field]);
});

test('« appelez-moi » asks for a number, and who has none is written to instead', () => {
	const asked = { wantsCall: true };
	const emailOnly = { ...person, phone: '', email: 'amel@example.fr' };
	const refused = parseContactAnswers(form(emailOnly), today, asked);
	expect(refused).toMatchObject({ ok: false, errors: { phone: expect.stringContaining('Un e-mail') } });
	expect(parseContactAnswers(form({ ...emailOnly, reach: 'email' }), today, asked).ok).toBe(true);
	expect(parseContactAnswers(form(person), today, asked).ok).toBe(true);
	expect(parseContactAnswers(form(emailOnly), today).ok).toBe(true);
});

test('« appelez-moi » chosen after the contact was written asks for it again', () => {
	const contact = { ...NO_CONTACT, firstName: 'Amel', lastName: 'Durand', email: 'amel@example.fr' };
	const answers = { ...NO_ANSWERS, wantsCall: true, inseeCode: '08105', contact };
	expect(missingPages(answers, NOTHING_KNOWN)).toEqual(['contact']);
	expect(missingPages({ ...answers, contact: { ...contact, reach: 'email' } }, NOTHING_KNOWN)).toEqual([]);
	expect(missingPages({ ...answers, contact: { ...contact, phone: '+33639980102' } }, NOTHING_KNOWN)).toEqual([]);
});

test('names of any script, and digits as they are typed in Arabic or Persian', () => {
	const typed = { firstName: 'أمل', lastName: 'Їжак', phone: '٠٦ ٣٩ ٩٨ ٠١ ٠٢', birthDate: '۲۷ ۳ ۱۹۸۶' };
	expect(parseContactAnswers(form({ ...person, ...typed }), today)).toMatchObject({
		ok: true,
		value: { firstName: 'أمل', phone: '+33639980102', birthDate: '1986-03-27' },
	});
	expect(parseSituation(form({ childrenCount: '٣' }))).toMatchObject({
		ok: true,
		value: { household: { childrenCount: 3 } },
	});
});

test('only codes and ids of our own shape go further', () => {
	expect(parseCommune(form({ inseeCode: '08409' })).ok).toBe(true);
	expect(parseCommune(form({ inseeCode: '2A004' })).ok).toBe(true);
	for (const inseeCode of ['', '8409', '08409 ', "08409'--"]) expect(parseCommune(form({ inseeCode })).ok).toBe(false);
	expect(parseId(form({ draft: 'A'.repeat(22) }), 'draft')).toBe('A'.repeat(22));
	expect(parseId(form({ draft: '../../etc' }), 'draft')).toBeNull();
	expect(parseId(form({}), 'draft')).toBeNull();
});

import { expect, test } from 'vitest';
import { NO_ANSWERS, type Answers } from './answers.ts';
import { OFFERED_THEMES } from '../../shared/themes.ts';
import {
	addressBack,
	leftBeforeCheck,
	missingPages,
	nextPage,
	NOTHING_KNOWN,
	previousPage,
	progressOf,
	questionPages,
	returnWith,
	unasked,
} from './pages.ts';
import {
	asksForMoney,
	codeContact,
	isLateOn,
	isUrgent,
	maskContact,
	nineInTenDays,
	readBirthDate,
	respondByDay,
	silenceDay,
	urgenciesOf,
} from './rules.ts';

const none = new Set<string>();
const answers = (change: Partial<Answers>): Answers => ({ ...NO_ANSWERS, ...change });
const ticking = (theme: string, question: string, ...codes: string[]) => ({
	[theme]: { ticks: { [question]: codes }, note: '' },
});

test('the first contact is due seven days later', () => {
	expect(respondByDay('2026-03-02', 7, none)).toBe('2026-03-09');
});

test('a due day on a Saturday, a Sunday or a holiday moves to the next day somebody works', () => {
	expect(respondByDay('2026-03-07', 7, none)).toBe('2026-03-16');
	expect(respondByDay('2026-03-08', 7, none)).toBe('2026-03-16');
	const easter = new Set(['2026-04-06']);
	expect(respondByDay('2026-03-30', 7, easter)).toBe('2026-04-07');
	expect(respondByDay('2026-12-18', 7, new Set(['2026-12-25']))).toBe('2026-12-28');
});

test('silence on money means refusal two months later, on the last day of a shorter month', () => {
	expect(silenceDay('2026-03-02', 2)).toBe('2026-05-02');
	expect(silenceDay('2026-12-31', 2)).toBe('2027-02-28');
});

test('childcare asks for money unless only something else was ticked', () => {
	expect(asksForMoney(answers({ themes: ['employment'] }))).toBe(false);
	expect(asksForMoney(answers({ themes: ['childcare'] }))).toBe(true);
	const place = ticking('childcare', 'help', 'place');
	expect(asksForMoney(answers({ themes: ['childcare'], byTheme: place }))).toBe(false);
	const both = ticking('childcare', 'help', 'place', 'paying');
	expect(asksForMoney(answers({ themes: ['childcare'], byTheme: both }))).toBe(true);
	// Ticked, then the theme was taken out again.
	expect(asksForMoney(answers({ themes: ['housing'], byTheme: both }))).toBe(false);
});

test('no roof or nothing to eat is urgent', () => {
	expect(isUrgent(answers({ themes: ['housing'], byTheme: ticking('housing', 'situation', 'no_roof') }))).toBe(true);
	expect(isUrgent(answers({ themes: ['money'], byTheme: ticking('money', 'help', 'food') }))).toBe(true);
	expect(isUrgent(answers({ themes: ['housing'], byTheme: ticking('housing', 'situation', 'rent') }))).toBe(false);
	expect(isUrgent(answers({ themes: ['health'], byTheme: ticking('housing', 'situation', 'no_roof') }))).toBe(false);
});

test('the code goes to a mobile, else to an e-mail, never to a landline', () => {
	expect(codeContact({ phone: '+33639980101', email: 'a@example.fr' })).toBe('+33639980101');
	expect(codeContact({ phone: '+33353010800', email: 'a@example.fr' })).toBe('a@example.fr');
	expect(codeContact({ phone: '+33353010800', email: null })).toBeNull();
});

test.each([
	['27/03/1986', '1986-03-27'],
	['27 3 1986', '1986-03-27'],
	['1986-03-27', '1986-03-27'],
	['1986', '1986-00-00'],
	['٢٧/٠٣/١٩٨٦', '1986-03-27'],
	['۱۹۸۶', '1986-00-00'],
	['27 mars 1986', '1986-03-27'],
	['1er Août 1986', '1986-08-01'],
	['3 févr. 1986', '1986-02-03'],
	['27 March 1986', '1986-03-27'],
	['27 березня 1986', '1986-03-27'],
	['٢٧ مارس ١٩٨٦', '1986-03-27'],
	['27 آذار 1986', '1986-03-27'],
	['27 جانفي 1986', '1986-01-27'],
	['27 كانون الثاني 1986', '1986-01-27'],
	['٢٧ تشرين الأول ١٩٨٦', '1986-10-27'],
	['27 يوليوز 1986', '1986-07-27'],
	['27 غشت 1986', '1986-08-27'],
	['22 11 2026', '2026-11-22'],
	['29 2 2024', '2024-02-29'],
	['29 2 2023', null],
	['23 11 2026', null],
	['1 1 1905', null],
	['31/04/1990', null],
	['31 avril 1990', null],
	['27 mart 1986', null],
	['31 تشرين الثاني 1986', null],
	['27 كانون 1986', null],
	['27 mars avril 1986', null],
	['27 1986', null],
	['27 mars 86', null],
	['demain', null],
	['', null],
])('the birth date « %s » is read as %s', (typed, expected) => {
	expect(readBirthDate(typed, '2026-11-22')).toBe(expected);
});

test('only the chosen themes are asked', () => {
	const two = answers({ themes: ['housing', 'childcare'] });
	expect(questionPages(two, NOTHING_KNOWN)).toEqual([
		'themes',
		'securite',
		'commune',
		'housing',
		'childcare',
		'foyer',
		'contact',
	]);
	expect(progressOf('childcare', two, NOTHING_KNOWN)).toEqual({ number: 5, total: 7 });
	expect(nextPage('housing', two, NOTHING_KNOWN)).toBe('childcare');
	expect(nextPage('contact', two, NOTHING_KNOWN)).toBe('verifier');
	expect(previousPage('foyer', two, NOTHING_KNOWN)).toBe('childcare');
	expect(previousPage('themes', two, NOTHING_KNOWN)).toBeNull();
	expect(previousPage('verifier', two, NOTHING_KNOWN)).toBe('contact');
});

test('themes chosen from the check page are all asked before going back there, one after the other', () => {
	const saved = { themes: 1, securite: 1, commune: 1, housing: 1, foyer: 1, contact: 1 };
	const three = answers({ themes: ['housing', 'health', 'money'], savedAt: saved });
	const left = unasked(three, NOTHING_KNOWN);
	expect(left).toEqual(['health', 'money']);
	expect(addressBack(left)).toBe('/demande/nouvelle/health?retour=verifier.money');
	// What else an address names is not asked.
	const after = leftBeforeCheck('verifier.money.mobility.else', three, NOTHING_KNOWN)!;
	expect(after).toEqual(['money']);
	expect(addressBack(after)).toBe('/demande/nouvelle/money?retour=verifier');
	expect(addressBack(leftBeforeCheck('verifier', three, NOTHING_KNOWN)!)).toBe('/demande/nouvelle/verifier');
	expect(leftBeforeCheck('contact.money', three, NOTHING_KNOWN)).toBeNull();
	expect(leftBeforeCheck(null, three, NOTHING_KNOWN)).toBeNull();
	expect(returnWith([])).toBe('verifier');
	// « Appelez-moi » first, subjects from the check page then: what the call did without is asked too.
	const called = answers({ themes: ['money'], savedAt: { themes: 1, contact: 1, commune: 1 } });
	expect(unasked(called, NOTHING_KNOWN)).toEqual(['securite', 'money', 'foyer']);
});

test('« appelez-moi » leads straight to the contact', () => {
	const call = answers({ wantsCall: true, themes: ['housing'] });
	expect(questionPages(call, NOTHING_KNOWN)).toEqual(['themes', 'contact', 'commune']);
});

test('what the account knows is not asked again', () => {
	const one = answers({ themes: ['housing'] });
	const known = { adding: false, household: true, commune: true, contact: true };
	expect(questionPages(one, known)).toEqual(['themes', 'securite', 'housing']);
	// A need more of an open request: nothing but the need.
	expect(questionPages(one, { ...known, adding: true })).toEqual(['themes', 'housing']);
	// Reached from « Modifier » though it is not asked: back to the check page, not to the first question.
	expect(nextPage('foyer', one, known)).toBe('verifier');
});

test.each([
	[1, 8],
	[4, 12],
])('a request over %i themes takes %i screens at most, from the first question to the receipt', (count, most) => {
	const asked = answers({ themes: OFFERED_THEMES.slice(0, count) });
	const checkAndReceipt = 2;
	expect(questionPages(asked, NOTHING_KNOWN).length + checkAndReceipt).toBeLessThanOrEqual(most);
});

test('a request can be sent once it says what for, where, and how to reach the person', () => {
	expect(missingPages(NO_ANSWERS, NOTHING_KNOWN)).toEqual(['themes', 'commune', 'contact']);
	expect(missingPages(answers({ wantsCall: true }), { ...NOTHING_KNOWN, commune: true, contact: true })).toEqual([]);
});

test('a request is late the day after the day to answer by, while nobody took it', () => {
	const request = { status: 'submitted', respondBy: '2026-03-09' };
	expect(isLateOn(request, '2026-03-09')).toBe(false);
	expect(isLateOn(request, '2026-03-10')).toBe(true);
	expect(isLateOn({ ...request, status: 'assigned' }, '2026-03-10')).toBe(false);
});

test('a contact is recognised by its owner and read by nobody else', () => {
	expect(maskContact('+33639980102').replaceAll('\u00a0', ' ')).toBe('•• •• •• •• 02');
	expect(maskContact('amel@example.fr')).toBe('a•••@example.fr');
});

test('how long others waited is said from eleven of them, in whole days, without the slowest tenth', () => {
	const day = 24 * 3_600_000;
	const waits = (...days: number[]) => days.map((count) => count * day);
	expect(nineInTenDays(waits(1, 1, 1, 1, 1, 1, 1, 1, 1, 1))).toBeNull();
	expect(nineInTenDays(waits(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 60))).toBe(11);
	expect(nineInTenDays(waits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1))).toBe(1);
	expect(nineInTenDays(waits(2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1, 2.1))).toBe(3);
});

test('what cannot wait is known wherever it was said, and puts the request first', () => {
	expect(urgenciesOf(NO_ANSWERS)).toEqual([]);
	expect(isUrgent(answers({ urgency: [] }))).toBe(false);
	expect(isUrgent(answers({ urgency: ['unsaid'] }))).toBe(true);
	const noRoof = answers({
		themes: ['housing'],
		byTheme: ticking('housing', 'situation', 'no_roof'),
		urgency: ['food'],
	});
	expect(urgenciesOf(noRoof)).toEqual(['roof', 'food']);
});

import { describe, expect, test } from 'vitest';
import { DIAGNOSIS_STATES, type TopicValue } from '../../shared/diagnosis.ts';
import { hasSocialSecurityNumber, looksMedical } from '../../shared/private-text.ts';
import { answerByOf, isFinal, seenDifferently, stateAfter, type DiagnosisAct } from './rules.ts';

const TODAY = '2026-03-10';

describe('who does what in which state', () => {
	const table: Record<DiagnosisAct, (string | null)[]> = {
		//        self_started, interview_planned, shared, agreed, contested
		self: ['self_started', 'interview_planned', null, null, null],
		note: ['interview_planned', 'interview_planned', null, null, 'contested'],
		share: [null, 'shared', null, null, 'shared'],
		agree: [null, null, 'agreed', null, null],
		contest: [null, null, 'contested', null, null],
		renew: [null, null, null, 'interview_planned', null],
	};
	test.each(Object.keys(table) as DiagnosisAct[])('%s', (act) => {
		const outcomes = DIAGNOSIS_STATES.map((state) => stateAfter(act, { state, answerBy: TODAY }, TODAY));
		expect(outcomes).toEqual(table[act]);
	});
});

describe('ten days to answer', () => {
	const shared = { state: 'shared' as const, answerBy: '2026-03-10' };

	test('nothing is final on the last day, all is on the next', () => {
		expect(isFinal(shared, '2026-03-10')).toBe(false);
		expect(isFinal(shared, '2026-03-11')).toBe(true);
	});

	test('once the days are over nothing is answered any more, and a new one may begin', () => {
		expect(stateAfter('contest', shared, '2026-03-11')).toBeNull();
		expect(stateAfter('agree', shared, '2026-03-11')).toBeNull();
		expect(stateAfter('renew', shared, '2026-03-11')).toBe('interview_planned');
	});

	test('a contested one is never final by waiting', () => {
		expect(isFinal({ state: 'contested', answerBy: '2026-03-10' }, '2027-01-01')).toBe(false);
	});

	test('a last day that nobody works is moved to the next worked one', () => {
		const none = new Set<string>();
		expect(answerByOf('2026-03-02', none)).toBe('2026-03-12');
		// Tenth day a Saturday, a Sunday.
		expect(answerByOf('2026-03-04', none)).toBe('2026-03-16');
		expect(answerByOf('2026-03-05', none)).toBe('2026-03-16');
		// Friday 1 May is a holiday in mainland France; 10 June is one in Guyane only.
		expect(answerByOf('2026-04-21', new Set(['2026-05-01']))).toBe('2026-05-04');
		expect(answerByOf('2026-05-31', none)).toBe('2026-06-10');
		expect(answerByOf('2026-05-31', new Set(['2026-06-10']))).toBe('2026-06-11');
	});
});

test('what the person and the professionals see differently', () => {
	const value = (values: Partial<TopicValue>): TopicValue => ({
		need: 'not_explored',
		constraint: 'not_discussed',
		impact: null,
		priority: false,
		note: '',
		...values,
	});
	expect(seenDifferently('strong', value({ need: 'need' }))).toBe(true);
	expect(seenDifferently('strong', value({ constraint: 'yes' }))).toBe(true);
	expect(seenDifferently('hard', value({ need: 'strong' }))).toBe(true);
	expect(seenDifferently('hard', value({ constraint: 'no' }))).toBe(true);
	// « Not discussed » is not « no », and nothing said is no difference.
	expect(seenDifferently('hard', value({}))).toBe(false);
	expect(seenDifferently(undefined, value({ need: 'need' }))).toBe(false);
	expect(seenDifferently('talk', value({ need: 'strong' }))).toBe(false);
	expect(seenDifferently('look', value({ need: 'need', constraint: 'yes' }))).toBe(false);
	expect(seenDifferently('strong', { level: 'low', note: '' })).toBe(false);
});

describe('texts', () => {
	test.each(['Suivie pour dépression depuis 2024', 'souffre d’épilepsie', 'Addiction à l’alcool', 'diagnostic de SEP'])(
		'« %s » looks like a diagnosis',
		(text) => expect(looksMedical(text)).toBe(true),
	);
	test.each([
		'Besoin d’un médecin traitant',
		'La santé passe avant',
		'Diagnostic social fait en mars',
		'Aide pour garder Léo',
	])('« %s » does not', (text) => expect(looksMedical(text)).toBe(false));
	test('a social-security number is seen however it is spaced, a phone number is not one', () => {
		expect(hasSocialSecurityNumber('2 85 05 78 006 084 36')).toBe(true);
		expect(hasSocialSecurityNumber('285057800608436')).toBe(true);
		expect(hasSocialSecurityNumber('06 39 98 00 12, puis 01 99 00 00 01')).toBe(false);
	});
});

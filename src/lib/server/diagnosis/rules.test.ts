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
	test.each([
		...['Suivie pour dépression depuis 2024', 'souffre d’épilepsie', 'Addiction à l’alcool', 'diagnostic de SEP'],
		...['Anxiété forte', 'Elle a une SEP', 'TDAH', 'a la RQTH', 'Handicapé à 80 %', 'Taux d’incapacité de 50 %'],
		...['Dépendance au cannabis', 'dépendante à l’alcool', 'Il est sous traitement', 'suit un traitement lourd'],
		...['Le médecin a diagnostiqué une maladie', 'Son psychologue lui a diagnostiqué autre chose'],
	])('« %s » looks like a diagnosis', (text) => expect(looksMedical(text)).toBe(true));
	test.each([
		'Besoin d’un médecin traitant',
		'La santé passe avant',
		'Diagnostic social fait en mars',
		'Aide pour garder Léo',
		...[
			'Elle sait se servir d’un traitement de texte',
			'suit un traitement de texte en ligne',
			'J’ai vu le médecin scolaire',
		],
		...[
			'Dossier en cours de traitement',
			'Rendez-vous le 5 SEP 2026',
			'en sep. prochain',
			'SEPTEMBRE',
			'une sous-traitance',
		],
		...[
			'Dépendante de la voiture de son frère',
			'Besoins diagnostiqués en mars',
			'Accès handicapé à côté de la mairie',
		],
		...['La mission handicap de la ville', 'Il prend le train', 'Le cabinet du médecin est à 5 km'],
	])('« %s » does not', (text) => expect(looksMedical(text)).toBe(false));
	test('a social-security number is seen however it is spaced, a phone number is not one', () => {
		expect(hasSocialSecurityNumber('2 85 05 78 006 084 36')).toBe(true);
		expect(hasSocialSecurityNumber('285057800608436')).toBe(true);
		expect(hasSocialSecurityNumber('06 39 98 00 12, puis 01 99 00 00 01')).toBe(false);
	});
	test.each([
		...['2\u00a085\u00a005\u00a078\u00a0006\u00a0084\u00a036', '2\u202f85\u202f05\u202f78\u202f006\u202f084'],
		...[
			'2  85  05  78  006  084  36',
			'2/85/05/78/006/084/36',
			'2 - 85 - 05 - 78 - 006 - 084 - 36',
			'2_85_05_2A_006_084',
		],
		...['7 85 05 78 006 084 36', '885057800608436', 'n° 1–85–12–2B–006–084'],
	])('« %s » is one', (text) => expect(hasSocialSecurityNumber(text)).toBe(true));
	test.each([
		'IBAN FR76 3000 6000 0112 3456 7890 189',
		'06 39 98 00 12 / 01 99 00 00 01 / 06 39 98 00 13',
		'06 39 98 00 12 - 01 99 00 00 01 - 07 39 98 00 13',
		'du 12/05/2026 au 14/07/2026, puis 12/05/2026 - 13/06/2026 - 14/07/2026',
		'12 mois\n850 €\n1200 €\n1300 €\n780 €',
		'1 200 €, 850 €, 72 000 km',
	])('« %s » is none', (text) => expect(hasSocialSecurityNumber(text)).toBe(false));
});

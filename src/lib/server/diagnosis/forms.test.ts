import { expect, test } from 'vitest';
import { parseAnswer, parseGrid, parseSelfPage } from './forms.ts';

const form = (values: Record<string, string>) => {
	const data = new FormData();
	for (const [name, value] of Object.entries(values)) data.set(name, value);
	return data;
};
const housing = {
	version_housing: '0',
	need_housing: 'need',
	constraint_housing: 'yes',
	impact_housing: 'high',
	note_housing: '',
};

test('a page of one’s own part takes its own topics, and nothing that is not a view', () => {
	expect(parseSelfPage(1, form({ employment: 'hard', mobility: 'evil', health: 'hard' }))).toEqual({
		ok: true,
		value: { views: { employment: 'hard' } },
	});
	expect(parseSelfPage(1, form({}))).toEqual({ ok: true, value: { views: {} } });
});

test('a social-security number is refused wherever it is typed, a diagnosis is not', () => {
	expect(parseSelfPage(4, form({ goals: 'mon numéro 2 85 05 78 006 084 36', works: '' }))).toMatchObject({
		ok: false,
		errors: { goals: expect.any(String) },
	});
	expect(parseGrid(form({ ...housing, note_housing: '285057800608436' }))).toMatchObject({
		ok: false,
		errors: { note_housing: expect.any(String) },
	});
	expect(parseGrid(form({ ...housing, note_housing: 'suivie pour dépression' })).ok).toBe(true);
});

test('the grid takes the points that were sent; no impact without a constraint', () => {
	expect(parseGrid(form({ ...housing, constraint_housing: 'no' }))).toEqual({
		ok: true,
		value: [
			{
				point: 'housing',
				version: 0,
				value: { need: 'need', constraint: 'no', impact: null, priority: false, note: '' },
			},
		],
	});
	expect(parseGrid(form({ ...housing, version_housing: 'x' })).ok).toBe(false);
	expect(parseGrid(form({ ...housing, need_housing: 'maybe' }))).toMatchObject({
		errors: { need_housing: expect.any(String) },
	});
	expect(parseGrid(form({ version_power: '2', level_power: 'low', note_power: '' }))).toMatchObject({
		value: [{ point: 'power', version: 2, value: { level: 'low' } }],
	});
});

test('to contest is to name a point and say why; to agree is enough', () => {
	expect(parseAnswer(form({ answer: 'agree' })).ok).toBe(true);
	const seen = '2026-03-02T09:00:00.000Z';
	expect(parseAnswer(form({ answer: 'agree', seen }))).toMatchObject({ value: { seen } });
	expect(parseAnswer(form({ answer: 'contest' }))).toMatchObject({
		errors: { point: expect.any(String) },
	});
	expect(parseAnswer(form({ answer: 'contest', point: 'housing' }))).toMatchObject({
		errors: { why: expect.any(String) },
	});
	expect(parseAnswer(form({ answer: 'contest', point: 'power', why: 'Je décide seule.' })).ok).toBe(true);
	expect(parseAnswer(form({}))).toMatchObject({ ok: false, errors: { answer: expect.any(String) } });
});

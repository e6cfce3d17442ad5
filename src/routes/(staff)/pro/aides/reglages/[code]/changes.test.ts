import { expect, test } from 'vitest';
import { RULES } from '../../../../../../../tests/support/aids.ts';
import { changesBetween } from './changes';

const PLACES = [
	{ id: '08-cms-sedan', name: 'CMS de Sedan' },
	{ id: '08-cms-givet', name: 'CMS de Givet' },
];

test('who decides is told by name, never by its code', () => {
	const from = { ...RULES, deciderStructureId: '08-cms-sedan' };
	const to = (deciderStructureId: string | null) =>
		changesBetween(from, { ...RULES, deciderStructureId }, { locale: 'fr', structures: PLACES });
	expect(to('08-cms-givet')).toEqual(['Structure qui décide\u00a0: CMS de Sedan → CMS de Givet']);
	expect(to(null)).toEqual(['Structure qui décide\u00a0: CMS de Sedan → aucune']);
	expect(to('08-cms-sedan')).toEqual([]);
});

import { expect, test } from 'vitest';
import { actionOf, reasonLabel, whyInWords } from './reasons';

test('a message that did not leave by our own fault asks for a call, and says so', () => {
	const why = { reason: 'unsent', since: new Date(), note: null, detail: { channels: 1 }, reference: null } as const;
	expect([reasonLabel.unsent(), whyInWords(why, 'fr')]).toEqual([
		'À appeler',
		'Pas parti\u00a0: problème de notre côté',
	]);
	const row = { personId: 'p', reasons: [why] as [typeof why] };
	expect(actionOf({ ...row, phone: '+33353010000' })).toMatchObject({ to: 'tel:+33353010000' });
	expect(actionOf({ ...row, phone: null })).toMatchObject({ to: '/pro/personnes/p' });
});

import { describe, expect, test } from 'vitest';
import { NOW } from '../../../../tests/factories/index.ts';
import { DomainError } from '../platform/errors.ts';
import { failFrom } from './failures.ts';
import { refuseOtherUser, saidAtOf, userKeyOf } from './phone.ts';

describe('when something was said on a phone', () => {
	const saidAt = (age?: string) =>
		saidAtOf(
			new Request('https://portail.example.fr/', { headers: age === undefined ? {} : { 'x-phone-age': age } }),
			NOW,
		);
	const DAY = 24 * 3_600_000;

	test('is its age before now, whatever hour the phone believes it is; never to come, a week ago at most', () => {
		expect(saidAt()).toEqual(NOW);
		expect(saidAt('90000')).toEqual(new Date(NOW.getTime() - 90_000));
		for (const strange of ['-5000', 'abc', '', 'NaN']) expect(saidAt(strange)).toEqual(NOW);
		for (const old of [String(400 * DAY), 'Infinity', '1e99'])
			expect(saidAt(old)).toEqual(new Date(NOW.getTime() - 7 * DAY));
	});
});

describe('what a phone says in the name of somebody who is signed in no more', () => {
	const from = (path: string) =>
		refuseOtherUser(
			new Request(`https://portail.example.fr${path}`, {
				method: 'POST',
				headers: { 'x-phone-user': userKeyOf({ accountId: 'theirs' }) },
			}),
			null,
		)?.status;

	test('waits until they sign in, but for a sign-out: what is left of them here goes all the same', () => {
		for (const path of ['/accueil', '/en/parcours', '/compte/deconnexion']) expect(from(path), path).toBe(401);
		for (const path of ['/deconnexion', '/en/deconnexion']) expect(from(path), path).toBeUndefined();
	});
});

describe('a form refused by a rule', () => {
	const sentences = { given: () => 'Déjà donné.', over: () => 'C’est fini.' };

	test('tells the queue of a phone apart what was done before and what is refused now', () => {
		expect(failFrom(new DomainError('given', 'already'), sentences)).toMatchObject({
			status: 409,
			data: { already: true },
		});
		const refused = failFrom(new DomainError('over', 'conflict'), sentences);
		expect(refused.status).toBe(409);
		expect(refused.data).not.toHaveProperty('already');
	});
});

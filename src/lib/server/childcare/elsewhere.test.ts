import { beforeEach, describe, expect, test } from 'vitest';
import { aPerson } from '../../../../tests/factories/index.ts';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { aidSentence, aidSentencePro } from '../../shared/aids.ts';
import { noteElsewhere, openElsewhere } from './commands.ts';
import { getAidToDecide, getOwnAid } from './queries.ts';

let given: Awaited<ReturnType<typeof anAidSetting>>;
const me = () => given.as({ ...given.person.account, structureId: null });
const follow = (body: 'caf' | 'france_travail' = 'france_travail') =>
	given.db.write((tx) =>
		openElsewhere(tx, { personId: given.person.id, territoryId: given.territoryId, body, by: me(), now: SENT }),
	);
const note = (reference: string, more: Partial<Parameters<typeof noteElsewhere>[1]> = {}) =>
	given.db.write((tx) =>
		noteElsewhere(tx, {
			...{ reference, personId: given.person.id, to: 'granted', on: '2026-03-01', by: me(), now: SENT },
			...more,
		}),
	);

describe('a file that another body decides', () => {
	beforeEach(async () => void (given = await anAidSetting()));

	test('always says who noted it, and of which day it is', async () => {
		const { reference } = (await follow())!;
		await note(reference, { amountCents: 41_600 });
		const file = await getOwnAid(given.db.read, given.person.id, reference, SENT);
		expect(file).toMatchObject({ source: 'person', asOf: on('2026-03-01', '11:00'), silenceOn: null });
		await note(reference, { to: 'paid', on: '2026-03-02', by: given.as(given.decider) });
		const later = await getOwnAid(given.db.read, given.person.id, reference, SENT);
		expect(later).toMatchObject({ source: 'referent', facts: { status: 'paid', amountCents: 41_600 } });
	});
	test('keeps no amount once the body refused, or asks for papers', async () => {
		const { reference } = (await follow())!;
		const noted = async () => (await getOwnAid(given.db.read, given.person.id, reference, SENT)).facts.amountCents;
		for (const to of ['refused', 'incomplete'] as const) {
			await note(reference, { amountCents: 40_000 });
			expect(await noted()).toBe(40_000);
			await note(reference, { to });
			expect(await noted()).toBeNull();
		}
	});
	test('granted without a word of how much, no professional reads that nothing is to be paid', async () => {
		const { reference } = (await follow())!;
		const said = async (to: 'granted' | 'partially_granted') => {
			await note(reference, { to });
			const { facts, zone } = await getOwnAid(given.db.read, given.person.id, reference, SENT);
			return aidSentencePro(facts, { locale: 'fr', zone, now: SENT, mine: false });
		};
		expect(await said('granted')).toBe('L’aide est accordée.');
		expect(await said('partially_granted')).toBe('Une partie de l’aide est accordée.');
	});
	test('refused there, nothing is left for the person to do here', async () => {
		const { reference } = (await follow())!;
		await note(reference, { to: 'refused' });
		const { facts } = await getOwnAid(given.db.read, given.person.id, reference, SENT);
		expect(facts).toMatchObject({ status: 'refused', nextActor: 'nobody' });
	});
	test('has no clock of ours: months later nobody calls it refused by silence', async () => {
		const { reference } = (await follow())!;
		const late = on('2027-03-02');
		const { facts, zone, today } = await getOwnAid(given.db.read, given.person.id, reference, late);
		expect(facts.implicitlyRefused).toBe(false);
		expect(aidSentence(facts, { locale: 'fr', zone, today, now: late }).replace(/\u00a0/g, ' ')).toBe(
			'France Travail doit agir : vous répondre.',
		);
	});
	test('is not under way again beside another of that body', async () => {
		const { reference } = (await follow())!;
		await note(reference, { to: 'refused' });
		const later = (await follow())!;
		for (const to of ['submitted', 'incomplete'] as const)
			await expect(note(reference, { to })).rejects.toThrow('aid_open');
		await note(later.reference, { to: 'incomplete' });
		await note(reference, { to: 'granted' });
		await note(later.reference, { to: 'paid' });
		await note(reference, { to: 'incomplete' });
	});
	test('is decided by nobody here, and one of ours cannot be noted over', async () => {
		const { reference } = (await follow())!;
		const viewer = { ...given.as(given.decider), structureId: given.place.id };
		await expect(getAidToDecide(given.db.read, viewer, reference, SENT)).rejects.toThrow('not_found');
		const ours = (await given.open())!;
		await expect(note(ours.reference)).rejects.toThrow('not_found');
		expect((await given.row(ours.id)).status).toBe('submitted');
	});
	test('is the person’s own, one for each body, and never of a day to come', async () => {
		const { reference } = (await follow())!;
		expect(await follow()).toBeNull();
		expect(await follow('caf')).not.toBeNull();
		for (const on of ['2026-03-03', '2024-03-01', '1990-01-01'])
			await expect(note(reference, { on })).rejects.toThrow('aid_as_of_outside');
		const other = await aPerson(given.db, { territoryId: given.territoryId });
		await expect(note(reference, { personId: other.id })).rejects.toThrow('not_found');
		await expect(note(reference, { to: 'under_review' })).rejects.toThrow('not_found');
	});
});

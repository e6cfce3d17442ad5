import { describe, expect, test } from 'vitest';
import { anAidSetting, on, SENT } from '../../../../tests/support/aids.ts';
import { aidSentence, aidSentencePro } from '../../shared/aids.ts';
import { childcareAidEvent } from '../db/schema/index.ts';
import { getAidToDecide, getOwnAid } from './queries.ts';

async function underReview(rules = {}) {
	const given = await anAidSetting({ rules });
	const { id, reference } = (await given.open())!;
	await given.change(id, 'under_review');
	const file = (now = SENT) => getOwnAid(given.db.read, given.person.id, reference, now);
	return { ...given, id, reference, file };
}

describe('four eyes', () => {
	const GRANT = { amountCents: 60_000 };

	test('from the amount of the rules, one professional proposes and the person is told nothing', async () => {
		const { id, change, row, file } = await underReview({ fourEyesCents: 60_000 });
		expect(await change(id, 'granted', GRANT)).toMatchObject({ proposed: true });
		expect(await row(id)).toMatchObject({ status: 'under_review', amountCents: null });
		expect((await file()).history.map(({ status }) => status)).toEqual(['submitted', 'under_review']);
	});
	test('the same person saying it twice does not make four eyes; a colleague who says the same does', async () => {
		const { id, change, row, as, second } = await underReview({ fourEyesCents: 60_000 });
		await change(id, 'granted', GRANT);
		expect(await change(id, 'granted', GRANT)).toMatchObject({ proposed: true });
		expect(await change(id, 'granted', { ...GRANT, by: as(second) })).toMatchObject({ proposed: false });
		expect(await row(id)).toMatchObject({ status: 'granted', amountCents: 60_000, proposal: null });
	});
	test('another amount is another proposal, to be confirmed again', async () => {
		const { id, change, row, as, second } = await underReview({ fourEyesCents: 60_000 });
		await change(id, 'granted', GRANT);
		expect(await change(id, 'granted', { amountCents: 70_000, by: as(second) })).toMatchObject({ proposed: true });
		expect((await row(id)).proposal).toMatchObject({ byAccountId: second.id, detail: { amountCents: 70_000 } });
		expect(await change(id, 'granted', { amountCents: 70_000 })).toMatchObject({ proposed: false });
	});
	test('other days, hours or reasons are another proposal too', async () => {
		const days = { periodFrom: '2026-04-01', periodTo: '2026-06-30' };
		const said = { ...GRANT, ...days, hoursPerWeek: 20, reason: 'other_aid' as const };
		const { id, change, row, as, second } = await underReview({ fourEyesCents: 60_000 });
		await change(id, 'partially_granted', said);
		for (const other of [
			{ periodTo: '2026-07-31' },
			{ hoursPerWeek: 21 },
			{ hoursPerWeek: undefined },
			{ reason: 'too_late' as const },
		]) {
			const changed = { ...said, ...other, by: as(second) };
			expect(await change(id, 'partially_granted', changed), JSON.stringify(other)).toMatchObject({ proposed: true });
			await change(id, 'partially_granted', said);
		}
		expect(await change(id, 'partially_granted', { ...said, by: as(second) })).toMatchObject({ proposed: false });
		expect(await row(id)).toMatchObject({ status: 'partially_granted', outcome: { ...days, hoursPerWeek: 20 } });
	});
	test('the words to the person wait, sealed, with the proposal and leave with the decision', async () => {
		const note = 'Nous vous attendons lundi.';
		const { db, id, reference, change, as, second, file, territoryId } = await underReview({ fourEyesCents: 60_000 });
		await change(id, 'granted', { ...GRANT, note });
		expect(JSON.stringify(await db.read.select().from(childcareAidEvent))).not.toContain(note);
		expect(JSON.stringify(await file())).not.toContain(note);
		const viewer = { ...as(second), territoryId };
		expect(await getAidToDecide(db.read, viewer, reference, SENT)).toMatchObject({
			mayConfirm: true,
			proposalNote: note,
		});
		await change(id, 'granted', { ...GRANT, by: as(second) });
		expect((await file()).history.at(-1)).toMatchObject({ status: 'granted', note });
		expect(await getAidToDecide(db.read, viewer, reference, SENT)).toMatchObject({ proposalNote: null });
	});
	test('the words of who confirms come before those that were proposed; of another decision, none are taken over', async () => {
		const { id, change, as, second, file } = await underReview({ fourEyesCents: 60_000 });
		await change(id, 'granted', { ...GRANT, note: 'Un.' });
		await change(id, 'granted', { ...GRANT, note: 'Deux.', by: as(second) });
		expect((await file()).history.at(-1)!.note).toBe('Deux.');
		const no = await underReview({ fourEyesCents: 60_000 });
		await no.change(no.id, 'granted', { ...GRANT, note: 'Un.' });
		await no.change(no.id, 'refused', { reason: 'too_late' });
		expect((await no.file()).history.at(-1)!.note).toBeNull();
	});
	test('one cent below, one is enough; a refusal never needs two', async () => {
		const low = await underReview({ fourEyesCents: 60_000 });
		expect(await low.change(low.id, 'granted', { amountCents: 59_999 })).toMatchObject({ proposed: false });
		const no = await underReview({ fourEyesCents: 1 });
		expect(await no.change(no.id, 'refused', { reason: 'too_late' })).toMatchObject({ proposed: false });
	});
	test('a proposal does not bend the table', async () => {
		const { id, change } = await underReview({ fourEyesCents: 1 });
		await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
		await expect(change(id, 'granted', GRANT)).rejects.toThrow('aid_refused_move');
	});
});

describe('what a decision says', () => {
	test('a period has two ends, in order; it is kept until the payment', async () => {
		const { id, change, file } = await underReview();
		const wrong = { amountCents: 100, periodFrom: '2026-04-01' };
		await expect(change(id, 'granted', wrong)).rejects.toThrow('aid_period_wrong');
		await expect(change(id, 'granted', { ...wrong, periodTo: '2026-03-31' })).rejects.toThrow('aid_period_wrong');
		await change(id, 'granted', { ...wrong, periodTo: '2026-04-01', hoursPerWeek: 20 });
		// To come, and before it was decided.
		for (const paidOn of ['2026-03-03', '2026-03-01'])
			await expect(change(id, 'paid', { paidOn })).rejects.toThrow('aid_paid_outside');
		await change(id, 'paid', { paidOn: '2026-03-02' });
		expect((await file()).outcome).toMatchObject({
			periodFrom: '2026-04-01',
			periodTo: '2026-04-01',
			hoursPerWeek: 20,
			amountCents: 100,
			paidOn: '2026-03-02',
		});
	});
	test('granted in part, it may be contested for two months from that day, paid or not', async () => {
		const { id, change, file } = await underReview();
		await change(id, 'partially_granted', { amountCents: 100, reason: 'other_aid', now: on('2026-03-10') });
		const until = async (day: string) => (await file(on(day))).facts.contestUntil;
		expect(await until('2026-03-10')).toBe('2026-05-11');
		await change(id, 'paid', { now: on('2026-04-20') });
		expect(await until('2026-04-20')).toBe('2026-05-11');
		const whole = await underReview();
		await whole.change(whole.id, 'granted', { amountCents: 100 });
		await whole.change(whole.id, 'paid');
		expect((await whole.file()).facts.contestUntil).toBeNull();
	});
	test('refused on 10 March, the person acts until Monday 11 May, the day after two months', async () => {
		const { id, change, file } = await underReview();
		await change(id, 'refused', { reason: 'too_late', now: on('2026-03-10') });
		const of = async (day: string) => (await file(on(day))).facts;
		expect(await of('2026-05-11')).toMatchObject({ nextActor: 'person', nextBy: '2026-05-11' });
		expect(await of('2026-05-12')).toMatchObject({ nextActor: 'nobody', contestUntil: '2026-05-11' });
	});
	test('sent to the wrong body, it is handed to a named one, and the person has nothing to redo (CRPA L114-2)', async () => {
		const { id, change, file } = await underReview();
		await expect(change(id, 'not_competent')).rejects.toThrow('aid_body_needed');
		await change(id, 'not_competent', { transmittedTo: 'Caf des Ardennes' });
		const { facts, zone, today } = await file();
		expect(aidSentence(facts, { locale: 'fr', zone, today, now: SENT })).toBe(
			'Votre demande est transmise à Caf des Ardennes. Vous n’avez rien à refaire.',
		);
	});
});

test('the queue speaks to professionals: who must do what, until when', async () => {
	const { id, change, file } = await underReview();
	const say = async (mine: boolean, now = SENT) => {
		const { facts, zone } = await file(now);
		return aidSentencePro(facts, { locale: 'fr', zone, now, mine }).replace(/\u00a0/g, ' ');
	};
	expect(await say(true)).toMatch(/^À vous : décider au plus tard le samedi 2 mai/);
	expect(await say(false)).toMatch(/^CMS de Sedan : décider au plus tard le samedi 2 mai/);
	expect(await say(true, on('2026-05-02'))).toBe('Refus par silence. À vous : une décision reste possible.');
	await change(id, 'incomplete', { papers: ['cost_proof'], dueOn: '2026-03-20' });
	expect(await say(true)).toMatch(/^La personne : envoyer .*, au plus tard le vendredi 20 mars/);
	expect(await say(true, on('2026-03-20'))).toMatch(/^La personne/);
	expect(await say(true, on('2026-03-21'))).toMatch(
		/^Pas reçu le vendredi 20 mars.*À vous : reprendre l’étude, ou demander encore/,
	);
});

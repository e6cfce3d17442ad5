import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { aPerson, aReferent } from '../../../../tests/factories/index.ts';
import { anAidSetting, SENT } from '../../../../tests/support/aids.ts';
import { AID_STATUSES, type AidStatus } from '../../shared/codes.ts';
import { childcareAid, childcareAidEvent } from '../db/schema/index.ts';
import { submitAid, withdrawAid } from './commands.ts';
import { TRANSITIONS } from './rules.ts';

/** All that any decision needs, so that nothing but the table refuses it. */
const ALL = {
	papers: ['cost_proof'] as const,
	dueOn: '2026-03-20',
	amountCents: 10_000,
	reason: 'too_late' as const,
	transmittedTo: 'CAF',
};

async function aFile() {
	const given = await anAidSetting();
	const { id, reference } = (await given.open())!;
	const put = (status: AidStatus) =>
		given.db.write((tx) => tx.update(childcareAid).set({ status }).where(eq(childcareAid.id, id)));
	const events = async () => (await given.db.read.select().from(childcareAidEvent)).length;
	return { ...given, id, reference, put, events };
}

test('those who decide move a file along the table, from every status to every other, and along nothing else', async () => {
	const { id, put, change, row, events } = await aFile();
	for (const from of AID_STATUSES)
		for (const to of AID_STATUSES) {
			await put(from);
			const before = await events();
			const isAllowed = TRANSITIONS.some((line) => line.by === 'decider' && line.from === from && line.to === to);
			const tried = change(id, to, { ...ALL, papers: [...ALL.papers] });
			if (isAllowed) {
				await tried;
				expect([(await row(id)).status, await events()], `${from} → ${to}`).toEqual([to, before + 1]);
			} else {
				await expect(tried, `${from} → ${to}`).rejects.toMatchObject({ code: 'aid_refused_move', kind: 'conflict' });
				expect([(await row(id)).status, await events()]).toEqual([from, before]);
			}
		}
});

test('the person sends a draft and withdraws what is not decided, and nothing else', async () => {
	const { db, id, reference, put, row, person } = await aFile();
	const own = { reference, personId: person.id, now: SENT };
	const commands = { submitted: submitAid, withdrawn: withdrawAid } as const;
	for (const from of AID_STATUSES)
		for (const to of ['submitted', 'withdrawn'] as const) {
			await put(from);
			const isAllowed = TRANSITIONS.some((line) => line.by === 'person' && line.from === from && line.to === to);
			const tried = db.write((tx) => commands[to](tx, own));
			// Said twice, it is done once.
			if (isAllowed || from === to) await expect(tried).resolves.toEqual({ changed: from !== to });
			else await expect(tried, `${from} → ${to}`).rejects.toThrow('aid_refused_move');
			expect((await row(id)).status).toBe(isAllowed ? to : from);
		}
});

test('nobody else moves it, whatever its status: it is not found', async () => {
	const { db, id, reference, territoryId, put, change, as, decider } = await aFile();
	const elsewhere = await aReferent(db, { territoryId });
	const strangers = [
		as(elsewhere),
		{ ...as(decider), role: 'coordinator' as const },
		{ ...as(decider), role: 'beneficiary' as const },
		{ ...as(decider), role: 'coparent' as const },
		{ ...as(decider), structureId: null },
	];
	const other = await aPerson(db, { territoryId });
	for (const from of AID_STATUSES) {
		await put(from);
		for (const by of strangers)
			await expect(change(id, 'under_review', { ...ALL, papers: [...ALL.papers], by })).rejects.toThrow('not_found');
		const theirs = { reference, personId: other.id, now: SENT };
		await expect(db.write((tx) => submitAid(tx, theirs))).rejects.toThrow('not_found');
		await expect(db.write((tx) => withdrawAid(tx, theirs))).rejects.toThrow('not_found');
	}
});

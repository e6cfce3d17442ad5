import { expect, test } from 'vitest';
import { aPerson, aReferent, aStructure } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { plansOf } from '../../../../tests/support/plans.ts';
import { auditEntry } from '../db/schema/index.ts';
import { forgetAccessBefore, recordAudit } from './commands.ts';
import { historyOf, listOpenings } from './queries.ts';

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`);

async function anOpenedFile() {
	const db = await testDatabase();
	const structure = await aStructure(db, { name: 'Maison des solidarités de Sedan' });
	const referent = await aReferent(db, { structureId: structure.id, displayName: 'Camille Roy' });
	const person = await aPerson(db, { referent });
	const actor = { accountId: referent.id, role: referent.role, structureId: structure.id };
	const open = (when: Date, personId = person.id, part = 'overview') =>
		db.write((tx) =>
			recordAudit(tx, { action: 'person.opened', actor, subjectId: personId, personId, detail: { part }, at: when }),
		);
	return { db, person, actor, open };
}

test('a person reads who opened their file, what part of it, from which structure, newest first', async () => {
	const { db, person, open } = await anOpenedFile();
	await open(at('09:00'));
	await open(at('11:00'), person.id, 'diagnosis');
	expect(await listOpenings(db.read, person.id, 10)).toEqual([
		{
			at: at('11:00'),
			action: 'person.opened',
			part: 'diagnosis',
			actorName: 'Camille Roy',
			actorRole: 'referent',
			structureName: 'Maison des solidarités de Sedan',
		},
		expect.objectContaining({ at: at('09:00'), part: 'overview' }),
	]);
	expect(await listOpenings(db.read, person.id, 1)).toHaveLength(1);
});

test('what was done without opening a file, and the files of others, are not in the list', async () => {
	const { db, person, actor, open } = await anOpenedFile();
	const other = await aPerson(db);
	await open(at('09:00'), other.id);
	await db.write((tx) => recordAudit(tx, { action: 'step.added', actor, personId: person.id, at: at('10:00') }));
	expect(await listOpenings(db.read, person.id, 10)).toEqual([]);
});

test('a pathway that opens is a change in the history, not an opening of the file', async () => {
	const { db, person, actor, open } = await anOpenedFile();
	await open(at('09:00'));
	await db.write((tx) => recordAudit(tx, { action: 'pathway.opened', actor, personId: person.id, at: at('10:00') }));
	expect((await historyOf(db.read, person.id, 10)).map(({ action }) => action)).toEqual(['pathway.opened']);
	expect((await listOpenings(db.read, person.id, 10)).map(({ action }) => action)).toEqual(['person.opened']);
});

test('history and openings of one person are read from their index', async () => {
	const { db, person } = await anOpenedFile();
	const plans = await plansOf(db, async () => {
		await historyOf(db.read, person.id, 10);
		await listOpenings(db.read, person.id, 10);
	});
	expect(plans).toHaveLength(2);
	for (const plan of plans) {
		expect(plan[0]).toContain('USING INDEX audit_entry_person_id_at_idx (person_id=?');
		expect(plan.join()).not.toContain('SCAN');
	}
});

test('what the portal does by itself has no actor', async () => {
	const { db } = await anOpenedFile();
	await db.write((tx) =>
		recordAudit(tx, { action: 'reminder.dropped', detail: { reason: 'too_late' }, at: at('09:00') }),
	);
	expect(await db.read.select().from(auditEntry)).toMatchObject([
		{ actorId: null, actorRole: null, structureId: null, personId: null, detail: { reason: 'too_late' } },
	]);
});

test('the journal is written with the thing or not at all', async () => {
	const { db, person } = await anOpenedFile();
	const failing = db.write(async (tx) => {
		await recordAudit(tx, { action: 'person.opened', personId: person.id, at: at('09:00') });
		throw new Error('the thing itself failed');
	});
	await expect(failing).rejects.toThrow('the thing itself failed');
	expect(await db.read.select().from(auditEntry)).toEqual([]);
});

test('openings are forgotten from the day that is given, which stays', async () => {
	const { db, person, open } = await anOpenedFile();
	await open(at('09:00'));
	await open(at('10:00'));
	await db.write((tx) => forgetAccessBefore(tx, at('10:00')));
	expect((await listOpenings(db.read, person.id, 10)).map((entry) => entry.at)).toEqual([at('10:00')]);
});

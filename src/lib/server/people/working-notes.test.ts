import { expect, test } from 'vitest';
import { aPerson, aReferent, aTerritory, NOW } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { signedIn } from '../../../../tests/support/signed-in.ts';
import { auditEntry, workingNote } from '../db/schema/index.ts';
import { joinNotes, keepNote, ownNote } from './working-notes.ts';

async function aPair() {
	const db = await testDatabase();
	const { id: territoryId } = await aTerritory(db);
	const [lead, second] = [await aReferent(db, { territoryId }), await aReferent(db, { territoryId, side: 'work' })];
	const { id: personId } = await aPerson(db, { referent: lead, second });
	const write = (who: typeof lead, text: string, of = personId) =>
		db.write((tx) => keepNote(tx, { personId: of, text, by: signedIn(who), now: NOW }));
	return { db, territoryId, lead, second, personId, write };
}

test('working notes stay with their author: the second of the pair has their own, and reads no other', async () => {
	const { db, lead, second, personId, write } = await aPair();
	await write(lead, 'Reparler du permis');
	expect(await ownNote(db.read, personId, lead.id)).toEqual({ text: 'Reparler du permis', writtenAt: NOW });
	expect(await ownNote(db.read, personId, second.id)).toBeNull();
	await write(second, 'Voir le CV');
	expect((await ownNote(db.read, personId, lead.id))!.text).toBe('Reparler du permis');
});

test('they are sealed, changed in place, and gone once empty; the journal says that, not what', async () => {
	const { db, lead, personId, write } = await aPair();
	await write(lead, 'canari');
	await write(lead, 'canari bis');
	const rows = await db.read.select().from(workingNote);
	expect(rows).toHaveLength(1);
	expect(JSON.stringify([rows, await db.read.select().from(auditEntry)])).not.toContain('canari');
	await write(lead, '');
	expect(await ownNote(db.read, personId, lead.id)).toBeNull();
	await write(lead, '');
	const entries = (await db.read.select().from(auditEntry)).filter(({ action }) => action === 'working_note.kept');
	expect(entries).toHaveLength(3);
});

test('when two files become one, an author keeps what they wrote of both', async () => {
	const { db, territoryId, lead, second, personId, write } = await aPair();
	const { id: from } = await aPerson(db, { territoryId });
	await write(lead, 'du premier');
	await write(lead, 'du deuxième', from);
	await write(second, 'seul', from);
	await db.write((tx) => joinNotes(tx, { from, to: personId }));
	expect((await ownNote(db.read, personId, lead.id))!.text).toBe('du premier\n\ndu deuxième');
	expect((await ownNote(db.read, personId, second.id))!.text).toBe('seul');
	expect(await ownNote(db.read, from, lead.id)).toBeNull();
});

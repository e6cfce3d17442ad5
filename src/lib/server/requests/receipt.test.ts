import { expect, test } from 'vitest';
import { aPerson, aRequest, NOW, theTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { withdrawNeed } from './commands.ts';
import { receiptLines } from './receipt.ts';

test('the message of receipt carries every mention the law wants, in the language of the person', async () => {
	const db = await testDatabase();
	const { id: territoryId } = await theTerritory(db, 'ardennes');
	const { id: personId } = await aPerson(db, { territoryId });
	const sent = { personId, submittedAt: NOW, respondBy: '2026-03-09' };
	const plain = await aRequest(db, { ...sent, themes: ['housing'], silenceOn: null });
	const lines = (await receiptLines(db.read, plain.id, 'fr', NOW)).join('\n');
	for (const words of [
		plain.reference!,
		'au plus tard le lundi 9 mars',
		'Service public de l’insertion et de l’emploi – Ardennes',
		'parcours@ardennes.example.fr',
		'08000 Charleville-Mézières',
		'par voie électronique',
		'ne vaut ni accord ni refus',
		'Aucun papier',
		'L112-3',
	])
		expect(lines).toContain(words);
	const other = await aPerson(db, { territoryId });
	const money = await aRequest(db, {
		...sent,
		personId: other.id,
		themes: ['childcare'],
		silenceOn: '2026-05-02',
	});
	const owed = (await receiptLines(db.read, money.id, 'fr', NOW)).join('\n');
	for (const words of ['Sans réponse le 2 mai 2026, elle est refusée', 'recours gracieux', 'garde d’enfants'])
		expect(owed).toContain(words);
	// Withdrawn while the rest goes on, nothing of it is refused by silence any more.
	const both = await aRequest(db, {
		...sent,
		personId: (await aPerson(db, { territoryId })).id,
		themes: ['childcare', 'housing'],
		silenceOn: '2026-05-02',
	});
	const own = { personId: both.personId, reference: both.reference!, now: NOW };
	await db.write((tx) => withdrawNeed(tx, { ...own, needId: both.needs[0]!.id }));
	const left = (await receiptLines(db.read, both.id, 'fr', NOW)).join('\n');
	expect(left).not.toContain('refus implicite');
	expect(left).toContain('ne vaut ni accord ni refus');
	expect((await receiptLines(db.read, plain.id, 'en', NOW)).join('\n')).toContain('Your reference');
	expect(await receiptLines(db.read, 'nobody', 'fr', NOW)).toEqual([]);
});

import { expect, test } from 'vitest';
import { aPerson, aReferent, aRequest, NOW, theTerritory } from '../../../../tests/factories/index.ts';
import { testDatabase } from '../../../../tests/support/database.ts';
import { needNext, progressLines, requestLines } from '../../shared/request-progress.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { liftNeed, takeRequest } from '../requests/commands.ts';
import { progressOf } from '../requests/progress.ts';
import { findSent } from '../requests/queries.ts';
import { claimDue } from './claim.ts';
import { planNotice } from './commands.ts';
import { mailOf, pushPayload, smsOf } from './wording.ts';

/** A need was just settled; the message about it, to somebody who chose this wording. */
async function told(wording: 'discreet' | 'detailed') {
	const db = await testDatabase();
	await theTerritory(db, 'ardennes');
	const referent = await aReferent(db, { territoryId: 'ardennes' });
	const by = { ...referent, accountId: referent.id } as unknown as SignedIn;
	const { id: personId } = await aPerson(db, { territoryId: 'ardennes', email: 'amel@example.fr', wording });
	const sent = await aRequest(db, { personId, themes: ['housing', 'mobility'] });
	const path = `/demande/${sent.reference}`;
	await db.write(async (tx) => {
		await takeRequest(tx, { reference: sent.reference!, account: by, now: NOW });
		await liftNeed(tx, { needId: sent.needs[0]!.id, by, now: NOW });
		const notice = {
			kind: 'pathway_changed',
			personId,
			path,
			onceKey: 'lifted',
			subjectId: sent.id,
			now: NOW,
		} as const;
		await planNotice(tx, notice);
	});
	const { jobs } = await db.write((tx) => claimDue(tx, { now: NOW, limit: 10, pushClosedForMs: 0 }));
	const { content } = jobs[0]!;
	const progress = await progressOf(db.read, (await findSent(db.read, sent.id))!, NOW);
	return { content, mail: mailOf(content), progress };
}

test('who asked for detail reads in the mail, word for word, what stands on the page of the request', async () => {
	const { mail, progress } = await told('detailed');
	const reading = { locale: 'fr', zone: progress.zone } as const;
	const onPage = [...requestLines(progress, reading), ...progress.needs.map((need) => needNext(need, 'fr'))];
	for (const sentence of onPage) expect(mail.text.split('\n')).toContain(sentence);
	for (const line of progressLines(progress, reading)) expect(mail.text.split('\n')).toContain(line);
	expect(mail.text).toContain('Logement\nRéglé\nC’est réglé. Vous pouvez le redemander.');
	expect(mail.html).toContain('C’est réglé. Vous pouvez le redemander.');
});

test('otherwise, and on a locked screen, no subject and no structure', async () => {
	const discreet = await told('discreet');
	expect(discreet.mail.text).not.toMatch(/ogement|déplacer|réglé/i);
	const { content } = await told('detailed');
	const seen = JSON.stringify(pushPayload(content, { id: 'a', tag: 'b', beacon: 'c' })) + smsOf(content);
	expect(seen).not.toMatch(/ogement|déplacer|réglé/i);
});

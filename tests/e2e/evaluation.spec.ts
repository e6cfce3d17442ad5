import { expect, test, type BrowserContext } from '@playwright/test';
import { createHash, randomUUID } from 'node:crypto';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';

/** People say what helped, from the message that asks to the page where they read what changed. */

const home = usePhone();
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;
const nadege = () => demoAccount(home.portal, 'beneficiary', 'Manche').contact;
const coordinator = (territory: string) => demoAccount(home.portal, 'coordinator', territory).contact;

/** The question this person may still answer, and a link to it as a message carries. */
function asked(contact: string) {
	const token = randomUUID();
	return withDatabase(home.portal, (database) => {
		const invitation = database
			.prepare(
				`SELECT i.id, i.person_id AS personId, i.expires_at AS expiresAt FROM rating_invitation i
				 JOIN account a ON a.person_id = i.person_id WHERE a.email = ? AND i.outcome IS NULL ORDER BY i.asked_at DESC`,
			)
			.get(contact) as { id: string; personId: string; expiresAt: number };
		database
			.prepare(`INSERT INTO rating_link (token_hash, invitation_id, expires_at) VALUES (?, ?, ?)`)
			.run(createHash('sha256').update(token).digest('base64url'), invitation.id, invitation.expiresAt);
		return { ...invitation, path: `/avis/r/${token}` };
	});
}
const outcomeOf = (id: string) =>
	withDatabase(home.portal, (database) =>
		database.prepare(`SELECT outcome FROM rating_invitation WHERE id = ?`).pluck().get(id),
	);

async function desk(context: BrowserContext, territory: string) {
	await signInAs(context, { ...home.portal, origin: home.front.origin }, coordinator(territory));
	return context.newPage();
}

test('from the message, without signing in nor script: a face, a question, « rappelez-moi »; the coordinator calls', async ({
	browser,
}) => {
	const { id, path } = asked(amina());
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	const page = await context.newPage();
	await page.goto(home.front.origin + path);
	await expect(page.getByRole('main')).not.toContainText('Amina');
	await page.getByLabel('Oui, beaucoup').check();
	await page.getByRole('group', { name: 'Vous êtes-vous senti écouté' }).getByLabel('Plutôt oui').check();
	await page.getByLabel('Je veux que quelqu’un d’autre me rappelle').check();
	await page.getByRole('button', { name: 'Envoyer mon avis' }).click();
	await expect(page.getByText('La coordination du territoire va vous rappeler.')).toBeVisible();
	expect(outcomeOf(id)).toBe('answered');
	await page.goto(home.front.origin + path);
	await expect(page.getByText('Vous avez déjà répondu')).toBeVisible();
	await context.close();

	const office = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	const steering = await desk(office, 'Ardennes');
	await steering.goto(`${home.front.origin}/pilotage`);
	await steering.getByRole('link', { name: '1 Personnes à rappeler' }).click();
	const calls = steering.getByRole('listitem').filter({ has: steering.getByRole('button', { name: 'C’est fait' }) });
	await expect(calls).toContainText('Amina');
	await calls.getByRole('button', { name: 'C’est fait' }).click();
	await expect(steering.getByText('Personnes à rappeler')).toBeHidden();
	await office.close();
});

test('given without network, the answer leaves by itself later; refused for ever, nothing more is asked', async () => {
	const { id } = asked(lucas());
	await home.signIn(lucas());
	await home.visit(`/avis/${id}`);
	const { page } = home.phone;
	await page.getByLabel('Un peu', { exact: true }).first().check();
	home.front.target = null;
	await page.getByRole('button', { name: 'Envoyer mon avis' }).click();
	await expect.poll(() => home.rows('queue')).toBe(1);
	expect(outcomeOf(id)).toBeNull();
	home.front.target = home.portal.origin;
	await home.visit('/accueil');
	await expect.poll(() => outcomeOf(id)).toBe('answered');

	const refused = asked(nadege());
	await home.visit(refused.path);
	await page.getByRole('button', { name: 'Ne plus me demander' }).click();
	await expect(page.getByText('Nous ne demandons plus.')).toBeVisible();
	expect(outcomeOf(refused.id)).toBe('skipped');
});

test('a person proposes a question and votes; the coordinator offers it, builds a questionnaire, opens it', async ({
	browser,
}) => {
	const { origin } = home.front;
	const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
	await signInAs(context, { ...home.portal, origin: home.front.origin }, lucas());
	const page = await context.newPage();
	await page.goto(`${origin}/avis`);
	await page.getByText('Proposer une question').first().click();
	await page.getByLabel('Votre question').fill('Le bus passe-t-il assez souvent ?');
	await page.getByRole('button', { name: 'Proposer une question' }).click();
	await expect(page.getByText('Votre question sera lue.')).toBeVisible();

	const office = await browser.newContext({ viewport: { width: 1280, height: 800 } });
	const steering = await desk(office, 'Doubs');
	await steering.goto(`${origin}/pilotage/questionnaires`);
	const proposals = steering.locator('form[action="?/moderate"]');
	const before = await proposals.count();
	await proposals
		.filter({ has: steering.locator('input[name="words_fr"][value^="Le bus"]') })
		.getByRole('button', { name: 'Soumettre au vote' })
		.click();
	await expect(proposals).toHaveCount(before - 1);
	await steering.getByText('Créer un questionnaire').first().click();
	await steering.getByRole('button', { name: 'Créer un questionnaire' }).click();
	await steering.getByLabel('Titre').fill('Printemps');
	await steering.getByRole('button', { name: 'Enregistrer' }).click();
	await expect(steering.getByRole('heading', { level: 1 })).toHaveText('Printemps');
	await steering.getByRole('button', { name: 'Ouvrir', exact: true }).click();
	await expect(steering.getByText('Version 1')).toBeVisible();

	await page.goto(`${origin}/avis`);
	await page.getByLabel('Le bus passe-t-il assez souvent').check();
	await page.getByRole('button', { name: 'Voter' }).click();
	await expect(page.getByText('Votre vote est compté.')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Voter' })).toBeHidden();
	await context.close();
	await office.close();
});

test('results read the same on the page and in the file, filter in the address; what was done is public', async ({
	browser,
}) => {
	const { origin } = home.front;
	const office = await browser.newContext({ viewport: { width: 320, height: 740 } });
	const steering = await desk(office, 'Doubs');
	await steering.goto(`${origin}/pilotage/evaluation`);
	const months = steering.getByRole('table', { name: 'Par mois' });
	const shown = (await months.locator('tbody tr').allInnerTexts()).map((line) => line.replace(/[^\d,]+/g, ' ').trim());
	const file = await (await office.request.get(`${origin}/pilotage/evaluation/resultats.csv?tableau=mois`)).text();
	const written = file
		.trim()
		.split('\r\n')
		.slice(1)
		.map((line) => line.replace(/[^\d,]+/g, ' ').trim());
	expect(shown).toEqual(written);
	expect(await steering.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
	await steering.getByLabel('Bassin', { exact: true }).selectOption({ index: 1 });
	await steering.getByRole('button', { name: 'Filtrer' }).click();
	await expect(steering).toHaveURL(/bassin=doubs/);
	await expect(steering.getByRole('table', { name: 'Par bassin' })).toBeHidden();

	await steering.getByText('Ajouter une réponse aux avis').click();
	await steering.getByLabel('Vous avez dit', { exact: true }).fill('On attend trop.');
	await steering.getByLabel('Nous avons fait', { exact: true }).fill('Un accueil de plus le jeudi.');
	await steering.getByLabel('Qui s’en occupe').fill('La maison des solidarités');
	await steering.getByLabel('Publier maintenant').check();
	await steering.getByRole('button', { name: 'Enregistrer' }).click();
	await expect(steering.getByText('Un accueil de plus le jeudi.')).toBeVisible();
	const visitor = await browser.newContext();
	await signInAs(visitor, { ...home.portal, origin: home.front.origin }, lucas());
	const page = await visitor.newPage();
	await page.goto(`${origin}/resultats`);
	await expect(page.getByText('Un accueil de plus le jeudi.')).toBeVisible();
	await visitor.close();
	await office.close();
});

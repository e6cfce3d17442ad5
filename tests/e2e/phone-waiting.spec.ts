import { expect, test } from '@playwright/test';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { aPdf } from '../factories/files.ts';
import { demoAccount, openSessionOf, signInAs, withDatabase } from '../support/fixtures.ts';
import { ask } from '../support/http.ts';
import { forcedColourProblems } from '../support/measured.ts';
import { usePhone } from '../support/phone-home.ts';

/** What waits on a phone: kept before it is sent, changed before it leaves; and what another adult of the household reads. */

const home = usePhone();
const { visit, rows, note } = home;
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;
const one = <T>(sql: string, ...values: unknown[]) =>
	withDatabase(home.portal, (database) => database.prepare(sql).get(...values)) as T;
const postsTo = (part: string) => home.front.seen.filter((line) => line.startsWith('POST') && line.includes(part));

/** Where forms arrive and are never answered, as on one bar of network. */
async function silence() {
	const server = http.createServer((request) => void request.resume());
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const stop = () => {
		server.closeAllConnections();
		server.close();
	};
	return { target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Sends a form that nobody answers; it is kept meanwhile, and the browser ends. */
async function endedInTheMiddle(send: () => Promise<void>): Promise<void> {
	const nobody = await silence();
	home.front.target = nobody.target;
	await send();
	await expect.poll(() => rows('queue')).toBe(1);
	// Nobody there until it is over: a browser asks again by itself when a connection it had used before is cut.
	home.front.target = null;
	await home.phone.page.close();
	nobody.stop();
	home.phone.page = await home.phone.context.newPage();
	home.front.seen.length = 0;
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
}

test('a form is kept before it is sent: the browser may end in the middle, it leaves by itself, once', async () => {
	const done = () =>
		one<{ n: number }>(
			`SELECT count(*) AS n FROM step JOIN account ON account.person_id = step.person_id WHERE email = ? AND state = 'done'`,
			karim(),
		).n;
	const before = done();
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	await endedInTheMiddle(() => home.phone.page.locator('form[action$="?/tick"] button').first().click());
	expect(done()).toBe(before + 1);
	expect(postsTo('?/tick')).toHaveLength(1);
	// Heard, it is kept no more.
	await visit('/parcours');
	const next = home.phone.page.locator('form[action$="?/tick"] button').first();
	await Promise.all([home.phone.page.waitForEvent('load'), next.click()]);
	expect(await rows('queue')).toBe(0);
	expect(done()).toBe(before + 2);
});

test('so is a paper, photo and all', async () => {
	const { reference } = one<{ reference: string }>(
		`SELECT reference FROM support_request r JOIN account a ON a.person_id = r.person_id
		WHERE a.email = ? AND reference IS NOT NULL AND merged_into_id IS NULL ORDER BY submitted_at DESC LIMIT 1`,
		amina(),
	);
	const papers = () =>
		one<{ n: number }>(
			`SELECT count(*) AS n FROM paper JOIN account ON account.id = joined_by_id WHERE email = ?`,
			amina(),
		).n;
	const before = papers();
	await home.signInWithAgenda(amina());
	await visit(`/demande/${reference}/papiers`);
	await endedInTheMiddle(async () => {
		const { page } = home.phone;
		await page.getByLabel('Qu’est-ce que c’est').fill('Bail');
		const buffer = Buffer.from(aPdf());
		await page.locator('#files').setInputFiles({ name: 'bail.pdf', mimeType: 'application/pdf', buffer });
		await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	});
	expect(papers()).toBe(before + 1);
});

test('what was rated, voted or proposed without network can be changed before it leaves: the last one is sent, alone', async () => {
	const { id } = one<{ id: string }>(
		`SELECT i.id FROM rating_invitation i JOIN account a ON a.person_id = i.person_id
		WHERE a.email = ? AND i.outcome IS NULL ORDER BY i.asked_at DESC`,
		lucas(),
	);
	// What the coordinator has let through to this season's vote.
	withDatabase(home.portal, (database) =>
		database
			.prepare(
				`UPDATE panel_question SET state = 'accepted' WHERE id IN (SELECT q.id FROM panel_question q
				JOIN account a ON a.territory_id = q.territory_id WHERE a.email = ?)`,
			)
			.run(lucas()),
	);
	await home.signInWithAgenda(lucas());
	const { page } = home.phone;
	const changed = async (first: () => Promise<void>, last: () => Promise<void>, button: string) => {
		await home.phone.context.setOffline(true);
		for (const choose of [first, last]) {
			await choose();
			await page.getByRole('button', { name: button, exact: true }).click();
			await expect(note()).toContainText('Ce sera envoyé');
			await expect(page.locator('form[data-sending]')).toHaveCount(0);
			expect(await rows('queue')).toBe(1);
		}
		const [kept] = await queued();
		home.front.seen.length = 0;
		await home.phone.context.setOffline(false);
		await expect.poll(() => rows('queue')).toBe(0);
		return new URLSearchParams(kept!.body);
	};
	const queued = () =>
		page.evaluate(
			() =>
				new Promise<{ body: string }[]>((resolve) => {
					const opening = indexedDB.open('portal');
					opening.onsuccess = () => {
						opening.result.transaction('queue').objectStore('queue').getAll().onsuccess = ({ target }) => {
							opening.result.close();
							resolve((target as IDBRequest<{ body: string }[]>).result);
						};
					};
				}),
		);

	await visit(`/avis/${id}`);
	const face = (name: string) => () => page.getByLabel(name, { exact: true }).first().check();
	const rated = await changed(face('Oui, beaucoup'), face('Un peu'), 'Envoyer mon avis');
	expect(rated.get('face')).toBe(await page.locator('input[name="face"]:checked').getAttribute('value'));
	expect(postsTo('?/answer')).toHaveLength(1);

	await visit('/avis');
	const ballot = page.locator('form[action="?/vote"] input[type="checkbox"]');
	expect(await ballot.count()).toBeGreaterThan(1);
	const voted = await changed(
		() => ballot.first().check(),
		async () => {
			for (const box of await ballot.all()) await box.setChecked(false);
			await ballot.last().check();
		},
		'Voter',
	);
	expect(voted.getAll('questions[]')).toEqual([await ballot.last().getAttribute('value')]);
	expect(postsTo('?/vote')).toHaveLength(1);

	await visit('/parcours');
	await page.getByText('Proposer une action').click();
	const title = page.locator('form[action$="?/propose"] input[name="title"]');
	const proposed = await changed(
		() => title.fill('Passer le code'),
		() => title.fill('Passer le permis'),
		(await page.locator('form[action$="?/propose"] button').textContent())!.trim(),
	);
	expect(proposed.get('title')).toBe('Passer le permis');
	await visit('/parcours');
	await expect(page.getByRole('heading', { name: 'Passer le permis' })).toHaveCount(1);
	await expect(page.getByRole('heading', { name: 'Passer le code' })).toHaveCount(0);
});

test('help asked for without network is found again as it was asked, changed, and is one request', async () => {
	await home.signInWithAgenda(karim());
	const needs = (theme: string) =>
		one<{ n: number }>(
			`SELECT count(*) AS n FROM need JOIN account ON account.person_id = need.person_id WHERE email = ? AND theme = ?`,
			karim(),
			theme,
		).n;
	const before = [needs('digital'), needs('money')];
	home.front.target = null;
	const { page } = home.phone;
	const form = page.locator('form[action$="/demande/sans-reseau"]');
	const theme = (value: string) => form.locator(`input[value="${value}"]`);
	await page.goto(`${home.front.origin}/demande/nouvelle`);
	await page.getByText('Demander de l’aide').click();
	await theme('digital').check();
	await form.locator('textarea').fill('Je n’ai pas d’ordinateur.');
	await form.getByRole('button', { name: 'Envoyer ma demande' }).click();
	await expect(note()).toContainText('Ce sera envoyé');
	// Opened again, in another language too.
	for (const address of ['/accueil', '/en/accueil', '/accueil']) {
		await page.goto(home.front.origin + address);
		await expect(form.locator('textarea')).toHaveValue('Je n’ai pas d’ordinateur.');
		await expect(form.locator('textarea')).toBeVisible();
		await expect(theme('digital')).toBeChecked();
	}
	await theme('digital').uncheck();
	await theme('money').check();
	await form.locator('textarea').fill('J’ai reçu une facture.');
	await form.getByRole('button', { name: 'Envoyer ma demande' }).click();
	await expect(note()).toContainText('Ce sera envoyé');
	expect(await rows('queue')).toBe(1);
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect([needs('digital'), needs('money')]).toEqual([before[0], before[1]! + 1]);
});

test('another adult of the household reads without network where the aid stands, as the family does, and nothing else', async () => {
	const { reference } = one<{ reference: string }>(
		`SELECT f.reference FROM childcare_aid f JOIN account a ON a.person_id = f.person_id WHERE a.email = ? ORDER BY f.created_at LIMIT 1`,
		amina(),
	);
	const origin = home.front.origin;
	const invited = await ask({ ...home.portal, origin }, `/aides/${reference}/partage?/invite`, {
		session: openSessionOf(home.portal, amina()),
		form: { firstName: 'Sam', contact: 'sam-hors-ligne@example.fr' },
	});
	expect(invited.status).toBeLessThan(400);
	await signInAs(home.phone.context, { ...home.portal, origin }, 'sam-hors-ligne@example.fr');
	// From the icon, each starts at home.
	const { page } = home.phone;
	await visit('/accueil?icone');
	await expect(page).toHaveURL(`${origin}/aides`);
	await visit('/aides');
	await expect.poll(() => rows('agenda')).toBe(1);
	const card = page.getByRole('main').locator('section').first();
	const name = (await card.getByRole('heading').textContent())!.trim();
	home.front.target = null;
	await page.goto(`${origin}/accueil?icone`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');
	const aid = page.locator('section', { has: page.getByRole('heading', { name: 'Où en est votre aide' }) });
	await expect(aid).toContainText(name);
	await expect(aid.getByText(/^Vu le /)).toBeVisible();
	await expect(page.locator('a[href^="tel:"]').first()).toBeVisible();
	for (const part of ['next', 'none', 'step', 'pathway', 'referent', 'request', 'nothing'])
		for (const shown of await page.locator(`[data-part="${part}"]`).all()) await expect(shown, part).toBeHidden();
	home.front.target = home.portal.origin;
	await page.getByRole('button', { name: 'Réessayer' }).click();
	await expect(page).toHaveURL(`${origin}/aides`);

	// The name of the portal leads home, in the language that is read; another language, to the page that was asked for.
	const brand = page.locator('header .brand');
	for (const [at, click, to] of [
		['/aides', brand, '/aides'],
		['/ar/aides', brand, '/ar/aides'],
		['/ar/accueil?icone', page.locator('header a[lang="fr"]'), '/aides'],
		['/ar', page.locator('header a[lang="en"]'), '/en'],
		['/ar/aides', page.locator('header a[lang="fr"]'), '/aides'],
	] as const) {
		home.front.target = null;
		await page.goto(origin + at);
		await expect(page.locator('main[data-offline] [data-part="service-phone"]').first()).toBeVisible();
		home.front.target = home.portal.origin;
		await click.click();
		await expect(page, `from ${at}`).toHaveURL(origin + to);
		await expect(page.locator('main[data-offline]')).toHaveCount(0);
	}
	// A phone that is somebody else's keeps no agenda, and leads there too.
	await signInAs(home.phone.context, { ...home.portal, origin }, 'sam-hors-ligne@example.fr', { shared: true });
	await visit('/aides');
	await expect.poll(() => rows('agenda')).toBe(0);
	home.front.target = null;
	await page.goto(`${origin}/aides`);
	await expect(page.locator('main[data-offline] [data-part="nothing"]')).toBeVisible();
	home.front.target = home.portal.origin;
	await brand.click();
	await expect(page).toHaveURL(`${origin}/aides`);
	await expect(page.locator('main[data-offline]')).toHaveCount(0);

	await signInAs(home.phone.context, { ...home.portal, origin }, demoAccount(home.portal, 'referent').contact);
	await page.goto(`${origin}/accueil?icone`);
	await expect(page).toHaveURL(`${origin}/pro`);
});

test('in letters twice as large on a small screen, what the phone says stays on it; in the person’s own colours it has its edges', async () => {
	const { page } = home.phone;
	await page.setViewportSize({ width: 320, height: 480 });
	await visit('/connexion');
	await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
	await page.locator('input[name="contact"]').fill('amina@example.fr');
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await page.getByRole('button', { name: 'Recevoir mon code' }).click();
	await expect(note()).toContainText('Rien n’est perdu');
	const { y, height } = (await note().boundingBox())!;
	expect(y).toBeGreaterThanOrEqual(0);
	expect(y + height).toBeLessThanOrEqual(480);
	const close = note().getByRole('button', { name: 'Fermer' });
	await close.scrollIntoViewIfNeeded();
	await expect(close).toBeInViewport({ ratio: 1 });
	expect(await forcedColourProblems(page)).toEqual([]);
	// What moves while the next page comes is a ground, which these colours paint over.
	await page.emulateMedia({ forcedColors: 'active' });
	const [bar, ground] = await page.evaluate(() => {
		document.documentElement.classList.add('leaving');
		const colour = (pseudo?: string) => getComputedStyle(document.documentElement, pseudo).backgroundColor;
		return [colour('::before'), getComputedStyle(document.body).backgroundColor];
	});
	expect(bar).not.toBe(ground);
	expect(bar).not.toBe('rgba(0, 0, 0, 0)');
});

test('at home what is to be answered comes first, the offer of reminders below it', async () => {
	await home.signIn(amina());
	const order = await home.phone.page.evaluate(() => {
		const offer = document.querySelector('[data-push-offer]')!;
		const asked = [...document.querySelectorAll('main form')];
		return asked.map((form) => Boolean(form.compareDocumentPosition(offer) & Node.DOCUMENT_POSITION_FOLLOWING));
	});
	expect(order.length).toBeGreaterThan(0);
	expect(order).not.toContain(false);
});

import { expect, test } from '@playwright/test';
import { aPdf } from '../factories/files.ts';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';
import { nothingPersonal } from '../support/phone-left.ts';

/** What becomes of a form when the person, the session or the server is no longer there. */

const home = usePhone();
const { visit, rows, note } = home;
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;
const tick = () => home.phone.page.locator('form[action$="?/tick"] button').first();
const failPosts = (status: number) =>
	(home.front.onRequest = ({ method }) => (method === 'POST' ? { status } : 'pass'));
const postsTo = (part: string) => home.front.seen.filter((line) => line.startsWith('POST') && line.includes(part));
const count = (sql: string, contact: string) =>
	withDatabase(home.portal, (database) =>
		database.prepare(sql.replace('$MINE', '(SELECT person_id FROM account WHERE email = ?)')).pluck().get(contact),
	) as number;
const doneSteps = (contact: string) =>
	count(`SELECT count(*) FROM step WHERE person_id = $MINE AND state = 'done'`, contact);
const nextAppointment = (contact: string) =>
	withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT id, answer FROM appointment WHERE person_id = (SELECT person_id FROM account WHERE email = ?)
				AND state = 'booked' AND starts_at > ? ORDER BY starts_at LIMIT 1`,
			)
			.get(contact, Date.now()),
	) as { id: string; answer: string };
const become = (contact: string, options = {}) =>
	signInAs(home.phone.context, { ...home.portal, origin: home.front.origin }, contact, options);
/** « Changer ma réponse » and the like. */
const openAll = () =>
	home.phone.page
		.locator('main details')
		.evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
/** The agenda of this phone. */
const kept = () =>
	home.phone.page.evaluate(
		() =>
			new Promise<{ step: { id: string } | null; locale: string; isStale?: string }>((resolve) => {
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => {
					const asked = opening.result.transaction('agenda').objectStore('agenda').get('current');
					asked.onsuccess = () => {
						opening.result.close();
						resolve(asked.result);
					};
				};
			}),
	);
const isFetchedAgain = () => expect.poll(async () => (await kept())?.isStale ?? 'fresh').toBe('fresh');
/** Another tab is sending something slow: everybody waits behind it. @returns ends it */
async function holdQueue(): Promise<() => Promise<void>> {
	const slow = await home.phone.context.newPage();
	await slow.goto(`${home.front.origin}/aide`);
	await slow.evaluate(
		() =>
			new Promise<void>((isHeld) => {
				const held = new Promise<void>((letGo) => Object.assign(globalThis, { letGo }));
				void navigator.locks.request('queue', () => (isHeld(), held));
			}),
	);
	return () => slow.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo());
}
/** The end of the session, seen from the phone. */
const loseSession = () => home.phone.context.clearCookies({ name: 'session' });

test('what one person typed is never sent in the name of another, who signed in in another tab', async () => {
	await home.signIn(lucas());
	await visit('/parcours');
	const { page } = home.phone;
	await page.getByText('Proposer une action').click();
	const form = page.locator('form[action$="?/propose"]');
	await form.locator('input[name="title"]').fill('Secret de Lucas');
	const other = await home.phone.context.newPage();
	await become(karim());
	await other.goto(`${home.front.origin}/accueil`);
	home.front.seen.length = 0;
	await form.getByRole('button').click();
	await expect(note()).toContainText('autre personne');
	await expect(form.locator('input[name="title"]')).toHaveValue('');
	expect(postsTo('?/propose').length).toBeLessThanOrEqual(1);
	await visit('/parcours');
	await expect(page.getByText('Secret de Lucas')).toHaveCount(0);
	expect(await rows('queue')).toBe(0);
});

test('what was erased on its way, because another signed in, is never said to have been sent', async () => {
	await home.signIn(lucas());
	await visit('/parcours');
	const { page, context } = home.phone;
	await page.getByText('Proposer une action').click();
	const form = page.locator('form[action$="?/propose"]');
	await form.locator('input[name="title"]').fill('Secret de Lucas');
	const letGo = await holdQueue();
	home.front.seen.length = 0;
	await form.getByRole('button').click();
	await expect.poll(() => rows('queue')).toBe(1);
	await become(karim());
	const other = await context.newPage();
	await other.goto(`${home.front.origin}/accueil`);
	await expect.poll(() => rows('queue')).toBe(0);
	await expect(other.locator('#phone-note')).toContainText('autre personne');
	await letGo();
	await expect(note()).toContainText('autre personne');
	await expect(form.locator('input[name="title"]')).toHaveValue('');
	expect(postsTo('?/propose')).toEqual([]);
});

test('what a page is waiting for is left to it by the worker: it alone knows where the answer leads', async () => {
	const id = withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT i.id FROM rating_invitation i JOIN account a ON a.person_id = i.person_id
				WHERE a.email = ? AND i.outcome IS NULL ORDER BY i.asked_at DESC LIMIT 1`,
			)
			.pluck()
			.get(lucas()),
	) as string;
	await home.signInWithAgenda(lucas());
	await visit(`/avis/${id}`);
	const { page } = home.phone;
	await page.locator('main input[type="radio"]').first().check();
	const letGo = await holdQueue();
	const waitingFor = () =>
		page.evaluate(async () => (await navigator.locks.query()).pending!.filter(({ name }) => name === 'queue').length);
	// The worker is to send what waits, before the tap.
	await page.evaluate(() =>
		navigator.serviceWorker.ready.then(({ active }) => active!.postMessage({ type: 'SEND_WAITING' })),
	);
	await expect.poll(waitingFor).toBe(1);
	await page.getByRole('button', { name: 'Envoyer mon avis' }).click();
	await expect.poll(waitingFor).toBeGreaterThanOrEqual(2);
	home.front.seen.length = 0;
	await letGo();
	await expect(page.locator('main')).toContainText('Merci. Votre avis est compté.');
	expect(postsTo(`/avis/${id}`)).toHaveLength(1);
	await expect.poll(() => rows('queue')).toBe(0);
});

test('a paper is not sent in the name of another either, and waits for its author when the session is over', async () => {
	const reference = withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT reference FROM support_request r JOIN account a ON a.person_id = r.person_id
				WHERE a.email = ? AND reference IS NOT NULL AND merged_into_id IS NULL ORDER BY submitted_at DESC LIMIT 1`,
			)
			.pluck()
			.get(amina()),
	) as string;
	const papers = () =>
		count(`SELECT count(*) FROM paper WHERE joined_by_id IN (SELECT id FROM account WHERE person_id = $MINE)`, amina());
	await home.signIn(amina());
	const { page } = home.phone;
	await visit(`/demande/${reference}/papiers`);
	const before = papers();
	const fill = async () => {
		await page.getByLabel('Qu’est-ce que c’est').fill('Bail');
		const buffer = Buffer.from(aPdf());
		await page.locator('#files').setInputFiles({ name: 'bail.pdf', mimeType: 'application/pdf', buffer });
	};
	await fill();
	await become(karim());
	home.front.seen.length = 0;
	await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	await expect(note()).toContainText('autre personne');
	expect(postsTo('papiers').length).toBeLessThanOrEqual(1);

	await become(amina());
	await visit(`/demande/${reference}/papiers`);
	await fill();
	await loseSession();
	await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	await expect(page).toHaveURL(/connexion/);
	await expect.poll(() => rows('queue')).toBe(1);
	await become(amina());
	await visit('/accueil');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(papers()).toBe(before + 1);
});

test('on somebody else’s phone, words typed before the session ended stay on the page, with a way to sign in', async () => {
	await home.signIn(karim(), { shared: true });
	await visit('/parcours');
	const { page } = home.phone;
	await page.getByText('Proposer une action').click();
	const form = page.locator('form[action$="?/propose"]');
	await form.locator('input[name="title"]').fill('Ouvrir un compte en banque');
	await loseSession();
	await form.getByRole('button').click();
	await expect(note()).toContainText('Rien n’est perdu');
	await expect(form.locator('input[name="title"]')).toHaveValue('Ouvrir un compte en banque');
	expect(await rows('queue')).toBe(0);
	const [elsewhere] = await Promise.all([
		home.phone.context.waitForEvent('page'),
		note().getByRole('link', { name: 'Me connecter' }).click(),
	]);
	await expect(elsewhere).toHaveURL(/connexion/);
	await become(karim(), { shared: true });
	await form.getByRole('button').click();
	await expect(page.getByRole('heading', { name: 'Ouvrir un compte en banque' })).toHaveCount(1);
});

test('without network one may change one’s mind: the newest answer stands for the older one, and nothing pretends to move', async () => {
	await home.signInWithAgenda(karim());
	const { id } = nextAppointment(karim());
	await visit(`/rendez-vous/${id}`);
	const { page } = home.phone;
	const button = (answer: string) => page.locator(`form[action*="${id}?/answer"] button[value="${answer}"]`).first();
	failPosts(503);
	for (const answer of ['coming', 'needs_help', 'needs_help', 'cannot']) {
		await openAll();
		await button(answer).click();
		await expect(note()).toContainText('Ce sera envoyé');
		await expect(page.locator('form[data-sending]')).toHaveCount(0);
		await expect(page.locator('html.leaving')).toHaveCount(0);
		expect(await rows('queue')).toBe(1);
	}
	home.front.onRequest = () => 'pass';
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(nextAppointment(karim()).answer).toBe('cannot');
});

test('an older answer that waits never takes the place of a newer one, given by a reminder or by a link', async () => {
	await home.signInWithAgenda(amina());
	const { id } = nextAppointment(amina());
	const { page } = home.phone;
	await visit(`/rendez-vous/${id}`);
	await openAll();
	failPosts(503);
	await page.locator(`form[action*="${id}?/answer"] button[value="cannot"]`).first().click();
	await expect(note()).toContainText('Ce sera envoyé');
	// A little later by another device: the newest answer. An age is short of its way to the server, which is no matter of seconds.
	const answeredElsewhere = (at: number) =>
		withDatabase(home.portal, (database) =>
			database
				.prepare(`UPDATE appointment SET answer = 'coming', answered_at = ?, answered_via = 'link' WHERE id = ?`)
				.run(at, id),
		);
	answeredElsewhere(Date.now() + 60_000);
	home.front.onRequest = () => 'pass';
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(nextAppointment(amina()).answer).toBe('coming');
	// Older than what the next test says.
	answeredElsewhere(Date.now() - 60_000);
});

test('what is tapped while something older waits goes behind it', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	const { page } = home.phone;
	failPosts(503);
	await page.getByText('Proposer une action').click();
	const form = page.locator('form[action$="?/propose"]');
	await form.locator('input[name="title"]').fill('D’abord');
	await form.getByRole('button').click();
	await expect(note()).toContainText('Ce sera envoyé');
	// Else the worker may send the first before the second is tapped.
	await home.phone.triedInVain();
	home.front.onRequest = () => 'pass';
	home.front.seen.length = 0;
	await tick().click();
	const order = () => home.front.seen.filter((line) => line.startsWith('POST')).map((line) => line.split('?/')[1]);
	await expect.poll(order).toEqual(['propose', 'tick']);
	await expect.poll(() => rows('queue')).toBe(0);
});

test('what the server refuses for good is said refused; what it asks to send later waits', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	const { page } = home.phone;
	failPosts(503);
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	// What the worker sends meanwhile would be said on the page that is left.
	await home.phone.triedInVain();
	const answered = (status: number, data: string) =>
		(home.front.onRequest = ({ method }) =>
			method === 'POST' ? { status: 200, body: JSON.stringify({ type: 'failure', status, data }) } : 'pass');
	answered(429, '[{"errors":1},{}]');
	home.front.refused.length = 0;
	await visit('/aides');
	await expect(note()).toContainText('attend le réseau');
	await expect.poll(() => home.front.refused).toHaveLength(1);
	expect(await rows('queue')).toBe(1);
	answered(409, '[{"errors":1},{}]');
	await visit('/aide');
	await expect(note()).toContainText('n’a pas pu être accepté');
	await expect.poll(() => rows('queue')).toBe(0);
	// Heard before, its answer lost: that is no refusal.
	home.front.onRequest = () => 'pass';
	await visit('/parcours');
	failPosts(503);
	await tick().click();
	await expect(note()).toContainText('Ce sera envoyé');
	answered(409, '[{"errors":1,"already":2},{},true]');
	await visit('/aides');
	await expect(note()).toContainText('C’est envoyé');
	await expect(page.locator('#phone-note')).not.toContainText('accepté');
});

test('a plain form stays on its page with what was typed, also under an anchor, when the server fails or asks to wait', async () => {
	for (const status of [500, 429, 503]) {
		await visit('/aide');
		await visit('/connexion#contenu');
		const field = home.phone.page.locator('input[name="contact"]');
		await field.fill('amina@example.fr');
		failPosts(status);
		await home.phone.page.getByRole('button', { name: 'Recevoir mon code' }).click();
		await expect(note(), String(status)).toContainText('Rien n’est perdu');
		await expect(field).toHaveValue('amina@example.fr');
		await expect(home.phone.page.locator('form[data-sending], html.leaving')).toHaveCount(0);
		home.front.onRequest = () => 'pass';
	}
});

test('what was just changed is what is read without network, also when the clock of the phone is wrong', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	const { page } = home.phone;
	const { id } = (await kept()).step!;
	const form = page.locator(`form[action$="?/tick"]:has(input[value="${id}"])`);
	await Promise.all([page.waitForEvent('load'), form.getByRole('button').click()]);
	await visit('/aides');
	await isFetchedAgain();
	expect((await kept()).step?.id).not.toBe(id);
	// The phone believes it is an hour ago: an agenda of « later » is not fresh for ever.
	home.front.seen.length = 0;
	await page.clock.setFixedTime(Date.now() - 3_600_000);
	await visit('/aide');
	await expect.poll(() => home.front.seen.some((line) => line.includes('/api/moi/agenda'))).toBe(true);
});

test('an agenda asked for before something was said, and arriving after it, is asked for again', async () => {
	await home.signInWithAgenda(karim());
	const { page } = home.phone;
	let arrives = () => {};
	const until = new Promise<void>((resolve) => (arrives = resolve));
	// Another language: it is asked for at once.
	home.front.onRequest = ({ method, url }) =>
		url!.includes('/api/moi/agenda') ? { until } : method === 'POST' ? { status: 503 } : 'pass';
	home.front.seen.length = 0;
	const answer = page.waitForResponse((response) => response.url().includes('/api/moi/agenda'));
	await visit('/en/parcours');
	await expect.poll(() => home.front.seen.some((line) => line.includes('/api/moi/agenda'))).toBe(true);
	await tick().click();
	await expect(note()).toContainText('This will be sent');
	arrives();
	await (await answer).finished();
	await expect.poll(async () => (await kept()).locale).toBe('en');
	expect((await kept()).isStale).toBeTruthy();
	home.front.onRequest = () => 'pass';
	await visit('/en/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	await isFetchedAgain();
});

test('from the icon without network one answers, ticks, and it leaves once', async () => {
	await home.signInWithAgenda(amina());
	const { id } = nextAppointment(amina());
	const before = doneSteps(amina());
	home.front.target = null;
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/accueil`);
	await page.locator(`form[action="/rendez-vous/${id}?/answer"] button[value="cannot"]`).click();
	await expect(note()).toContainText('Ce sera envoyé');
	await tick().click();
	await expect.poll(() => rows('queue')).toBe(2);
	await tick().click();
	expect(await rows('queue')).toBe(2);
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect.poll(() => rows('queue')).toBe(0);
	expect(nextAppointment(amina()).answer).toBe('cannot');
	expect(doneSteps(amina())).toBe(before + 1);
	// Fetched again since: the page without network says what was answered.
	await visit('/rendez-vous');
	await isFetchedAgain();
	home.front.target = null;
	await page.goto(`${home.front.origin}/accueil`);
	await expect(page.getByText('Vous ne pouvez pas venir')).toBeVisible();
});

test('a request sent later leads to its receipt', async () => {
	await home.signInWithAgenda(lucas());
	home.front.target = null;
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/demande/nouvelle`);
	await page.getByText('Demander de l’aide').click();
	const form = page.locator('form[action$="/demande/sans-reseau"]');
	await form.locator('input[value="mobility"]').check();
	await form.getByRole('button', { name: 'Envoyer ma demande' }).click();
	await expect(note()).toContainText('Ce sera envoyé');
	// Sent by the worker meanwhile, it would be said on the page that is left.
	await home.phone.triedInVain();
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect(note()).toContainText('C’est envoyé');
	await note().getByRole('link', { name: 'Voir' }).click();
	await expect(page).toHaveURL(/\/demande\/[^/]+$/);
});

test('what the phone says is read out, closes, and never covers what has the focus', async () => {
	const { page } = home.phone;
	await page.setViewportSize({ width: 320, height: 480 });
	await visit('/connexion');
	// Present for screen readers before there is anything in it.
	expect(await note().evaluate((place) => getComputedStyle(place).display)).not.toBe('none');
	await expect(note()).toHaveAttribute('role', 'status');
	await page.locator('input[name="contact"]').fill('amina@example.fr');
	failPosts(500);
	const send = page.getByRole('button', { name: 'Recevoir mon code' });
	await send.focus();
	await page.keyboard.press('Enter');
	await expect(note()).toContainText('Rien n’est perdu');
	const isCovered = () =>
		page.evaluate(() => {
			const [active, place] = [document.activeElement!, document.getElementById('phone-note')!];
			if (active === document.body || place.contains(active)) return false;
			const [one, other] = [active, place].map((element) => element.getBoundingClientRect());
			return other!.height > 0 && one!.bottom > other!.top && one!.top < other!.bottom;
		});
	for (let step = 0; step < 25; step++) {
		expect(await isCovered(), await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 80))).toBe(false);
		await page.keyboard.press('Tab');
	}
	await note().getByRole('button', { name: 'Fermer' }).click();
	await expect(note()).toBeEmpty();
	await expect(note()).toBeHidden();
});

test('a draft is kept on nobody’s borrowed phone, and shown to nobody but who typed it', async () => {
	const { page } = home.phone;
	const box = () => page.locator('main').getByRole('checkbox').first();
	const copies = async () => (await home.phone.stored()).databases['portal-drafts']?.copies ?? 0;
	await visit('/?commune=sedan');
	await page.locator('form[action$="?/choose"] button').first().click();
	await visit('/demande/nouvelle');
	await box().check();
	await expect.poll(copies).toBe(1);
	await page.reload();
	await expect(box()).toBeChecked();
	// Somebody signs in on this phone that is not theirs.
	await home.signIn(karim(), { shared: true });
	await expect.poll(copies).toBe(0);
	await visit('/demande/nouvelle');
	await expect(box()).not.toBeChecked();
	await box().check();
	await page.waitForTimeout(800);
	expect(await copies()).toBe(0);
	const stored = await home.phone.stored();
	// Its language, and that it is nobody's own.
	nothingPersonal(stored, stored.cookies, 2);
});

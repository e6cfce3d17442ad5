import { expect, test } from '@playwright/test';
import { KEPT_DAYS } from '../../src/lib/shared/phone-keeps.ts';
import { aPdf } from '../factories/files.ts';
import { demoAccount, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';

/** What was kept to leave by itself and does not: it is said, whether a page is open or not, and can be sent again. */

const home = usePhone();
const { visit, rows, note } = home;
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;
const karim = () => demoAccount(home.portal, 'beneficiary', 'Deux-Sèvres').contact;
const lucas = () => demoAccount(home.portal, 'beneficiary', 'Doubs').contact;

interface Kept {
	outcome?: string;
	endedAt?: number;
	body: string;
	at: number;
	hasFiles: boolean;
}
/** What this phone keeps to send, read by its worker: no page need be open. `changes` are written into each first. */
const kept = (changes: Partial<Kept> = {}) =>
	home.phone.inWorker(
		(given) =>
			new Promise<Kept[]>((resolve) => {
				type Row = Kept & { parts?: object[] };
				const opening = indexedDB.open('portal');
				opening.onsuccess = () => {
					const work = opening.result.transaction('queue', 'readwrite');
					const store = work.objectStore('queue');
					let found: Row[] = [];
					store.getAll().onsuccess = ({ target }) => {
						found = (target as IDBRequest<Row[]>).result;
						if (Object.keys(given).length > 0) for (const one of found) store.put({ ...one, ...given });
					};
					work.oncomplete = () => {
						opening.result.close();
						resolve(
							found.map(({ outcome, body, at, parts }) => ({ outcome, body, at, hasFiles: parts !== undefined })),
						);
					};
				};
			}),
		changes,
	);
const titles = async () => (await home.phone.notifications()).map(({ title }) => title);
const nextAppointment = (contact: string) =>
	withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT id FROM appointment
				WHERE person_id = (SELECT person_id FROM account WHERE email = ?) AND state = 'booked' AND starts_at > ? ORDER BY starts_at LIMIT 1`,
			)
			.get(contact, Date.now()),
	) as { id: string };
const answerOf = (id: string) =>
	withDatabase(home.portal, (database) =>
		database.prepare(`SELECT answer FROM appointment WHERE id = ?`).pluck().get(id),
	);
/** The network goes, and what is done meanwhile waits; no page is open when it comes back. */
async function awayWhile(work: () => Promise<void>): Promise<void> {
	const { context } = home.phone;
	await context.setOffline(true);
	await work();
	await expect.poll(() => rows('queue')).toBe(1);
	await home.phone.page.close();
	await context.setOffline(false);
}
const comeBack = async (path: string) => {
	home.phone.page = await home.phone.context.newPage();
	await visit(path);
};

test('what the server refuses while no page is open is said on the next one, once, and sent again as it was typed', async () => {
	await home.signInWithAgenda(karim());
	await visit('/parcours');
	const tooLong = 'Mon secret '.repeat(40).trim();
	await awayWhile(async () => {
		const { page } = home.phone;
		await page.getByText('Proposer une action').click();
		const form = page.locator('form[action$="?/propose"]');
		// As an older page, which knew another limit.
		await form.locator('input[name="title"]').evaluate((field) => field.removeAttribute('maxlength'));
		await form.locator('input[name="title"]').fill(tooLong);
		await form.getByRole('button').click();
		await expect(note()).toContainText('Ce sera envoyé');
	});
	await expect.poll(async () => (await kept())[0]?.outcome).toBe('refused');
	await expect.poll(titles).toEqual(['Un envoi n’est pas parti']);
	await comeBack('/aides');
	await expect(note()).toContainText('n’a pas pu être accepté');
	await expect.poll(() => rows('queue')).toBe(0);
	const { page } = home.phone;
	// Nobody is warned twice of what waits no more.
	await expect(page.getByText('attend le réseau')).toHaveCount(0);
	await note().getByRole('button', { name: 'Envoyer encore' }).click();
	await expect(page.locator('[data-error-summary]')).toBeVisible();
	await expect(page.locator('form[action$="?/propose"] input[name="title"]')).toHaveValue(tooLong);
	await visit('/aides');
	await expect(note()).toBeEmpty();
});

test('words that never left go after thirty days, read by nobody; that they did not leave is said all the same', async () => {
	await home.signInWithAgenda(lucas());
	await visit('/parcours');
	const { page } = home.phone;
	await page.getByText('Proposer une action').click();
	await page.locator('form[action$="?/propose"] input[name="title"]').fill('Mon secret');
	await page.context().setOffline(true);
	await page.locator('form[action$="?/propose"] button').click();
	await expect(note()).toContainText('Ce sera envoyé');
	await expect.poll(async () => (await kept())[0]?.body).toContain('secret');
	// Given up, on a phone that then lies in a drawer.
	const days = (count: number) => Date.now() - count * 24 * 3_600_000;
	await kept({ outcome: 'refused', endedAt: days(KEPT_DAYS - 1) });
	await page.goto(`${home.front.origin}/aide`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de réseau');
	await expect(page.locator('[data-part="request"]').first()).toBeVisible();
	expect((await kept())[0]?.body).toContain('secret');
	await kept({ endedAt: days(KEPT_DAYS + 1) });
	await page.reload();
	await expect.poll(async () => (await kept())[0]?.body).toBe('');
	await page.context().setOffline(false);
	await visit('/aides');
	await expect(note()).toContainText('n’a pas pu être accepté');
	await expect(note().getByRole('link', { name: 'Voir' })).toHaveAttribute('href', /\/parcours$/);
});

test('a paper that is too heavy is never kept; one the server refuses is said, without its file, with the way to its page', async () => {
	const reference = withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT reference FROM support_request r JOIN account a ON a.person_id = r.person_id
				WHERE a.email = ? AND reference IS NOT NULL AND merged_into_id IS NULL ORDER BY submitted_at DESC LIMIT 1`,
			)
			.pluck()
			.get(amina()),
	) as string;
	await home.signInWithAgenda(amina());
	await visit(`/demande/${reference}/papiers`);
	const choose = async (buffer: Buffer) => {
		await home.phone.page.getByLabel('Qu’est-ce que c’est').fill('Bail');
		await home.phone.page.locator('#files').setInputFiles({ name: 'bail.pdf', mimeType: 'application/pdf', buffer });
	};
	const status = () => home.phone.page.locator('[data-upload-status]');
	const send = () => home.phone.page.getByRole('button', { name: 'Envoyer le papier' }).click();
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 413 } : 'pass');
	await awayWhile(async () => {
		await choose(Buffer.concat([Buffer.from(aPdf()), Buffer.alloc(13_000_000)]));
		await expect(status()).toContainText('trop lourd');
		await send();
		await expect(status()).toContainText('trop lourd');
		await expect(home.phone.page.locator('form[data-sending], html.leaving')).toHaveCount(0);
		expect(await rows('queue')).toBe(0);
		await choose(Buffer.from(aPdf()));
		await expect(status()).toBeEmpty();
		await send();
		await expect(status()).toContainText('partira toute seule');
	});
	await expect.poll(() => kept()).toMatchObject([{ outcome: 'refused', body: '', hasFiles: false }]);
	await comeBack('/accueil');
	await expect(note()).toContainText('n’a pas pu être accepté');
	await note().getByRole('link', { name: 'Voir' }).click();
	await expect(home.phone.page).toHaveURL(new RegExp(`/demande/${reference}/papiers$`));
});

test('an answer said about one hour is not kept for another: it is said, and asked anew', async () => {
	await home.signInWithAgenda(amina());
	const { id } = nextAppointment(amina());
	// To the next day, at a minute nobody else has.
	const move = () =>
		withDatabase(home.portal, (database) =>
			database
				.prepare(
					`UPDATE appointment SET starts_at = starts_at + 86820000, ends_at = ends_at + 86820000,
					answer = 'none', answered_at = NULL, answered_via = NULL, sequence = sequence + 1 WHERE id = ?`,
				)
				.run(id),
		);
	// From the icon: the forms of that page know the hour too.
	home.front.target = null;
	const { page } = home.phone;
	await page.goto(`${home.front.origin}/accueil`);
	await page.locator(`form[action="/rendez-vous/${id}?/answer"] button[value="coming"]`).click();
	await expect(note()).toContainText('Ce sera envoyé');
	move();
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect(note()).toContainText('n’a pas pu être accepté');
	expect(answerOf(id)).toBe('none');
	await note().getByRole('button', { name: 'Envoyer encore' }).click();
	await expect(page.locator('[data-error-summary]')).toContainText('a changé');
	// With the new hour, a page that was left open does not answer for the next one either.
	const coming = page.locator(`form[action*="${id}?/answer"] button[value="coming"]`).first();
	move();
	await Promise.all([page.waitForEvent('load'), coming.click()]);
	await expect(page.locator('[data-error-summary]')).toContainText('a changé');
	expect(answerOf(id)).toBe('none');
	await coming.click();
	await expect.poll(() => answerOf(id)).toBe('coming');
});

test('a clock that was wrong without network loses nothing', async () => {
	await home.signInWithAgenda(lucas());
	const { id } = nextAppointment(lucas());
	home.front.target = null;
	const { page } = home.phone;
	await page.clock.setFixedTime(Date.now() - 40 * 24 * 3_600_000);
	await page.goto(`${home.front.origin}/accueil`);
	await page.locator(`form[action="/rendez-vous/${id}?/answer"] button[value="cannot"]`).click();
	await expect(note()).toContainText('Ce sera envoyé');
	await home.phone.triedInVain();
	// Not forty days ago: what it had heard from the server by then is younger.
	expect(Date.now() - (await kept())[0]!.at).toBeLessThan(3_600_000);
	await page.clock.setFixedTime(Date.now());
	home.front.target = home.portal.origin;
	await visit('/aides');
	await expect.poll(() => answerOf(id)).toBe('cannot');
	await expect.poll(() => rows('queue')).toBe(0);

	// Where nothing was heard before, it is old for its first hour, and leaves all the same.
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await visit('/parcours');
	await page.locator('form[action$="?/tick"] button').first().click();
	await expect(note()).toContainText('Ce sera envoyé');
	await kept({ at: Date.now() - 40 * 24 * 3_600_000 });
	home.front.refused.length = 0;
	await visit('/aides');
	await expect(note()).toContainText('attend le réseau');
	// Tried, and kept all the same: what is sent next is said on the next page.
	await expect.poll(() => home.front.refused).toHaveLength(1);
	expect(await rows('queue')).toBe(1);
	home.front.onRequest = () => 'pass';
	await visit('/aide');
	await expect(note()).toContainText('C’est envoyé');
	expect(await rows('queue')).toBe(0);
});

test('an answer tapped on a phone that is full is asked again, with its buttons; one that waits is not dropped without a word', async () => {
	await home.signInWithAgenda(lucas());
	const { phone } = home;
	const reminder = {
		...{ tag: 'rdv-1', title: 'Vous avez un rendez-vous jeudi à 10 h', body: 'Pourrez-vous venir ?', lang: 'fr' },
		...{ path: '/accueil', token: 'no-such-token' },
		actions: [
			{ action: 'coming', title: 'Je viens' },
			{ action: 'cannot', title: 'Je ne peux pas' },
		],
	};
	await phone.deliver(JSON.stringify(reminder));
	await phone.context.setOffline(true);
	await phone.inWorker(() => {
		const before = IDBObjectStore.prototype.add;
		Object.assign(self, { mend: () => (IDBObjectStore.prototype.add = before) });
		IDBObjectStore.prototype.add = function () {
			this.transaction.abort();
			throw new DOMException('full', 'QuotaExceededError');
		};
	});
	await phone.tap('rdv-1', 'cannot');
	await expect
		.poll(() => phone.notifications())
		.toMatchObject([
			{ title: reminder.title, body: 'Pas de réseau, recommencez.', actions: ['Je viens', 'Je ne peux pas'] },
		]);
	expect(await rows('queue')).toBe(0);
	await phone.inWorker(() => (self as unknown as { mend(): void }).mend());
	await phone.tap('rdv-1', 'cannot');
	await expect.poll(titles).toEqual(['Pas de réseau']);
	await expect.poll(() => rows('queue')).toBe(1);
	// Somebody else signs in before the server can be reached.
	home.front.onRequest = ({ url }) => (url?.includes('/api/push/answer') ? { status: 503 } : 'pass');
	await phone.context.setOffline(false);
	await home.signIn(karim());
	await expect(note()).toContainText('autre personne');
	await expect.poll(() => rows('queue')).toBe(0);
});

import { expect, test } from '@playwright/test';
import { aPdf } from '../factories/files.ts';
import { demoAccount, signInAs, withDatabase } from '../support/fixtures.ts';
import { usePhone } from '../support/phone-home.ts';

/** A paper from the phone of a person to the desk of a professional. */

const home = usePhone();
const amina = () => demoAccount(home.portal, 'beneficiary', 'Ardennes').contact;

const referenceOf = (contact: string) =>
	withDatabase(home.portal, (database) =>
		database
			.prepare(
				`SELECT reference FROM support_request r JOIN account a ON a.person_id = r.person_id
					WHERE a.email = ? AND reference IS NOT NULL AND merged_into_id IS NULL ORDER BY submitted_at DESC LIMIT 1`,
			)
			.pluck()
			.get(contact),
	) as string;
const pages = () =>
	withDatabase(home.portal, (database) =>
		database.prepare(`SELECT id, type, size FROM paper_page ORDER BY rowid`).all(),
	) as { id: string; type: string; size: number }[];

const lastPaper = () =>
	withDatabase(home.portal, (database) =>
		database.prepare(`SELECT id FROM paper ORDER BY joined_at DESC LIMIT 1`).pluck().get(),
	) as string;

/** A photo of 12 million dots, as a phone takes it, with the grain of one: too heavy to send as it is. */
async function takePhoto(): Promise<Buffer> {
	const sheet = await home.phone.context.newPage();
	const photo = await sheet.evaluate(async () => {
		const grain = new OffscreenCanvas(256, 256);
		const dots = new ImageData(256, 256);
		dots.data.forEach((_, at) => (dots.data[at] = at % 4 === 3 ? 255 : 190 + ((at * 7919) % 61)));
		grain.getContext('2d')!.putImageData(dots, 0, 0);
		const canvas = new OffscreenCanvas(3000, 4000);
		const context = canvas.getContext('2d')!;
		context.fillStyle = context.createPattern(grain, 'repeat')!;
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.fillStyle = '#111';
		context.font = '80px serif';
		for (let line = 1; line < 38; line++)
			context.fillText('Attestation de loyer pour le logement. '.repeat(3), 60, line * 104);
		const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.97 });
		return Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join('');
	});
	await sheet.close();
	return Buffer.from(photo, 'latin1');
}

/** Its longest side, as the portal gives it back. */
const longestSideOf = (id: string) =>
	home.phone.page.evaluate(async (address) => {
		const picture = await createImageBitmap(await (await fetch(address)).blob());
		return Math.max(picture.width, picture.height);
	}, `/papiers/${id}`);

test('a photo is looked at, made lighter, sent from a page of 360 dots, and read by the professional', async () => {
	await home.signIn(amina());
	const { page } = home.phone;
	await home.visit(`/demande/${referenceOf(amina())}`);
	await page.getByRole('link', { name: 'Joindre un papier ou une photo' }).click();
	await page.getByLabel('Qu’est-ce que c’est').fill('Attestation de loyer');
	const before = pages().length;
	const photo = await takePhoto();
	expect(photo.length).toBeGreaterThan(2_500_000);
	await page.locator('#camera').setInputFiles({ name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: photo });
	await expect(page.locator('[data-upload-status]')).toContainText('La photo semble lisible');
	await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	await expect(page.getByText('Papier bien reçu.')).toBeVisible();
	expect(pages()).toHaveLength(before + 1);
	const arrived = pages().at(-1)!;
	expect(arrived.type).toBe('jpeg');
	expect(arrived.size).toBeLessThan(photo.length / 2);
	expect(await longestSideOf(arrived.id)).toBe(2000);
	await signInAs(
		home.phone.context,
		{ ...home.portal, origin: home.front.origin },
		demoAccount(home.portal, 'referent', 'Ardennes').contact,
	);
	await home.visit(`/pro/demandes/${referenceOf(amina())}`);
	await page.getByRole('link', { name: 'Attestation de loyer' }).click();
	await expect(page.locator('iframe')).toHaveAttribute('sandbox', '');
	await page.getByLabel('Raison, telle que la personne la lira').selectOption('cut');
	await page.getByRole('button', { name: 'Demander de nouveau' }).click();
	await page.waitForURL('**/pro/demandes/**');
	await signInAs(home.phone.context, { ...home.portal, origin: home.front.origin }, amina());
	await home.visit(`/demande/${referenceOf(amina())}/papiers`);
	await expect(page.getByText('Montrez les quatre coins', { exact: false }).first()).toBeVisible();
	await expect(page.getByText('À renvoyer')).toBeVisible();
});

test('without network a photo is kept, said so, and sent once when the network returns', async () => {
	await home.signIn(amina());
	const { page } = home.phone;
	await home.visit(`/demande/${referenceOf(amina())}/papiers`);
	const before = pages().length;
	await page.locator('#files').setInputFiles({ name: 'bail.pdf', mimeType: 'application/pdf', buffer: aPdf() });
	home.front.onRequest = ({ method }) => (method === 'POST' ? 'lose' : 'pass');
	await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	await expect(page.locator('[data-upload-status]')).toContainText('partira toute seule');
	await expect.poll(() => home.rows('queue')).toBe(1);
	home.front.onRequest = () => 'pass';
	await home.visit('/accueil');
	await expect.poll(() => home.rows('queue')).toBe(0);
	expect(pages()).toHaveLength(before + 1);
	await signInAs(
		home.phone.context,
		{ ...home.portal, origin: home.front.origin },
		demoAccount(home.portal, 'referent', 'Ardennes').contact,
	);
	await home.visit(`/pro/papiers/${lastPaper()}`);
	// The browser's own reader stands in the frame, which the answer sandboxes: with the attribute it would not start.
	const reader = () => page.frames().some((frame) => frame.url().startsWith('chrome-extension:'));
	await expect.poll(reader).toBe(true);
});

test('somebody else’s phone keeps no photo: the page does', async () => {
	await home.signIn(amina(), { shared: true });
	const { page } = home.phone;
	await home.visit(`/demande/${referenceOf(amina())}/papiers`);
	await page.locator('#files').setInputFiles({ name: 'bail.pdf', mimeType: 'application/pdf', buffer: aPdf() });
	home.front.onRequest = ({ method }) => (method === 'POST' ? { status: 503 } : 'pass');
	await page.getByRole('button', { name: 'Envoyer le papier' }).click();
	await expect(page.locator('[data-upload-status]')).toContainText('Gardez cette page');
	expect(await home.rows('queue')).toBe(0);
});

import { expect, type Page } from '@playwright/test';

export interface Filed {
	themes: string[];
	commune: string;
	firstName: string;
	lastName: string;
	email: string;
	phone?: string;
	household?: { label: string; children: number };
}

/** Fills the single request as a visitor would, page after page, up to « Vérifiez et envoyez ». */
export async function fillRequest(page: Page, origin: string, filed: Filed): Promise<{ screens: number }> {
	const next = page.getByRole('button', { name: 'Continuer', exact: true });
	let screens = 0;
	const seen = async (title: string | RegExp) => {
		screens += 1;
		await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
	};
	await page.goto(`${origin}/`);
	await page.getByRole('link', { name: 'Demander de l’aide' }).first().click();
	await seen('Que voulez-vous débloquer ?');
	for (const theme of filed.themes) await page.getByRole('checkbox', { name: new RegExp(`^${theme}`) }).check();
	await next.click();
	await seen('Y a-t-il une urgence aujourd’hui ?');
	await next.click();
	await seen('Où habitez-vous ?');
	await page.getByLabel('Nom de votre commune').fill(filed.commune.toLowerCase());
	await page.getByRole('button', { name: 'Chercher' }).click();
	await page
		.getByRole('radio', { name: new RegExp(`^${filed.commune}`) })
		.first()
		.check();
	await next.click();
	for (const theme of filed.themes) {
		await seen(theme);
		await page.locator('main input[type="checkbox"]').last().check();
		await page.getByLabel(/^Autre chose à dire/).fill(`Un mot sur : ${theme}`);
		await next.click();
	}
	await seen('Votre situation');
	if (filed.household) {
		await page.getByLabel(filed.household.label).check();
		await page.getByLabel(/^Nombre d’enfants/).fill(String(filed.household.children));
	}
	await next.click();
	await seen('Comment vous joindre ?');
	await page.getByLabel('Prénom', { exact: true }).fill(filed.firstName);
	await page.getByLabel('Nom', { exact: true }).fill(filed.lastName);
	if (filed.phone) await page.getByLabel('Téléphone', { exact: true }).fill(filed.phone);
	await page.getByLabel('Adresse e-mail').fill(filed.email);
	await next.click();
	await seen('Vérifiez et envoyez votre demande');
	return { screens };
}

/** Sends it. @returns the reference on the receipt */
export async function sendRequest(page: Page): Promise<string> {
	await page.getByRole('button', { name: 'Envoyer ma demande' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Votre demande est bien reçue');
	const reference = /\/demande\/([A-Z0-9-]+)$/.exec(new URL(page.url()).pathname)?.[1];
	expect(reference).toBeTruthy();
	return reference!;
}

import { problemsOf } from '../support/axe.ts';
import { demoAccount, expect, signInAs, test, withDatabase, type DemoAccount } from '../support/fixtures.ts';

/** Every page, in both languages, on a small phone and on a desk: no violation, no sideways scroll, a title of its own. */
/** Arabic mirrors the person's pages; professionals have French and English. */
const PERSON_SCREENS = [
	['fr', 320],
	['fr', 1280],
	['ar', 320],
	['ar', 1280],
] as const;
const STAFF_SCREENS = [
	['fr', 320],
	['fr', 1280],
	['en', 320],
] as const;

const PAGES: [who: DemoAccount['role'] | null, paths: string[]][] = [
	[
		null,
		[
			'/',
			'/?commune=sedan',
			'/?commune=zzz',
			'/connexion',
			'/demande/nouvelle',
			'/demande/nouvelle/urgence',
			'/aide',
			'/accessibilite',
			'/confidentialite',
			'/mentions-legales',
			'/hors-ligne',
			'/resultats',
			'/demo/messages',
			'/page-qui-n-existe-pas',
		],
	],
	[
		'beneficiary',
		[
			'/accueil',
			'/parcours',
			'/rendez-vous',
			'/rendez-vous/{appointment}',
			'/demande',
			'/demande/{request}',
			'/aides',
			'/avis',
			'/compte',
			'/compte/notifications',
			'/compte/acces',
			'/compte/donnees',
			'/deconnexion',
		],
	],
	[
		'referent',
		[
			'/pro',
			'/pro/personnes',
			'/pro/personnes/{person}',
			'/pro/personnes/{person}/parcours',
			'/pro/personnes/{person}/rendez-vous',
			'/pro/personnes/{person}/aides',
			'/pro/demandes',
			'/pro/demandes?statut=waiting',
			'/pro/agenda',
			'/pro/rappels',
			'/pro/aides',
		],
	],
	['coordinator', ['/pilotage', '/pilotage/delais', '/pilotage/evaluation', '/pilotage/territoire']],
];

test.describe.configure({ mode: 'parallel' });

for (const [who, paths] of PAGES) {
	const isStaff = who === 'referent' || who === 'coordinator';
	for (const [locale, width] of isStaff ? STAFF_SCREENS : PERSON_SCREENS) {
		test(`pages of ${who ?? 'a visitor'} are accessible in ${locale} at ${width} px`, async ({ browser, portal }) => {
			const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width, height: 800 } });
			if (who) await signInAs(context, portal, demoAccount(portal, who).contact);
			const ids = idsOf(portal, demoAccount(portal, 'beneficiary').contact);
			const problems: Record<string, string[]> = {};
			const noise: string[] = [];
			const page = await context.newPage();
			page.on('console', (message) => {
				if (message.type() === 'error' && !message.text().includes('404')) noise.push(message.text());
			});
			for (const path of paths) {
				const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name]!);
				await page.goto(portal.origin + (locale === 'fr' ? filled : `/${locale}${filled === '/' ? '' : filled}`));
				const found = await problemsOf(page, locale);
				if (found.length > 0) problems[path] = found;
			}
			await context.close();
			expect(problems).toEqual({});
			expect(noise, 'nothing on the console').toEqual([]);
		});
	}
}

test('the page of another role is not found, in the portal’s own words', async ({ browser, portal }) => {
	const context = await browser.newContext({ serviceWorkers: 'block' });
	await signInAs(context, portal, demoAccount(portal, 'beneficiary').contact);
	const page = await context.newPage();
	const response = await page.goto(`${portal.origin}/pro`);
	expect(response?.status()).toBe(404);
	await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
	expect(await problemsOf(page)).toEqual([]);
	await context.close();
});

test('a form sent empty says so in a summary that takes the focus, and its title begins with « Erreur »', async ({
	page,
	portal,
}) => {
	for (const path of ['/connexion', '/demande/nouvelle']) {
		await page.goto(portal.origin + path);
		await page.locator('main form button').first().click();
		await expect(page.getByRole('alert')).toBeFocused();
		await expect(page).toHaveTitle(/^Erreur/);
		expect(await problemsOf(page)).toEqual([]);
		await page.getByRole('alert').getByRole('link').first().click();
		await expect(page.locator(':focus')).toHaveAttribute('name', /.+/);
	}
});

function idsOf(portal: Parameters<typeof withDatabase>[0], contact: string): Record<string, string> {
	return withDatabase(portal, (database) => {
		const { person } = database.prepare(`SELECT person_id AS person FROM account WHERE email = ?`).get(contact) as {
			person: string;
		};
		const one = (sql: string) => (database.prepare(sql).get(person) as { it: string }).it;
		return {
			person,
			appointment: one(`SELECT id AS it FROM appointment WHERE person_id = ? ORDER BY starts_at DESC LIMIT 1`),
			request: one(`SELECT reference AS it FROM support_request WHERE person_id = ? AND reference IS NOT NULL LIMIT 1`),
		};
	});
}

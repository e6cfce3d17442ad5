import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { seededCopy, startPortal, type Portal } from './portal.ts';

export { expect };

/** `portal`: the built portal with its own copy of the seeded data, one per worker; tests of a file share it. */
export const test = base.extend<{ baseURL: string }, { portal: Portal }>({
	portal: [
		async ({ browserName: _any }, use) => {
			const portal = await startPortal({ dataDir: seededCopy() });
			await use(portal);
			await portal.stop();
		},
		{ scope: 'worker', timeout: 240_000 },
	],
	baseURL: async ({ portal }, use) => use(portal.origin),
});

/** Reads or writes the database of a portal under test, beside it. */
export function withDatabase<T>(portal: Portal, work: (database: Database.Database) => T): T {
	const database = new Database(path.join(portal.dataDir, 'portal.db'));
	try {
		database.pragma('busy_timeout = 30000');
		return work(database);
	} finally {
		database.close();
	}
}

export interface DemoAccount {
	label: string;
	role: 'beneficiary' | 'referent' | 'coordinator';
	/** Name of the territory: « Ardennes ». */
	territory: string;
	/** What is typed on /connexion. */
	contact: string;
}

/** Who one can sign in as, as the demo lists them. */
export function demoAccounts(portal: Portal): DemoAccount[] {
	const row = withDatabase(
		portal,
		(database) =>
			database.prepare(`SELECT value FROM meta WHERE key = 'demo_accounts'`).get() as { value: string } | undefined,
	);
	return JSON.parse(row?.value ?? '[]') as DemoAccount[];
}

/** The demo's account of a role, in a territory when it matters. */
export function demoAccount(portal: Portal, role: DemoAccount['role'], territory = 'Ardennes'): DemoAccount {
	const found = demoAccounts(portal).find((one) => one.role === role && one.territory === territory);
	if (!found) throw new Error(`the demo has no ${role} in ${territory}`);
	return found;
}

/** The last code sent to a contact, from the mailbox page of the demo. */
export async function lastCode(page: Page, portal: Portal, contact: string): Promise<string> {
	const address = `${portal.origin}/demo/messages?destinataire=${encodeURIComponent(contact)}`;
	let code: string | undefined;
	await expect
		.poll(
			async () => {
				const html = await (await page.request.get(address)).text();
				code = /data-code[^>]*>\s*(\d{3}) ?(\d{3})/.exec(html)?.slice(1).join('');
				return code;
			},
			{ message: `a code sent to ${contact}` },
		)
		.toBeTruthy();
	return code!;
}

/** Signs in as a person does: contact, code from the mailbox. At most five times an hour for one contact. */
export async function signInByCode(page: Page, portal: Portal, contact: string, options: { shared?: boolean } = {}) {
	await page.goto(`${portal.origin}/connexion`);
	await typeContactAndCode(page, portal, contact, options);
}

/** The same on the sign-in page that is already there. */
export async function typeContactAndCode(page: Page, portal: Portal, contact: string, { shared = false } = {}) {
	await page.getByLabel('Votre e-mail ou votre numéro de portable').fill(contact);
	if (shared) await page.locator('input[name="device"][value="shared"]').check();
	await page.getByRole('button', { name: 'Recevoir mon code' }).click();
	await page.waitForURL('**/connexion/code');
	await page.locator('input[name="code"]').fill(await lastCode(page, portal, contact));
	await page.getByRole('button', { name: 'Continuer' }).click();
	await page.waitForURL((url) => !url.pathname.includes('connexion'));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const HOUR_MS = 3_600_000;

/** A session opened in the database, for tests that are not about signing in. @returns the token of its cookie */
export function openSessionOf(portal: Portal, contact: string, { shared = false, now = new Date() } = {}): string {
	const token = Array.from(randomBytes(40), (byte) => LETTERS[byte % 32]).join('');
	withDatabase(portal, (database) => {
		const account = database
			.prepare(`SELECT id, role FROM account WHERE email = ? OR phone = ? LIMIT 1`)
			.get(contact, contact) as { id: string; role: string } | undefined;
		if (!account) throw new Error(`nobody has the contact ${contact}`);
		const isPerson = account.role === 'beneficiary' || account.role === 'coparent';
		const kind = isPerson ? (shared ? 'shared_phone' : 'own_phone') : 'professional';
		const until = now.getTime() + (kind === 'own_phone' ? 30 * 24 : kind === 'professional' ? 12 : 0.5) * HOUR_MS;
		database
			.prepare(
				`INSERT INTO session (id, account_id, kind, device, created_at, idle_until, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			)
			.run(
				createHash('sha256').update(token).digest('base64url'),
				account.id,
				kind,
				'android',
				now.getTime(),
				until,
				until,
			);
	});
	return token;
}

/** Signed in by cookie, whoever was before: the next page of this browser is this account's. */
export async function signInAs(
	where: Page | BrowserContext,
	portal: Portal,
	contact: string,
	options: { shared?: boolean; now?: Date } = {},
) {
	const context = 'context' in where ? where.context() : where;
	const value = openSessionOf(portal, contact, options);
	await context.addCookies([{ name: 'session', value, url: portal.origin, httpOnly: true, sameSite: 'Lax' }]);
}

/** Somebody of the demo, and who leads them. */
export function followedPerson(portal: Portal, contact: string) {
	const one = <T>(sql: string, value: string) =>
		withDatabase(portal, (database) => database.prepare(sql).get(value) as T);
	const { id } = one<{ id: string }>(`SELECT person_id id FROM account WHERE email = ?`, contact);
	const lead = one<{ email: string; id: string; name: string }>(
		`SELECT a.email, a.id, a.display_name name FROM follow_up_member f JOIN account a ON a.id = f.account_id
		WHERE f.person_id = ? AND f.part = 'lead' AND f.ended_at IS NULL`,
		id,
	);
	return { id, contact, lead };
}

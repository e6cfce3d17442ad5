import Database from 'better-sqlite3';
import path from 'node:path';

/** Lines naming who one can sign in as, from the demo's own database. @param {string} dataDir */
export async function people(dataDir) {
	const database = new Database(path.join(dataDir, 'portal.db'), { readonly: true });
	try {
		const row = /** @type {{ value: string } | undefined} */ (
			database.prepare(`SELECT value FROM meta WHERE key = 'demo_accounts'`).get()
		);
		/** @type {{ label: string, role: string, territory: string, contact: string }[]} */
		const accounts = JSON.parse(row?.value ?? '[]');
		return accounts.map(
			({ label, role, territory, contact }) =>
				`  ${territory.padEnd(12)} ${role.padEnd(12)} ${contact.padEnd(38)} ${label}`,
		);
	} finally {
		database.close();
	}
}

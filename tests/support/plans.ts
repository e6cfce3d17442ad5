import type { Db } from '../../src/lib/server/db/client.ts';

/** Tables that grow with the number of people: reading all of one is a page that dies at 100,000. */
const GROWING = [
	'person',
	'person_search_key',
	'follow_up_member',
	'support_request',
	'need',
	'orientation',
	'pathway',
	'stage',
	'step',
	'check_in',
	'diagnosis',
	'diagnosis_value',
	'appointment',
	'reminder',
	'delivery',
	'audit_entry',
	'account',
];

/**
 * Runs the reads of `work` and returns the lines of their query plans that read a whole growing table; empty when every
 * list has its index.
 */
export async function fullScans(db: Db, work: () => Promise<unknown>): Promise<string[]> {
	const prepare = db.raw.prepare.bind(db.raw);
	const statements = new Set<string>();
	const spied = Object.assign(db.raw, {
		prepare(sql: string) {
			statements.add(sql);
			return prepare(sql);
		},
	});
	try {
		await work();
	} finally {
		spied.prepare = prepare as typeof spied.prepare;
	}
	return [...statements].flatMap((sql) => scansOf(prepare, sql));
}

function scansOf(prepare: Db['raw']['prepare'], sql: string): string[] {
	// Alias or name, as SQLite writes them in a plan.
	const names = new Map(GROWING.map((table) => [table, table]));
	for (const [, table, alias] of sql.matchAll(/(?:from|join) "(\w+)" "(\w+)"/g)) names.set(alias!, table!);
	const values = Array.from(sql.matchAll(/\?/g), () => 0);
	const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
	return plan
		.map(({ detail }) => detail)
		.filter((detail) => {
			const [, name] = /^SCAN (\w+)/.exec(detail) ?? [];
			return name !== undefined && GROWING.includes(names.get(name) ?? '');
		})
		.map((detail) => `${detail} in ${sql}`);
}

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
	const plans = await spiedPlans(db, work);
	return plans.flatMap(scansOf);
}

/** The plan of each read of `work`, in the order they are first prepared: its lines, the table that leads first. */
export async function plansOf(db: Db, work: () => Promise<unknown>): Promise<string[][]> {
	return (await spiedPlans(db, work)).map(({ plan }) => plan);
}

async function spiedPlans(db: Db, work: () => Promise<unknown>): Promise<{ sql: string; plan: string[] }[]> {
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
	return [...statements].map((sql) => {
		const values = Array.from(sql.matchAll(/\?/g), () => 0);
		const lines = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[];
		return { sql, plan: lines.map(({ detail }) => detail) };
	});
}

function scansOf({ sql, plan }: { sql: string; plan: string[] }): string[] {
	// Alias or name, as SQLite writes them in a plan.
	const names = new Map(GROWING.map((table) => [table, table]));
	for (const [, table, alias] of sql.matchAll(/(?:from|join) "(\w+)" "(\w+)"/g)) names.set(alias!, table!);
	return plan
		.filter((detail) => {
			const [, name] = /^SCAN (\w+)/.exec(detail) ?? [];
			return name !== undefined && GROWING.includes(names.get(name) ?? '');
		})
		.map((detail) => `${detail} in ${sql}`);
}

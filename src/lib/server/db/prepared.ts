import { sql, type Column, type SQL } from 'drizzle-orm';
import type { Queries } from './client.ts';

/**
 * A hot query, built and prepared once per connection: building one costs ten times what running it does. What varies is
 * a placeholder (`sql.placeholder`), or `given(column, name)` when its column encodes it: instants do.
 */
export function prepared<Statement>(build: (q: Queries) => Statement): (q: Queries) => Statement {
	const statements = new WeakMap<Queries, Statement>();
	return (q) => {
		let statement = statements.get(q);
		if (!statement) statements.set(q, (statement = build(q)));
		return statement;
	};
}

/** A value given at each run, encoded as its column does. */
export const given = (column: Column, name: string) => sql.param(sql.placeholder(name), column);

/** One of the values given at each run as JSON: a list of any length is one placeholder, so that the query can be prepared. */
export const among = (column: Column, name: string): SQL =>
	sql`${column} IN (SELECT value FROM json_each(${sql.placeholder(name)}))`;

/** The same for a query that comes in a few shapes: one statement each, told apart by the flags of the shape. */
export function preparedByShape<Shape extends object, Statement>(build: (q: Queries, shape: Shape) => Statement) {
	const byShape = new Map<string, (q: Queries) => Statement>();
	return (q: Queries, shape: Shape): Statement => {
		const key = JSON.stringify(shape);
		let statement = byShape.get(key);
		if (!statement) byShape.set(key, (statement = prepared((on) => build(on, shape))));
		return statement(q);
	};
}

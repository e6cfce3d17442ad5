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

/**
 * Equal to a word of the code, such as a state, written into the statement. As a value SQLite would compare it with the conditions of
 * partial indices, and compile the statement again at each run.
 * @throws Error for a word that is none of the column's
 */
export function is<C extends Column>(column: C, word: C['_']['data'] & string): SQL {
	return sql`${column} = ${written(column, word)}`;
}

/** The same for one of several words. @throws Error for a word that is none of the column's */
export function isOneOf<C extends Column>(column: C, words: readonly (C['_']['data'] & string)[]): SQL {
	const list = words.map((word) => written(column, word));
	return sql`${column} IN (${sql.join(list, sql`, `)})`;
}

function written(column: Column, word: string): SQL {
	if (!column.enumValues?.includes(word)) throw new Error(`${word} is no word of ${column.name}`);
	return sql.raw(`'${word}'`);
}

/** One of the values given at each run as JSON: a list of any length is one placeholder, so that the query can be prepared. */
export const among = (column: Column, name: string): SQL =>
	sql`${column} IN (SELECT value FROM json_each(${sql.placeholder(name)}))`;

/** The same for a query that comes in a few shapes: one statement each, told apart by the flags of the shape. */
export function preparedByShape<Shape extends object, Statement>(build: (q: Queries, shape: Shape) => Statement) {
	const byShape = new Map<string, (q: Queries) => Statement>();
	return (q: Queries, shape: Shape): Statement => {
		const key = Object.values(shape).join();
		let statement = byShape.get(key);
		if (!statement) byShape.set(key, (statement = prepared((on) => build(on, shape))));
		return statement(q);
	};
}

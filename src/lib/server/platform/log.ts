import pino from 'pino';
import * as v from 'valibot';

/** What is written of an error. */
interface Written {
	type: string;
	/** Of the system, SQLite or one of our refusals: `SQLITE_FULL`, `ECONNREFUSED`, `not_found`. */
	code?: string;
	message?: string;
	/** Of a text that was not as expected: where in it, never what stood there. */
	paths?: string[];
	/** Where in the code; the message that leads it is left out. */
	stack?: string;
	cause?: Written;
}

/** Errors whose message is ours, the system's or the database's. Others quote what they were given. */
const SAYS_NO_INPUT = ['Error', 'DomainError', 'SqliteError', 'ConfigError', 'WrongDatabaseError'];
/** Sentences of the engine that name code only. */
const ABOUT_CODE =
	/^(Cannot (read|set) properties of (undefined|null) \((reading|setting) '[\w$]{1,40}'\)|[\w$.]{1,80} is not (a function|defined|iterable|a constructor)|Invalid (URL|time value|array length)|fetch failed)$/;
const MOST_CAUSES = 4;
const MOST_PATHS = 20;

/**
 * What a log keeps of an error: never the value that caused it. A validation error carries the whole text it refused, a
 * failed query its parameters: nothing is copied but what is named here.
 */
export function writtenError(error: unknown, depth = 0): Written {
	if (!(error instanceof Error)) return { type: typeof error };
	const { code, cause } = error as { code?: unknown; cause?: unknown };
	return {
		type: typeOf(error),
		code: word(code),
		message: messageOf(error),
		paths: v.isValiError(error) ? pathsOf(error.issues) : undefined,
		stack: error.stack
			?.replace(error.message, '')
			.split('\n')
			.filter((line) => /^\s+at /.test(line))
			.join('\n'),
		cause: cause !== undefined && depth < MOST_CAUSES ? writtenError(cause, depth + 1) : undefined,
	};
}

/** A name made for machines; six digits are a code that signs somebody in, and no such name. */
const word = (value: unknown) => (typeof value === 'string' && /^[A-Za-z][\w-]{0,60}$/.test(value) ? value : undefined);

function pathsOf(issues: v.BaseIssue<unknown>[]): string[] {
	const named = (key: string) => (/^\w{1,40}$/.test(key) ? key : '?');
	const paths = issues.map((issue) => (v.getDotPath(issue) ?? '').split('.').map(named).join('.'));
	return [...new Set(paths)].slice(0, MOST_PATHS);
}

/** The class where no name was given: a library's own error is no plain one. */
const typeOf = (error: Error) => word(error.name === 'Error' ? error.constructor.name : error.name) ?? 'unknown';

function messageOf(error: Error): string | undefined {
	const { message } = error;
	if (!SAYS_NO_INPUT.includes(typeOf(error)) && !ABOUT_CODE.test(message)) return undefined;
	return message
		.replace(/\S+@\S+/g, '<e-mail>')
		.replace(/(https?:\/\/[^/\s]+)\/\S*/g, '$1/…')
		.replace(/\+?\d[\d .-]{5,}\d/g, '<number>')
		.replace(/[\w-]{32,}/g, '<key>')
		.slice(0, 500);
}

/**
 * Logs carry ids, codes and counts: never a name, an address, a need, a message text, a code that signs in or a token.
 * `err` is written by `writtenError` alone; beside it a key of these names is blanked.
 */
export const LOG_OPTIONS = {
	level: process.env.LOG_LEVEL ?? (process.env.VITEST ? 'silent' : 'info'),
	base: undefined,
	serializers: { err: (error: unknown) => writtenError(error) },
	redact: {
		paths: ['*.code', '*.token', '*.email', '*.phone', '*.endpoint', '*.cookie', 'req.headers'],
		// Names the system gives (`SQLITE_FULL`) stay; what signs somebody in is digits.
		censor: (value: unknown, path: string[]) =>
			path.at(-1) === 'code' && (value === undefined || word(value)) ? value : '[Redacted]',
	},
} satisfies pino.LoggerOptions;

export const log = pino(LOG_OPTIONS);

import pino from 'pino';

/**
 * Logs carry ids, codes and counts: never a name, an address, a need, a message text, a code or a token.
 * `err` keeps type, message and stack; messages of our own errors are codes.
 */
export const log = pino({
	level: process.env.LOG_LEVEL ?? (process.env.VITEST ? 'silent' : 'info'),
	base: undefined,
	redact: ['*.code', '*.token', '*.email', '*.phone', '*.endpoint', '*.cookie', 'req.headers'],
});

/**
 * The only place that asks what time it is. Domain code receives `now` as an argument; hooks, the worker and the
 * command line call this once per request, tick or command. Tests move the process clock itself (tests/support/clock).
 */
export const now = (): Date => new Date();

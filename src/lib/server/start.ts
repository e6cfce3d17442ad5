import { keepMessage } from './accounts/demo.ts';
import { readerOf, readOutsideCalendars } from './appointments/outside.ts';
import type { Db } from './db/client.ts';
import { refuseWrongDatabase, refuseWrongKey } from './db/ownership.ts';
import { now } from './platform/clock.ts';
import { config } from './platform/config.ts';
import { log } from './platform/log.ts';
import { setMailbox } from './platform/mailbox.ts';
import { forgetPast, sweepPast } from './forget.ts';
import { askMoments } from './ask-moments.ts';
import { closeMonths } from './evaluation/box.ts';
import { createWorker } from './reminders/worker.ts';

/** What this process does besides answering: checks its database belongs to it, then runs the worker when it is one. */
export async function start(db: Db): Promise<void> {
	const { role, demo } = config();
	await refuseWrongDatabase(db, { demo });
	await refuseWrongKey(db);
	if (demo) setMailbox(keepMessage(db, now));
	if (role !== 'web') startWorker(db);
	log.info({ role, demo }, 'started');
}

/** Once an hour: what has had its time, months that ended, questions that are due. */
const hourly = [forgetPast, closeMonths, askMoments];

/** Until the server stops answering (adapter-node says so), or the process is asked to end. */
function startWorker(db: Db) {
	const read = readerOf(config().pushHosts);
	const everyMinute = (at: Date) => readOutsideCalendars(db, at, read);
	const worker = createWorker({ db, hourly, everyMinute, afterHourly: sweepPast });
	const stop = () => void worker.stop();
	process.once('sveltekit:shutdown', stop);
	process.once('SIGTERM', stop);
	worker.start();
}

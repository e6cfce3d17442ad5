/**
 * People who choose their hour at the same time, in a process of its own: `tsx choosing-process.ts <database> <instant>`, who wants
 * what on the standard input, as JSON. Says « ready », begins at the first line, then prints what each was answered.
 */
import { createInterface } from 'node:readline';
import { chooseSlot, freeSlots } from '../../src/lib/server/appointments/slots.ts';
import { isUnavailable, openDatabase } from '../../src/lib/server/db/client.ts';
import { DomainError } from '../../src/lib/server/platform/errors.ts';

export interface Wish {
	appointmentId: string;
	personId: string;
	accountId: string;
	slotId: string;
}
export interface Answered {
	appointmentId: string;
	/** Null: booked. */
	refusal: string | null;
	/** Hours shown instead, at once. */
	others: string[];
}

const [file, instant] = process.argv.slice(2) as [string, string];
// A test that forgets its process must not leave it behind.
setTimeout(() => process.exit(1), 60_000).unref();

const now = new Date(instant);
const db = openDatabase(file);

/** Null: booked. The portal that is too busy says so (503), and the person taps again. */
async function choose(wish: Wish): Promise<string | null> {
	const { personId, accountId, slotId } = wish;
	const by = { accountId, role: 'beneficiary' as const, structureId: null };
	try {
		await db.write((tx) => chooseSlot(tx, { slotId, personId, by, now }));
		return null;
	} catch (error) {
		if (isUnavailable(error)) return choose(wish);
		if (!(error instanceof DomainError)) throw error;
		return error.code;
	}
}

async function answer({ appointmentId }: Wish, refusal: string | null): Promise<Answered> {
	const others = refusal === null ? [] : await freeSlots(db.read, appointmentId, now);
	return { appointmentId, refusal, others: others.map(({ id }) => id.slice(appointmentId.length)) };
}

console.log('ready');
const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => void answerAll(JSON.parse(line) as Wish[]));

async function answerAll(wishes: Wish[]): Promise<void> {
	lines.close();
	const refusals = await Promise.all(wishes.map(choose));
	const answers = await Promise.all(wishes.map((wish, index) => answer(wish, refusals[index]!)));
	console.log(JSON.stringify(answers));
	db.close();
}

import { eq } from 'drizzle-orm';
import type { Tx } from '../db/client.ts';
import { person } from '../db/schema/index.ts';

/** Language of what is written to the person: reminders, receipts, letters. */
export async function setPersonLocale(tx: Tx, personId: string, locale: string): Promise<void> {
	await tx.update(person).set({ locale }).where(eq(person.id, personId));
}

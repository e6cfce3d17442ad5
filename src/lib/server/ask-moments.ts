import type { Tx } from './db/client.ts';
import { askAbout } from './evaluation/commands.ts';
import { momentsDue } from './evaluation/moments.ts';
import { planNotice } from './reminders/commands.ts';

/** Asks about what happened lately, and says so once: those asked less than a fortnight ago are left in peace. */
export async function askMoments(tx: Tx, now: Date): Promise<number> {
	let asked = 0;
	for (const due of await momentsDue(tx, now)) {
		const invitation = await askAbout(tx, { ...due, now });
		if (!invitation) continue;
		const { id } = invitation;
		const { personId } = due;
		asked += 1;
		await planNotice(tx, {
			kind: 'rating',
			personId,
			subjectId: id,
			path: `/avis/${id}`,
			onceKey: `rating:${id}`,
			now,
		});
	}
	return asked;
}

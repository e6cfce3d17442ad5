import type { Tx } from '$lib/server/db/client';
import { dropNotices, planNotice } from '$lib/server/reminders/commands';

interface Told {
	personId: string;
	/** The meeting. */
	subjectId: string;
	now: Date;
}

/**
 * A meeting was moved or called off: their page says what holds now, so that an older message about it has no more reason to leave. Each
 * move is news, one back to a former hour too.
 */
export async function tellAgain(tx: Tx, about: Told, what: 'moved' | 'cancelled'): Promise<void> {
	const { subjectId, now } = about;
	await dropNotices(tx, about);
	const onceKey = `group_${what}:${subjectId}:${now.getTime()}`;
	await planNotice(tx, { ...about, kind: 'pathway_changed', path: '/parcours', onceKey });
}

import { aidSentence } from '$lib/shared/aids';
import { getOwnAid } from '$lib/server/childcare/queries';
import type { Tx } from '$lib/server/db';
import { personOf } from '$lib/server/people/queries';
import { planNotice } from '$lib/server/reminders/commands';

interface Aid {
	reference: string;
	personId: string;
	now: Date;
}

/** Read on another day than it was written: days are said with their year, and never as « dans 3 jours ». */
const ANOTHER_DAY = new Date(0);

/** Who must do what next, until when: the words of the person's page, in their language. */
export async function aidSentenceFor(tx: Tx, { reference, personId, now }: Aid): Promise<string> {
	const { locale } = await personOf(tx, personId);
	const { facts, zone, today } = await getOwnAid(tx, personId, reference, now);
	return aidSentence(facts, { locale, zone, now: ANOTHER_DAY, today });
}

/** Tells the person, in the words of their page, once for each change. */
export async function tellAidChange(tx: Tx, aid: Aid): Promise<void> {
	const { personId, reference, now } = aid;
	const { id, version } = await getOwnAid(tx, personId, reference, now);
	await planNotice(tx, {
		kind: 'aid_changed',
		personId,
		subjectId: id,
		path: `/aides/${reference}`,
		onceKey: `aid_changed:${id}:${version}`,
		text: await aidSentenceFor(tx, aid),
		now,
	});
}

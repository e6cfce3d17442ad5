import { aidSentence } from '$lib/shared/aids';
import { getOwnAid } from '$lib/server/childcare/queries';
import type { Tx } from '$lib/server/db';
import { personOf } from '$lib/server/people/queries';
import { planNotice } from '$lib/server/reminders/commands';

/** Tells the person, in the very words of their page and in their language, once for each change. */
export async function tellAidChange(tx: Tx, aid: { id: string; reference: string; personId: string; now: Date }) {
	const { personId, reference, now } = aid;
	const { locale } = await personOf(tx, personId);
	const { facts, zone, today, version } = await getOwnAid(tx, personId, reference, now);
	await planNotice(tx, {
		kind: 'aid_changed',
		personId,
		subjectId: aid.id,
		path: `/aides/${reference}`,
		onceKey: `aid_changed:${aid.id}:${version}`,
		text: aidSentence(facts, { locale, zone, now, today }),
		now,
	});
}

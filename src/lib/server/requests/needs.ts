import { eq } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { need, supportRequest } from '../db/schema/index.ts';
import { newId } from '../platform/ids.ts';
import { seal } from '../platform/sealing.ts';
import type { ThemeAnswers } from './answers.ts';
import { answerForAdded } from './assigning.ts';
import { recallNeed } from './orienting.ts';
import { findOpenRequest, needsOf } from './queries.ts';
import { askedAgain } from './need-rules.ts';

/**
 * What kept somebody from coming, or would help them come, becomes a need of their open request; one that was lifted or dropped
 * opens again. Nothing happens to a need that is open, nor without an open request: the referent still reads the answer.
 * @returns whether a need was opened
 */
export async function openNeed(
	tx: Tx,
	{ personId, theme, note, now }: { personId: string; theme: Theme; note: string; now: Date },
): Promise<boolean> {
	const request = await findOpenRequest(tx, personId);
	if (!request) return false;
	const same = (await needsOf(tx, request.id)).find((each) => each.theme === theme);
	if (same && (same.status === 'open' || same.status === 'in_progress')) return false;
	const id = same?.id ?? newId();
	const detail: ThemeAnswers = {
		ticks: same?.answers.ticks ?? {},
		note: [same?.answers.note, note].filter(Boolean).join('\n'),
	};
	const columns = {
		...askedAgain(now),
		detailSealed: seal(`need.detail_sealed:${id}`, JSON.stringify(detail)),
	};
	if (same) {
		await recallNeed(tx, id, now);
		await tx.update(need).set(columns).where(eq(need.id, id));
	} else await tx.insert(need).values({ id, requestId: request.id, personId, theme, ...columns });
	await answerForAdded(tx, request, now);
	await tx.update(supportRequest).set({ updatedAt: now }).where(eq(supportRequest.id, request.id));
	const detailOfAudit = { themes: [theme] };
	await recordAudit(tx, {
		action: 'request.need_added',
		subjectId: request.id,
		personId,
		detail: detailOfAudit,
		at: now,
	});
	return true;
}

/** A request typed by a professional with or for the person: the same answers, draft and sending, in one go. */
import { and, eq, ne } from 'drizzle-orm';
import type { FilingWay } from '../../shared/handling.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { filing, supportRequest } from '../db/schema/index.ts';
import { hashToken } from '../platform/ids.ts';
import type { Answers } from './answers.ts';
import { saveAnswers } from './drafts.ts';
import { submitRequest, type Submitted } from './submit.ts';

export interface Filing {
	/** Drawn with the empty form: the same form sent twice is one request. */
	formId: string;
	/** Somebody whose file is open to the professional; null: somebody new. */
	personId: string | null;
	answers: Answers;
	/** The person's own language. */
	locale: string;
	way: FilingWay;
	by: Pick<SignedIn, 'accountId' | 'role'> & { structureId: string };
	now: Date;
}

/**
 * Files it and keeps who did, how and when the person agreed. A form sent again gives the first receipt.
 * @throws DomainError as `submitRequest`
 */
export async function fileForPerson(tx: Tx, input: Filing): Promise<Submitted> {
	const { formId, personId, answers, locale, way, by, now } = input;
	// No browser holds this: the name is the form's, so that nobody's cookie opens what was typed here.
	const browserHash = hashToken(`filing:${by.accountId}:${formId}`);
	const owner = { personId, browserHash };
	const [before] = await tx
		.select({ id: supportRequest.id })
		.from(supportRequest)
		.where(and(eq(supportRequest.browserHash, browserHash), ne(supportRequest.status, 'draft')))
		.limit(1);
	const draftId =
		before?.id ??
		(
			await saveAnswers(tx, {
				owner: { personId: null, browserHash },
				page: 'verifier',
				change: () => answers,
				locale,
				now,
			})
		).id;
	const sent = await submitRequest(tx, { draftId, owner, locale, by, now });
	if (!sent.first) return sent;
	await tx
		.insert(filing)
		.values({ requestId: draftId, byId: by.accountId, structureId: by.structureId, way, consentAt: now })
		.onConflictDoNothing();
	const detail = { way };
	await recordAudit(tx, {
		action: 'request.filed_by_professional',
		actor: by,
		subjectId: sent.id,
		personId: sent.personId,
		detail,
		at: now,
	});
	return sent;
}

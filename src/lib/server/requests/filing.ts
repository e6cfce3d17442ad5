/** A request typed by a professional with or for the person: the same answers, draft and sending, in one go. */
import type { FilingWay } from '../../shared/handling.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import { recordAudit } from '../audit/commands.ts';
import type { Tx } from '../db/client.ts';
import { filing } from '../db/schema/index.ts';
import type { Answers } from './answers.ts';
import { DomainError } from '../platform/errors.ts';
import { territoryForMunicipality } from '../territories/queries.ts';
import { sendAtOnce } from './at-once.ts';
import type { Submitted } from './submit.ts';

export interface Filing {
	/** Drawn with the empty form: the same form sent twice is one request. */
	formId: string;
	/** Somebody whose file is open to the professional; null: somebody new. */
	personId: string | null;
	answers: Answers;
	/** The person's own language. */
	locale: string;
	way: FilingWay;
	by: Pick<SignedIn, 'accountId' | 'role'> & { structureId: string; territoryId: string };
	now: Date;
}

/**
 * Files it and keeps who did, how and when the person agreed. A form sent again gives the first receipt.
 * @throws DomainError as `submitRequest`; `commune_elsewhere` (invalid, detail `territory`, its name) when another territory serves
 * the commune of somebody new: whoever typed it could not read it again
 */
export async function fileForPerson(tx: Tx, input: Filing): Promise<Submitted> {
	const { formId, personId, answers, locale, way, by, now } = input;
	if (!personId) await checkCommune(tx, input);
	const sent = await sendAtOnce(tx, { name: `filing:${by.accountId}:${formId}`, personId, answers, locale, by, now });
	if (!sent.first) return sent;
	await tx
		.insert(filing)
		.values({ requestId: sent.draftId, byId: by.accountId, structureId: by.structureId, way, consentAt: now })
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

async function checkCommune(tx: Tx, { answers, by, now }: Filing): Promise<void> {
	if (!answers.inseeCode) return;
	const coverage = await territoryForMunicipality(tx, answers.inseeCode, now);
	if (coverage.kind === 'inside' && coverage.territory.id !== by.territoryId)
		throw new DomainError('commune_elsewhere', 'invalid', { territory: coverage.territory.name });
}

/** A request whose answers all come in one form: typed by a professional, or kept on a phone without network. */
import { and, eq, ne } from 'drizzle-orm';
import type { Theme } from '../../shared/themes.ts';
import type { Tx } from '../db/client.ts';
import { supportRequest } from '../db/schema/index.ts';
import { hashToken } from '../platform/ids.ts';
import { NO_ANSWERS, type Answers } from './answers.ts';
import { saveAnswers } from './drafts.ts';
import { submitRequest, type Submission, type Submitted } from './submit.ts';

interface AtOnce extends Pick<Submission, 'by' | 'locale' | 'now'> {
	/** What the form is called, with who fills it in: the same name sent twice is one request. */
	name: string;
	/** Null: somebody new. */
	personId: string | null;
	answers: Answers;
}

/**
 * Writes the answers and sends them. A form sent again gives the first receipt.
 * @throws DomainError as `submitRequest`
 */
export async function sendAtOnce(tx: Tx, input: AtOnce): Promise<Submitted> {
	const { name, personId, answers, locale, by, now } = input;
	// No browser holds this: the name is the form's, so that nobody's cookie opens what was typed here.
	const browserHash = hashToken(name);
	const [before] = await tx
		.select({ id: supportRequest.id })
		.from(supportRequest)
		.where(and(eq(supportRequest.browserHash, browserHash), ne(supportRequest.status, 'draft')))
		.limit(1);
	const draftId = before?.id ?? (await writeDraft(tx, { browserHash, personId, answers, locale, now }));
	return submitRequest(tx, { draftId, owner: { personId, browserHash }, locale, by, now });
}

async function writeDraft(
	tx: Tx,
	{ browserHash, personId, ...said }: Pick<AtOnce, 'personId' | 'answers' | 'locale' | 'now'> & { browserHash: string },
): Promise<string> {
	const { answers, locale, now } = said;
	const owner = { personId: null, browserHash };
	const { id } = await saveAnswers(tx, { owner, page: 'verifier', change: () => answers, locale, now });
	if (personId) await tx.update(supportRequest).set({ personId }).where(eq(supportRequest.id, id));
	return id;
}

interface Short {
	/** Drawn by the phone with the empty form; kept when the form is changed before an answer came. */
	formId: string;
	personId: string;
	themes: Theme[];
	wantsCall: boolean;
	/** A sentence; goes with the first theme, or with the wish to be called alone. */
	note: string;
	locale: string;
	now: Date;
}

/**
 * What a person asked on a phone without network: subjects and a sentence, the rest is known or asked by whoever calls. The same form
 * changed since, because the answer was lost on the way, is added to the request that it made.
 * @throws DomainError as `submitRequest`; `request_incomplete` when the portal does not know where the person lives
 */
export function sendShort(
	tx: Tx,
	{ formId, personId, themes, wantsCall, note, locale, now }: Short,
): Promise<Submitted> {
	const byTheme = note ? { [themes[0] ?? 'other']: { ticks: {}, note } } : {};
	const answers = { ...NO_ANSWERS, themes, wantsCall, byTheme };
	const name = `short:${personId}:${formId}:${JSON.stringify([themes, wantsCall, note])}`;
	return sendAtOnce(tx, { name, personId, answers, locale, now });
}

/** The request being filled in: one per browser, or per person once signed in, kept at every page. */
import { and, desc, eq, gte, count, isNull, lt, type SQL } from 'drizzle-orm';
import type { Queries, Tx } from '../db/client.ts';
import { supportRequest } from '../db/schema/index.ts';
import { DomainError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { openAnswers, sealAnswers, withPagesOf, NO_ANSWERS, type Answers } from './answers.ts';
import type { Page } from './pages.ts';

/** Who fills it in: a signed-in person, or the browser alone (hash of its cookie). */
export interface Owner {
	personId: string | null;
	browserHash: string | null;
}
export type RequestRow = typeof supportRequest.$inferSelect;
export interface Draft {
	id: string;
	answers: Answers;
}

const DAY_MS = 24 * 3_600_000;
/** A draft nobody touched for so long is deleted (retention). */
const DRAFT_DAYS = 30;
/** New drafts per browser and day: a helper in a village hall fills in a dozen, a script thousands. */
const DRAFTS_PER_DAY = 30;

/** Requests of this person; without a person, of this browser. */
export const ownedBy = ({ personId, browserHash }: Owner) =>
	personId ? eq(supportRequest.personId, personId) : eq(supportRequest.browserHash, browserHash ?? '');

const isNobody = (owner: Owner) => !owner.personId && !owner.browserHash;

/** The draft going on; undefined when there is none. */
export async function findDraft(q: Queries, owner: Owner): Promise<Draft | undefined> {
	return isNobody(owner) ? undefined : draftWhere(q, ownedBy(owner));
}

async function draftWhere(q: Queries, whose: SQL | undefined): Promise<Draft | undefined> {
	const { id, answersSealed } = supportRequest;
	const [row] = await q
		.select({ id, answersSealed })
		.from(supportRequest)
		.where(and(eq(supportRequest.status, 'draft'), whose))
		.orderBy(desc(supportRequest.updatedAt))
		.limit(1);
	return row && { id: row.id, answers: openAnswers(row.id, row.answersSealed) };
}

const ofVisitor = (browserHash: string) =>
	and(eq(supportRequest.browserHash, browserHash), isNull(supportRequest.personId));

/**
 * What a visitor began in this browser, where somebody signed in since: theirs, typed before signing in or after a session ended, or
 * of whoever had the phone before. Undefined when there is none.
 */
export async function findBrought(q: Queries, { personId, browserHash }: Owner): Promise<Draft | undefined> {
	return personId && browserHash ? draftWhere(q, ofVisitor(browserHash)) : undefined;
}

/** « C'est moi »: it is theirs, on any phone; in a draft they have, page by page, where it is the later. */
export async function takeBrought(tx: Tx, { owner, now }: { owner: Owner; now: Date }): Promise<void> {
	const brought = await findBrought(tx, owner);
	if (!brought) return;
	const { personId } = owner;
	const own = await findDraft(tx, owner);
	if (!own) {
		await tx
			.update(supportRequest)
			.set({ personId, browserHash: null, updatedAt: now })
			.where(eq(supportRequest.id, brought.id));
		return;
	}
	const answers = withPagesOf(own.answers, brought.answers);
	await tx
		.update(supportRequest)
		.set({ ...writtenAs(own.id, answers), updatedAt: now })
		.where(eq(supportRequest.id, own.id));
	await dropBrought(tx, owner);
}

/** « Ce n'est pas moi »: it is forgotten. */
export async function dropBrought(tx: Tx, owner: Owner): Promise<void> {
	const brought = await findBrought(tx, owner);
	if (brought) await tx.delete(supportRequest).where(eq(supportRequest.id, brought.id));
}

const writtenAs = (id: string, answers: Answers) => ({
	answersSealed: sealAnswers(id, answers),
	wantsCall: answers.wantsCall,
	inseeCode: answers.inseeCode,
});

/**
 * Writes one page's answers into the draft, opened at the first one.
 * @throws DomainError `too_many_drafts` (too_many) past 30 new ones a day from one browser
 */
export async function saveAnswers(
	tx: Tx,
	input: { owner: Owner; page: Page; change: (answers: Answers) => Answers; locale: string; now: Date },
): Promise<Draft> {
	const { owner, page, change, locale, now } = input;
	const found = await findDraft(tx, owner);
	const id = found?.id ?? (await openDraft(tx, owner, locale, now));
	const changed = change(found?.answers ?? NO_ANSWERS);
	const answers = { ...changed, savedAt: { ...changed.savedAt, [page]: now.getTime() } };
	await tx
		.update(supportRequest)
		.set({
			...writtenAs(id, answers),
			locale,
			updatedAt: now,
		})
		.where(and(eq(supportRequest.id, id), eq(supportRequest.status, 'draft')));
	return { id, answers };
}

async function openDraft(tx: Tx, owner: Owner, locale: string, now: Date): Promise<string> {
	if (isNobody(owner)) throw new DomainError('no_owner', 'invalid');
	const [made] = await tx
		.select({ drafts: count() })
		.from(supportRequest)
		.where(and(ownedBy(owner), gte(supportRequest.createdAt, new Date(now.getTime() - DAY_MS))));
	if (made!.drafts >= DRAFTS_PER_DAY) throw new DomainError('too_many_drafts', 'too_many');
	const id = newId();
	await tx.insert(supportRequest).values({
		id,
		status: 'draft',
		personId: owner.personId,
		browserHash: owner.personId ? null : owner.browserHash,
		wantsCall: false,
		channel: 'self',
		locale,
		createdAt: now,
		updatedAt: now,
	});
	return id;
}

/** « Effacer mes réponses ». */
export const deleteDraft = (tx: Tx, owner: Owner) =>
	tx.delete(supportRequest).where(and(eq(supportRequest.status, 'draft'), ownedBy(owner)));

/** Housekeeping: drafts untouched for 30 days. */
export const deleteOldDrafts = (tx: Tx, now: Date) =>
	tx
		.delete(supportRequest)
		.where(
			and(
				eq(supportRequest.status, 'draft'),
				lt(supportRequest.updatedAt, new Date(now.getTime() - DRAFT_DAYS * DAY_MS)),
			),
		);

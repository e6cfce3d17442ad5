/** The request being filled in: one per browser, or per person once signed in, kept at every page. */
import { and, desc, eq, gte, count, isNull, lt, ne, or } from 'drizzle-orm';
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

/** Requests of this person; without a person, of this browser. A draft of the browser follows them when they sign in. */
export function ownedBy({ personId, browserHash }: Owner) {
	const ofBrowser = eq(supportRequest.browserHash, browserHash ?? '');
	if (!personId) return ofBrowser;
	return or(eq(supportRequest.personId, personId), broughtBy(browserHash));
}

const broughtBy = (browserHash: string | null) =>
	and(
		eq(supportRequest.browserHash, browserHash ?? ''),
		isNull(supportRequest.personId),
		eq(supportRequest.status, 'draft'),
	);

const isNobody = (owner: Owner) => !owner.personId && !owner.browserHash;

/** A person's own and one per browser that they signed in on since. */
const MOST_DRAFTS = 10;

/**
 * The draft going on; undefined when there is none. Somebody whose session ended half-way went on as a visitor: what they typed
 * then stands in their own draft, page by page, where it is the later.
 */
export async function findDraft(q: Queries, owner: Owner): Promise<Draft | undefined> {
	if (isNobody(owner)) return undefined;
	const { id, personId, answersSealed } = supportRequest;
	const rows = await q
		.select({ id, personId, answersSealed })
		.from(supportRequest)
		.where(and(eq(supportRequest.status, 'draft'), ownedBy(owner)))
		.orderBy(desc(supportRequest.updatedAt))
		.limit(MOST_DRAFTS);
	const kept = (owner.personId && rows.find((row) => row.personId === owner.personId)) || rows[0];
	if (!kept) return undefined;
	const brought = owner.personId ? rows.filter((row) => row !== kept && row.personId === null) : [];
	const answers = [kept, ...brought].map((row) => openAnswers(row.id, row.answersSealed)).reduce(withPagesOf);
	return { id: kept.id, answers };
}

/** What a browser brought is in the person's own draft now. */
export async function dropBrought(tx: Tx, { personId, browserHash }: Owner, keptId: string): Promise<void> {
	if (personId && browserHash)
		await tx.delete(supportRequest).where(and(broughtBy(browserHash), ne(supportRequest.id, keptId)));
}

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
			answersSealed: sealAnswers(id, answers),
			wantsCall: answers.wantsCall,
			inseeCode: answers.inseeCode,
			locale,
			updatedAt: now,
			// Signed in since: the draft is theirs, on any phone.
			...(owner.personId ? { personId: owner.personId, browserHash: null } : {}),
		})
		.where(and(eq(supportRequest.id, id), eq(supportRequest.status, 'draft')));
	await dropBrought(tx, owner, id);
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

import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { recordAudit } from '../audit/commands.ts';
import type { Queries, Tx } from '../db/client.ts';
import { account, messageTemplate, messageTemplateVersion } from '../db/schema/index.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Sender } from './by-hand.ts';
import { templateProblem, TEMPLATE_LOCALES, type Subject, type TemplateTexts } from './template-rules.ts';

const MOST = 100;

interface By {
	by: Sender & { territoryId: string };
	now: Date;
}

function checkTexts(texts: TemplateTexts, subject: Subject) {
	for (const locale of TEMPLATE_LOCALES) {
		const problem = templateProblem(texts[locale] ?? '', locale, subject);
		if (problem) throw new DomainError(`template_${problem}`, 'invalid');
	}
}

/** A new sentence for messages by hand, with its first version. @throws DomainError `template_…` when it may not leave */
export async function createTemplate(
	tx: Tx,
	{ by, now, name, subject, texts }: By & { name: string; subject: Subject; texts: TemplateTexts },
): Promise<{ id: string }> {
	checkTexts(texts, subject);
	const id = newId();
	await tx.insert(messageTemplate).values({ id, territoryId: by.territoryId, subject, name, createdAt: now });
	await addVersion(tx, { templateId: id, number: 1, texts, by, now });
	return { id };
}

/**
 * Words a template anew; the former version stays in its history. `from` is the number that was read.
 * @throws DomainError `template_changed` when somebody else was faster, `template_…` when it may not leave, `not_found`
 */
export async function changeTemplate(
	tx: Tx,
	{ by, now, id, from, name, texts }: By & { id: string; from: number; name: string; texts: TemplateTexts },
): Promise<void> {
	const { subject, current } = await getTemplate(tx, by.territoryId, id);
	if (current.number !== from) throw new DomainError('template_changed', 'conflict');
	checkTexts(texts, subject);
	await tx.update(messageTemplate).set({ name }).where(eq(messageTemplate.id, id));
	const isSame = TEMPLATE_LOCALES.every((locale) => (texts[locale] ?? '') === (current.texts[locale] ?? ''));
	if (!isSame) await addVersion(tx, { templateId: id, number: from + 1, texts, by, now });
}

async function addVersion(
	tx: Tx,
	{ by, now, ...version }: By & { templateId: string; number: number; texts: TemplateTexts },
) {
	const texts = Object.fromEntries(Object.entries(version.texts).filter(([, text]) => text !== '')) as TemplateTexts;
	await tx
		.insert(messageTemplateVersion)
		.values({ ...version, id: newId(), texts, createdById: by.accountId, createdAt: now });
	const detail = { version: version.number };
	await recordAudit(tx, { action: 'template.worded', actor: by, subjectId: version.templateId, detail, at: now });
}

/**
 * A second pair of eyes: from then on the current version may leave to several people at once.
 * @throws DomainError `own_version` for its author, `template_changed` when it is no longer the current one, `not_found`
 */
export async function approveTemplate(
	tx: Tx,
	{ by, now, id, number }: By & { id: string; number: number },
): Promise<void> {
	const { current } = await getTemplate(tx, by.territoryId, id);
	if (current.number !== number) throw new DomainError('template_changed', 'conflict');
	if (current.createdById === by.accountId) throw new DomainError('own_version', 'forbidden');
	if (current.approvedAt) return;
	await tx
		.update(messageTemplateVersion)
		.set({ approvedById: by.accountId, approvedAt: now })
		.where(eq(messageTemplateVersion.id, current.id));
	const detail = { version: number };
	await recordAudit(tx, { action: 'template.approved', actor: by, subjectId: id, detail, at: now });
}

/** No longer offered, or offered again; what was sent stays. */
export async function retireTemplate(
	tx: Tx,
	{ by, now, id, isRetired }: By & { id: string; isRetired: boolean },
): Promise<void> {
	await getTemplate(tx, by.territoryId, id);
	await tx
		.update(messageTemplate)
		.set({ retiredAt: isRetired ? now : null })
		.where(eq(messageTemplate.id, id));
	const action = isRetired ? 'template.retired' : 'template.restored';
	await recordAudit(tx, { action, actor: by, subjectId: id, at: now });
}

const author = alias(account, 'template_author');
const approver = alias(account, 'template_approver');

const versionsOf = (q: Queries, templateIds: string[]) =>
	q
		.select({
			id: messageTemplateVersion.id,
			templateId: messageTemplateVersion.templateId,
			number: messageTemplateVersion.number,
			texts: messageTemplateVersion.texts,
			createdById: messageTemplateVersion.createdById,
			createdAt: messageTemplateVersion.createdAt,
			approvedAt: messageTemplateVersion.approvedAt,
			createdBy: author.displayName,
			approvedBy: approver.displayName,
		})
		.from(messageTemplateVersion)
		.innerJoin(author, eq(author.id, messageTemplateVersion.createdById))
		.leftJoin(approver, eq(approver.id, messageTemplateVersion.approvedById))
		.where(inArray(messageTemplateVersion.templateId, templateIds))
		.orderBy(asc(messageTemplateVersion.templateId), desc(messageTemplateVersion.number))
		.limit(2000);
export type TemplateVersion = Awaited<ReturnType<typeof versionsOf>>[number];

export interface TemplateView {
	id: string;
	name: string;
	subject: Subject;
	retiredAt: Date | null;
	current: TemplateVersion;
	/** The latest one that may leave to several people. */
	approved: TemplateVersion | null;
	/** The latest first. */
	versions: TemplateVersion[];
}

type Row = typeof messageTemplate.$inferSelect;
async function withVersions(q: Queries, rows: Row[]): Promise<TemplateView[]> {
	if (rows.length === 0) return [];
	const all = await versionsOf(
		q,
		rows.map(({ id }) => id),
	);
	return rows.map(({ id, name, subject, retiredAt }) => {
		const versions = all.filter(({ templateId }) => templateId === id);
		const approved = versions.find(({ approvedAt }) => approvedAt) ?? null;
		return { id, name, subject, retiredAt, current: versions[0]!, approved, versions };
	});
}

/** Templates of a territory by name, those in use first. */
export const listTemplates = async (q: Queries, territoryId: string): Promise<TemplateView[]> =>
	withVersions(
		q,
		await q
			.select()
			.from(messageTemplate)
			.where(eq(messageTemplate.territoryId, territoryId))
			.orderBy(sql`${messageTemplate.retiredAt} IS NOT NULL`, asc(messageTemplate.name), asc(messageTemplate.id))
			.limit(MOST),
	);

/** @throws DomainError `not_found` */
export async function getTemplate(q: Queries, territoryId: string, id: string): Promise<TemplateView> {
	const rows = await q
		.select()
		.from(messageTemplate)
		.where(and(eq(messageTemplate.id, id), eq(messageTemplate.territoryId, territoryId)))
		.limit(1);
	const [found] = await withVersions(q, rows);
	if (!found) throw notFound();
	return found;
}

/**
 * The version to send: the current one to one person, the latest that another coordinator approved to several.
 * @throws DomainError `template_unapproved` for several while none is, `not_found` when it is retired or of elsewhere
 */
export async function versionFor(
	q: Queries,
	{ territoryId, id, people }: { territoryId: string; id: string; people: number },
): Promise<TemplateView & { version: TemplateVersion }> {
	const template = await getTemplate(q, territoryId, id);
	if (template.retiredAt) throw notFound();
	const version = people > 1 ? template.approved : template.current;
	if (!version) throw new DomainError('template_unapproved', 'conflict');
	return { ...template, version };
}

/** The words of some versions, for what was sent with them. */
export async function textsOf(q: Queries, versionIds: (string | null)[]): Promise<Map<string, TemplateTexts>> {
	const ids = [...new Set(versionIds.filter((id) => id !== null))];
	if (ids.length === 0) return new Map();
	const rows = await q
		.select({ id: messageTemplateVersion.id, texts: messageTemplateVersion.texts })
		.from(messageTemplateVersion)
		.where(inArray(messageTemplateVersion.id, ids));
	return new Map(rows.map(({ id, texts }) => [id, texts]));
}

/** How many active coordinators a territory has: approving takes two. */
export const coordinatorsOf = async (q: Queries, territoryId: string): Promise<number> =>
	(
		await q
			.select({ id: account.id })
			.from(account)
			.where(and(eq(account.territoryId, territoryId), eq(account.role, 'coordinator'), eq(account.status, 'active')))
			.limit(2)
	).length;

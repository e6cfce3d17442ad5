/** One request as a professional reads it. */
import { and, asc, desc, eq, gt, inArray, isNotNull, sql } from 'drizzle-orm';
import type { RequestStatus } from '../../shared/codes.ts';
import type { Theme } from '../../shared/themes.ts';
import type { SignedIn } from '../accounts/sessions.ts';
import type { Queries } from '../db/client.ts';
import { account, filing, need, orientation, structure, supportRequest } from '../db/schema/index.ts';
import { WHOLE } from '../db/whole.ts';
import { followersNow, getPersonFor, personOf } from '../people/queries.ts';
import { follows, seesTheme } from '../people/rules.ts';
import { DomainError, notFound } from '../platform/errors.ts';
import { unsealNullable } from '../platform/sealing.ts';
import { openAnswers } from './answers.ts';
import type { RequestRow } from './drafts.ts';
import { wholeOrientation } from './orienting.ts';
import { needsOf, type SentRequest } from './queries.ts';

const DAY_MS = 86_400_000;

type Viewer = Pick<SignedIn, 'accountId' | 'role' | 'territoryId' | 'structureId'>;

/** `whole`: all of it; `themes`: some needs; `limited`: who and when. */
interface Access {
	access: 'whole' | 'themes' | 'limited';
	themes: string[] | null;
	/** They may send needs to structures. */
	leads: boolean;
}
const NAME_ONLY: Access = { access: 'limited', themes: [], leads: false };

/**
 * One request for a professional. While nobody took it, those of the territory read all of it to decide, unless it was sent
 * to a structure: then that structure and the coordinator. Afterwards people's rule decides (follow-up: all, or own themes);
 * a structure reads the needs it was sent, the coordinator those that came back. The page records the opening.
 * @throws DomainError `not_found`
 */
export async function getRequestFor(q: Queries, viewer: Viewer, reference: string) {
	const [row] = (await q
		.select()
		.from(supportRequest)
		.where(and(eq(supportRequest.reference, reference), isNotNull(supportRequest.personId)))
		.limit(1)) as (RequestRow & SentRequest)[];
	if (!row) throw notFound();
	const { access, themes, leads } = await accessTo(q, viewer, row);
	const person = await personOf(q, row.personId);
	const needs = (await needsOf(q, row.id)).filter(({ theme }) => seesTheme(themes, theme));
	const { id, firstName, lastName } = person;
	return {
		request: row,
		access,
		leads,
		person: access === 'limited' ? { id, firstName, lastName } : person,
		needs,
		/** Household, contact and how to reach; null for those who see their own theme only. */
		answers: access === 'whole' && !themes ? openAnswers(row.id, row.answersSealed) : null,
	};
}
export type RequestFile = Awaited<ReturnType<typeof getRequestFor>>;

async function accessTo(
	q: Queries,
	viewer: Viewer,
	row: SentRequest & { id: string; status: RequestStatus },
): Promise<Access> {
	const staff = viewer.role === 'referent' || viewer.role === 'coordinator';
	const here = staff && viewer.territoryId === row.territoryId;
	if (here && row.status === 'submitted' && (await mayDecide(q, viewer, row.id)))
		return { access: 'whole', themes: null, leads: viewer.role === 'coordinator' };
	const own = await accessByPerson(q, viewer, row.personId);
	if (own?.access === 'whole' && !own.themes) return own;
	const themes = here ? await themesSent(q, viewer, row.id) : [];
	// Whoever follows for one need reads the next one that is sent to them too.
	if (own?.access === 'whole') return { ...own, themes: [...new Set([...(own.themes ?? []), ...themes])] };
	if (themes.length > 0) return { access: 'themes', themes, leads: viewer.role === 'coordinator' };
	// Gone to another territory: who it was and where it went, nothing more.
	if (own || (here && viewer.role === 'coordinator' && row.status === 'transferred')) return NAME_ONLY;
	throw notFound();
}

async function mayDecide(q: Queries, viewer: Viewer, requestId: string): Promise<boolean> {
	if (viewer.role === 'coordinator') return true;
	const present = await wholeOrientation(q, requestId);
	return present?.state !== 'sent' || present.structureId === viewer.structureId;
}

async function accessByPerson(q: Queries, viewer: Viewer, personId: string): Promise<Access | null> {
	try {
		const { access, themes } = await getPersonFor(q, viewer, personId);
		if (!follows(access)) return NAME_ONLY;
		return { access: 'whole', themes, leads: access === 'lead' || access === 'second' };
	} catch (problem) {
		if (problem instanceof DomainError && problem.kind === 'not_found') return null;
		throw problem;
	}
}

/** Somebody of the structure may still have the address for so long; later, it says nothing any more. */
const CALLED_BACK_DAYS = 30;

/**
 * When what of this request was sent to the viewer's structure was last called back: that, and nothing else of it, for those who could
 * read it there. Undefined for everybody else.
 */
export async function calledBackAt(
	q: Queries,
	{ role, structureId, territoryId }: Viewer,
	reference: string,
	now: Date,
): Promise<Date | undefined> {
	if (role !== 'referent' || !structureId || !territoryId) return undefined;
	const [row] = await q
		.select({ at: orientation.endedAt })
		.from(orientation)
		.innerJoin(supportRequest, eq(supportRequest.id, orientation.requestId))
		.where(
			and(
				eq(supportRequest.reference, reference),
				eq(orientation.territoryId, territoryId),
				eq(orientation.structureId, structureId),
				eq(orientation.state, 'recalled'),
				gt(orientation.endedAt, new Date(now.getTime() - CALLED_BACK_DAYS * DAY_MS)),
			),
		)
		.orderBy(desc(orientation.endedAt))
		.limit(1);
	return row?.at ?? undefined;
}

/** Themes of the needs that wait at the viewer's structure; for a coordinator, of those that came back. */
async function themesSent(q: Queries, viewer: Viewer, requestId: string): Promise<string[]> {
	const theirs =
		viewer.role === 'coordinator'
			? eq(orientation.state, 'declined')
			: and(eq(orientation.state, 'sent'), eq(orientation.structureId, viewer.structureId ?? ''));
	const rows = await q
		.select({ theme: need.theme })
		.from(orientation)
		.innerJoin(need, eq(need.id, orientation.needId))
		.where(
			and(
				eq(orientation.requestId, requestId),
				eq(orientation.present, true),
				theirs,
				inArray(need.status, ['open', 'in_progress']),
			),
		)
		.limit(20);
	return rows.map(({ theme }) => theme);
}

/**
 * Where each need stands, by need id; `null` key: the whole request. `isLeft`: the need goes on, and who took it no longer follows the person, or works
 * here no more: nobody has it.
 */
export async function orientationsOf(
	q: Queries,
	{ id: requestId, personId }: { id: string; personId: string },
	now: Date,
) {
	const followers = (await followersNow(q, personId, now)).filter(({ active }) => active);
	const rows = await q
		.select({
			id: orientation.id,
			needId: orientation.needId,
			state: orientation.state,
			structureId: orientation.structureId,
			structureName: structure.name,
			structurePhone: structure.phone,
			accountId: orientation.accountId,
			accountName: account.displayName,
			theme: need.theme,
			status: need.status,
			at: orientation.at,
			declineReason: orientation.declineReason,
			declineNoteSealed: orientation.declineNoteSealed,
		})
		.from(orientation)
		.innerJoin(structure, eq(structure.id, orientation.structureId))
		.leftJoin(account, eq(account.id, orientation.accountId))
		.leftJoin(need, eq(need.id, orientation.needId))
		.where(and(eq(orientation.requestId, requestId), sql`${orientation.present} = 1`))
		.orderBy(asc(orientation.at))
		.limit(30);
	const isLeft = ({ state, theme, status, accountId }: (typeof rows)[number]) =>
		state === 'taken' &&
		theme !== null &&
		(status === 'open' || status === 'in_progress') &&
		!followers.some((member) => member.accountId === accountId && seesTheme(member.themes, theme));
	return new Map(
		rows.map((row) => {
			const { declineNoteSealed, theme: _, status: __, accountId: ___, ...shown } = row;
			const declineNote = unsealNullable(`orientation.decline_note_sealed:${row.id}`, declineNoteSealed);
			return [row.needId, { ...shown, declineNote, isLeft: isLeft(row) }];
		}),
	);
}
export type OrientationView = NonNullable<ReturnType<Awaited<ReturnType<typeof orientationsOf>>['get']>>;

/** Who typed the request for the person, and how; undefined when they did it themselves. */
export async function filingOf(q: Queries, requestId: string) {
	const [row] = await q
		.select({ way: filing.way, consentAt: filing.consentAt, name: account.displayName, structureName: structure.name })
		.from(filing)
		.innerJoin(account, eq(account.id, filing.byId))
		.innerJoin(structure, eq(structure.id, filing.structureId))
		.where(eq(filing.requestId, requestId))
		.limit(1);
	return row;
}

/** Who has a request of the territory, for who comes second to take it. */
export async function holderOf(q: Queries, { reference, territoryId }: { reference: string; territoryId: string }) {
	const { status, personId, assignedToId: accountId } = supportRequest;
	const [row] = await q
		.select({ status, personId, accountId, name: account.displayName })
		.from(supportRequest)
		.leftJoin(account, eq(account.id, accountId))
		.where(and(eq(supportRequest.reference, reference), eq(supportRequest.territoryId, territoryId)))
		.limit(1);
	return row;
}

/** Who took a need that was sent to this structure. */
export async function needHolderOf(q: Queries, { needId, structureId }: { needId: string; structureId: string }) {
	const [row] = await q
		.select({ personId: need.personId, accountId: orientation.accountId, name: account.displayName })
		.from(orientation)
		.innerJoin(need, eq(need.id, orientation.needId))
		.innerJoin(account, eq(account.id, orientation.accountId))
		.where(
			and(
				eq(orientation.needId, needId),
				eq(orientation.structureId, structureId),
				sql`present = 1 AND need_id IS NOT NULL`,
				eq(orientation.state, 'taken'),
			),
		)
		.limit(1);
	return row;
}

/**
 * Needs of the person that somebody took, whoever has them now. Whoever takes one joins the follow-up (`takeNeed`): it is the reason
 * of a line that bears none.
 */
export const needsTaken = async (q: Queries, personId: string) =>
	q
		.select({ accountId: orientation.accountId, theme: need.theme, at: orientation.endedAt })
		.from(supportRequest)
		.innerJoin(orientation, eq(orientation.requestId, supportRequest.id))
		.innerJoin(need, eq(need.id, orientation.needId))
		.where(and(eq(supportRequest.personId, personId), eq(orientation.state, 'taken')))
		.orderBy(asc(orientation.at))
		.limit(WHOLE);

/** Themes of the needs for which somebody follows the person: those they took since their line began, while they see them. */
export const tookThemes = (
	taken: Awaited<ReturnType<typeof needsTaken>>,
	line: { accountId: string; startedAt: Date; themes: readonly string[] | null },
): Theme[] => [
	...new Set(
		taken
			.filter(({ accountId, at }) => accountId === line.accountId && at !== null && at >= line.startedAt)
			.map(({ theme }) => theme)
			.filter((theme) => line.themes === null || line.themes.includes(theme)),
	),
];

/** Every decision of where a request or a need goes, those of the past too, with why: for the person's own copy of their data. */
export async function orientationsKept(q: Queries, requestId: string) {
	const rows = await q
		.select({ orientation, theme: need.theme, structureName: structure.name, accountName: account.displayName })
		.from(orientation)
		.innerJoin(structure, eq(structure.id, orientation.structureId))
		.leftJoin(account, eq(account.id, orientation.accountId))
		.leftJoin(need, eq(need.id, orientation.needId))
		.where(eq(orientation.requestId, requestId))
		.orderBy(asc(orientation.at))
		.limit(WHOLE);
	return rows.map(({ orientation: row, ...names }) => ({
		...names,
		at: row.at,
		endedAt: row.endedAt,
		kind: row.kind,
		state: row.state,
		reason: unsealNullable(`orientation.reason_sealed:${row.id}`, row.reasonSealed),
		declineReason: row.declineReason,
		declineNote: unsealNullable(`orientation.decline_note_sealed:${row.id}`, row.declineNoteSealed),
	}));
}

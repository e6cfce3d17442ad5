import { error, fail, redirect } from '@sveltejs/kit';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { paperArrived } from '$lib/server/childcare/commands';
import { getOwnAid, type AidFile } from '$lib/server/childcare/queries';
import { db } from '$lib/server/db';
import { papersOf } from '$lib/server/papers/queries';
import { DomainError } from '$lib/server/platform/errors';
import { newId } from '$lib/server/platform/ids';
import { errorFrom } from '$lib/server/web/failures';
import { requireSignedIn } from '$lib/server/web/guards';
import { PAPERS, type Paper } from '$lib/shared/aids';
import { href } from '$lib/shared/links';
import type { PaperState } from '$lib/shared/papers';
import { failPaper, MOST_MEGABYTES, mostFiles, receivePaper } from '../../../../../papers.server';
import { ownerOf } from '../../../reader.server';
import type { Actions, PageServerLoad } from './$types';

/** Until it is decided, by those who decide here. */
const isOpen = ({ facts, isReplaced }: AidFile) =>
	!facts.elsewhere && !isReplaced && ['draft', 'submitted', 'incomplete', 'under_review'].includes(facts.status);

/** Until when it is waited for; null when it is not, or came. */
function dueOf({ facts, isReplaced, papers }: AidFile, kind: string): string | null {
	if (facts.status !== 'incomplete' || isReplaced) return null;
	return papers.find((one) => one.kind === kind && !one.declaredAt && !one.receivedAt)?.dueOn ?? null;
}

async function aidOf(account: SignedIn, { reference, kind }: { reference: string; kind: string }, now: Date) {
	if (!PAPERS.includes(kind as Paper)) error(404, 'not_found');
	const { personId, isGuest } = await ownerOf(account, reference).catch(errorFrom);
	return { personId, isGuest, file: await getOwnAid(db.read, personId, reference, now).catch(errorFrom) };
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const account = requireSignedIn();
	const { now } = locals;
	const { file, isGuest } = await aidOf(account, params, now);
	const papers = await papersOf(db.read, { aidId: file.id });
	const isOwn = ({ joinedById }: { joinedById: string }) => !isGuest || joinedById === account.accountId;
	// What the other adult sent and will not do is to be sent by either.
	const sent = papers.find((paper) => paper.kind === params.kind && (isOwn(paper) || stands(paper))) ?? null;
	const isOthers = sent !== null && !isOwn(sent);
	return {
		now,
		reference: file.reference,
		zone: file.zone,
		kind: params.kind,
		who: file.decider.name,
		dueOn: dueOf(file, params.kind),
		/** Another adult of the file reads what they sent themselves; what the other one sent stays theirs. */
		sent: isOthers ? null : sent,
		isOthers,
		isOpen: isOpen(file) && sent?.state !== 'examined',
		megabytes: MOST_MEGABYTES,
		formKeys: { join: newId(), add: newId() },
		isDone: url.searchParams.has('fait'),
	};
};

export const actions: Actions = {
	join: async (event) => {
		const by = requireSignedIn();
		const { params, locals } = event;
		const { personId, isGuest, file } = await aidOf(by, params, locals.now);
		const most = await mostFiles(file.territoryId);
		const { kind } = params;
		const own = { reference: params.reference, personId, by, kind, now: locals.now };
		try {
			if (!isOpen(file)) throw new DomainError('paper_over', 'conflict');
			if (isGuest) await refuseOthers(by, file.id, kind);
			const failed = await receivePaper(event, {
				...{ of: { aidId: file.id }, personId, kind, most, by },
				then: (tx) => paperArrived(tx, own),
			});
			if (failed) return fail(400, failed);
		} catch (problem) {
			return failPaper(problem, most);
		}
		redirect(303, `${href(`/aides/${params.reference}/papiers/${kind}`)}?fait=1`);
	},
};

const stands = ({ state }: { state: PaperState }) => state !== 'refused';

/** Another adult adds what is missing; what the person sent is not theirs to replace, unless it will not do. */
async function refuseOthers(by: SignedIn, aidId: string, kind: string): Promise<void> {
	const papers = await papersOf(db.read, { aidId });
	if (papers.some((paper) => paper.kind === kind && paper.joinedById !== by.accountId && stands(paper)))
		throw new DomainError('paper_examined', 'conflict');
}

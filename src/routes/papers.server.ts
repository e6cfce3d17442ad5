import type { RequestEvent } from '@sveltejs/kit';
import { m } from '$lib/paraglide/messages.js';
import type { SignedIn } from '$lib/server/accounts/sessions';
import { db, type Tx } from '$lib/server/db';
import { joinPaper, paperOfForm, recordPaperOpening, type Joining } from '$lib/server/papers/commands';
import { dropFiles, keepFiles, MEDIA, readPage, type SentFile } from '$lib/server/papers/files';
import { parseJoining } from '$lib/server/papers/forms';
import { disposition } from '$lib/server/papers/names';
import type { Joined, PageView } from '$lib/server/papers/queries';
import { DomainError } from '$lib/server/platform/errors';
import { getTerritory } from '$lib/server/territories/queries';
import { failFrom } from '$lib/server/web/failures';
import { limitByAddress } from '$lib/server/web/limits';
import { filesOf, readUpload } from '$lib/server/web/uploads';
import { MOST_BYTES } from '$lib/shared/papers';

export const MOST_MEGABYTES = MOST_BYTES / 1024 / 1024;
const max = MOST_MEGABYTES;

/** Refusals of a paper that is joined, in words. */
const paperSentences = (most: number): Record<string, () => string> => ({
	paper_missing: m.paper_error_missing,
	paper_empty: m.paper_error_empty,
	paper_too_big: () => m.paper_error_too_big({ max }),
	paper_type: m.paper_error_type,
	paper_broken: m.paper_error_broken,
	paper_dangerous: m.paper_error_dangerous,
	papers_too_many: () => m.paper_error_too_many({ max: most }),
	paper_examined: m.paper_error_examined,
	paper_over: m.paper_error_over,
	files_full: m.paper_error_full,
	too_many_requests: m.paper_error_often,
});

/** How many files may be joined to one request or aid of this territory. */
export const mostFiles = async (territoryId: string): Promise<number> =>
	(await getTerritory(db.read, territoryId)).settings.filesPerFile;

/** As `failFrom`, beside the field of the files. */
export function failPaper(problem: unknown, most: number) {
	const failed = failFrom(problem, paperSentences(most));
	failed.data.errors = { files: failed.data.errors.form! };
	return failed;
}

interface Receiving extends Pick<Joining, 'of' | 'personId' | 'kind' | 'most'> {
	by: SignedIn;
	/** In the same write, once: what the arrival of the paper changes elsewhere. */
	then?: (tx: Tx) => Promise<unknown>;
}

/**
 * Reads the form, examines and keeps its files, then joins them in one write. The same form heard twice is one paper.
 * @returns errors of its fields, or nothing
 * @throws DomainError of `paperSentences`
 */
export async function receivePaper(event: RequestEvent, receiving: Receiving) {
	await limitByAddress(event, 'paper_sent');
	const form = await readUpload(event);
	const parsed = parseJoining(form);
	if (!parsed.ok) return parsed;
	const { then, ...joining } = receiving;
	const { formKey } = parsed.value;
	if (await paperOfForm(db.read, joining.by.accountId, formKey)) return null;
	const files = await filesOf(form);
	if (files.length > joining.most) throw new DomainError('papers_too_many', 'invalid');
	await joinOnce(files, async (tx, pages) => {
		const joined = await joinPaper(tx, { ...joining, ...parsed.value, pages, now: event.locals.now });
		if (!joined.isReplay) await then?.(tx);
		return joined.isReplay;
	});
	return null;
}

/** Files first, rows then: whatever goes wrong in between, no file stays that no row names. */
async function joinOnce(files: SentFile[], join: (tx: Tx, pages: Joining['pages']) => Promise<boolean>) {
	if (files.length === 0) throw new DomainError('paper_missing', 'invalid');
	const pages = await keepFiles(files);
	const drop = () => dropFiles(pages.map(({ id }) => id));
	try {
		const isReplay = await db.write((tx) => join(tx, pages));
		if (isReplay) await drop();
	} catch (problem) {
		await drop();
		throw problem;
	}
}

/**
 * Shown by itself, a page of somebody's paper runs nothing, asks for nothing, and is framed by us alone. Sandboxed by its own
 * answer rather than by the frame: Chromium starts its reader of PDF files in the first, and in no frame that has `sandbox`.
 */
const ALONE =
	"default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox";

export async function pageResponse({ type, id, name }: PageView, way: 'attachment' | 'inline'): Promise<Response> {
	const bytes = await readPage(id);
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': MEDIA[type],
			'content-length': String(bytes.length),
			'content-disposition': disposition(way, name),
			'content-security-policy': ALONE,
			'x-frame-options': way === 'inline' ? 'SAMEORIGIN' : 'DENY',
			'cache-control': 'no-store',
		},
	});
}

/** A page as a professional opens it: the opening is written first, in the person's own list. */
export async function openPage(joined: Joined & { page: PageView }, by: SignedIn, now: Date): Promise<void> {
	await db.write((tx) => recordPaperOpening(tx, { ...joined, by, now }));
}

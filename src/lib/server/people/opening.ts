import type { SignedIn } from '../accounts/sessions.ts';
import type { Db } from '../db/client.ts';
import { recordOpening, type FilePart } from './commands.ts';
import { getFollowedPerson, getPersonFor, openedRecently, type PersonFile } from './queries.ts';

interface Opening {
	viewer: SignedIn;
	personId: string;
	part: FilePart;
	now: Date;
}

/**
 * What every page about one person loads first: the access rule, then the line the person reads in « qui a vu mon dossier ».
 * The writer is only taken once an hour for each part. @throws DomainError `not_found`
 */
export async function openFile(db: Db, opening: Opening): Promise<PersonFile> {
	const file = await getPersonFor(db.read, opening.viewer, opening.personId, opening.now);
	await noteOpening(db, opening);
	return file;
}

/** As `openFile`, for pages the coordinator may not see without following the person. @throws DomainError `not_found` */
export async function openFollowedFile(db: Db, opening: Opening): Promise<PersonFile> {
	const file = await getFollowedPerson(db.read, opening.viewer, opening.personId, opening.now);
	await noteOpening(db, opening);
	return file;
}

/** Writes the opening of what was already allowed: a request nobody follows yet. */
export async function noteOpening(db: Db, opening: Opening): Promise<void> {
	const { viewer, personId, part, now } = opening;
	if (await openedRecently(db.read, { accountId: viewer.accountId, personId, part, now })) return;
	await db.write((tx) => recordOpening(tx, opening));
}

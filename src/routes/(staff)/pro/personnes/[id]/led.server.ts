import type { SignedIn } from '$lib/server/accounts/sessions';
import { db } from '$lib/server/db';
import { openFollowedFile } from '$lib/server/people/opening';
import { getFollowedPerson, type PersonFile } from '$lib/server/people/queries';
import { leads } from '$lib/server/people/rules';
import { notFound } from '$lib/server/platform/errors';

const ifLed = (file: PersonFile): PersonFile => {
	if (!leads(file.access)) throw notFound();
	return file;
};

/** The file, for those who decide with the person: lead and second. @throws DomainError `not_found` */
export const getLedFile = async (by: SignedIn, personId: string, now: Date): Promise<PersonFile> =>
	ifLed(await getFollowedPerson(db.read, by, personId, now));

/** As `getLedFile`, for a page: the opening is written for the person. @throws DomainError `not_found` */
export async function openLedFile(viewer: SignedIn, personId: string, now: Date): Promise<PersonFile> {
	await getLedFile(viewer, personId, now);
	return openFollowedFile(db, { viewer, personId, part: 'pathway', now });
}

import type { PaperType } from '../../shared/papers.ts';
import type { Db } from '../db/client.ts';
import { sweepFiles, readSealed, removeFile, writeFile } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import type { KeptPage } from './commands.ts';
import { examineFile } from './content.ts';
import { keptName } from './names.ts';
import { knownFiles } from './queries.ts';

/** What came with a form: the name and the bytes. */
export interface SentFile {
	name: string;
	bytes: Buffer;
}

/**
 * Examines each file, then puts them all on the disk, sealed, before anything is written in the database: no row ever names a
 * file that is not there. One that cannot be kept leaves none of them.
 * @throws DomainError of `examineFile`; `files_full` (unavailable)
 */
export async function keepFiles(files: SentFile[]): Promise<KeptPage[]> {
	const examined = files.map(({ name, bytes }) => ({ name, ...examineFile(bytes) }));
	const pages: KeptPage[] = [];
	try {
		for (const { name, type, bytes } of examined) {
			const id = newId();
			await writeFile(id, bytes);
			pages.push({ id, type, size: bytes.length, name: keptName(name, type) });
		}
	} catch (problem) {
		await dropFiles(pages.map(({ id }) => id));
		throw problem;
	}
	return pages;
}

/** Files whose rows were never written, or are gone. */
export async function dropFiles(ids: string[]): Promise<void> {
	for (const id of ids) await removeFile(id);
}

/** The bytes of a page. Callers have checked who reads. @throws when the disk no longer has it */
export const readPage = (pageId: string): Promise<Buffer> => readSealed(pageId);

/** Files nobody's row names, older than an hour. @returns how many were removed */
export const sweepPapers = async (db: Db): Promise<number> => sweepFiles(await knownFiles(db.read));

/** What a browser is told it is. */
export const MEDIA: Record<PaperType, string> = {
	pdf: 'application/pdf',
	jpeg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
	heic: 'image/heic',
};

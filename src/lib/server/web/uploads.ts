import type { RequestEvent } from '@sveltejs/kit';
import { DomainError } from '../platform/errors.ts';

/** The body was larger than the server reads (`BODY_SIZE_LIMIT`), said beforehand or found on the way. */
const isTooLarge = (problem: unknown): boolean => (problem as { status?: number } | null)?.status === 413;

/**
 * A form with files, read whole. A connection that ends in the middle never gets here: there is no form then, and nothing of
 * it was written.
 * @throws DomainError `paper_too_big` (invalid)
 */
export async function readUpload({ request }: RequestEvent): Promise<FormData> {
	try {
		return await request.formData();
	} catch (problem) {
		if (isTooLarge(problem) || isTooLarge((problem as Error).cause)) throw new DomainError('paper_too_big', 'invalid');
		throw problem;
	}
}

/** Files of a form, whatever their field; a field left empty is none. */
export async function filesOf(form: FormData): Promise<{ name: string; bytes: Buffer }[]> {
	const files = [...form.values()].filter((value): value is File => value instanceof File && value.name !== '');
	return Promise.all(files.map(async (file) => ({ name: file.name, bytes: Buffer.from(await file.arrayBuffer()) })));
}

import { MOST_BYTES, type PaperType } from '../../shared/papers.ts';
import { DomainError } from '../platform/errors.ts';
import { Broken, type Cleaned } from './broken.ts';
import { cleanHeic, isHeic } from './heic.ts';
import { cleanJpeg, isJpeg } from './jpeg.ts';
import { cleanPng, isPng } from './png.ts';
import { cleanWebp, isWebp } from './webp.ts';

export interface Examined {
	type: PaperType;
	/** What is kept. */
	bytes: Buffer;
}

const isPdf = (bytes: Buffer) => /^%PDF-[12]\.\d/.test(bytes.subarray(0, 8).toString('latin1'));
const PDF_END = 2048;
const HEAD = 1024;

/** A PDF is kept to the byte: signatures are in it. */
function wholePdf(bytes: Buffer): Cleaned {
	if (!bytes.subarray(-PDF_END).includes('%%EOF')) throw new Broken();
	return { bytes, after: Buffer.alloc(0) };
}

const KINDS: { type: PaperType; is: (bytes: Buffer) => boolean; clean: (bytes: Buffer) => Cleaned }[] = [
	{ type: 'pdf', is: isPdf, clean: wholePdf },
	{ type: 'jpeg', is: isJpeg, clean: cleanJpeg },
	{ type: 'png', is: isPng, clean: cleanPng },
	{ type: 'webp', is: isWebp, clean: cleanWebp },
	{ type: 'heic', is: isHeic, clean: cleanHeic },
];

/**
 * What a file is, by its bytes alone: its name and the type it was sent with are hearsay. A file that is two things at once
 * is refused; a photo leaves what it tells of the place and the phone behind (README.md).
 * @throws DomainError (invalid) `paper_empty`, `paper_too_big`, `paper_type`, `paper_broken`, `paper_dangerous`
 */
export function examineFile(bytes: Buffer): Examined {
	if (bytes.length === 0) throw new DomainError('paper_empty', 'invalid');
	if (bytes.length > MOST_BYTES) throw new DomainError('paper_too_big', 'invalid');
	const kind = KINDS.find(({ is }) => is(bytes));
	if (!kind) throw new DomainError('paper_type', 'invalid');
	if (isTwoThings(bytes, kind.type)) throw new DomainError('paper_dangerous', 'invalid');
	try {
		const { bytes: kept, after } = kind.clean(bytes);
		if (isAnotherFile(after)) throw new DomainError('paper_dangerous', 'invalid');
		return { type: kind.type, bytes: kept };
	} catch (problem) {
		if (problem instanceof Broken || problem instanceof RangeError) throw new DomainError('paper_broken', 'invalid');
		throw problem;
	}
}

/** Marks of pages and programs. A browser only ever looks at the beginning; « <svg » is in one good photo of fifty, by chance. */
const ACTIVE = /<script|<\?php|<!doctype html|<html|<svg|<iframe/i;
/** Marks that nothing has by chance, wherever they are: compressed data once in a million of the largest files. */
const ACTIVE_ANYWHERE = /<script|<\?php\s/i;
/** Starts a program of the computer that opens it: no paper of an administration does. */
const LAUNCHES = /\/Launch\b/;

function isTwoThings(bytes: Buffer, type: PaperType): boolean {
	const text = bytes.toString('latin1');
	if (endsAsArchive(bytes)) return true;
	const head = text.slice(0, HEAD);
	// The XML of a PDF form may name the others far inside.
	if (ACTIVE.test(head) || ACTIVE_ANYWHERE.test(text)) return true;
	return type === 'pdf' ? LAUNCHES.test(text) : head.includes('%PDF-');
}

const ARCHIVE_END = Buffer.from('PK\x05\x06', 'latin1');
const ARCHIVE_END_SIZE = 22;

/** A ZIP is read from its end: its last record names exactly what is left after it. */
function endsAsArchive(bytes: Buffer): boolean {
	const from = Math.max(0, bytes.length - 65_535 - ARCHIVE_END_SIZE);
	for (let at = bytes.indexOf(ARCHIVE_END, from); at >= 0; at = bytes.indexOf(ARCHIVE_END, at + 1))
		if (at + ARCHIVE_END_SIZE <= bytes.length && at + ARCHIVE_END_SIZE + bytes.readUInt16LE(at + 20) === bytes.length)
			return true;
	return false;
}

/** Phones put a little film after a photo, which is left out; a document or an archive there is no accident. An archive is read from its end, too. */
const isAnotherFile = (after: Buffer): boolean =>
	/%PDF-|^PK\x03\x04|^\s*GIF8|^MZ|^\x7fELF/.test(after.toString('latin1'));

import type { PaperType } from '../../shared/papers.ts';

const EXTENSION: Record<PaperType, string> = { pdf: 'pdf', jpeg: 'jpg', png: 'png', webp: 'webp', heic: 'heic' };
const LONGEST = 80;

/** What no name needs, and what would turn it around, hide its end, or lead elsewhere. */
const STRANGE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd"*:<>?|;]/g;

/**
 * The name a page is given back under: what the phone called it, without folders and strange signs, and with the extension of
 * what it is.
 */
export function keptName(name: string, type: PaperType): string {
	const last = name.normalize('NFC').split(/[/\\]/).at(-1)!;
	const stem = last
		.replace(/\.[^.]*$/, '')
		.replace(STRANGE, '')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	const short = [...stem].slice(0, LONGEST).join('').trim();
	return `${short || 'papier'}.${EXTENSION[type]}`;
}

const asciiOnly = (name: string) => name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
/** RFC 5987: what `encodeURIComponent` leaves and a header does not. */
const encoded = (name: string) =>
	encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** `attachment` makes the browser keep it instead of showing it. */
export const disposition = (way: 'attachment' | 'inline', name: string): string =>
	`${way}; filename="${asciiOnly(name)}"; filename*=UTF-8''${encoded(name)}`;

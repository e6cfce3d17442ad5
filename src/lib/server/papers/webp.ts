/** WebP, chunk by chunk: EXIF and XMP are left out. */
import { Broken, type Cleaned } from './broken.ts';

const KEPT = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const PICTURES = ['VP8 ', 'VP8L', 'ANMF'];
/** Bits of VP8X that announce EXIF and XMP. */
const TOLD = 0x08 | 0x04;
const HEAD = 12;

const word = (bytes: Buffer, at: number) => bytes.subarray(at, at + 4).toString('latin1');

export const isWebp = (bytes: Buffer): boolean => word(bytes, 0) === 'RIFF' && word(bytes, 8) === 'WEBP';

/** @throws Broken when it is no whole picture */
export function cleanWebp(bytes: Buffer): Cleaned {
	const last = 8 + bytes.readUInt32LE(4);
	if (last > bytes.length) throw new Broken();
	const kept: Buffer[] = [];
	const seen = new Set<string>();
	for (let at = HEAD; at < last;) {
		if (at + 8 > last) throw new Broken();
		const size = bytes.readUInt32LE(at + 4);
		// Chunks begin at even places.
		const end = at + 8 + size + (size % 2);
		if (at + 8 + size > last) throw new Broken();
		const name = word(bytes, at);
		seen.add(name);
		if (KEPT.has(name)) kept.push(name === 'VP8X' ? unannounced(bytes.subarray(at, end)) : bytes.subarray(at, end));
		at = end;
	}
	if (!PICTURES.some((name) => seen.has(name))) throw new Broken();
	const body = Buffer.concat(kept);
	const head = Buffer.from(bytes.subarray(0, HEAD));
	head.writeUInt32LE(body.length + 4, 4);
	return { bytes: Buffer.concat([head, body]), after: bytes.subarray(last) };
}

function unannounced(chunk: Buffer): Buffer {
	if (chunk.length < 9) throw new Broken();
	const copy = Buffer.from(chunk);
	copy[8]! &= ~TOLD;
	return copy;
}

/** PNG, chunk by chunk: texts, time and EXIF are left out. */
import { Broken, type Cleaned } from './broken.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What the picture cannot be drawn without, then what only changes its colours. */
const KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'bKGD', 'pHYS']);

export const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(SIGNATURE);

/** @throws Broken when it is no whole picture */
export function cleanPng(bytes: Buffer): Cleaned {
	const kept: Buffer[] = [SIGNATURE];
	const seen = new Set<string>();
	let at = SIGNATURE.length;
	while (!seen.has('IEND')) {
		// Length, name, sum: 12 bytes around what it holds.
		if (at + 12 > bytes.length) throw new Broken();
		const end = at + 12 + bytes.readUInt32BE(at);
		if (end > bytes.length) throw new Broken();
		const name = bytes.subarray(at + 4, at + 8).toString('latin1');
		if (seen.size === 0 && name !== 'IHDR') throw new Broken();
		seen.add(name);
		if (KEPT.has(name)) kept.push(bytes.subarray(at, end));
		at = end;
	}
	if (!seen.has('IDAT')) throw new Broken();
	return { bytes: Buffer.concat(kept), after: bytes.subarray(at) };
}

/**
 * HEIC, as iPhones take photos. Its places are written as offsets all over the file, so that nothing is cut out: the bytes of
 * its EXIF and XMP items are overwritten with zeros where they stand. How to turn the picture is said elsewhere in it.
 */
import { Broken, type Cleaned } from './broken.ts';

const BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const TELLING = ['Exif', 'mime'];

interface Box {
	type: string;
	body: Buffer;
}

const four = (bytes: Buffer, at: number) => bytes.subarray(at, at + 4).toString('latin1');

/** The first box names it: its main brand, or, for `mif1` and `msf1`, one of those it agrees with. */
export function isHeic(bytes: Buffer): boolean {
	if (bytes.length < 16 || four(bytes, 4) !== 'ftyp') return false;
	const size = Math.min(bytes.readUInt32BE(0), bytes.length, 256);
	const brands = [four(bytes, 8)];
	for (let at = 16; at + 4 <= size; at += 4) brands.push(four(bytes, at));
	return (
		BRANDS.includes(brands[0]!) || (/^m[is]f1$/.test(brands[0]!) && brands.some((brand) => BRANDS.includes(brand)))
	);
}

/** @throws Broken when its boxes cannot be followed */
export function cleanHeic(bytes: Buffer): Cleaned {
	const copy = Buffer.from(bytes);
	const meta = boxesIn(copy).find(({ type }) => type === 'meta');
	if (!meta || meta.body.length < 4) throw new Broken();
	const inside = boxesIn(meta.body.subarray(4));
	const items = inside.find(({ type }) => type === 'iinf');
	const places = inside.find(({ type }) => type === 'iloc');
	if (!items || !places) throw new Broken();
	try {
		const telling = tellingItems(items.body);
		for (const { item, from, length } of extentsIn(places.body)) {
			if (!telling.has(item)) continue;
			if (from + length > copy.length) throw new Broken();
			copy.fill(0, from, length === 0 ? copy.length : from + length);
		}
	} catch (problem) {
		if (problem instanceof RangeError) throw new Broken();
		throw problem;
	}
	return { bytes: copy, after: Buffer.alloc(0) };
}

function boxesIn(bytes: Buffer): Box[] {
	const boxes: Box[] = [];
	for (let at = 0; at + 8 <= bytes.length;) {
		const short = bytes.readUInt32BE(at);
		const isLong = short === 1;
		if (isLong && at + 16 > bytes.length) throw new Broken();
		const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short;
		if (size < (isLong ? 16 : 8) || at + size > bytes.length) throw new Broken();
		boxes.push({ type: four(bytes, at + 4), body: bytes.subarray(at + (isLong ? 16 : 8), at + size) });
		at += size;
	}
	return boxes;
}

/** Ids of the items that tell something besides the picture (ISO/IEC 14496-12, `infe` of version 2 and 3). */
function tellingItems(body: Buffer): Set<number> {
	const found = new Set<number>();
	for (const { type, body: entry } of boxesIn(body.subarray(body[0] === 0 ? 6 : 8))) {
		if (type !== 'infe' || entry[0]! < 2) continue;
		const isWide = entry[0] === 3;
		const id = isWide ? entry.readUInt32BE(4) : entry.readUInt16BE(4);
		if (TELLING.includes(four(entry, isWide ? 10 : 8))) found.add(id);
	}
	return found;
}

/** Where each item stands in the file (`iloc` of version 0 to 2); those kept inside `meta` itself are pictures' own data. */
function* extentsIn(body: Buffer): Generator<{ item: number; from: number; length: number }> {
	const version = body[0]!;
	let at = 4;
	const read = (size: number): number => {
		if (size > 6) at += size - 6;
		const width = Math.min(size, 6);
		const value = width === 0 ? 0 : body.readUIntBE(at, width);
		at += width;
		return value;
	};
	const sizes = read(2);
	const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
	const indexSize = version === 0 ? 0 : sizes & 15;
	const wide = version < 2 ? 2 : 4;
	for (let left = read(wide); left > 0; left--) {
		const item = read(wide);
		const isInFile = version === 0 || (read(2) & 15) === 0;
		read(2);
		const base = read(baseSize);
		for (let extents = read(2); extents > 0; extents--) {
			read(indexSize);
			const from = base + read(offsetSize);
			const length = read(lengthSize);
			if (isInFile) yield { item, from, length };
		}
	}
}

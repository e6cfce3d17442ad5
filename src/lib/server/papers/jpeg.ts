/** JPEG, segment by segment: what draws the picture is kept, what tells where and with what it was taken is not. */
import { Broken, type Cleaned } from './broken.ts';

const SOI = Buffer.from([0xff, 0xd8]);
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const COMMENT = 0xfe;
const ORIENTATION = 0x0112;

export const isJpeg = (bytes: Buffer): boolean => bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff;

const isApplication = (marker: number) => marker >= APP0 && marker <= 0xef;
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
/** SOF0 to SOF15, without DHT, JPG and DAC. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** JFIF, colour profile and Adobe's colour transform draw the picture; EXIF, XMP, IPTC, previews and comments do not. */
function isKept(marker: number, body: Buffer): boolean {
	if (marker === COMMENT) return false;
	if (!isApplication(marker)) return true;
	if (marker === APP2) return body.subarray(0, 12).toString('latin1') === 'ICC_PROFILE\0';
	return marker === APP0 || marker === APP14;
}

/** @throws Broken when it is no whole picture */
export function cleanJpeg(bytes: Buffer): Cleaned {
	const kept: Buffer[] = [];
	let orientation = 1;
	let hasFrame = false;
	let hasScan = false;
	let at = SOI.length;
	for (;;) {
		while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
		const marker = bytes[at + 1];
		// A camera may be stopped before the last two bytes: what was drawn is drawn.
		if (marker === undefined && hasScan) break;
		if (bytes[at] !== 0xff || marker === undefined) throw new Broken();
		at += 2;
		if (marker === EOI) break;
		if (standsAlone(marker)) continue;
		if (at + 2 > bytes.length) throw new Broken();
		const end = at + bytes.readUInt16BE(at);
		if (end < at + 2 || end > bytes.length) throw new Broken();
		const body = bytes.subarray(at + 2, end);
		if (isKept(marker, body)) kept.push(bytes.subarray(at - 2, end));
		else if (marker === APP1) orientation = orientationOf(body) ?? orientation;
		hasFrame ||= isFrame(marker);
		at = end;
		if (marker !== SOS) continue;
		hasScan = true;
		const drawn = endOfScan(bytes, at);
		kept.push(bytes.subarray(at, drawn));
		at = drawn;
	}
	if (!hasFrame || !hasScan) throw new Broken();
	const turned = orientation === 1 ? [] : [orientationOnly(orientation)];
	return { bytes: Buffer.concat([SOI, ...turned, ...kept, Buffer.from([0xff, EOI])]), after: bytes.subarray(at) };
}

/** Coded data runs to the next marker; `FF 00` is a byte of it, and so are restart marks. */
function endOfScan(bytes: Buffer, from: number): number {
	for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
		const next = bytes[at + 1];
		if (next === undefined) break;
		if (next !== 0x00 && next !== 0xff && !standsAlone(next)) return at;
	}
	return bytes.length;
}

/** How the phone was held: without it the page would lie on its side. */
function orientationOf(exif: Buffer): number | undefined {
	if (exif.subarray(0, 6).toString('latin1') !== 'Exif\0\0' || exif.length < 14) return undefined;
	const tiff = exif.subarray(6);
	const little = tiff.readUInt16BE(0) === 0x4949;
	const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
	const directory = long(4);
	if (directory + 2 > tiff.length) return undefined;
	for (let index = 0; index < short(directory); index++) {
		const entry = directory + 2 + index * 12;
		if (entry + 12 > tiff.length) return undefined;
		if (short(entry) !== ORIENTATION) continue;
		const value = short(entry + 8);
		return value >= 1 && value <= 8 ? value : undefined;
	}
	return undefined;
}

/** An EXIF segment that says how to turn the picture, and nothing else. */
function orientationOnly(orientation: number): Buffer {
	const body = Buffer.alloc(32);
	body.write('Exif\0\0MM\0*', 0, 'latin1');
	body.writeUInt32BE(8, 10);
	body.writeUInt16BE(1, 14);
	body.writeUInt16BE(ORIENTATION, 16);
	body.writeUInt16BE(3, 18);
	body.writeUInt32BE(1, 20);
	body.writeUInt16BE(orientation, 24);
	return Buffer.concat([Buffer.from([0xff, APP1, 0, body.length + 2]), body]);
}

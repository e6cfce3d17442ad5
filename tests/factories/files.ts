/** Small files that are what they say: the smallest a browser draws or a reader opens, with what a test hides in them. */
import { deflateSync } from 'node:zlib';

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number) => Buffer.from([value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]);

/** One page that says `text`. */
export function aPdf(text = 'bonjour'): Buffer {
	const content = `BT /F1 24 Tf 40 100 Td (${text}) Tj ET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let pdf = '%PDF-1.4\n';
	const places = objects.map((object, index) => {
		const place = pdf.length;
		pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(place).padStart(10, '0')} 00000 n \n`;
	});
	const end = pdf.length;
	pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
	pdf += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${end}\n%%EOF\n`;
	return Buffer.from(pdf, 'latin1');
}

/** A grey JPEG of 8 × 8 (baseline, one component), the same every time. */
const TABLES = Buffer.concat([
	Buffer.from([0xff, 0xdb, 0, 67, 0]),
	Buffer.alloc(64, 1),
	Buffer.from([0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
	Buffer.from([0xff, 0xc4, 0, 20, 0x00, 1, ...Array<number>(15).fill(0), 0]),
	Buffer.from([0xff, 0xc4, 0, 20, 0x10, 1, ...Array<number>(15).fill(0), 0]),
]);
const SCAN = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x3f]);

export const jpegSegment = (marker: number, body: Buffer) =>
	Buffer.concat([Buffer.from([0xff, marker]), u16(body.length + 2), body]);

/** EXIF as phones write it: how the phone was held, who made it, and where (GPS, with `secret` as its date stamp). */
export function anExif({ orientation = 1, secret = 'GPS-CANARI' } = {}): Buffer {
	const make = Buffer.from(`Telephone ${secret}\0`, 'latin1');
	const head = Buffer.from('MM\0*\0\0\0\b', 'latin1');
	const gpsAt = 8 + 2 + 3 * 12 + 4;
	const makeAt = gpsAt + 2 + 12 + 4;
	const entry = (tag: number, type: number, count: number, value: Buffer) =>
		Buffer.concat([u16(tag), u16(type), u32(count), value]);
	const first = Buffer.concat([
		u16(3),
		entry(0x010f, 2, make.length, u32(makeAt)),
		entry(0x0112, 3, 1, Buffer.concat([u16(orientation), u16(0)])),
		entry(0x8825, 4, 1, u32(gpsAt)),
		u32(0),
	]);
	const gps = Buffer.concat([u16(1), entry(0x0001, 2, 2, Buffer.from('N\0\0\0', 'latin1')), u32(0)]);
	return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), head, first, gps, make]);
}

/** `segments` stand between its head and its tables, `after` behind its end. */
export const aJpeg = ({
	segments = [],
	after = Buffer.alloc(0),
}: { segments?: Buffer[]; after?: Buffer } = {}): Buffer =>
	Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		jpegSegment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1')),
		...segments,
		TABLES,
		SCAN,
		Buffer.from([0xff, 0xd9]),
		after,
	]);

/** A photo as a phone takes it. */
export const aPhoto = (exif: Parameters<typeof anExif>[0] = {}): Buffer =>
	aJpeg({ segments: [jpegSegment(0xe1, anExif(exif))] });

const crcTable = Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	return c >>> 0;
});
const crc = (bytes: Buffer) =>
	(bytes.reduce((c, byte) => crcTable[(c ^ byte) & 255]! ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

export const pngChunk = (name: string, body: Buffer) => {
	const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
	return Buffer.concat([u32(body.length), named, u32(crc(named))]);
};

/** One grey dot; `chunks` stand before its picture. */
export const aPng = (chunks: Buffer[] = []): Buffer =>
	Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		pngChunk('IHDR', Buffer.concat([u32(1), u32(1), Buffer.from([8, 0, 0, 0, 0])])),
		...chunks,
		pngChunk('IDAT', deflateSync(Buffer.from([0, 128]))),
		pngChunk('IEND', Buffer.alloc(0)),
	]);

const webpChunk = (name: string, body: Buffer) => {
	const size = Buffer.alloc(4);
	size.writeUInt32LE(body.length);
	return Buffer.concat([Buffer.from(name, 'latin1'), size, body, Buffer.alloc(body.length % 2)]);
};

/** Extended WebP of one dot (VP8L), with EXIF and XMP that hold `secret`. */
export function aWebp(secret = 'GPS-CANARI'): Buffer {
	const flags = Buffer.alloc(10);
	flags[0] = 0x08 | 0x04;
	const body = Buffer.concat([
		webpChunk('VP8X', flags),
		webpChunk('VP8L', Buffer.from('LwAAABAHEBERiIj+BwA=', 'base64')),
		webpChunk('EXIF', Buffer.from(secret)),
		webpChunk('XMP ', Buffer.from(`<x:xmpmeta>${secret}</x:xmpmeta>`)),
	]);
	const size = Buffer.alloc(4);
	size.writeUInt32LE(body.length + 4);
	return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from('WEBP'), body]);
}

const box = (type: string, ...bodies: Buffer[]) => {
	const body = Buffer.concat(bodies);
	return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
};

/** The boxes of an iPhone's photo: a picture item (its bytes stand for themselves) and an EXIF item that holds `secret`. */
export function aHeic({ secret = 'GPS-CANARI', brand = 'heic' } = {}): Buffer {
	const picture = Buffer.from('PICTURE-BYTES');
	const exif = Buffer.from(`\0\0\0\x06Exif\0\0${secret}`, 'latin1');
	const ftyp = box('ftyp', Buffer.from(brand), u32(0), Buffer.from('mif1heic'));
	const infe = (id: number, type: string) =>
		box('infe', Buffer.from([2, 0, 0, 0]), u16(id), u16(0), Buffer.from(type, 'latin1'), Buffer.from([0]));
	const iinf = box('iinf', u32(0), u16(2), infe(1, 'hvc1'), infe(2, 'Exif'));
	const iloc = (from: number) =>
		box(
			'iloc',
			u32(0),
			Buffer.from([0x44, 0x00]),
			u16(2),
			...[
				[1, from, picture.length],
				[2, from + picture.length, exif.length],
			].map(([id, at, length]) => Buffer.concat([u16(id!), u16(0), u16(1), u32(at!), u32(length!)])),
		);
	const meta = (from: number) => box('meta', u32(0), iinf, iloc(from));
	const from = ftyp.length + meta(0).length + 8;
	return Buffer.concat([ftyp, meta(from), box('mdat', picture, exif)]);
}

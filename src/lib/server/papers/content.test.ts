import { describe, expect, test } from 'vitest';
import {
	aHeic,
	aJpeg,
	anExif,
	aPdf,
	aPhoto,
	aPng,
	aWebp,
	jpegSegment,
	pngChunk,
} from '../../../../tests/factories/files.ts';
import { MOST_BYTES } from '../../shared/papers.ts';
import { examineFile } from './content.ts';

const CANARY = 'GPS-CANARI';
const text = (words: string) => Buffer.from(words, 'latin1');
/** The end record of a ZIP, with a comment of that many bytes. */
const zipEnd = (comment = 0) => Buffer.concat([text('PK\x05\x06'), Buffer.alloc(16), Buffer.from([comment, 0])]);
const codeOf = (bytes: Buffer): string => {
	try {
		return examineFile(bytes).type;
	} catch (problem) {
		return (problem as { code?: string }).code ?? String(problem);
	}
};

describe('what a file is, by its content', () => {
	const whole = aJpeg();
	test.each<[what: string, bytes: Buffer, is: string]>([
		['a PDF', aPdf(), 'pdf'],
		['a photo', aPhoto(), 'jpeg'],
		['a PNG', aPng(), 'png'],
		['a WebP', aWebp(), 'webp'],
		['an iPhone photo', aHeic(), 'heic'],
		['an iPhone photo of the general brand', aHeic({ brand: 'mif1' }), 'heic'],
		['a photo followed by a little film', aJpeg({ after: text('\0\0\0\x18ftypmp42 film') }), 'jpeg'],
		['a photo cut before its last two bytes', whole.subarray(0, -2), 'jpeg'],
		[
			'a photo whose picture has « <svg » in it by chance',
			aJpeg({ segments: [jpegSegment(0xe2, Buffer.concat([Buffer.alloc(1100), text('<sVg <HTML PK\x03\x04')]))] }),
			'jpeg',
		],
		[
			'a photo followed by a film that has « PK » in it',
			aJpeg({ after: text('\0\0\0\x18ftypmp42 PK\x03\x04') }),
			'jpeg',
		],
		['a PDF that names Javascript, as forms of administrations do', aPdf('/JavaScript'), 'pdf'],

		['nothing', Buffer.alloc(0), 'paper_empty'],
		['one byte', Buffer.from([0xff]), 'paper_type'],
		['zeros', Buffer.alloc(1000), 'paper_type'],
		['10 MB and a byte', Buffer.alloc(MOST_BYTES + 1), 'paper_too_big'],
		['a drawing in SVG', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'paper_type'],
		['an SVG with a script', text('<?xml version="1.0"?><svg><script>alert(1)</script></svg>'), 'paper_type'],
		['a web page', text('<!doctype html><script>alert(1)</script>'), 'paper_type'],
		['an archive', text('PK\x03\x04rest'), 'paper_type'],
		['a program', text('MZ\x90\0'), 'paper_type'],
		['a GIF', text('GIF89a'), 'paper_type'],
		['an AVIF picture', Buffer.concat([Buffer.from([0, 0, 0, 20]), text('ftypavif\0\0\0\0avif')]), 'paper_type'],
		['a PDF behind other bytes', Buffer.concat([text('\n\n'), aPdf()]), 'paper_type'],

		['a PDF without its end', aPdf().subarray(0, 200), 'paper_broken'],
		['the head of a photo', whole.subarray(0, 30), 'paper_broken'],
		['a photo whose segment runs past its end', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0]), 'paper_broken'],
		['three bytes of a photo', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), 'paper_broken'],
		['a PNG without a picture', aPng().subarray(0, 33), 'paper_broken'],
		['a WebP that says it is longer', aWebp().subarray(0, 40), 'paper_broken'],
		['an iPhone photo cut in the middle', aHeic().subarray(0, 90), 'paper_broken'],

		[
			'a photo that is a web page',
			aJpeg({ segments: [jpegSegment(0xfe, text('<script>alert(1)</script>'))] }),
			'paper_dangerous',
		],
		[
			'a photo that is a drawing from its beginning',
			aJpeg({ segments: [jpegSegment(0xfe, text('<svg onload="alert(1)"/>'))] }),
			'paper_dangerous',
		],
		[
			'a photo with a script far inside',
			aJpeg({ segments: [jpegSegment(0xfe, Buffer.concat([Buffer.alloc(2000), text('<?php echo 1;')]))] }),
			'paper_dangerous',
		],
		['a photo that is a PDF', aJpeg({ segments: [jpegSegment(0xfe, aPdf())] }), 'paper_dangerous'],
		['a photo with a PDF behind it', aJpeg({ after: aPdf() }), 'paper_dangerous'],
		['a photo that is an archive', aJpeg({ after: Buffer.concat([text('PK\x03\x04'), zipEnd()]) }), 'paper_dangerous'],
		['a photo with a program behind it', aJpeg({ after: text('MZ\x90') }), 'paper_dangerous'],
		['a PNG that is a web page', aPng([pngChunk('tEXt', text('a\0<HTML><body>'))]), 'paper_dangerous'],
		['a PNG that is a PHP page', aPng([pngChunk('tEXt', text('a\0<?php echo 1;'))]), 'paper_dangerous'],
		['a PDF that is a web page', Buffer.concat([text('%PDF-1.4\n<html>'), aPdf()]), 'paper_dangerous'],
		['a PDF with a script of a page', aPdf('<script>alert(1)</script>'), 'paper_dangerous'],
		['a PDF that is an archive', Buffer.concat([aPdf(), zipEnd(3), text('abc')]), 'paper_dangerous'],
		['a PDF that starts a program', aPdf('/Launch'), 'paper_dangerous'],
	])('%s', (_, bytes, is) => {
		expect(codeOf(bytes)).toBe(is);
	});
});

describe('what a photo tells besides the picture is not kept', () => {
	const cases: [string, Buffer][] = [
		['JPEG', aPhoto()],
		[
			'JPEG, all its segments',
			aJpeg({ segments: [0xe1, 0xed, 0xee + 1, 0xfe].map((marker) => jpegSegment(marker, text(CANARY))) }),
		],
		['JPEG, previews behind it', aJpeg({ segments: [jpegSegment(0xe2, text(`MPF\0${CANARY}`))], after: aPhoto() })],
		['PNG', aPng(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME'].map((name) => pngChunk(name, text(CANARY))))],
		['WebP', aWebp()],
		['HEIC', aHeic()],
	];
	test.each(cases)('%s', (_, bytes) => {
		expect(bytes.includes(CANARY)).toBe(true);
		const { bytes: kept } = examineFile(bytes);
		expect(kept.includes(CANARY)).toBe(false);
		// What is kept is the same kind of file, and keeps nothing more to take away.
		expect(examineFile(kept).bytes.equals(kept)).toBe(true);
	});

	test('the picture of an iPhone keeps its length and its bytes', () => {
		const { bytes } = examineFile(aHeic());
		expect(bytes.length).toBe(aHeic().length);
		expect(bytes.includes('PICTURE-BYTES')).toBe(true);
	});

	test.each([1, 2, 3, 4, 5, 6, 7, 8])('how the phone was held stays known (%d)', (orientation) => {
		const { bytes } = examineFile(aPhoto({ orientation }));
		const only = bytes.indexOf('Exif\0\0');
		if (orientation === 1) expect(only).toBe(-1);
		else expect(bytes.readUInt16BE(only + 24)).toBe(orientation);
		expect(bytes.includes(CANARY)).toBe(false);
	});

	test('a colour profile stays, and so does the end of the picture', () => {
		const profile = jpegSegment(0xe2, text('ICC_PROFILE\0\x01\x01colours'));
		const { bytes } = examineFile(aJpeg({ segments: [profile, jpegSegment(0xe1, anExif())] }));
		expect(bytes.includes(profile)).toBe(true);
		expect(bytes.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
	});
});

test('no change of a few bytes makes it fail otherwise than by a refusal', () => {
	let seed = 7;
	const draw = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
	for (const whole of [aPdf(), aPhoto({ orientation: 6 }), aPng(), aWebp(), aHeic()])
		for (let round = 0; round < 400; round++) {
			const bytes = Buffer.from(whole.subarray(0, draw(4) === 0 ? draw(whole.length) : whole.length));
			for (let change = 0; change < 1 + draw(6) && bytes.length > 0; change++) bytes[draw(bytes.length)] = draw(256);
			expect(codeOf(bytes)).toMatch(/^(pdf|jpeg|png|webp|heic|paper_(empty|type|broken|dangerous))$/);
		}
});

/** A photo as it leaves: lighter when it is large, and looked at before. What the browser cannot draw (HEIC) leaves as it is. */
import { GREY_SIDE, lookOf, type Grey, type Look } from './readable';

/** Small print of an A4 page is read at this size; a photo of 12 million dots is four times heavier. */
const LONGEST_SIDE = 2000;
const QUALITY = 0.85;
/** Lighter than this, nothing is gained. */
const LIGHT_BYTES = 500_000;

export interface Prepared {
	file: File;
	/** Absent for what is no picture, or cannot be drawn here. */
	look?: Look;
}

export async function prepare(file: File): Promise<Prepared> {
	if (!file.type.startsWith('image/')) return { file };
	try {
		const picture = await createImageBitmap(file);
		const longest = Math.max(picture.width, picture.height);
		const look = lookOf(greyOf(picture), longest);
		const isHeavy = file.size > LIGHT_BYTES || longest > LONGEST_SIDE;
		const lighter = isHeavy ? await lighterOf(picture, file) : null;
		picture.close();
		return { file: lighter ?? file, look };
	} catch {
		return { file };
	}
}

/** The picture on a canvas of that longest side at most, on white: a clear background would turn black. */
function drawn(picture: ImageBitmap, side: number): HTMLCanvasElement {
	const scale = Math.min(1, side / Math.max(picture.width, picture.height));
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	const context = canvas.getContext('2d')!;
	context.fillStyle = '#fff';
	context.fillRect(0, 0, canvas.width, canvas.height);
	context.drawImage(picture, 0, 0, canvas.width, canvas.height);
	return canvas;
}

async function lighterOf(picture: ImageBitmap, file: File): Promise<File | null> {
	const canvas = drawn(picture, LONGEST_SIDE);
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
	if (!blob || blob.size >= file.size) return null;
	return new File([blob], file.name.replace(/\.[^.]*$/, '') + '.jpg', { type: 'image/jpeg' });
}

function greyOf(picture: ImageBitmap): Grey {
	const canvas = drawn(picture, GREY_SIDE);
	const { width, height } = canvas;
	const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
	const values = new Uint8ClampedArray(width * height);
	for (let at = 0; at < values.length; at++)
		values[at] = 0.3 * data[at * 4]! + 0.59 * data[at * 4 + 1]! + 0.11 * data[at * 4 + 2]!;
	return { values, width, height };
}

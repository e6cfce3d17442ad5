/** Whether a photo of a paper looks readable: measured on a small grey copy of it. A warning at most, never a block. */

/** Grey values, 0 to 255, line by line. */
export interface Grey {
	values: Uint8ClampedArray;
	width: number;
	height: number;
}
export type Look = 'good' | 'blurry' | 'dark' | 'small';

/** Longest side of the grey copy, in dots. */
export const GREY_SIDE = 640;
/** Under this on its longest side, the small print of an A4 page is lost. */
const SMALL_SIDE = 800;
const DARK = 60;
/** Sharp letters give several hundreds, the same out of focus under 40. */
const SHARP = 80;
const TILE = 32;
/** Letters stand on a part of the page only: the sharpest tenth of it speaks for all. */
const SHARPEST = 0.9;

export function lookOf(grey: Grey, longestSide: number): Look {
	if (longestSide < SMALL_SIDE) return 'small';
	if (mean(grey.values) < DARK) return 'dark';
	return sharpness(grey) < SHARP ? 'blurry' : 'good';
}

const mean = (values: Uint8ClampedArray) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** How abruptly grey changes (variance of the Laplacian), in the sharpest parts of the picture. */
export function sharpness({ values, width, height }: Grey): number {
	const tiles: number[] = [];
	for (let top = 1; top + TILE < height; top += TILE)
		for (let left = 1; left + TILE < width; left += TILE) tiles.push(variance(values, width, left, top));
	tiles.sort((one, other) => one - other);
	return tiles[Math.floor(tiles.length * SHARPEST)] ?? 0;
}

function variance(values: Uint8ClampedArray, width: number, left: number, top: number): number {
	let sum = 0;
	let squares = 0;
	for (let y = top; y < top + TILE; y++)
		for (let x = left; x < left + TILE; x++) {
			const at = y * width + x;
			const bend = values[at - 1]! + values[at + 1]! + values[at - width]! + values[at + width]! - 4 * values[at]!;
			sum += bend;
			squares += bend * bend;
		}
	const count = TILE * TILE;
	return squares / count - (sum / count) ** 2;
}

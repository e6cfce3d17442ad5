import { describe, expect, test } from 'vitest';
import { lookOf, sharpness, type Grey } from './readable';

const WIDTH = 200;
const HEIGHT = 260;

/** Lines of small strokes on the upper half of a page, as letters are; the rest is blank. */
function aPage({ paper = 220, ink = 40 } = {}): Grey {
	const values = new Uint8ClampedArray(WIDTH * HEIGHT).fill(paper);
	for (let y = 40; y < HEIGHT / 2; y++)
		for (let x = 40; x < WIDTH - 40; x++)
			if (y % 12 < 7 && (x * 7 + (y - (y % 12)) * 3) % 11 < 3) values[y * WIDTH + x] = ink;
	return { values, width: WIDTH, height: HEIGHT };
}

/** Each dot is the mean of its neighbours, as out of focus. */
function blurred({ values, width, height }: Grey, radius: number): Grey {
	const out = new Uint8ClampedArray(values.length);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) {
			let sum = 0;
			let count = 0;
			for (let dy = -radius; dy <= radius; dy++)
				for (let dx = -radius; dx <= radius; dx++) {
					const value = values[(y + dy) * width + x + dx];
					if (value === undefined || x + dx < 0 || x + dx >= width) continue;
					sum += value;
					count++;
				}
			out[y * width + x] = sum / count;
		}
	return { values: out, width, height };
}

describe('a photo of a paper', () => {
	test('is readable when its letters are sharp, with half of the page blank', () => {
		expect(lookOf(aPage(), 2000)).toBe('good');
	});

	test('is blurry when they are not, the more the less sharp', () => {
		expect(lookOf(blurred(blurred(aPage(), 4), 4), 2000)).toBe('blurry');
		const amounts = [0, 1, 2, 4].map((radius) => sharpness(blurred(aPage(), radius)));
		expect(amounts).toEqual([...amounts].sort((one, other) => other - one));
	});

	test('is dark before it is blurry, and small before all', () => {
		expect(lookOf(aPage({ paper: 50, ink: 10 }), 2000)).toBe('dark');
		expect(lookOf(aPage(), 640)).toBe('small');
	});

	test('of nothing at all is no failure', () => {
		expect(lookOf({ values: new Uint8ClampedArray([200]), width: 1, height: 1 }, 1000)).toBe('blurry');
	});
});

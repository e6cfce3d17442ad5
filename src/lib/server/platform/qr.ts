import { encode } from 'uqr';

/** Quiet zone around the code, in modules: readers want four. */
const BORDER = 4;

/** A QR code as one path over a square of `size` modules, for a page to draw without script or picture. */
export function qrOf(text: string): { size: number; path: string } {
	const { data, size } = encode(text, { ecc: 'M', border: BORDER });
	const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
	return { size, path: squares.join('') };
}
